import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import limits
from protocols.ftp.filesystem import Put
from protocols.ftp.parameters import Parameters
from tests.protocols.ftp.dialogues import HOME, PASV, PORT, Finish, Talk, log_in

_TEXTS = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b""])).map(b"".join)


def logged_in(user: str = "ecki") -> Talk:
    talk = Talk()
    talk.hold(*log_in(user))
    return talk


def content(talk: Talk, name: str) -> bytes:
    return talk.files.read(None, f"{HOME}/{name}")


def transfer(talk: Talk, command: str):
    begins = talk.hold(PASV, f"{command}\r\n".encode()).begins
    assert begins, talk.answers[-1]
    return begins


# Text


@given(_TEXTS)
def test_text_comes_back_as_it_was_stored_whatever_its_lines_end_in(text):
    parameters = Parameters()
    assert parameters.from_wire(parameters.to_wire(text)) == text
    assert parameters.to_wire(text).count(b"\n") == parameters.to_wire(text).count(b"\r\n")


@pytest.mark.parametrize(
    ("received", "stored"),
    [
        (b"a\r\nb\r\n", b"a\nb\n"),
        (b"abc\r", b"abc\r"),
        (b"\na\r", b"\na\r"),
        (b"a\rb\r\r\nc", b"a\rb\r\nc"),
        (b"a\nb", b"a\nb"),
    ],
)
def test_storing_text_makes_each_crlf_an_lf_and_keeps_a_lone_cr(received, stored):
    talk = logged_in()
    talk.hold(PASV, b"STOR new\r\n", Finish(received=received))
    assert content(talk, "new") == stored


def test_octets_are_not_touched_in_type_i():
    talk = logged_in()
    talk.hold(b"TYPE I\r\n", PASV, b"STOR new\r\n", Finish(received=b"a\r\nb\r"))
    assert content(talk, "new") == b"a\r\nb\r"
    assert transfer(talk, "RETR new").octets == b"a\r\nb\r"


@pytest.mark.parametrize(
    ("kind", "wire"), [("A", b"a\r\nb\r\n"), ("A N", b"a\r\nb\r\n"), ("I", b"a\nb\n"), ("L 8", b"a\nb\n")]
)
def test_size_is_what_a_transfer_brings_in_the_type_that_is_set(kind, wire):
    talk = logged_in()
    assert talk.hold(f"TYPE {kind}\r\n".encode()).why == "type-ok"
    assert talk.hold(b"SIZE notes.txt\r\n").lines == (f"213 {len(wire)}\r\n".encode(),)
    assert transfer(talk, "RETR notes.txt").octets == wire


def test_a_list_is_text_whatever_the_type():
    talk = logged_in()
    talk.hold(b"TYPE I\r\n")
    assert transfer(talk, "NLST").octets == b"empty\r\nfull\r\nnotes.txt\r\n"


# What a transfer needs


@pytest.mark.parametrize("verb", ["RETR notes.txt", "STOR new", "LIST", "NLST", "MLSD", "APPE new", "STOU"])
def test_a_transfer_without_port_or_pasv_is_refused_at_once(verb):
    answer = logged_in().hold(f"{verb}\r\n".encode())
    assert (answer.why, answer.begins) == ("no-data-connection", None)


def test_the_server_is_told_where_to_connect_when_the_transfer_begins_and_not_before():
    talk = logged_in()
    assert talk.hold(PORT).begins is None
    begins = talk.hold(b"RETR notes.txt\r\n").begins
    assert begins
    assert begins.address == ("127.0.0.1", 1_025)


def test_a_data_connection_serves_one_transfer():
    assert logged_in().hold(PASV, b"NLST\r\n", Finish(), b"NLST\r\n").why == "no-data-connection"


def test_what_is_arranged_outlives_a_transfer_that_did_not_begin():
    assert logged_in().hold(PASV, b"RETR nothing\r\n", b"RETR notes.txt\r\n").why == "opening"


