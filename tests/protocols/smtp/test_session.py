from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import limits
from protocols.smtp import tables
from protocols.smtp.content import Content
from protocols.smtp.session import Answer, Session
from protocols.smtp.states import MACHINE
from protocols.world import Mail
from tests.protocols.smtp.dialogues import CLASSIC, DATA, EHLO, HELO, MAIL, MX, RCPT, into, line_for, rows

assert MX.smtp
MAIL_SERVER = MX.smtp
SAID = [row for row in rows() if line_for(row) is not None]


def hold(lines: list[bytes], session: Session | None = None) -> list[Any]:
    """Every answer of a session in which `lines` are said, its greeting first."""
    session = session or Session(MX)
    answers = [session.open()]
    for line in lines:
        session.receive(line)
        while answer := session.next():
            answers.append(answer)
    return answers


def said(row) -> bytes:
    """What the client says for that row."""
    return line_for(row) or b""


def row_of(answer: Answer) -> tuple[str, str, str, str]:
    return answer.state, answer.verb, answer.lines[-1][:3].decode(), answer.why


def name_of(row) -> str:
    return f"{row.state}-{row.verb}-{row.why}"


def test_the_classic_dialogue_is_word_for_word():
    answers = hold([raw for side, raw in CLASSIC if side == "C"])
    assert [line for answer in answers for line in answer.lines] == [raw for side, raw in CLASSIC if side == "S"]


@pytest.mark.parametrize("row", SAID, ids=name_of)
def test_every_row_of_the_table_can_be_had(row, monkeypatch):
    if row.why == "too-many-recipients":
        monkeypatch.setattr(limits, "RECIPIENTS", 1)
    if row.why == "message-too-large":
        monkeypatch.setattr(limits, "MESSAGE", 100)
    answer = hold([*into(row), said(row)])[-1]
    assert (*row_of(answer), answer.then) == (row.state, row.verb, row.code, row.why, row.then or row.state)


def test_no_row_is_left_out_but_those_that_are_tested_by_name():
    by_name = {"ready", "too-many-connections", "too-many-commands", "local-error", "server-failed", "idle", "lab-ends"}
    assert {row.why for row in rows() if line_for(row) is None} == by_name


@pytest.mark.parametrize("row", [row for row in rows() if row.why == "too-many-commands"], ids=name_of)
def test_it_ends_a_session_of_too_many_commands(row, monkeypatch):
    monkeypatch.setattr(limits, "COMMANDS", len(into(row)))
    word = b"WHAT" if row.verb == "?" else row.verb.encode()
    answer = hold([*into(row), word + b"\r\n"])[-1]
    assert (*row_of(answer), answer.then, answer.closes) == (
        *row_of(answer)[:1],
        row.verb,
        "421",
        row.why,
        "closed",
        "limit",
    )


@pytest.mark.parametrize("row", [row for row in rows() if row.why == "local-error"], ids=name_of)
def test_a_fault_of_its_own_is_a_451_and_the_session_goes_on(row, monkeypatch):
    session: Any = Session(MX)
    hold(into(row), session)
    word = b"WHAT" if row.verb == "?" else row.verb.encode()
    monkeypatch.setattr(session, "_obey", lambda command: 1 / 0)
    session.receive(word + b"\r\n")
    with pytest.raises(ZeroDivisionError):
        session.next()
    answer = session.fail()
    assert (*row_of(answer), answer.then) == (row.state, row.verb, "451", "local-error", row.state)
    monkeypatch.undo()
    session.receive(b"NOOP\r\n")
    assert session.next().why == "nothing-done"


def test_a_fault_in_mid_message_ends_the_session(monkeypatch):
    session: Any = Session(MX)
    hold([EHLO, MAIL, RCPT, DATA], session)
    monkeypatch.setattr(Content, "take", lambda content, data: 1 / 0)
    session.receive(b"MAIL FROM:<eve@halva.fr>\r\n")
    with pytest.raises(ZeroDivisionError):
        session.next()
    answer = session.fail()
    assert (answer.lines[0][:3], answer.closes, session.state) == (b"421", "fault", "closed")
    assert session.next() is None


@pytest.mark.parametrize("row", [row for row in rows() if row.why in ("idle", "lab-ends")], ids=name_of)
def test_it_can_end_every_state_unasked(row):
    session: Any = Session(MX)
    hold(into(row), session)
    answer = session.refuse(row.why)
    assert (*row_of(answer), answer.then, answer.end) == (row.state, "", "421", row.why, "closed", None)


def test_what_it_offers_is_what_the_table_says():
    [_, offered] = hold([EHLO])
    assert [line[4:-2].decode() for line in offered.lines[1:]] == list(tables.EXTENSIONS)
    assert {line[3:4] for line in offered.lines[:-1]} == {b"-"}
    assert offered.lines[-1][3:4] == b" "


def test_greetings_and_their_refusals_have_no_enhanced_code_and_all_else_has():
    for row in SAID:
        answer = hold([*into(row), said(row)])[-1]
        for line in answer.lines:
            bare = row.verb in ("HELO", "EHLO") or line.startswith(b"3")
            assert (line[4:5] == line[:1] and line[5:6] == b".") is not bare, line


@pytest.mark.parametrize("greeting", [HELO, EHLO])
def test_a_greeting_in_mid_session_empties_the_envelope(greeting):
    answers = hold([EHLO, MAIL, RCPT, greeting, DATA])
    assert answers[-1].why == "data-before-mail"


