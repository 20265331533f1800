import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import explain
from protocols.description import Description
from protocols.events import Block, Console, Event, Line
from protocols.ftp import tables, wire
from protocols.ftp.commands import WORDS
from protocols.ftp.sources import refer
from protocols.ftp.states import MACHINE
from protocols.machine import Row
from tests.protocols.ftp.connections import ACTIVE, PASSIVE, WHOLE
from tests.protocols.ftp.sections import SECTIONS


def client_line(raw: bytes, state: str) -> Line:
    return Line(seq=2, at=0, conn="1.1", protocol="ftp", side="C", raw=raw, state=state)


def server_line(raw: bytes, state: str, why: str | None, because: int | None = 2) -> Line:
    return Line(seq=3, at=0, because=because, conn="1.1", protocol="ftp", side="S", raw=raw, state=state, why=why)


def typed(text: bytes) -> Console:
    return Console(seq=1, at=0, console=1, action="typed", raw=text, client_id="page-1")


def describe(event: Event, cause: Event | None = None) -> Any:
    """The description, of which each test knows which parts are there."""
    return explain.describe(event, cause)


def described(row: Row) -> Any:
    """The description of the reply that `row` stands for."""
    reply = server_line(f"{row.code} words\r\n".encode(), row.state, row.why)
    return describe(reply, client_line(said_for(row), row.state) if row.verb else None)


def said_for(row: Row) -> bytes:
    """What the client could have said to be answered with `row`, as far as its verb goes."""
    if row.verb != wire.OTHER:
        return f"{row.verb}\r\n".encode()
    return b"get readme.txt\r\n" if row.why == "client-command" else b"WHAT\r\n"


def text_of(shown: Description) -> str:
    return "".join(text for _, text in shown.parts)


def styles_of(shown: Description) -> dict[str, str]:
    return dict(shown.parts)


def labels_of(shown: Any) -> list[str]:
    return [source.label for source in shown.explanation.references]


# The server's lines


def test_every_answer_is_explained():
    for row in MACHINE.rows:
        shown = described(row)
        told, cause = shown.explanation, tables.CAUSES[row.why]
        own = max(re.split(r"\{.*?\}", cause.says), key=len)
        assert any(own in sentence for sentence in told.says), row
        assert (told.before, told.after) == (row.state, row.then or row.state), row
        assert [digit for digit, _ in told.digits] == list(row.code)
        assert len(told.references) >= 2, row
        assert bool(shown.help) is (row.code[0] in "45"), row
        if row.code[0] in "45" and row.verb:
            assert f"while the session was in {row.state}." in told.says[0], row
        texts = [*told.says, shown.help or "", told.title]
        assert not any(re.search(r"[{}]|None|  ", text) for text in texts), texts


def test_every_reference_leads_to_a_section_of_an_rfc():
    for cause in tables.CAUSES.values():
        row = next(row for row in MACHINE.rows if row.why == cause.why)
        for source in described(row).explanation.references:
            address = urlsplit(source.url)
            assert (address.scheme, address.netloc) == ("https", "www.rfc-editor.org")
            rfc, section = re.fullmatch(r"RFC (\d+)(?: §([A-Z0-9.]+))?", source.label).groups()  # type: ignore[union-attr]
            kind = "appendix" if section and section[0].isalpha() else "section"
            assert (address.path, address.fragment) == (f"/rfc/rfc{rfc}", f"{kind}-{section}" if section else "")


def test_what_is_cited_is_a_section_that_was_looked_up():
    cited = {source for cause in tables.CAUSES.values() for source in cause.references}
    cited |= {source for verb in tables.VERBS.values() for source in verb.references}
    for table in (tables.TYPES, tables.FORMATS, tables.STRUCTURES, tables.MODES, tables.FEATURES):
        cited |= {meaning.source for meaning in table.values()}
    labels = {refer(source).label for source in cited}
    for raw in (b"PASS x\r\n", b"PORT 10, 0, 0, 1, 4, 1\r\n", b"EPSV ALL\r\n", b"\xff\xf4ABOR\r\n", b"XPWD\n", b"?\n"):
        labels |= set(labels_of(describe(client_line(raw, "ready"))))
    facts = describe(server_line(b" type=;unique=;modify=;perm=;size=;x=; /\r\n", "ready", "facts"))
    labels |= {field.reference.label for field in facts.explanation.sections[0].fields}
    labels |= set(labels_of(facts))
    for opened in (PASSIVE, ACTIVE):
        for raw in (b"PASV\r\n", b"EPSV\r\n", b"EPRT\r\n"):
            labels |= set(labels_of(describe(opened, client_line(raw, "ready"))))
    labels |= set(labels_of(describe(WHOLE)))
    assert labels == {refer(source).label for source in SECTIONS}


