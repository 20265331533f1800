import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import explain
from protocols.events import Block, Closed, Console, Delivered, Endpoint, Fault, Lab, Line, Opened
from protocols.smtp.session import Session
from protocols.smtp.states import MACHINE
from protocols.world import Host, Mail, Names, World, Zone
from protocols.world.model import Account, Ftp
from tests.protocols.smtp.dialogues import MX

OPENED = Opened(
    seq=1,
    at=0,
    conn="1.1",
    protocol="smtp",
    client=Endpoint("mx.halva.fr", "10.0.0.1", 49152),
    server=Endpoint("mx.lentil.edu", "10.2.0.25", 25),
)
TYPED = Console(seq=1, at=0, console=1, action="typed", raw=b"NOOP", client_id="page-1")


def test_a_connection_has_a_heading():
    shown = explain.describe(OPENED, TYPED)
    assert shown.heading == ("mx.halva.fr → mx.lentil.edu:25", "TCP from 10.0.0.1:49152 · SMTP")
    assert shown.client_id == "page-1"


def test_a_client_of_no_host_is_called_by_its_address():
    stranger = Opened(
        seq=1, at=0, conn="1.1", protocol="smtp", client=Endpoint("", "10.9.9.9", 1), server=OPENED.server
    )
    shown = explain.describe(stranger, None)
    assert shown.heading == ("10.9.9.9 → mx.lentil.edu:25", "TCP from 10.9.9.9:1 · SMTP")


@pytest.mark.parametrize("why", ["quit", "closed", "lost", "idle", "limit", "ended", "fault"])
def test_each_end_of_a_connection_has_a_sentence_of_its_own(why):
    notes = {
        explain.describe(Closed(seq=1, at=0, conn="1.1", side="S", why=one), None).note for one in (why, "quit", "?")
    }
    assert len(notes) == (2 if why == "quit" else 3)


def test_a_client_that_closes_its_connection_is_not_said_to_lose_an_answer():
    note = explain.describe(Closed(seq=1, at=0, conn="1.1", side="C", why="closed"), None).note
    assert note is not None
    assert note.startswith("The client closed the connection")
    assert "lost" not in note


def test_what_was_typed_is_not_shown_itself_but_keeps_its_id_and_its_text():
    shown = explain.describe(TYPED, None)
    assert (shown.client_id, shown.parts, shown.note, shown.help) == ("page-1", (), None, None)
    assert shown.facts == {"typed": "NOOP"}


def test_a_delivery_names_its_mailbox():
    event = Delivered(seq=1, at=0, conn="1.1", mailbox="bob@lentil.edu", sender="", raw=b"x")
    shown = explain.describe(event, None)
    assert shown.note == "A message for bob@lentil.edu is in its mailbox."
    assert shown.facts == {"mailbox": "bob@lentil.edu"}


@pytest.mark.parametrize(
    ("size", "note"),
    [
        (1, "1 octet in one block."),
        (2048, "2,048 octets in one block."),
        (65_536, "65,536 octets in one block, the first 2,048 of them shown."),
    ],
)
def test_a_block_shows_its_beginning_and_its_exact_size(size, note):
    block = Block(seq=1, at=0, conn="1.1", protocol="smtp", side="C", raw=b"x" * size, state="data")
    shown = explain.describe(block, None)
    assert shown.note == note
    assert "".join(text for _, text in shown.parts) == "x" * min(size, 2048)


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (b"one\r\n\r\nthree\r\n", (("text", "one"), ("text", "\n"), ("text", "\n"), ("text", "three"))),
        (b"a\nb\rc\r\n", (("text", "a"), ("control", "\\x0a"), ("text", "b"), ("control", "\\x0d"), ("text", "c"))),
        (b"\r\n", (("text", ""),)),
    ],
)
def test_a_block_breaks_its_lines_where_they_end_and_nowhere_else(raw, parts):
    block = Block(seq=1, at=0, conn="1.1", protocol="smtp", side="C", raw=raw, state="data")
    assert explain.describe(block, None).parts == parts


@pytest.mark.parametrize(
    ("raw", "has_note"), [(b"typed\r\n", False), (b"\r\n", False), (b"a\r\nb\r\n", True), (b"a", True)]
)
def test_a_block_of_one_whole_line_looks_like_a_line(raw, has_note):
    block = Block(seq=1, at=0, conn="1.1", protocol="smtp", side="C", raw=raw, state="data")
    assert (explain.describe(block, None).note is not None) is has_note


@pytest.mark.parametrize(
    ("event", "note"),
    [
        (Lab(seq=1, at=0, change="started", start=1), "The lab is running."),
        (
            Lab(seq=1, at=0, change="started", start=1, absent=("landlock",)),
            "The lab is running. Its sandbox does without: landlock.",
        ),
        (
            Lab(seq=1, at=0, change="failed", start=1, why="no-room"),
            "The lab could not start: this machine runs as many labs as it can.",
        ),
        (
            Lab(seq=1, at=0, change="ended", start=1, why="died"),
            "The lab ended: its process ended unexpectedly. Open it again to go on; all that stands here is kept.",
        ),
        (Lab(seq=1, at=0, change="ended", start=1, why="closed"), "The lab ended."),
        (Fault(seq=1, at=0, why="error"), "Something in the lab failed, which is not your doing (error)."),
    ],
)
def test_what_happens_to_the_lab_is_a_note(event, note):
    assert explain.describe(event, None).note == note