def test_a_client_that_connected_first_is_told_125():
    assert logged_in().hold(PASV, None, b"NLST\r\n").lines[0].startswith(b"125 ")
    assert logged_in().hold(PASV, None, PASV, b"NLST\r\n").lines[0].startswith(b"150 ")  # that connection was given up


# A file is written when its transfer is complete, and not before


def test_the_end_of_the_session_breaks_off_the_transfer_and_leaves_the_old_file():
    talk = logged_in()
    talk.hold(PASV, b"STOR notes.txt\r\n")
    assert talk.session.refuse("lab-ends").aborts
    with pytest.raises(LookupError):
        talk.hold(Finish(received=b"new"))
    assert content(talk, "notes.txt") == b"a\nb\n"


@pytest.mark.parametrize("why", ["connection-lost", "transfer-idle", "cannot-connect", "over-quota"])
def test_what_broke_off_leaves_the_old_file(why):
    talk = logged_in()
    answer = talk.hold(PASV, b"STOR notes.txt\r\n", Finish(why, b"half of it"))
    assert (answer.why, answer.changes, content(talk, "notes.txt")) == (why, (), b"a\nb\n")


def test_an_aborted_store_leaves_the_old_file():
    talk = logged_in()
    talk.hold(PASV, b"STOR notes.txt\r\n", b"ABOR\r\n")
    assert content(talk, "notes.txt") == b"a\nb\n"


def test_what_is_stored_is_told_with_the_226():
    answer = logged_in().hold(PASV, b"STOR new\r\n", Finish(received=b"x"))
    [change] = answer.changes
    assert isinstance(change, Put)
    assert (answer.why, change.entry.path, change.entry.owner) == ("transfer-complete", f"{HOME}/new", "ecki")


def test_appe_puts_text_behind_what_is_there_and_makes_a_file_that_is_not():
    talk = logged_in()
    talk.hold(PASV, b"APPE notes.txt\r\n", Finish(received=b"c\r\n"), PASV, b"APPE new\r\n", Finish(received=b"x"))
    assert (content(talk, "notes.txt"), content(talk, "new")) == (b"a\nb\nc\n", b"x")


def test_stou_names_the_file_in_its_150_and_never_twice():
    talk = logged_in()
    first = talk.hold(PASV, b"STOU notes.txt\r\n")
    assert first.begins
    assert first.lines == (f"150 FILE: {first.begins.path}\r\n".encode(),)
    talk.hold(Finish(received=b"x"))
    assert talk.files.read(None, first.begins.path) == b"x"
    assert transfer(talk, "STOU").path != first.begins.path


@pytest.mark.parametrize(
    ("kind", "command", "limit"), [("I", "STOR new", 995), ("A", "STOR new", 1_990), ("I", "APPE notes.txt", 995)]
)
def test_the_wire_may_bring_what_the_quota_leaves(kind, command, limit):
    talk = logged_in()
    talk.hold(f"TYPE {kind}\r\n".encode())
    assert transfer(talk, command).limit == limit


def test_a_full_lab_is_no_quota():
    talk = logged_in()
    talk.room.octets = talk.room.octets_used
    assert talk.hold(PASV, b"STOR new\r\n", Finish("over-quota")).why == "lab-full"


# REST


@given(text=_TEXTS, data=st.data())
@settings(deadline=None)
def test_a_transfer_restarted_anywhere_brings_the_file_whole(text, data):
    talk = logged_in()
    talk.hold(PASV, b"STOR new\r\n", Finish(received=text))
    whole = transfer(talk, "RETR new").octets
    talk.hold(Finish())
    marker = data.draw(st.integers(0, len(whole)))
    begins = talk.hold(PASV, f"REST {marker}\r\n".encode(), b"RETR new\r\n").begins
    assert begins
    assert whole[:marker] + begins.octets == whole
    talk.hold(Finish(), PASV, f"REST {marker}\r\n".encode(), b"STOR new\r\n", Finish(received=whole[marker:]))
    assert transfer(talk, "RETR new").octets == whole


