import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import protocols
from protocols.dns.generate import check_zones
from protocols.ftp.tables import check_words as check_ftp_words
from protocols.smtp.tables import check_words as check_mail_words
from protocols.world import WorldError, from_values, parse_world, read_world
from protocols.world.files import check_homes

WORLDS = sorted((Path(protocols.__file__).parent / "worlds").glob("*.yaml"))
LECTURE = (Path(protocols.__file__).parent / "worlds" / "lecture.yaml").read_text()
SMALL = """\
# The Internet of the lecture: two organisations and their mail hosts.
# Every address is private to the lab, so real ones from textbooks may stand here.
lentil: 1
title: The lecture's Internet

# The host that the console speaks from, and that programs run on.
student: mx.halva.fr

hosts:
  - name: mx.halva.fr
    address: 10.0.0.1

  - name: mx.lentil.edu
    address: 10.2.0.25
    smtp:
      domains: [lentil.edu]
      mailboxes:
        - alice@lentil.edu
        - bob@lentil.edu
        - postmaster@lentil.edu
      # What the server says, after the reply code. What is not given here is said in the server's own words.
      words:
        ready: "{host} ESMTP ready"
        hello: "{host} Hello {client}, pleased to meet you"
        sender-ok: "{sender}... Sender ok"
        recipient-ok: "{recipient}... Recipient ok"
        enter-mail: 'Enter mail, end with "." on a line by itself'
        accepted: "Message accepted for delivery"
        bye: "{host} closing connection"

  - name: ns1.halva.fr
    address: 10.0.0.53
    dns:
      zones: [halva.fr]
      recursive: true

resolver: ns1.halva.fr

zones:
  - name: halva.fr
    records: www A 10.0.0.80
"""


@pytest.mark.parametrize("path", WORLDS, ids=lambda path: path.stem)
def test_every_ready_world_can_be_used(path):
    world = read_world(path)
    for host in world.hosts:
        if host.smtp:
            check_mail_words(host.smtp)
        if host.ftp:
            check_ftp_words(host.ftp)
    check_zones(world)
    check_homes(world)


@pytest.mark.parametrize("path", WORLDS, ids=lambda path: path.stem)
def test_a_world_comes_back_from_its_plain_values(path):
    world = read_world(path)
    assert from_values(json.loads(json.dumps(world.to_values()))) == world


def test_a_host_is_found_by_name_and_address():
    world = parse_world(LECTURE)
    host = world.host("mx.lentil.edu")
    assert host is not None
    assert host == world.host("MX.Lentil.EDU.") == world.host("10.2.0.25")
    assert host.services() == [("smtp", 25, "tcp")]
    assert world.host("nowhere.example") is None


def test_a_name_server_that_is_down_is_no_service_of_its_host():
    world = parse_world(LECTURE)
    services = {host.name: host.services() for host in world.hosts}
    assert services["ns1.otago.ac.nz"] == []
    assert services["ns2.otago.ac.nz"] == [("dns", 53, "udp"), ("dns", 53, "tcp")]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("lentil: 1", "lentil: 2", "Line 3: lentil is 1, the version of this format."),
        ("title: The lecture's Internet", "title: [x]", "Line 4: title is a text."),
        (
            "student: mx.halva.fr",
            "student: mx.halva.com",
            "Line 7: student is mx.halva.com, and no host has that name.",
        ),
        ("address: 10.0.0.1", "address: 10.0.0.256", "Line 11: '10.0.0.256' is not an IPv4 address."),
        ("address: 10.0.0.1", "address: 127.0.0.1", "Line 11: 127.0.0.1 cannot be a host's address."),
        ("address: 10.0.0.1", "address: 10.2.0.25", "Line 14: two hosts have the address 10.2.0.25."),
        ("name: mx.lentil.edu", "name: mx_lentil", "Line 13: 'mx_lentil' is not a host name."),
        ("name: mx.lentil.edu", "nam: mx.lentil.edu", "Line 13: a part of hosts has no key 'nam'."),
        ("- bob@lentil.edu", "- bob@halva.fr", "Line 19: bob@halva.fr is no mailbox of this host's domains."),
        ("domains: [lentil.edu]", "domains: []", "Line 16: domains is a list of 1 to 128."),
        ("domains: [lentil.edu]", "domains: &a [*a]", "Line 16: a world has no aliases; write the part out."),
        (
            'ready: "{host} ESMTP ready"',
            "ready: é",
            "Line 23: a server's words are printable ASCII, at most 400 characters.",
        ),
        ("zones: [halva.fr]", "zones: halva.fr", "Line 34: zones is a list of 1 to 100."),
        ("zones: [halva.fr]", "zones: [halva_fr]", "Line 34: 'halva_fr' is not a host name."),
        ("recursive: true", "recursive: maybe", "Line 35: recursive is true or false."),
        ("recursive: true", "recursive: false", "Line 37: resolver is ns1.halva.fr, and no host of that name has"),
        ("resolver: ns1.halva.fr", "resolver: mx.halva.fr", "Line 37: resolver is mx.halva.fr, and no host of that"),
        ("records: www A 10.0.0.80", "record: www", "Line 41: a part of zones has no key 'record'."),
        ("- name: halva.fr\n", "- name: halva.fr\n    file: x\n", "Line 40: a zone states its records or its whole"),
        ("zones:\n", "zones:\n  - name: halva.fr\n", "Line 41: the zone halva.fr stands here twice."),
        ("hosts:", "hosts: [", "Line 10: this is not YAML"),
    ],
)
def test_a_mistake_is_named_by_its_line(old, new, sentence):
    assert old in SMALL
    with pytest.raises(WorldError) as caught:
        parse_world(SMALL.replace(old, new, 1))
    assert str(caught.value).startswith(sentence)


@given(st.text(max_size=60) | st.text(st.sampled_from(list("{}[]:-?!&*#|> \n'\"a0x1_%")), max_size=60))
@example("? [a]\n: b")
@example("lentil: 0x1")
@example("lentil: 1:30")
@example("lentil: !!int x")
@example("lentil: 1\nlentil: 1")
@example("a: \x00")
def test_any_other_text_is_refused_in_a_sentence(text):
    with pytest.raises(WorldError) as caught:
        parse_world(text)
    assert str(caught.value).startswith("Line ") or "wrong" in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["lentil", "title", "student", "hosts", "name", "address", "smtp"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_other_plain_values_are_refused_in_a_sentence(values):
    with pytest.raises(WorldError):
        from_values(values)


def test_a_world_nested_too_deeply_is_refused():
    with pytest.raises(WorldError, match="nested deeper"):
        parse_world("[" * 1_200)


def test_a_world_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WorldError, match="cannot be read as a world"):
        read_world(tmp_path / "none.yaml")


def test_a_world_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("protocols.world.reader.TEXT_LIMIT", 10)
    with pytest.raises(WorldError, match="at most 10 characters"):
        parse_world(LECTURE)


def test_a_world_of_too_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr("protocols.world.plain.TOKEN_LIMIT", 20)
    with pytest.raises(WorldError, match=r"^Line 10: a world is at most 20 words and marks of YAML long\.$"):
        parse_world(SMALL)
