"""FTP servers, accounts and files in a world."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import limits
from protocols.world import Account, File, Ftp, Host, World, WorldError, from_values, parse_world
from protocols.world.files import check_homes
from protocols.world.model import FIRST_DAY, PASSIVE_PORTS

SMALL = """\
lentil: 1
title: Files
student: here.lentil.edu
hosts:
  - name: here.lentil.edu
    address: 10.2.0.1
    files:
      - path: /tmp/test.txt
        text: |
          A test.
  - name: ftp.lentil.edu
    address: 10.2.0.21
    ftp:
      passive_ports: 1379-1478
      accounts:
        - user: ecki
          password: secret
          account: kitchen
          home: /home/ecki
          quota: 2000
        - user: anonymous
          may_write: false
      words:
        ready: FTP Server ready.
        logged-in: |
          Welcome.

          User {user} logged in.
    files:
      - path: /home/ecki/
        owner: ecki
        mode: 700
      - path: /pub/README
        owner: ecki
        mode: "640"
        modified: 2026-02-14 09:30
        text: ""
      - path: /pub/a/b/poem.txt
        text: A poem.
"""
SHA256 = "0123456789abcdef" * 4


def test_an_ftp_server_and_its_accounts_are_read():
    host = parse_world(SMALL).host("ftp.lentil.edu")
    assert host
    assert host.ftp == Ftp(
        accounts=(
            Account("ecki", "secret", "kitchen", "/home/ecki", 2_000),
            Account("anonymous", may_write=False),
        ),
        passive_ports=(1_379, 1_478),
        words={"ready": "FTP Server ready.", "logged-in": "Welcome.\n\nUser {user} logged in."},
    )
    assert host.services() == [("ftp", 21, "tcp")]


def test_files_are_read_with_the_directories_above_them():
    world = parse_world(SMALL)
    here, there = world.hosts
    assert here.files == (File("/tmp/", mode=0o755), File("/tmp/test.txt", text="A test.\n"))
    modified = int(datetime(2026, 2, 14, 9, 30, tzinfo=UTC).timestamp())
    assert there.files == (
        File("/home/", mode=0o755),
        File("/home/ecki/", "ecki", 0o700),
        File("/pub/", mode=0o755),
        File("/pub/README", "ecki", 0o640, modified, text=""),
        File("/pub/a/", mode=0o755),
        File("/pub/a/b/", mode=0o755),
        File("/pub/a/b/poem.txt", text="A poem."),
    )


def test_what_is_not_stated_has_a_default():
    world = parse_world(SMALL.replace("      passive_ports: 1379-1478\n", ""))
    ftp = world.hosts[1].ftp
    assert ftp
    assert ftp.passive_ports == PASSIVE_PORTS
    assert ftp.accounts[1] == Account("anonymous", None, "", "/", limits.FILES, may_write=False)
    assert world.hosts[0].files[1].modified == FIRST_DAY


def test_plain_values_have_the_shape_of_the_yaml():
    values = parse_world(SMALL).to_values()["hosts"][1]
    assert values["ftp"]["passive_ports"] == "1379-1478"
    assert values["files"][1] == {"path": "/home/ecki/", "owner": "ecki", "mode": "700", "modified": FIRST_DAY}
    assert values["files"][3]["text"] == ""


PATHS = st.lists(st.text("ab ü.", min_size=1, max_size=3).filter(lambda name: name not in (".", "..")), min_size=1)
CONTENTS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    (st.text(max_size=20) | st.text("\t\r\n\f\x7fü", max_size=9))
    .filter(lambda text: not set(text) & {chr(code) for code in range(32)} - set("\t\n\f\r"))
    .map(lambda text: {"text": text}),
    st.tuples(st.integers(0, limits.FILES // 4), st.text("0123456789abcdef", min_size=64, max_size=64)).map(
        lambda content: {"size": content[0], "sha256": content[1]}
    ),
    st.just({}),  # a directory
)


@st.composite
def worlds(draw) -> World:
    """A world with an FTP server and a few files, as the portal makes its document."""
    users = st.sampled_from(["", "ecki", "bob"])
    modes, times = st.integers(0, 0o777), st.integers(0, 253_402_300_799)
    files = {}
    for name, content in zip("pqr", draw(st.lists(CONTENTS, max_size=3)), strict=False):
        # Each below a directory of its own, so that none stands in another.
        path = f"/{name}/" + "/".join(draw(PATHS)) + ("" if content else "/")
        files[path] = File(path, draw(users), draw(modes), draw(times), **content)
    stated = {f"/{path.split('/')[1]}/" for path in files}
    parents = [File(path, draw(users), draw(modes), draw(times)) for path in sorted(stated)]
    secrets = st.none() | st.text("abc1 ü", min_size=1, max_size=4)
    accounts = tuple(
        Account(user, draw(secrets), draw(secrets) or "", draw(st.sampled_from(["/", "/p"])), draw(times) % 9_999)
        for user in ("ecki", "bob")
    )
    document = Ftp(accounts, (draw(st.integers(1_024, 2_000)), draw(st.integers(2_000, 65_535))), {"bye": "a\nb"})
    host = Host("ftp.lentil.edu", "10.2.0.21", ftp=document, files=(*parents, *files.values()))
    return World("Files", "ftp.lentil.edu", (host,))


@given(worlds())
@settings(max_examples=50)
def test_a_world_with_files_comes_back_from_its_plain_values(world):
    known = from_values(json.loads(json.dumps(world.to_values())))  # with the directories that were not stated
    assert set(world.hosts[0].files) <= set(known.hosts[0].files)
    assert known.hosts[0].ftp == world.hosts[0].ftp
    assert from_values(json.loads(json.dumps(known.to_values()))) == known


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("accounts:", "users:", "Line 16: ftp has no key 'users'."),
        ("1379-1478", "1379", "Line 14: passive_ports are the first and the last port, from 1024 to 65535, such as"),
        ("1379-1478", "1478-1379", "Line 14: passive_ports are"),
        ("1379-1478", "20-21", "Line 14: passive_ports are"),
        ("1379-1478", "1379-65536", "Line 14: passive_ports are"),
        ("user: ecki", "user: ec ki", "Line 16: a user is 1 to 64 printable ASCII characters without a space."),
        ("user: ecki", "user: anonymous", "Line 21: two accounts have the user anonymous."),
        ("user: ecki", "name: ecki", "Line 16: a part of accounts has no key 'name'."),
        ("password: secret", "password: 1234", "Line 17: password is 1 to 64 printable characters; digits alone"),
        ("password: secret", 'password: "a\\tb"', "Line 17: password is 1 to 64 printable characters"),
        ("password: secret", "password:", "Line 17: password is 1 to 64 printable characters"),
        ("account: kitchen", 'account: "\\n"', "Line 18: account is 1 to 64 printable characters"),
        ("home: /home/ecki", "home: home/ecki", "Line 19: 'home/ecki' is not an absolute path, such as /pub/README."),
        ("quota: 2000", "quota: much", "Line 20: quota is a number from 0 to 10,485,760."),
        ("quota: 2000", "quota: 99999999", "Line 20: quota is a number from 0 to 10,485,760."),
        ("may_write: false", "may_write: never", "Line 22: may_write is true or false."),
        ("ready: FTP Server ready.", "ready: é", "Line 24: a server's words are printable ASCII, at most 400"),
        ("ready: FTP Server ready.", f"ready: {'x' * 401}", "Line 24: a server's words are printable ASCII, at most"),
        ("ready: FTP Server ready.", 'ready: "' + r"x\n" * 21 + '"', "Line 24: a reply has at most 20"),
        ("- path: /home/ecki/", "- path: home/ecki/", "Line 30: 'home/ecki/' is not an absolute path"),
        ("- path: /home/ecki/", "- path: /home/../ecki/", "Line 30: '/home/../ecki/' is not an absolute path"),
        ("- path: /home/ecki/", "- path: /home//ecki/", "Line 30: '/home//ecki/' is not an absolute path"),
        ("- path: /home/ecki/", "- path: //", "Line 30: '//' is not an absolute path"),
        ("- path: /home/ecki/", '- path: "/a\\x07/"', "Line 30: this path has a control character in it."),
        ("- path: /home/ecki/", f"- path: /{'x' * 256}/", "Line 30: this path has a name longer than 255 octets"),
        ("- path: /home/ecki/", f"- path: {'/xx' * 180}/", "Line 30: this path is longer than 512 octets."),
        ("- path: /home/ecki/", "- path: /pub/README", "Line 30: the file /pub/README needs its text; a directory's"),
        ("- path: /home/ecki/", "- path: /pub/README/", "Line 33: the path /pub/README stands here twice."),
        ("- path: /home/ecki/", "- path: /pub/README/x/", "Line 30: /pub/README is a file, and nothing can stand"),
        ("owner: ecki\n        mode: 700", "owner: bob", "Line 31: bob is no account of this host's FTP server."),
        ("mode: 700", "mode: 708", "Line 32: mode is three octal digits, such as 644."),
        ("mode: 700", "mode: 1777", "Line 32: mode is three octal digits, such as 644."),
        ("mode: 700", "mode: rwx", "Line 32: mode is three octal digits, such as 644."),
        ("mode: 700", "text: x", "Line 30: /home/ecki/ is a directory, since it ends in a slash, and has no content."),
        ("2026-02-14 09:30", "14.2.2026", 'Line 36: modified is a date and a time in UTC, such as "2026-02-14 09:30".'),
        ("2026-02-14 09:30", "2026-02-30 09:30", "Line 36: modified is a date and a time in UTC"),
        ("2026-02-14 09:30", "1969-12-31 23:59", "Line 36: modified is a date and a time in UTC"),
        ('text: ""', "text: [x]", "Line 37: a file's text is a text."),
        ('text: ""', 'text: "a\\x07b"', "Line 37: a file's text has no control characters but tabs"),
        ('text: ""', 'text: "a\\eb"', "Line 37: a file's text has no control characters"),
        ('text: ""', 'text: "\\ud800"', "Line 37: a text has no NUL and no half of a surrogate pair."),
        ('text: ""', f"sha256: {SHA256}", "Line 37: a part of files has no key 'sha256'."),
        ("/tmp/test.txt", "/tmp/test.txt\n        owner: ecki", "Line 9: ecki is no account of this host's FTP"),
    ],
)
def test_a_mistake_is_named_by_its_line(old, new, sentence):
    assert old in SMALL
    with pytest.raises(WorldError) as caught:
        parse_world(SMALL.replace(old, new, 1))
    assert str(caught.value).startswith(sentence)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10**12) | st.sampled_from(["/a", "/a/", "a", "x-y", "", "644"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["accounts", "user", "password", "home", "quota", "words", "path", "owner", "mode", "text", "sha256"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(ANYTHING, st.lists(ANYTHING, min_size=1, max_size=2))
@settings(max_examples=100)
def test_whatever_else_is_stated_is_read_or_refused_in_a_sentence(ftp, files):
    host = {"name": "a", "address": "10.0.0.1", "ftp": ftp, "files": files}
    try:
        world = from_values({"lentil": 1, "title": "x", "student": "a", "hosts": [host]})
    except WorldError as error:
        sentence = str(error)
        assert sentence.startswith("This is wrong in a world: ")
    else:
        assert from_values(world.to_values()) == world


@pytest.mark.parametrize(
    ("mode", "bits"), [("644", 0o644), ('"644"', 0o644), ("007", 0o007), ("0", 0), ("0755", 0o755)]
)
def test_a_mode_is_octal_with_quotation_marks_and_without(mode, bits):
    assert parse_world(SMALL.replace("mode: 700", f"mode: {mode}")).hosts[1].files[1].mode == bits


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"size": 3}, "a size stands beside a sha256 only"),
        ({"sha256": SHA256}, "size is a number from 0 to 10,485,760"),
        ({"sha256": SHA256, "size": limits.FILES + 1}, "size is a number from 0 to 10,485,760"),
        ({"sha256": SHA256, "size": True}, "size is a number from 0 to 10,485,760"),
        ({"sha256": "X" + SHA256[1:], "size": 3}, "sha256 is 64 hexadecimal digits in lower case"),
        ({"sha256": SHA256, "size": 3, "text": "x"}, "the file /f needs its text; a directory's path ends in a slash"),
        ({}, "the file /f needs its text; a directory's path ends in a slash"),
        ({"path": "/f/", "sha256": SHA256, "size": 3}, "/f/ is a directory, since it ends in a slash, and has no"),
    ],
)
def test_in_plain_values_a_content_has_its_size_and_sha256(content, sentence):
    host = {"name": "a", "address": "10.0.0.1", "files": [{"path": "/f", **content}]}
    with pytest.raises(WorldError, match=sentence):
        from_values({"lentil": 1, "title": "x", "student": "a", "hosts": [host]})


@pytest.mark.parametrize(
    ("limit", "value", "sentence"),
    [
        ("FILE_ENTRIES", 8, "Line 30: a world has at most 8 files and directories."),
        ("FILE_TEXTS", 7, "Line 8: the texts of a world's files have at most 7 octets together."),
        ("FILES", 14, "Line 30: a world's files have at most 14 octets together."),
    ],
)
def test_a_world_has_no_more_files_than_a_lab_has_room_for(monkeypatch, limit, value, sentence):
    monkeypatch.setattr(limits, limit, value)
    with pytest.raises(WorldError, match=sentence):
        parse_world(SMALL.replace("quota: 2000", "quota: 2"))


def test_a_home_that_is_not_there_is_refused_before_a_world_runs():
    world = parse_world(SMALL)
    check_homes(world)
    with pytest.raises(WorldError, match=r"The home of ecki on ftp.lentil.edu is /home/bob, and the host's files have"):
        check_homes(parse_world(SMALL.replace("home: /home/ecki", "home: /home/bob")))
    with pytest.raises(WorldError, match="is /pub/README"):
        check_homes(parse_world(SMALL.replace("home: /home/ecki", "home: /pub/README")))