@given(
    raw=st.binary(max_size=300),
    state=st.sampled_from([state.name for state in MACHINE.states]),
    side=st.sampled_from(["C", "S"]),
    asked=st.binary(max_size=40) | st.none(),
)
def test_any_octets_can_be_described_and_sent_to_a_page(raw, state, side, asked):
    why = Session(MX).open().why if side == "S" else None
    line = Line(seq=2, at=0, conn="1.1", protocol="smtp", side=side, raw=raw, state=state, why=why)
    cause = asked and Line(seq=1, at=0, conn="1.1", protocol="smtp", side="C", raw=asked, state=state)
    shown = explain.describe(line, cause or None)
    plain = json.loads(json.dumps(shown.to_json()))
    assert all(text.isprintable() for _, text in plain.get("parts", []))


def test_the_lesson_is_plain_json():
    assert json.loads(json.dumps(explain.lesson("smtp"))) == explain.lesson("smtp")


@pytest.mark.parametrize("protocol", ["smtp", "ftp", "dns"])
def test_who_speaks_first_on_a_connection_is_said_as_it_is(protocol):
    shown = explain.describe(replace(OPENED, protocol=protocol), None)
    assert shown.explanation is not None
    assert shown.route == (OPENED.client, OPENED.server)
    assert ("wait for its greeting" in " ".join(shown.explanation.says)) is (protocol != "dns")


def test_what_a_program_prints_keeps_its_lines():
    raw = b"Server:\t10.0.0.1\n\nName:\tvuw.ac.nz\xe9\n"
    shown = explain.describe(Console(seq=2, at=0, because=1, console=1, action="printed", raw=raw, why="output"), TYPED)
    assert "".join(text for _, text in shown.parts) == "Server:\t10.0.0.1\n\nName:\tvuw.ac.nz\\xe9"
    assert (shown.note, shown.client_id) == (None, "page-1")


@pytest.mark.parametrize(("why", "reader"), [("nslookup-begins", "nslookup"), ("nslookup-ends", None)])
def test_a_program_that_reads_what_is_typed_is_named_in_the_facts(why, reader):
    shown = explain.describe(Console(seq=2, at=0, console=1, action="printed", raw=b"", why=why), None)
    assert shown.facts == {"program": reader}
    assert shown.note


NAMES = World(
    title="Names",
    student="student.nz",
    resolver="ns.nz",
    hosts=(
        Host("student.nz", "10.0.0.1"),
        Host("ns.nz", "10.0.0.2", dns=Names(recursive=True)),
        Host("mx.nz", "10.0.0.3", smtp=Mail(("nz",), ("bob@nz",))),
    ),
    zones=(Zone("nz", "@ MX 10 mx\nwww 3600 IN CNAME www2\n"),),
)


def test_a_world_has_the_lessons_of_what_it_serves_and_ready_examples():
    found = explain.lessons(NAMES)
    assert json.loads(json.dumps(found)) == found
    assert list(found["protocols"]) == ["smtp", "dns"]
    assert [each["text"] for each in found["console"]] == [
        "dig www.nz",
        "connect mx.nz 25",
        "nslookup www.nz",
        "dig +trace www.nz",
        "help",
    ]
    assert found["programs"]["nslookup"][0] == {"text": "www.nz", "fill": "www.nz"}


def test_a_world_with_an_ftp_server_has_its_lesson_and_suggests_to_connect():
    files = Host("ftp.nz", "10.0.0.4", ftp=Ftp((Account("ecki"),)))
    found = explain.lessons(replace(NAMES, resolver="", hosts=(NAMES.hosts[0], files), zones=()))
    assert list(found["protocols"]) == ["ftp"]
    assert [each["text"] for each in found["console"]] == ["connect ftp.nz 21", "help"]


def test_a_world_without_a_resolver_suggests_no_question():
    mail = replace(NAMES, resolver="", hosts=NAMES.hosts[::2], zones=())
    found = explain.lessons(mail)
    assert list(found["protocols"]) == ["smtp"]
    assert [each["text"] for each in found["console"]] == ["connect mx.nz 25", "help"]


@pytest.mark.parametrize(
    "line", ["www CNAME web", "www.nz. CNAME web", "www\t3600 IN CNAME web", "www  cname  web  ; an alias"]
)
def test_an_alias_in_a_zones_whole_file_is_the_example(line):
    file = f'; no CNAME here\n@ SOA ns a 1 2 3 4 5\nmx TXT "CNAME "\n{line}\nother CNAME www\n'
    zones = (Zone("nz", file=file),)
    assert "dig www.nz" in [each["text"] for each in explain.lessons(replace(NAMES, zones=zones))["console"]]


def test_a_world_without_an_alias_has_a_host_as_its_example():
    assert "dig mx.nz" in [each["text"] for each in explain.lessons(replace(NAMES, zones=()))["console"]]