def test_parts_joined_are_the_line():
    shown = describe(server_line(b"550 caf\xc3\xa9: No such file\r\n", "passive", "no-such-file"))
    assert shown.parts == (("code", "550"), ("text", " caf"), ("control", "\\xc3\\xa9"), ("text", ": No such file"))


def test_a_transfer_in_the_wrong_place_reads_as_the_lesson_has_it():
    asked = client_line(b"RETR readme.txt\r\n", "ready")
    shown = describe(server_line(b"425 Use PORT or PASV first\r\n", "ready", "no-data-connection"), asked)
    assert shown.help.startswith("Say PASV to have the server listen, or PORT to listen yourself")
    assert shown.explanation.says[0] == "You sent RETR while the session was in ready."
    assert shown.explanation.digits == (
        ("4", "Transient failure: the same command may succeed later"),
        ("2", "About the control or the data connection"),
        ("5", "The data connection cannot be opened"),
    )
    assert (shown.tone, shown.phase) == ("passing", "commands")


def test_a_preliminary_reply_says_that_another_follows():
    asked = client_line(b"NLST\r\n", "passive")
    shown = describe(server_line(b"150 Here it comes\r\n", "passive", "opening"), asked)
    assert shown.explanation.digits[0] == ("1", "Begun: another reply follows when it is done")
    assert (shown.tone, shown.phase, shown.explanation.after) == ("go-on", "transfer", "transfer")


def test_the_second_reply_to_a_transfer_leads_back():
    asked = client_line(b"STOR test.txt\r\n", "active")
    shown = describe(server_line(b"226 Transfer complete\r\n", "transfer", "transfer-complete"), asked)
    assert (shown.explanation.before, shown.explanation.after, shown.phase) == ("transfer", "ready", "transfer")


@pytest.mark.parametrize(
    ("line", "guess"), [(b"RETRV x\r\n", "Did you mean RETR?"), (b"qqqqqq\r\n", "Check the spelling")]
)
def test_a_misspelt_verb_gets_a_guess(line, guess):
    shown = describe(
        server_line(b"500 Command not understood\r\n", "ready", "unknown-command"), client_line(line, "ready")
    )
    assert shown.help.startswith(guess)


def test_a_verb_in_its_old_form_is_explained_as_what_became_of_it():
    asked = client_line(b"XPWD\r\n", "ready")
    shown = describe(asked)
    assert shown.parts[0] == ("verb", "XPWD")
    assert shown.explanation.title == "PWD, from the client"
    assert "XPWD is what PWD was called before the standard of 1985" in " ".join(shown.explanation.says)
    assert "RFC 1123 §4.1.3.1" in labels_of(shown)
    answer = describe(server_line(b'257 "/" is the current directory\r\n', "ready", "directory"), asked)
    assert answer.explanation.after == "ready"


def test_a_users_command_that_went_to_the_server_is_called_as_it_was_typed():
    asked = client_line(b"get readme.txt\r\n", "ready")
    shown = describe(server_line(b"500 For your client\r\n", "ready", "client-command"), asked)
    assert shown.explanation.says[1].startswith("get is what people type to their FTP program.")


# The lines of a reply of several


def test_a_reply_of_several_lines_takes_effect_with_its_last():
    asked = client_line(b"PASS secret\r\n", "named")
    first, last = (
        describe(server_line(raw, "named", "logged-in"), asked) for raw in (b"230-Hello\r\n", b"230 You are in\r\n")
    )
    assert (first.explanation.after, last.explanation.after) == ("named", "ready")
    assert (
        "The hyphen says that more lines of this reply follow. Its last one has 230 and a space."
        in first.explanation.says
    )