def test_rset_keeps_the_greeting_and_empties_the_envelope():
    assert [answer.why for answer in hold([HELO, MAIL, RCPT, b"RSET\r\n", RCPT, MAIL])[-3:]] == [
        "reset",
        "rcpt-before-mail",
        "sender-ok",
    ]
    assert hold([b"RSET\r\n", MAIL])[-1].why == "mail-before-helo"


@pytest.mark.parametrize(
    ("path", "mailboxes"),
    [
        (b"<BOB@Lentil.EDU>", ("bob@lentil.edu",)),
        (b'<"bob"@lentil.edu>', ("bob@lentil.edu",)),
        (b"<@relay.fr,@other.fr:bob@lentil.edu>", ("bob@lentil.edu",)),
        (b"<bob@[127.0.0.25]>", ("bob@lentil.edu",)),
        (b"<PostMaster>", ("postmaster@lentil.edu",)),
    ],
)
def test_a_mailbox_is_found_however_its_path_is_written(path, mailboxes):
    answers = hold([HELO, MAIL, b"RCPT TO:" + path + b"\r\n", DATA, b".\r\n"])
    assert answers[-1].message.mailboxes == mailboxes


def test_a_recipient_named_twice_gets_one_message():
    answers = hold([HELO, MAIL, RCPT, RCPT, b"RCPT TO:<alice@lentil.edu>\r\n", DATA, b"x\r\n.\r\n"])
    assert answers[-1].message.mailboxes == ("bob@lentil.edu", "alice@lentil.edu")


def test_a_refused_recipient_is_none():
    answers = hold([HELO, MAIL, b"RCPT TO:<carol@lentil.edu>\r\n", DATA])
    assert [answer.why for answer in answers[-2:]] == ["unknown-mailbox", "data-before-rcpt"]


def test_the_null_reverse_path_is_a_sender():
    answers = hold([HELO, b"MAIL FROM:<>\r\n", RCPT, DATA, b".\r\n"])
    assert answers[-1].message.sender == ""


def test_the_hundredth_recipient_is_the_last():
    boxes = tuple(f"b{number}@lentil.edu" for number in range(limits.RECIPIENTS + 1))
    host = replace(MX, smtp=Mail(("lentil.edu",), boxes))
    answers = hold([HELO, MAIL, *(f"RCPT TO:<{box}>\r\n".encode() for box in boxes)], Session(host))
    assert [answer.why for answer in answers[-2:]] == ["recipient-ok", "too-many-recipients"]


@pytest.mark.parametrize(("length", "why"), [(512, "nothing-done"), (513, "line-too-long")])
def test_a_command_line_has_at_most_512_octets(length, why):
    assert hold([b"NOOP " + b"a" * (length - 7) + b"\r\n"])[-1].why == why


def test_an_endless_line_is_not_kept():
    session: Any = Session(MX)
    session.open()
    for _ in range(200):
        session.receive(b"a" * 10_000)
        assert session.next() is None
    assert len(session._buffer) < 1_000
    session.receive(b"\r\nNOOP\r\n")
    assert [session.next().why, session.next().why, session.next()] == ["line-too-long", "nothing-done", None]


def test_a_bare_lf_ends_a_command():
    assert [answer.why for answer in hold([b"HELO mx.halva.fr\nNOOP\n"])[1:]] == ["hello", "nothing-done"]


def test_nothing_is_answered_after_quit():
    assert [answer.why for answer in hold([b"QUIT\r\nNOOP\r\n", b"NOOP\r\n"])[1:]] == ["bye"]


def test_a_reply_line_is_never_too_long():
    host = replace(MX, smtp=replace(MAIL_SERVER, words={"hello": "{client} " * 40}))
    name = b".".join([b"a" * 60] * 4)
    [_, hello] = hold([b"HELO " + name + b"\r\n"], Session(host))
    assert len(hello.lines[0]) == limits.REPLY_LINE
    assert hello.lines[0].endswith(b"\r\n")


# What no table can list

_WORDS = [
    *(line.rstrip(b"\r\n") for line in (EHLO, HELO, MAIL, RCPT, DATA)),
    *(b"RSET", b"NOOP", b"VRFY x", b"HELP", b"QUIT", b".", b"..", b"", b"Subject: x", b"text and more", b"\x00\xff\r"),
]
_STREAMS = st.lists(
    st.tuples(st.sampled_from(_WORDS) | st.binary(max_size=30), st.sampled_from([b"\r\n", b"\n", b"\r", b""]))
).map(lambda lines: b"".join(word + ending for word, ending in lines))


@given(stream=_STREAMS, cuts=st.lists(st.integers(0, 400)))
@settings(max_examples=300)
def test_answers_do_not_depend_on_how_the_octets_come(stream, cuts):
    pieces = [stream[start:end] for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(stream)], strict=True)]
    assert hold(pieces) == hold([stream])


@given(stream=_STREAMS)
@settings(max_examples=300)
def test_whatever_comes_every_answer_is_a_row(stream):
    for answer in hold([EHLO, MAIL, RCPT, stream]):
        assert MACHINE.step(*row_of(answer)) == answer.then
        assert all(line.endswith(b"\r\n") and line.isascii() and len(line) <= 512 for line in answer.lines)
