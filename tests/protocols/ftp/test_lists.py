import pytest

from tests.protocols.ftp.dialogues import HOME, Finish
from tests.protocols.ftp.test_transfers import logged_in, transfer


@pytest.mark.parametrize(
    ("argument", "names"),
    [
        ("", [b"empty", b"full", b"notes.txt"]),
        (" -la", [b"empty", b"full", b"notes.txt"]),
        (" full", [b"full/x"]),
        (" -a -l full/", [b"full/x"]),
        (" a-dir", [b"a-dir/y"]),
        (" -l a-dir", [b"a-dir/y"]),
        (" ./-l", [b"./-l/z"]),
        (f" {HOME}/full", [f"{HOME}/full/x".encode()]),
        (" full/x", [b"full/x"]),
        (" notes.txt", [b"notes.txt"]),
        (" empty", []),
        (" /", [b"/home", b"/locked", b"/pub", b"/tmp"]),
    ],
)
def test_nlst_lists_names_that_retr_takes_as_they_stand(argument, names):
    talk = logged_in()
    if "-dir" in argument or "./" in argument:
        for path in (f"{HOME}/a-dir", f"{HOME}/-l"):
            talk.files.make_directory(None, path)
        talk.files.store(None, f"{HOME}/a-dir/y", b"")
        talk.files.store(None, f"{HOME}/-l/z", b"")
    listed = transfer(talk, f"NLST{argument}").octets.split(b"\r\n")
    assert [name for name in listed[:-1] if not name.startswith(b"/ddd")] == names


def test_list_of_a_file_is_its_line():
    octets = transfer(logged_in(), "LIST notes.txt").octets
    assert (octets.count(b"\r\n"), octets.endswith(b" notes.txt\r\n"), octets[:4]) == (1, True, b"-rw-")


def test_mlsd_tells_the_facts_that_opts_chose():
    talk = logged_in()
    assert talk.hold(b"OPTS MLST size;nonsense;TYPE;\r\n").lines == (b"200 MLST OPTS type;size;\r\n",)
    assert b"type=file;size=4; notes.txt\r\n" in transfer(talk, "MLSD").octets
    assert talk.hold(Finish(), b"OPTS MLST\r\n").lines == (b"200 MLST OPTS\r\n",)
    assert b"\r\n notes.txt\r\n" in transfer(talk, "MLSD").octets


@pytest.mark.parametrize("options", ["unique type;", "type", "type;size", "type; size;", ";", "type;;"])
def test_facts_are_chosen_by_their_names_each_with_a_semicolon(options):
    assert logged_in().hold(f"OPTS MLST {options}\r\n".encode()).lines[0].startswith(b"501 ")