def test_a_line_without_a_code_belongs_to_the_reply_around_it():
    asked = client_line(b"HELP\r\n", "ready")
    shown = describe(server_line(b" USER PASS ACCT\r\n", "ready", "help"), asked)
    assert shown.parts == (("text", " USER PASS ACCT"),)
    assert (shown.explanation.before, shown.explanation.after, shown.tone) == ("ready", "ready", None)
    assert any("It has no code" in text for text in shown.explanation.says)


@pytest.mark.parametrize("feature", [b" REST STREAM\r\n", b" mlst type*;size*;\r\n", b" UTF8\r\n"])
def test_each_feature_is_explained_on_its_line(feature):
    shown = describe(server_line(feature, "ready", "features"), client_line(b"FEAT\r\n", "ready"))
    name = feature.split()[0].decode().upper()
    assert shown.explanation.says[0] == f"The server offers a feature. {tables.FEATURES[name].text}"


def test_a_feature_that_nobody_knows_is_shown_all_the_same():
    shown = describe(server_line(b" XYZZY\r\n", "ready", "features"), client_line(b"FEAT\r\n", "ready"))
    assert text_of(shown) == " XYZZY"


def test_the_facts_of_a_file_are_fields_with_their_meanings():
    raw = b" type=file;size=1024;modify=20260101000000;perm=adfrw;X-y=1; /a b.txt\r\n"
    shown = describe(server_line(raw, "ready", "facts"), client_line(b"MLST a b.txt\r\n", "ready"))
    (section,) = shown.explanation.sections
    assert [(field.name, field.value) for field in section.fields] == [
        ("type", "file"),
        ("size", "1024"),
        ("modify", "20260101000000"),
        ("perm", "adfrw"),
        ("X-y", "1"),
    ]
    assert all(field.meaning and field.reference for field in section.fields)
    assert any("the name, /a b.txt." in text for text in shown.explanation.says)


# The arithmetic


def fields_of(shown: Any) -> dict[str, str]:
    return {field.name: field.value for section in shown.explanation.sections for field in section.fields}


def test_227_says_where_the_server_listens():
    raw = b"227 Entering Passive Mode (212,227,90,117,5,99)\r\n"
    shown = describe(server_line(raw, "ready", "passive"), client_line(b"PASV\r\n", "ready"))
    assert fields_of(shown) == {"host": "212.227.90.117", "port": "5*256+99 = 1379"}
    assert (
        "The first four numbers are the address, 212.227.90.117; the last two are the port: 5*256+99 = 1379."
        in shown.explanation.says
    )


def test_port_says_where_the_client_listens_and_its_printed_spaces_are_no_mistake():
    printed, plain = (
        describe(client_line(raw, "ready")) for raw in (b"PORT 10, 0, 0, 1, 4, 1\r\n", b"PORT 10,0,0,1,4,1\r\n")
    )
    for shown in (printed, plain):
        assert fields_of(shown) == {"host": "10.0.0.1", "port": "4*256+1 = 1025"}
    spaces = "The spaces after the commas are what textbooks print."
    assert any(text.startswith(spaces) for text in printed.explanation.says)
    assert not any(text.startswith(spaces) for text in plain.explanation.says)
    assert "RFC 959 §5.3.2" in labels_of(printed)
    assert printed.help is None


def test_the_answer_to_port_shows_the_place_that_the_server_read():
    asked = client_line(b"PORT 10,0,0,1,0,25\r\n", "ready")
    shown = describe(server_line(b"504 Not below 1024\r\n", "ready", "low-port"), asked)
    assert fields_of(shown)["port"] == "0*256+25 = 25"
    assert shown.explanation.sections[0].title == "Where you listen"


def test_a_third_partys_address_is_not_called_where_you_listen():
    asked = client_line(b"PORT 10,2,0,80,4,1\r\n", "ready")
    shown = describe(server_line(b"504 To you only\r\n", "ready", "third-party"), asked)
    assert shown.explanation.sections[0].title == "The place that you named"


