"""Lists: what clients read out of them."""

import ftplib
import re
from datetime import UTC, datetime

import pytest

from protocols.ftp.filesystem import Entry
from protocols.ftp.listing import FACTS, HALF_A_YEAR, write_facts, write_list, write_names, write_time

NOW = int(datetime(2026, 11, 24, 12, 0, tzinfo=UTC).timestamp())
HOUR = 3600

# What programs look for in a line of `ls -l`: mode, links, owner, group, size, month, day, time or year, name.
LIST_LINE = re.compile(
    r"([d-][rwx-]{9}) +(\d+) (\S+) +(\S+) +(\d+) ([A-Z][a-z]{2}) ([ 1-3]\d) (\d\d:\d\d| \d{4}) (?P<name>.*)"
)


def file(path: str, octets: bytes = b"", mode: int = 0o644, modified: int = NOW - HOUR, owner: str = "ecki") -> Entry:
    return Entry(path, owner, mode, modified, octets, number=26)


def directory(path: str, mode: int = 0o755) -> Entry:
    return Entry(path, "", mode, NOW - HOUR, is_directory=True, number=27)


def test_a_list_is_what_ls_prints():
    listed = write_list([directory("/pub"), file("/pub/README", b"x" * 176, 0o640)], NOW)
    assert listed.decode() == (
        "drwxr-xr-x   2 nobody   nogroup         0 Nov 24 11:00 pub\r\n"
        "-rw-r-----   1 ecki     nogroup       176 Nov 24 11:00 README\r\n"
    )


@pytest.mark.parametrize(
    ("modified", "shown"),
    [
        (NOW, "Nov 24 12:00"),
        (NOW - HALF_A_YEAR + 1, "May 25 21:05"),
        (NOW - HALF_A_YEAR, "May 25  2026"),
        (NOW + 1, "Nov 24  2026"),  # the future has no time of day
        (0, "Jan  1  1970"),
        (int(datetime(2024, 2, 29, 8, 5, tzinfo=UTC).timestamp()), "Feb 29  2024"),
        (int(datetime(2026, 11, 3, 8, 5, tzinfo=UTC).timestamp()), "Nov  3 08:05"),
    ],
)
def test_a_list_shows_the_time_of_day_for_half_a_year_and_then_the_year(modified, shown):
    line = write_list([file("/f", modified=modified)], NOW).decode()
    assert shown in line
    assert LIST_LINE.fullmatch(line.removesuffix("\r\n"))


@pytest.mark.parametrize("name", ["a name with spaces", " leading", "trailing ", "ü", "-> arrow", "x" * 255])
def test_a_name_stands_in_a_list_as_it_is(name):
    line = write_list([file(f"/{name}", b"1234567890" * 100_000, owner="a-rather-long-user")], NOW).decode()
    match = LIST_LINE.fullmatch(line.removesuffix("\r\n"))
    assert match
    assert (match["name"], match[5]) == (name, "1000000")


@pytest.mark.parametrize(
    ("mode", "bits"),
    [(0o000, "---------"), (0o777, "rwxrwxrwx"), (0o421, "r---w---x"), (0o733, "rwx-wx-wx")],
)
def test_the_permissions_are_shown_bit_by_bit(mode, bits):
    assert write_list([file("/f", mode=mode)], NOW)[1:10].decode() == bits


def test_a_list_of_nothing_is_empty():
    assert (write_list([], NOW), write_names([])) == (b"", b"")


def test_names_stand_alone_in_utf_8():
    assert write_names([file("/pub/ü"), directory("/pub/rfc")]) == "ü\r\nrfc\r\n".encode()
    assert write_names([file("/pub/a b")], "pub/") == b"pub/a b\r\n"


def test_the_facts_of_a_file_are_those_that_rfc_3659_wants_a_server_to_have():
    facts = write_facts(file("/pub/my file", b"x" * 176, modified=1_771_061_400), "my file", "adfrw")
    assert facts == b"type=file;size=176;modify=20260214093000;perm=adfrw;unique=1a; my file"


def test_a_directory_has_no_size_among_its_facts():
    facts = write_facts(directory("/pub"), "/pub", "el")
    assert facts == b"type=dir;modify=20261124110000;perm=el;unique=1b; /pub"
    assert write_facts(directory("/pub"), ".", "el", kind="cdir").startswith(b"type=cdir;")


@pytest.mark.parametrize(
    ("chosen", "facts"),
    [
        (FACTS, b"type=file;size=0;modify=20261124110000;perm=;unique=1a;UNIX.mode=0644; f"),
        (("size", "type"), b"type=file;size=0; f"),
        ((), b" f"),
    ],
)
def test_only_the_chosen_facts_are_written_and_in_the_servers_order(chosen, facts):
    assert write_facts(file("/f"), "f", "", chosen) == facts


def test_ftplib_reads_the_facts(monkeypatch):
    lines = [write_facts(file("/two words", b"12"), "two words", "r"), write_facts(directory("/rfc"), "rfc", "el")]
    client = ftplib.FTP()
    monkeypatch.setattr(client, "retrlines", lambda _, take: [take(line.decode()) for line in lines])
    found = dict(client.mlsd())
    assert found["two words"] == {
        "type": "file",
        "size": "2",
        "modify": "20261124110000",
        "perm": "r",
        "unique": "1a",
    }
    assert found["rfc"]["type"] == "dir"


def test_a_time_is_written_in_utc():
    assert write_time(0) == "19700101000000"
    assert write_time(253_402_300_799) == "99991231235959"
