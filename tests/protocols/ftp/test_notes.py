import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import explain, limits
from protocols.events import Block, Closed, Event, Line, NotStored, Stored, TreeChanged
from tests.protocols.ftp.connections import ACTIVE, PASSIVE, SERVER, WHOLE


def command(raw: bytes, state: str = "ready") -> Line:
    return Line(seq=7, at=0, conn="1.1", protocol="ftp", side="C", raw=raw, state=state)


def describe(event: Event, cause: Event | None = None) -> Any:
    """The description, of which each test knows which parts are there."""
    shown = explain.describe(event, cause)
    assert json.loads(json.dumps(shown.to_json()))
    return shown


def labels_of(shown: Any) -> list[str]:
    return [source.label for source in shown.explanation.references]


# A data connection begins


def test_a_passive_connection_is_the_clients_after_pasv():
    shown = describe(PASSIVE, command(b"PASV\r\n"))
    assert shown.heading == (
        "student.lab → ftp.eckenfels.net:1379",
        "TCP from 10.0.0.1:49153 · FTP data, opened by the client after PASV",
    )
    assert shown.explanation.says[:2] == (
        "The client opened it: from port 49153 of student.lab to port 1379 of 212.227.90.117, where the server "
        "listens, as its answer to PASV said.",
        "This is passive mode: the server waits and the client connects, as it did for the control connection.",
    )
    assert shown.facts == {"purpose": "data", "opener": "C"}
    assert labels_of(shown) == ["RFC 959 §4.1.2", "RFC 959 §3.3"]


def test_an_active_connection_is_the_servers_from_port_20_after_port():
    shown = describe(ACTIVE, command(b"PORT 10, 0, 0, 1, 4, 1\r\n"))
    assert shown.heading == (
        "ftp.eckenfels.net → student.lab:1025",
        "TCP from 212.227.90.117:20 · FTP data, opened by the server after PORT",
    )
    assert shown.explanation.says[:2] == (
        "The server opened it: from port 20 of ftp.eckenfels.net to port 1025 of 10.0.0.1, where the client listens, "
        "as PORT said.",
        "This is active mode: the server connects, not before the transfer begins, and from port 20, which is next to "
        "the port of the control connection.",
    )
    assert shown.facts == {"purpose": "data", "opener": "S"}
    assert labels_of(shown) == ["RFC 959 §4.1.2", "RFC 959 §3.2", "RFC 959 §5.2"]


@pytest.mark.parametrize(("opened", "verb", "rfc"), [(PASSIVE, "EPSV", "§3"), (ACTIVE, "EPRT", "§2")])
def test_the_newer_commands_are_named_and_cited(opened, verb, rfc):
    shown = describe(opened, command(f"{verb.lower()} |1|10.0.0.1|1025|\r\n".encode()))
    assert shown.heading[1].endswith(f"after {verb}")
    assert labels_of(shown)[0] == f"RFC 2428 {rfc}"


@pytest.mark.parametrize("opened", [PASSIVE, ACTIVE])
@pytest.mark.parametrize("cause", [None, command(b"NOOP\r\n")])
def test_a_connection_that_no_command_arranged_is_described_without_one(opened, cause):
    shown = describe(opened, cause)
    assert shown.heading[1].endswith(("by the client", "by the server"))
    assert "NOOP" not in " ".join(shown.explanation.says)


def test_the_ends_stay_the_clients_and_the_servers_whoever_opened_it():
    for opened in (PASSIVE, ACTIVE):
        assert describe(opened).route == (opened.client, opened.server)


def test_a_control_connection_is_not_called_one_for_data():
    shown = describe(replace(PASSIVE, purpose="control", server=replace(SERVER, port=21)))
    assert shown.heading[1] == "TCP from 10.0.0.1:49153 · FTP"
    assert shown.facts is None
    assert any("wait for its greeting" in text for text in shown.explanation.says)


# What goes over it


