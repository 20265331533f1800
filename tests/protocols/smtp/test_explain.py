import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from protocols import explain, limits
from protocols.description import Description
from protocols.events import Block, Console, Event, Line
from protocols.smtp import tables
from protocols.smtp.session import Session
from protocols.smtp.states import MACHINE
from tests.protocols.smtp.dialogues import EHLO, MX, line_for, rows
from tests.protocols.smtp.sections import SECTIONS


def client_line(raw: bytes, state: str, why: str | None = None) -> Line:
    return Line(seq=2, at=0, conn="1.1", protocol="smtp", side="C", raw=raw, state=state, why=why)


def server_line(raw: bytes, state: str, why: str | None, because: int | None = 2) -> Line:
    return Line(seq=3, at=0, because=because, conn="1.1", protocol="smtp", side="S", raw=raw, state=state, why=why)


def describe(event: Event, cause: Event | None) -> Any:
    """The description, of which each test knows which parts are there."""
    return explain.describe(event, cause)


def said_for(row) -> bytes:
    """What the client could have said for the server to answer with `row`."""
    word = b"WHAT" if row.verb == "?" else row.verb.encode()
    return line_for(row) or word + b"\r\n"


def described(row) -> Any:
    """The description of the reply that `row` stands for."""
    enhanced = tables.enhanced_code(row.why, row.verb)
    raw = f"{row.code} {enhanced + ' ' if enhanced else ''}words\r\n".encode()
    if row.verb == "":
        return describe(server_line(raw, row.state, row.why, None), None)
    asked = said_for(row).rpartition(b"\r\n")[0].rpartition(b"\r\n")[2] + b"\r\n"  # the last line of it
    return describe(server_line(raw, row.state, row.why), client_line(asked, row.state))


def hello_lines() -> tuple[bytes, ...]:
    """The lines with which the server answers EHLO."""
    session: Any = Session(MX)
    session.receive(EHLO)
    lines: tuple[bytes, ...] = session.next().lines
    return lines


def text_of(shown: Description) -> str:
    return "".join(text for _, text in shown.parts)


def name_of(row) -> str:
    return f"{row.state}-{row.verb}-{row.why}"


@pytest.mark.parametrize("row", rows(), ids=name_of)
def test_every_answer_is_explained(row):
    shown = described(row)
    told = shown.explanation
    cause = tables.CAUSES[row.why]
    own = max(re.split(r"\{.*?\}", cause.says), key=len)
    assert any(own in sentence for sentence in told.says), "no sentence of its own"
    assert (told.before, told.after) == (row.state, row.then or row.state)
    assert [part for part, _ in told.digits][:3] == list(row.code)
    assert all(meaning and not meaning.endswith(": ") for _, meaning in told.digits)
    enhanced = tables.enhanced_code(row.why, row.verb)
    assert [part for part, _ in told.digits[3:]] == ([enhanced] if enhanced else [])
    assert len(told.references) >= 2
    assert bool(shown.help) is (row.code[0] in "45")
    if row.code[0] in "45" and row.verb:
        assert f"while the session was in {row.state}." in told.says[0]
    texts = [*told.says, shown.help or "", told.title]
    assert not any(re.search(r"[{}]|None|  ", text) for text in texts), texts


def test_no_two_causes_share_a_text():
    for texts in (
        [cause.says for cause in tables.CAUSES.values()],
        [cause.help for cause in tables.CAUSES.values() if cause.code[0] in "45"],
        [cause.words for cause in tables.CAUSES.values() if cause.why not in ("hello", "hello-extended")],
    ):
        assert len(texts) == len(set(texts))


def test_every_cause_is_named_once_and_has_its_sources():
    for cause in tables.CAUSES.values():
        assert cause.references, cause.why
        assert cause.says.endswith("."), cause.why
        assert cause.help.endswith(".") if cause.code[0] in "45" else cause.help == "", cause.why
        assert cause.enhanced == "" or cause.enhanced[0] == cause.code[0], cause.why
    assert {row.why for row in rows()} == set(tables.CAUSES)


def test_the_voice_blames_nobody():
    for cause in tables.CAUSES.values():
        assert not re.search(r"\b(invalid|illegal|error|oops|please|sorry|simply)\b", cause.says + cause.help, re.I), (
            cause
        )


def test_every_reference_leads_to_a_section_of_an_rfc():
    for row in rows():
        for source in described(row).explanation.references:
            address = urlsplit(source.url)
            assert (address.scheme, address.netloc) == ("https", "www.rfc-editor.org")
            assert re.fullmatch(r"RFC (\d+) §([A-Z0-9.]+)", source.label)
            section = source.label.partition("§")[2]
            kind = "section" if section[0].isdigit() else "appendix"
            assert address.path + "#" + address.fragment == f"/rfc/rfc{source.label.split()[1]}#{kind}-{section}"