@pytest.mark.parametrize("between", ["NOOP", "PASV", "TYPE A", "CWD empty", "XYZZY"])
def test_rest_holds_for_the_next_command_only(between):
    talk = logged_in()
    begins = talk.hold(PASV, b"REST 3\r\n", f"{between}\r\n".encode(), f"RETR {HOME}/notes.txt\r\n".encode()).begins
    assert begins
    assert begins.octets == b"a\r\nb\r\n"


def test_rest_holds_for_one_transfer_only():
    talk = logged_in()
    talk.hold(PASV, b"REST 3\r\n", b"RETR nothing\r\n")
    assert transfer(talk, "RETR notes.txt").octets == b"a\r\nb\r\n"


def test_rest_behind_the_end_of_a_file_is_refused_by_the_transfer():
    answer = logged_in().hold(PASV, b"REST 7\r\n", b"RETR notes.txt\r\n")
    assert answer.lines[0].startswith(b"554 ")
    assert logged_in().hold(PASV, b"REST 1\r\n", b"STOR new\r\n").why == "restart-beyond"


@pytest.mark.parametrize("marker", ["-1", "1.5", "0x10", "\u0663", "9" * 5_000, "1 2"])
def test_rest_is_a_number_in_digits(marker):
    assert logged_in().hold(f"REST {marker}\r\n".encode()).why == "restart-bad"


# While a transfer runs


def test_abor_is_answered_twice_the_transfer_first():
    talk = logged_in()
    talk.hold(PASV, b"RETR notes.txt\r\n", b"\xff\xf4\xff\xf2ABOR\r\n")
    first, second = talk.answers[-2:]
    assert [(each.verb, each.lines[0][:3], each.aborts) for each in (first, second)] == [
        ("RETR", b"426", True),
        ("ABOR", b"226", False),
    ]
    assert (first.end or 0) < (second.end or 0)
    assert talk.hold(b"NOOP\r\n").why == "nothing-done"


def test_abor_without_a_transfer_gives_up_what_is_arranged():
    answer = logged_in().hold(PASV, b"ABOR\r\n")
    assert (answer.lines[0][:3], answer.why, answer.drops) == (b"226", "nothing-to-abort", True)


def test_stat_is_answered_while_a_transfer_runs():
    answer = logged_in().hold(PASV, b"RETR notes.txt\r\n", b"STAT\r\n")
    assert (answer.lines[0][:4], answer.lines[-1][:4], answer.then) == (b"211-", b"211 ", "transfer")
    assert b"RETR" in answer.lines[1]


@pytest.mark.parametrize(
    ("line", "why"), [(b"QUIT\r\n", "bye"), (b"PASV\r\n", "passive"), (b"XYZZY\r\n", "unknown-command")]
)
def test_other_commands_wait_for_the_end_of_the_transfer(line, why):
    talk = logged_in()
    assert talk.hold(PASV, b"RETR notes.txt\r\n", line).why == "opening"
    assert talk.hold(Finish()).why == why
    assert talk.answers[-2].why == "transfer-complete"


def test_a_user_who_logs_in_anew_does_not_change_whose_transfer_runs():
    talk = logged_in()
    talk.hold(PASV, b"STOR new\r\n", b"USER anonymous\r\nPASS x\r\n", Finish(received=b"x"))
    assert talk.files.stat(None, f"{HOME}/new").owner == "ecki"


def test_octets_that_go_out_as_they_are_are_not_copied():
    talk = logged_in("audit")
    talk.hold(b"ACCT ledger\r\n", b"TYPE I\r\n")
    octets = bytes(limits.CHUNK)
    talk.files.store(None, "/tmp/big", octets)
    assert transfer(talk, "RETR /tmp/big").octets is octets
