import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ftp.filesystem import Made, Removed, Renamed
from tests.protocols.ftp.dialogues import HOME, Talk, log_in


def logged_in(user: str = "ecki") -> Talk:
    talk = Talk()
    talk.hold(*log_in(user))
    return talk


def said(*lines: str):
    return logged_in().hold(*(f"{line}\r\n".encode() for line in lines))


def test_a_session_begins_in_the_accounts_home():
    assert said("PWD").lines == (f'257 "{HOME}" is the current directory\r\n'.encode(),)


def test_a_quotation_mark_in_a_257_is_written_twice():
    assert said('MKD a"b').lines == (f'257 "{HOME}/a""b" directory created\r\n'.encode(),)
    assert said('MKD a"b', 'CWD a"b', "PWD").lines == (f'257 "{HOME}/a""b" is the current directory\r\n'.encode(),)


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        (("CWD full",), f"{HOME}/full"),
        (("CWD ../..",), "/"),
        (("CWD ../../../../../..",), "/"),
        (("CWD /", "CDUP"), "/"),
        (("CDUP",), "/home"),
        (("CWD /pub/",), "/pub"),
        (("CWD ./full//../empty",), f"{HOME}/empty"),
        (("CWD nowhere",), HOME),
        (("CWD notes.txt",), HOME),
    ],
)
def test_cwd_and_cdup_go_where_they_say_and_never_above_the_root(lines, path):
    assert said(*lines, "PWD").lines == (f'257 "{path}" is the current directory\r\n'.encode(),)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (b"a\x00b", "bad-name"),
        (b"a\rb", "bad-name"),
        (b"a\x1b[A", "bad-name"),
        (b"caf\xe9", "bad-name"),
        (b"\xed\xa0\x80", "bad-name"),
        (b"a" * 4_096, "name-too-long"),
        (b"a/" * 2_048, "path-too-long"),
        ("日本".encode() * 50, "name-too-long"),
        (b"../../../../etc", "permission-denied"),
        ("Süß \U0001f41f\u202e".encode(), "made"),
        (b"", "argument-missing"),
        (b" ", "made"),
        (b" a b ", "made"),
    ],
)
def test_any_name_gets_its_true_answer_and_the_session_goes_on(name, why):
    talk = logged_in()
    assert talk.hold(b"MKD " + name + b"\r\n").why == why
    assert talk.hold(b"NOOP\r\n").why == "nothing-done"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="/"), min_size=1, max_size=60)
)
def test_a_name_comes_back_as_it_was_given(name):
    talk = logged_in()
    answer = talk.hold(b"MKD " + name.encode() + b"\r\n")
    if answer.why == "made":
        path = HOME + "/" + name
        assert answer.lines[0].decode() == f'257 "{path.replace(chr(34), chr(34) * 2)}" directory created\r\n'
        assert talk.hold(b"CWD " + path.encode() + b"\r\n").why == "entered"


def test_what_changed_is_told():
    talk = logged_in()
    [made] = talk.hold(b"MKD new\r\n").changes
    assert isinstance(made, Made)
    assert (made.entry.path, made.entry.owner) == (f"{HOME}/new", "ecki")
    assert talk.hold(b"RNFR new\r\n").changes == ()
    assert talk.hold(b"RNTO newer\r\n").changes == (Renamed(f"{HOME}/new", f"{HOME}/newer"),)
    assert talk.hold(b"RMD newer\r\n").changes == (Removed(f"{HOME}/newer"),)
    assert talk.hold(b"DELE notes.txt\r\n").changes == (Removed(f"{HOME}/notes.txt"),)


@pytest.mark.parametrize("between", ["NOOP", "PWD", "XYZZY", "RNFR nothing"])
@pytest.mark.parametrize("arranged", [(), ("PASV",)])
def test_rnto_follows_rnfr_at_once(between, arranged):
    assert said(*arranged, "RNFR notes.txt", "RNTO new").why == "renamed"
    assert said(*arranged, "RNFR notes.txt", between, "RNTO new").why == "rnto-before-rnfr"
    assert said(*arranged, "RNFR notes.txt", "RNTO new", "RNTO newer").why == "rnto-before-rnfr"


def test_a_renaming_that_fails_names_what_is_wrong():
    talk = logged_in()
    talk.hold(b"RNFR notes.txt\r\n", lambda files: files.remove(None, f"{HOME}/notes.txt"), b"RNTO new\r\n")
    assert talk.answers[-1].lines == (f"550 {HOME}/notes.txt: No such file\r\n".encode(),)
    assert said("RNFR notes.txt", "RNTO empty").lines == (f"550 {HOME}/empty: Exists already\r\n".encode(),)


def test_rnfr_keeps_what_is_arranged():
    assert said("PASV", "RNFR notes.txt", "RNTO new", "NLST").why == "opening"


def test_mdtm_is_in_universal_time_without_spaces():
    assert said("MDTM notes.txt").lines == (b"213 20260101000000\r\n",)


def test_mlst_tells_facts_on_a_line_that_begins_with_a_space():
    first, facts, last = said("MLST notes.txt").lines
    assert (first[:4], last[:4]) == (b"250-", b"250 ")
    assert facts.startswith(b" type=file;size=4;modify=20260101000000;perm=")
    assert facts.endswith(f"; {HOME}/notes.txt\r\n".encode())
    assert said("MLST").lines[1].startswith(b" type=dir;")


def test_stat_with_a_name_lists_it_over_the_control_connection():
    first, *lines, last = said("STAT full").lines
    assert (first[:4], last[:4]) == (b"213-", b"213 ")
    assert [line.split()[-1] for line in lines] == [b"x"]


def test_a_guest_reads_and_changes_nothing():
    talk = logged_in("anonymous")
    for line in (b"MKD x", b"DELE readme.txt", b"RMD ../tmp"):
        assert talk.hold(line + b"\r\n").why == "account-reads-only"
    assert talk.hold(b"SIZE readme.txt\r\n").why == "size"