def block(raw: bytes) -> Block:
    return Block(seq=8, at=0, because=7, conn="1.2", protocol="ftp", side="S", raw=raw, state="RETR")


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (b"one\r\n\r\nthree\r\n", (("text", "one"), ("text", "\n"), ("text", "\n"), ("text", "three"))),
        (b"a\nb", (("text", "a"), ("control", "\\x0a"), ("text", "\n"), ("text", "b"))),
        (b"a\rb\r\n", (("text", "a"), ("control", "\\x0d"), ("text", "b"))),
        (b"a\r", (("text", "a"), ("control", "\\x0d"))),
        (b"a\n", (("text", "a"), ("control", "\\x0a"))),
        (b"\r\r\n\nb", (("control", "\\x0d"), ("text", "\n"), ("control", "\\x0a"), ("text", "\n"), ("text", "b"))),
        (b"\r\n", (("text", ""),)),
        (b"", (("text", ""),)),
    ],
)
def test_data_that_are_text_are_drawn_as_lines(raw, parts):
    assert describe(block(raw)).parts == parts


@pytest.mark.parametrize(
    ("raw", "shown", "note"),
    [
        (b"x", 1, "1 octet of data."),
        (b"x" * 2_048, 2_048, "2,048 octets of data."),
        (b"x" * 65_536, 2_048, "65,536 octets of data, the first 2,048 of them shown."),
        (bytes(64), 64 * len("\\x00"), "64 octets of data that are no text."),
        (bytes(65_536), 64 * len("\\x00"), "65,536 octets of data that are no text, the first 64 of them shown."),
    ],
)
def test_data_show_their_beginning_and_their_exact_size(raw, shown, note):
    described = describe(block(raw))
    assert len("".join(text for _, text in described.parts)) == shown
    assert (described.note, described.phase) == (note, "transfer")


@pytest.mark.parametrize(("verb", "facts"), [("NLST", {"list": True}), ("MLSD", {"list": True}), ("RETR", None)])
def test_data_that_are_a_list_are_told_from_those_of_a_file(verb, facts):
    block = Block(seq=9, at=0, conn="1.2", protocol="ftp", side="S", raw=b"notes.txt\r\n", state=verb)
    assert describe(block).facts == facts


def test_a_block_of_the_control_connection_is_none_of_data():
    said = replace(block(b"a" * 3_000), state="ready", side="C")
    assert describe(said).note == "3,000 octets in one block, the first 2,048 of them shown."


@given(st.binary(max_size=300))
def test_any_data_can_be_drawn(raw):
    assert all(text.isprintable() or text == "\n" for _, text in describe(block(raw)).parts)


def test_what_went_over_it_is_counted_and_its_end_explained():
    shown = describe(WHOLE, command(b"RETR a.txt\r\n", "passive"))
    assert shown.note == "28 octets went over the data connection, and its end is the end of the file."
    assert shown.explanation.says == (
        "RETR asked for it. The server sent 28 octets over the data connection.",
        "In stream mode no octet marks the end: the server sent the last one and closed the connection.",
    )
    assert labels_of(shown)[0] == "RFC 959 §3.4.1"
    fields = {field.name: field.value for field in shown.explanation.sections[0].fields}
    assert fields == {"octets": "28", "kept": "28", "SHA-256": "ab" * 32}
    assert shown.facts == {"length": 28, "sha256": "ab" * 32, "kept": 28, "because": 7, "path": "/a.txt"}


def test_a_list_is_called_one():
    assert describe(replace(WHOLE, path="", length=1)).note == (
        "1 octet went over the data connection, and its end is the end of the list."
    )


def test_what_the_transcript_leaves_out_is_said():
    length = 3 * limits.DATA_KEPT
    shown = describe(replace(WHOLE, length=length, kept=2 * limits.DATA_KEPT))
    assert shown.note.endswith(" The transcript keeps the first and the last 64 KB of them.")
    assert shown.explanation.says[0].endswith(" The transcript keeps the first and the last 64 KB of them.")
    assert "keeps" not in describe(WHOLE).note


