import pytest

from protocols.ftp.states import LOGIN, MACHINE
from protocols.ftp.wire import KNOWN
from tests.protocols.ftp.dialogues import FTP, Finish, Talk


def said(*lines: str):
    return Talk().hold(*(f"{line}\r\n".encode() for line in lines))


def test_the_classic_session_is_word_for_word():
    talk = Talk()
    talk.hold(b"USER ecki\r\n", b"PASS geheim\r\n", b"PASV\r\n", b"NLST /pub\r\n", Finish(), b"QUIT\r\n")
    assert [line for answer in talk.answers for line in answer.lines] == [
        b"220 FTP Server ready.\r\n",
        b"331 Password required for ecki\r\n",
        b"230-Welcome to ftp.eckenfels.net.\r\n",
        b" 100 files are here.\r\n",
        b"230 User ecki logged in.\r\n",
        b"227 Entering Passive Mode (212,227,90,117,5,99)\r\n",
        b"150 Opening data connection for /pub\r\n",
        b"226 Transfer complete\r\n",
        b"221 Goodbye\r\n",
    ]


def test_user_is_answered_alike_whether_there_is_such_a_user_or_not():
    assert said("USER ecki").why == said("USER nobody").why == "user-ok"


@pytest.mark.parametrize(
    "lines",
    [("USER ecki", "PASS wrong"), ("USER nobody", "PASS geheim"), ("USER ecki", "PASS"), ("USER Ecki", "PASS geheim")],
)
def test_what_was_wrong_of_name_and_password_is_not_said(lines):
    assert said(*lines).lines == (b"530 Login incorrect\r\n",)
    assert said(*lines, "PASS geheim").why == "pass-before-user"


def test_a_guest_may_give_any_password():
    assert said("USER anonymous").why == "user-guest"
    assert said("USER anonymous", "PASS ecki@halva.fr").why == said("USER anonymous", "PASS").why == "logged-in"


def test_an_account_is_asked_for_after_the_password_where_the_user_has_one():
    assert said("USER audit", "PASS geheim").then == "account"
    assert said("USER audit", "PASS geheim", "PWD").why == "not-logged-in"
    assert said("USER audit", "PASS geheim", "ACCT wrong").then == "connected"
    assert said("USER audit", "PASS geheim", "ACCT ledger", "PWD").why == "directory"
    assert said("USER ecki", "PASS geheim", "ACCT ledger").why == "account-superfluous"


def test_no_answer_has_the_password_in_it():
    talk = Talk()
    talk.hold(b"USER ecki\r\n", b"PASS geheim\r\n", b"STAT\r\n", b"HELP\r\n")
    assert not [line for answer in talk.answers for line in answer.lines if b"geheim" in line]


@pytest.mark.parametrize("user", ["caf\xe9", "\xc3\xbc", "{host}", "x" * 4_000, "a%sb"])
def test_any_name_of_a_user_is_answered(user):
    talk = Talk()
    answer = talk.hold(b"USER " + user.encode("latin-1") + b"\r\n")
    assert (answer.why, len(answer.lines)) == ("user-ok", 1)
    assert "host}" in answer.lines[0].decode() or "{" not in user


def test_user_in_mid_session_begins_the_login_anew():
    login = ("USER ecki", "PASS geheim")
    assert said(*login, "TYPE I", "USER anonymous", "PWD").why == "not-logged-in"
    assert (
        b"TYPE: Image" in said(*login, "TYPE I", "USER ecki", "PASS geheim", "STAT").lines[3]
    )  # RFC 959 section 4.1.1


def test_rein_puts_everything_back_but_the_connection():
    login = ("USER ecki", "PASS geheim")
    assert said(*login, "TYPE I", "REIN", "PWD").why == "not-logged-in"
    answer = said(*login, "TYPE I", "CWD /pub", "REIN", *login, "STAT")
    assert b"TYPE: ASCII" in answer.lines[3]
    assert b"/home/ecki" in said(*login, "CWD /pub", "REIN", *login, "PWD").lines[0]


@pytest.mark.parametrize("state", LOGIN)
def test_before_the_login_nothing_is_told_of_the_files(state):
    harmless = {"USER", "PASS", "ACCT", "REIN", "QUIT", "SYST", "HELP", "FEAT", "OPTS", "NOOP"}
    assert set(MACHINE.allowed(state)) <= harmless


@pytest.mark.parametrize("verb", KNOWN)
def test_help_knows_every_verb(verb):
    answer = said(f"HELP {verb.lower()}")
    assert answer.why == "help-on-verb"
    assert answer.lines[1].split()[0].decode() == verb
    assert verb in b" ".join(said("HELP").lines).decode().split()


def test_help_shows_a_verb_in_its_old_form_as_it_is_now():
    assert said("HELP XMKD").lines[1] == b" MKD <directory>\r\n"


def test_feat_lists_what_works_each_after_one_space():
    first, *features, last = said("FEAT").lines
    assert (first[:4], last[:4]) == (b"211-", b"211 ")
    assert all(line[:1] == b" " and line[1:2].isalpha() for line in features)
    for line in features:
        word = line.split()[0].decode()
        if word in KNOWN:
            assert MACHINE.replies("ready", word)[0].code[0] in "23"
    assert any(line.startswith(b" MLST type*;size*;modify*;perm*;unique*;") for line in features)


def test_feat_has_an_asterisk_at_the_facts_that_are_told():
    talk = Talk()
    talk.hold(b"OPTS MLST size;\r\n")
    assert b" MLST type;size*;modify;" in b"".join(talk.hold(b"FEAT\r\n").lines)


def test_stat_tells_how_the_session_stands():
    answer = said("USER ecki", "PASS geheim", "PASV", "STAT")
    assert [line.decode().strip() for line in answer.lines[1:-1]] == [
        "Connected from 127.0.0.1",
        "Logged in as ecki",
        "TYPE: ASCII Non-print; STRU: File; MODE: Stream",
        "The data connection is expected on port 1379",
    ]


def test_the_worlds_words_may_be_several_lines_in_any_reply():
    assert FTP.ftp
    assert len(FTP.ftp.words["logged-in"].split("\n")) == len(said("USER ecki", "PASS geheim").lines)