def test_eprt_and_229_need_no_arithmetic():
    asked = describe(client_line(b"EPRT |1|10.0.0.1|1025|\r\n", "ready"))
    assert fields_of(asked) == {"network protocol": "1", "host": "10.0.0.1", "port": "1025"}
    raw = b"229 Entering Extended Passive Mode (|||1379|)\r\n"
    shown = describe(server_line(raw, "ready", "extended-passive"), client_line(b"EPSV\r\n", "ready"))
    assert fields_of(shown) == {"host": "", "port": "1379"}


@pytest.mark.parametrize("raw", [b"PORT 10,0,0,1,4\r\n", b"EPRT |2|::1|1025|\r\n", b"PORT\r\n", b"EPRT 1\r\n"])
def test_a_place_that_is_none_is_not_reckoned(raw):
    assert describe(client_line(raw, "ready")).explanation.sections == ()


# The client's lines


def test_every_verb_is_explained_in_every_state():
    for state in MACHINE.states:
        for verb, known in tables.VERBS.items():
            shown = describe(client_line(f"{verb.lower()} x\r\n".encode(), state.name))
            assert shown.explanation.title == f"{verb}, from the client"
            assert shown.explanation.says[0] == known.meaning
            assert shown.explanation.before == state.name
            assert shown.parts[0] == ("verb", verb.lower())
            assert shown.help is None


@pytest.mark.parametrize(
    ("line", "meanings"),
    [
        (b"TYPE A\r\n", [tables.TYPES["A"]]),
        (b"type a n\r\n", [tables.TYPES["A"], tables.FORMATS["N"]]),
        (b"TYPE A T\r\n", [tables.TYPES["A"], tables.FORMATS["T"]]),
        (b"TYPE E C\r\n", [tables.TYPES["E"], tables.FORMATS["C"]]),
        (b"TYPE I\r\n", [tables.TYPES["I"]]),
        (b"TYPE I N\r\n", [tables.TYPES["I"]]),
        (b"TYPE L 8\r\n", [tables.TYPES["L"], tables.BYTE_SIZE]),
        (b"TYPE L 36\r\n", [tables.TYPES["L"]]),
        (b"TYPE X\r\n", []),
        (b"TYPE\r\n", []),
        (b"STRU F\r\n", [tables.STRUCTURES["F"]]),
        (b"STRU R\r\n", [tables.STRUCTURES["R"]]),
        (b"STRU P\r\n", [tables.STRUCTURES["P"]]),
        (b"MODE S\r\n", [tables.MODES["S"]]),
        (b"MODE B\r\n", [tables.MODES["B"]]),
        (b"MODE C\r\n", [tables.MODES["C"]]),
        (b"MODE F\r\n", []),
    ],
)
def test_what_a_parameter_says_is_explained(line, meanings):
    shown = describe(client_line(line, "ready"))
    assert list(shown.explanation.says[1:-1]) == [meaning.text for meaning in meanings]


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (b"PASS secret\r\n", "secret"),
        (b"pass  two words \r\n", "two words "),
        (b"ACCT 4711\r\n", "4711"),
        (b"PASS p\xfc\x00\r\n", "p\\xfc\\x00"),
        (b"PASS:secret\r\n", ":secret"),
        (b"PASS\tsecret\r\n", "\\x09secret"),
        (b" acct 4711\r\n", " 4711"),
    ],
)
def test_a_password_is_one_part_of_its_own(line, secret):
    shown = describe(client_line(line, "named"))
    assert shown.parts[-1] == ("secret", secret)
    assert all(style != "argument" for style, _ in shown.parts)


def test_a_password_is_said_to_go_in_the_clear():
    with_one, without = (describe(client_line(raw, "named")) for raw in (b"PASS secret\r\n", b"PASS\r\n"))
    assert any("in the clear" in text for text in with_one.explanation.says)
    assert not any("in the clear" in text for text in without.explanation.says)
    assert labels_of(with_one)[1:] == ["RFC 2577 §5", "RFC 2577 §6"]
    assert all("secret" not in text for text in with_one.explanation.says)


@pytest.mark.parametrize("line", [b"USER ecki\r\n", b"CWD pass\r\n", b"passive\r\n"])
def test_what_is_no_password_is_no_secret(line):
    assert "secret" not in styles_of(describe(client_line(line, "ready")))