def test_text_with_octets_above_127_says_why_they_are_numbers():
    plain, umlaut = (describe(client_line(raw, "data"), None) for raw in (b"Gruss\r\n", b"Gr\xc3\xbc\xc3\x9fe\r\n"))
    assert text_of(umlaut) == "Gr\\xc3\\xbc\\xc3\\x9fe"
    assert any("above 127" in text for text in umlaut.explanation.says)
    assert not any("above 127" in text for text in plain.explanation.says)


@pytest.mark.parametrize("row", [row for row in rows() if line_for(row) is not None], ids=name_of)
def test_the_clients_line_is_explained_and_its_parts_are_the_line(row):
    for raw in said_for(row).splitlines(keepends=True):
        shown = describe(client_line(raw, row.state), None)
        assert shown.explanation.says
        assert shown.explanation.before == row.state
        printable = raw[:-2].replace(b"\x00", b"\\x00").replace(b"\xe9", b"\\xe9")
        assert text_of(shown).encode() == printable
        assert shown.help is None


def test_what_is_cited_is_a_section_that_was_looked_up():
    cited = {source.label for row in rows() for source in described(row).explanation.references}
    for raw, state in [
        *((said_for(row), row.state) for row in rows()),
        *((raw, "data") for raw in (b"Subject: dahl\r\n", b"\r\n", b"..\r\n", b"x\n", b".\r\n")),
        *((raw, "greeted") for raw in (b"MAIL FROM: <>\r\n", b"NOOP\n")),
    ]:
        cited |= {source.label for source in describe(client_line(raw, state), None).explanation.references}
    for raw in hello_lines():
        shown = describe(server_line(raw, "connected", "hello-extended"), client_line(EHLO, "connected"))
        cited |= {source.label for source in shown.explanation.references}
    assert cited == {f"RFC {rfc} §{section}" for rfc, section in SECTIONS}


def test_parts_joined_are_the_line_with_its_octets_made_visible():
    shown = describe(client_line(b"MAIL FROM: <caf\xe9\x00@halva.fr>\r\n", "greeted"), None)
    assert shown.parts == (
        ("verb", "MAIL FROM:"),
        ("argument", " <caf"),
        ("control", "\\xe9\\x00"),
        ("argument", "@halva.fr>"),
    )
    shown = describe(server_line(b"503 5.5.1 Need MAIL before RCPT\r\n", "greeted", "rcpt-before-mail"), None)
    assert shown.parts == (("code", "503"), ("text", " "), ("enhanced", "5.5.1"), ("text", " Need MAIL before RCPT"))


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (b"AUTH PLAIN AGJvYgBx\r\n", (("argument", "PLAIN"), ("text", " "), ("secret", "AGJvYgBx"))),
        (b"auth LOGIN\r\n", (("argument", "LOGIN"),)),
        (b"VRFY bob smith\r\n", (("argument", "bob smith"),)),
    ],
)
def test_what_auth_would_say_beside_its_mechanism_is_a_secret(raw, parts):
    assert describe(client_line(raw, "greeted"), None).parts[2:] == parts


def test_the_space_after_the_colon_is_noted_and_is_no_mistake():
    with_space = describe(client_line(b"RCPT TO: <bob@lentil.edu>\r\n", "sender"), None)
    without = describe(client_line(b"RCPT TO:<bob@lentil.edu>\r\n", "sender"), None)
    assert any("space after the colon" in text for text in with_space.explanation.says)
    assert not any("space after the colon" in text for text in without.explanation.says)
    assert with_space.help is None


def test_rcpt_before_mail_reads_as_the_lesson_has_it():
    shown = describe(
        server_line(b"503 5.5.1 Need MAIL before RCPT\r\n", "greeted", "rcpt-before-mail"),
        client_line(b"RCPT TO:<bob@lentil.edu>\r\n", "greeted"),
    )
    assert shown.help == "The envelope starts with its sender. Say MAIL FROM first, then RCPT TO."
    assert shown.explanation.says[:2] == (
        "You sent RCPT while the session was in greeted.",
        "RCPT is allowed after MAIL only.",
    )
    assert shown.explanation.digits == (
        ("5", "Permanent failure: this command will not succeed if repeated as it is"),
        ("0", "About syntax or sequence"),
        ("3", "Bad sequence of commands"),
        ("5.5.1", "Protocol status: invalid command here"),
    )
    labels = [source.label for source in shown.explanation.references]
    assert labels == ["RFC 5321 §3.3", "RFC 5321 §4.1.4", "RFC 5321 §4.2.1", "RFC 3463 §3.6"]
    assert (shown.tone, shown.phase) == ("trouble", "transfer")