def test_what_broke_off_is_not_said_to_be_whole():
    shown = describe(replace(WHOLE, whole=False, side="C"))
    assert shown.note == "28 octets went over the data connection before it broke off."
    assert shown.explanation.says[1] == "The client had more to send, so this is not the whole of it."


def test_a_hash_that_nobody_computed_is_not_shown():
    shown = describe(replace(WHOLE, sha256=""))
    assert "SHA-256" not in [field.name for field in shown.explanation.sections[0].fields]


@pytest.mark.parametrize(
    ("why", "side", "note"),
    [
        ("end-of-file", "S", "The server closed the data connection: end of file."),
        ("end-of-file", "C", "The client closed the data connection: end of file."),
        ("aborted", "S", "The data connection was closed before the transfer was complete."),
        ("unused", None, "The data connection was closed, and nothing had gone over it."),
        ("lost", None, "The connection broke off. What was under way on it is lost."),
    ],
)
def test_its_end_says_what_it_means(why, side, note):
    assert describe(Closed(seq=10, at=0, conn="1.2", side=side, why=why)).note == note


# Files

STORED = Stored(
    seq=9, at=0, host="ftp.nz", path="/a.txt", owner="ecki", mode=0o644, modified=5, size=28, sha256="ab" * 32
)


def test_a_stored_file_is_noted_with_all_that_a_tree_shows_of_it():
    shown = describe(STORED)
    assert shown.note == "/a.txt is on ftp.nz: 28 octets, owned by ecki."
    assert shown.facts == {
        "host": "ftp.nz",
        "path": "/a.txt",
        "owner": "ecki",
        "mode": 0o644,
        "modified": 5,
        "size": 28,
        "sha256": "ab" * 32,
    }
    assert describe(replace(STORED, owner="", size=1)).note == "/a.txt is on ftp.nz: 1 octet."


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (
            TreeChanged(seq=1, at=0, host="ftp.nz", change="made", path="/d", owner="ecki", mode=0o755, modified=5),
            "now",
        ),
        (TreeChanged(seq=1, at=0, host="ftp.nz", change="removed", path="/d"), "no more"),
        (TreeChanged(seq=1, at=0, host="ftp.nz", change="renamed", path="/d", to="/e"), "called /e"),
    ],
)
def test_a_change_of_the_tree_is_noted(change, note):
    shown = describe(change)
    assert note in shown.note
    assert "/d" in shown.note
    assert (shown.facts["change"], shown.facts["path"], shown.facts["to"]) == (change.change, "/d", change.to)
    assert shown.facts["mode"] == change.mode


def test_a_name_that_would_turn_the_sentence_around_is_spelt_out():
    name = "/ü\u202egpj.exe"
    spelt = r"/ü\xe2\x80\xaegpj.exe"
    renamed = TreeChanged(seq=1, at=0, host="ftp.nz", change="renamed", path=name, to=name)
    for event in (replace(STORED, path=name), renamed, NotStored(seq=9, at=0, host="ftp.nz", path=name, why="exists")):
        shown = describe(event)
        assert spelt in shown.note
        assert "\u202e" not in shown.note
        assert shown.facts["path"] == name


@pytest.mark.parametrize("why", ["no-such-directory", "is-a-directory", "bad-name", "lab-full", "too-many-files"])
def test_a_file_that_could_not_be_put_there_says_why_and_what_to_do(why):
    event = NotStored(seq=9, at=0, host="ftp.nz", path="/a.txt", why=why, client_id="page-1")
    shown = describe(event)
    assert shown.note == "/a.txt was not put on ftp.nz."
    assert why not in shown.help
    assert shown.client_id == "page-1"
    other = describe(replace(event, why="not-yet-known"))
    assert other.help == "The host refused it (not-yet-known)."


def test_a_file_that_was_put_there_on_a_page_bears_the_pages_id():
    assert describe(replace(STORED, client_id="page-1")).client_id == "page-1"