def test_a_line_that_a_users_command_became_says_so():
    shown = describe(client_line(b"RETR readme.txt\r\n", "passive"), typed(b"get readme.txt"))
    assert (shown.aside, shown.client_id) == ("for get readme.txt", "page-1")
    assert shown.explanation.says[0] == "You typed get readme.txt, and your client made this of it."


def test_a_long_users_command_is_named_by_its_beginning():
    shown = describe(client_line(b"RETR x\r\n", "passive"), typed(b"get " + b"x" * 500))
    assert shown.aside == f"for get {'x' * 56}…"


@pytest.mark.parametrize("text", [b"RETR readme.txt", b"RETR readme.txt\r\n", b" RETR readme.txt ", b""])
def test_a_line_that_was_typed_itself_does_not(text):
    shown = describe(client_line(b"RETR readme.txt\r\n", "passive"), typed(text))
    assert shown.aside is None
    assert "typed" not in shown.explanation.says[0]


def test_telnets_octets_before_abor_are_shown_and_explained():
    shown = describe(client_line(b"\xff\xf4\xff\xf2ABOR\r\n", "transfer"))
    assert shown.parts == (("control", "\\xff\\xf4\\xff\\xf2"), ("verb", "ABOR"))
    assert any("Telnet" in text for text in shown.explanation.says)


@pytest.mark.parametrize(
    ("line", "state", "word"),
    [
        (b"PWD\n", "ready", "LF alone"),
        (b"PWD", "ready", "ended before the line did"),
        (b"PWD\r\n", "closed", "after the end of the session"),
    ],
)
def test_how_a_line_ended_and_when_it_came_is_said(line, state, word):
    assert any(word in text for text in describe(client_line(line, state)).explanation.says)


@pytest.mark.parametrize(
    ("line", "state", "phase"),
    [
        (b"USER ecki\r\n", "connected", "login"),
        (b"PASV\r\n", "ready", "commands"),
        (b"RETR x\r\n", "passive", "transfer"),
        (b"RETR x\r\n", "ready", "commands"),
        (b"ABOR\r\n", "transfer", "transfer"),
        (b"QUIT\r\n", "named", "closure"),
    ],
)
def test_a_line_stands_in_its_phase(line, state, phase):
    assert describe(client_line(line, state)).phase == phase


# All lines


@given(
    raw=st.binary(max_size=80)
    | st.builds(lambda verb, rest: verb.encode() + rest, st.sampled_from(wire.KNOWN), st.binary(max_size=40)),
    state=st.sampled_from([state.name for state in MACHINE.states]),
    side=st.sampled_from(["C", "S"]),
    why=st.sampled_from([None, *tables.CAUSES]),
    asked=st.binary(max_size=40),
)
def test_any_octets_can_be_described(raw, state, side, why, asked):
    line = Line(seq=2, at=0, conn="1.1", protocol="ftp", side=side, raw=raw, state=state, why=why)
    shown = describe(line, client_line(asked, state)).to_json()
    assert all(text.isprintable() for _, text in shown["parts"])


def test_the_answer_to_a_line_too_long_to_be_shown_as_one_is_explained():
    rest = Block(seq=2, at=0, conn="1.1", protocol="ftp", side="C", raw=b"aaaa\n", state="ready")
    shown = describe(server_line(b"500 The line is too long\r\n", "ready", "line-too-long"), rest)
    assert shown.explanation.after == "ready"


def test_a_reply_of_a_cause_that_is_no_more_is_still_shown():
    shown = describe(server_line(b"250 Ok\r\n", "ready", "long-forgotten"))
    assert text_of(shown) == "250 Ok"


def test_the_lesson_names_every_state_and_what_can_be_said_there():
    lesson = explain.lesson("ftp")
    assert [state["name"] for state in lesson["states"]] == [state.name for state in MACHINE.states]
    for state in lesson["states"]:
        assert bool(state["says"]) is (state["name"] != "closed")
        for suggestion in state["says"]:
            assert suggestion["text"].split()[0] in (*MACHINE.allowed(state["name"]), *WORDS, "help")