def test_a_misspelt_verb_gets_a_guess():
    asked = client_line(b"HELLO mx.halva.fr\r\n", "connected")
    shown = describe(server_line(b"500 5.5.1 Command not recognized\r\n", "connected", "unknown-command"), asked)
    assert shown.help.startswith("Did you mean HELO?")


def test_what_is_meant_for_the_students_own_host_is_said_to_have_gone_to_the_server():
    asked = client_line(b"dig www.vuw.ac.nz\r\n", "greeted")
    shown = describe(server_line(b"500 5.5.1 You are connected already\r\n", "greeted", "client-program"), asked)
    assert shown.help == "You are connected, so this went to the server. Say QUIT first, then type it again."


@pytest.mark.parametrize("raw", [b".\n", b".\r\n"])
def test_a_dot_that_ends_nothing_says_so(raw):
    shown = describe(client_line(raw, "data", "not-the-end"), None)
    assert "does not end the message" in shown.help


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"Subject: dahl\r\n", "Subject"),
        (b"\r\n", "empty line"),
        (b"..\r\n", "dot"),
        (b"Do you like dahl?\r\n", "Text"),
        (b"half a line", "CR LF"),
    ],
)
def test_lines_of_a_message_are_told_apart(raw, word):
    assert any(word in text for text in describe(client_line(raw, "data"), None).explanation.says)


def test_the_answer_to_a_line_too_long_to_be_shown_as_one_is_explained():
    rest = Block(seq=2, at=0, conn="1.1", protocol="smtp", side="C", raw=b"aaaa\n", state="greeted")
    shown = describe(server_line(b"500 5.5.2 The line is too long\r\n", "greeted", "line-too-long"), rest)
    assert shown.explanation.after == "greeted"
    assert shown.explanation.says[0].endswith("while the session was in greeted.")


@pytest.mark.parametrize("state", ["greeted", "data"])
def test_an_empty_line_is_shown_as_one(state):
    assert describe(client_line(b"\r\n", state), None).to_json()["parts"] == (("text", ""),)


def test_each_extension_is_explained_on_its_line():
    asked = client_line(EHLO, "connected")
    shown = [describe(server_line(raw, "connected", "hello-extended"), asked) for raw in hello_lines()]
    assert len({one.explanation.says for one in shown}) == len(shown)
    assert [one.explanation.after for one in shown] == ["connected"] * (len(shown) - 1) + ["greeted"]


@pytest.mark.parametrize(
    ("raw", "state", "phase"),
    [
        (b"HELO mx.halva.fr\r\n", "connected", "handshake"),
        (b"RCPT TO:<bob@lentil.edu>\r\n", "greeted", "transfer"),
        (b"text\r\n", "data", "transfer"),
        (b"QUIT\r\n", "recipients", "closure"),
    ],
)
def test_a_line_stands_in_its_phase(raw, state, phase):
    assert describe(client_line(raw, state), None).phase == phase


def test_a_line_bears_the_id_that_the_page_gave_to_what_was_typed():
    typed = Console(seq=1, at=0, console=1, action="typed", raw=b"NOOP", client_id="page-1")
    shown = describe(client_line(b"NOOP\r\n", "greeted"), typed)
    assert shown.client_id == "page-1"


def test_a_reply_of_a_cause_that_is_no_more_is_still_shown():
    shown = describe(server_line(b"250 2.0.0 Ok\r\n", "greeted", "long-forgotten"), None)
    assert text_of(shown) == "250 2.0.0 Ok"


def test_the_lesson_names_every_state_and_what_can_be_said_there():
    lesson = explain.lesson("smtp")
    assert [state["name"] for state in lesson["states"]] == [state.name for state in MACHINE.states]
    for state in lesson["states"]:
        for suggestion in state["says"]:
            verb = suggestion["text"].split()[0]
            assert verb in MACHINE.allowed(state["name"]) or state["name"] == "data"
    usual = [arrow for arrow in lesson["arrows"] if arrow["usual"]]
    assert [(arrow["from"], arrow["to"]) for arrow in usual] == [
        ("connected", "greeted"),
        ("greeted", "sender"),
        ("greeted", "closed"),
        ("sender", "recipients"),
        ("recipients", "data"),
        ("data", "greeted"),
    ]


def test_limits_in_the_texts_are_the_limits():
    assert f"{limits.MESSAGE:,}" in tables.CAUSES["message-too-large"].says
    assert str(limits.RECIPIENTS) in tables.CAUSES["too-many-recipients"].says
