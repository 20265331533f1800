"""The student's client against a real server that is not ours."""

import asyncio
import os
import socket

import pytest

from tests.protocols.ftp.foreign import FILES, TEXT, connected, serving

PORT = 20_000 + os.getpid() % 10_000  # of this process
CRLF_TEXT = TEXT.replace("\n", "\r\n").encode()


@pytest.fixture
def home(tmp_path):
    (tmp_path / "readme.txt").write_bytes(b"read\nme\n")
    (tmp_path / "pub").mkdir()
    (tmp_path / "pub" / "a b.txt").write_bytes(b"spaces")
    return tmp_path


@pytest.fixture
async def student(home):
    with serving(home) as address:
        async with connected(address) as typing:
            yield typing


async def test_a_file_is_got_over_a_passive_connection_and_kept(student):
    await student.type(b"get readme.txt")
    assert student.sent == [b"PASV", b"RETR readme.txt"]
    assert student.told == [("became", b"get readme.txt")]
    assert student.kept()["/readme.txt"] == b"read\nme\n"
    assert [(stored.path, stored.host, stored.because) for stored in student.stored()] == [
        ("/readme.txt", "student.test", 7)
    ]


async def test_in_active_mode_the_client_listens_and_says_where(student):
    await student.type(b"passive")
    await student.type(b"get readme.txt copy.txt")
    assert student.sent[0].startswith(b"PORT 127,0,0,9,")
    assert student.sent[1:] == [b"RETR readme.txt"]
    assert student.kept()["/copy.txt"] == b"read\nme\n"
    assert student.told == [("passive-off", b"passive"), ("became", b"get readme.txt copy.txt")]


@pytest.mark.parametrize("mode", [[], [b"passive"]])
async def test_a_file_is_put(student, home, mode):
    for line in mode:
        await student.type(line)
    await student.type(b"put /tmp/test.txt upload.txt")
    assert student.sent[1:] == [b"STOR upload.txt"]
    assert student.codes()[-1] == "226"
    assert (home / "upload.txt").read_bytes() == TEXT.encode()


async def test_the_type_decides_what_goes_over_the_wire(student, home):
    await student.type(b"put test.txt text.txt")
    await student.type(b"binary")
    await student.type(b"put test.txt octets.txt")
    (home / "octets").write_bytes(CRLF_TEXT)
    await student.type(b"get octets as-octets")
    await student.type(b"ascii")
    await student.type(b"get octets.txt as-text")
    assert (home / "text.txt").read_bytes() == (home / "octets.txt").read_bytes() == TEXT.encode()
    assert student.kept()["/as-octets"] == CRLF_TEXT
    assert student.kept()["/as-text"] == TEXT.encode()


async def test_a_list_goes_in_ascii_and_the_type_that_was_wanted_comes_back_with_the_next_file(student):
    for line in (b"binary", b"ls", b"dir pub", b"get readme.txt"):
        await student.type(line)
    assert student.sent == [
        *(b"TYPE I", b"PASV", b"TYPE A", b"NLST", b"PASV", b"LIST pub", b"PASV", b"TYPE I", b"RETR readme.txt")
    ]
    assert student.kept().keys() == {"/tmp/test.txt", "/zero.txt", "/readme.txt"}  # a list is no file


async def test_after_a_command_that_fails_no_other_is_sent(home):
    with serving(home) as address:
        async with connected(address) as student:
            await student.says(b"REIN", "230")
            student.sent.clear()
            await student.type(b"get readme.txt")
            assert student.sent == [b"PASV"]
            assert student.codes()[-1] == "530"


async def test_a_file_that_the_server_does_not_have_is_not_kept(student):
    await student.type(b"get nothing.txt")
    assert student.codes()[-1] == "550"
    assert student.kept().keys() == {"/tmp/test.txt", "/zero.txt"}


async def test_a_file_that_the_student_does_not_have_is_not_sent(student):
    await student.type(b"put nothing.txt")
    await student.says(b"PASV", "227")
    await student.type(b"STOR nothing.txt")
    assert student.sent == [b"PASV"]
    assert student.told == [("no-local-file", b"nothing.txt")] * 2
    await student.says(b"STOR zero.txt", "226")  # what was arranged still stands


async def test_each_command_can_be_typed_by_hand(student, home):
    await student.says(b"PASV", "227")
    await student.says(b"RETR readme.txt", "226")
    await student.until(student.stored)
    assert student.kept()["/readme.txt"] == b"read\nme\n"
    await student.says(b"EPSV", "229")
    await student.says(b"stor tmp/test.txt", "550")  # no such directory at the server
    await student.says(b"stor test.txt", "226")  # over the same connection, which was not used
    await student.says(b"DELE test.txt", "250")
    await student.says(f"PORT 127,0,0,9,{PORT // 256},{PORT % 256}".encode(), "200")
    await student.says(b"STOR test.txt", "226")
    await student.says(f"EPRT |1|127.0.0.9|{PORT}|".encode(), "200")
    await student.says(b"APPE test.txt", "226")
    assert (home / "test.txt").read_bytes() == 2 * TEXT.encode()
    await student.says(b"PASV", "227")
    await student.says(b"NLST", "226")
    assert student.told == []


async def test_a_users_command_comes_after_the_replies_to_what_was_typed_before(student):
    replies = len(student.codes())
    await asyncio.gather(*(student.type(line) for line in (b"PWD", b"SYST", b"cd pub")))
    assert student.told == [("became", b"cd pub")]
    assert student.told_after == [replies + 2]


async def test_what_is_typed_without_waiting_finds_its_data_connection(student):
    for line in (b"TYPE I", b"PASV", b"RETR readme.txt"):
        await student.type(line)
    await student.until(student.stored)
    assert student.kept()["/readme.txt"] == b"read\nme\n"


async def test_stou_names_no_file_and_sends_the_first_one(student, home):
    before = set(home.iterdir())
    await student.says(b"PASV", "227")
    await student.says(b"STOU", "226")
    [made] = set(home.iterdir()) - before
    assert made.read_bytes() == TEXT.encode()


async def test_a_restart_leaves_out_what_is_there_already(student, home):
    async def restart(line: bytes) -> None:
        await student.says(b"PASV", "227")
        await student.says(b"REST 5", "350")
        await student.says(line, "226")

    (home / "test.txt").write_bytes(b"ONE\r\nthree\r\n")
    await student.says(b"TYPE I", "200")
    await restart(b"RETR test.txt")
    await student.until(student.stored)
    assert student.kept()["/test.txt"] == b"three\r\n"
    assert student.told == [("only-the-rest", b"test.txt")]
    await student.type(b"get test.txt")
    (home / "test.txt").write_bytes(b"one\r\ntwo\r\n")
    await restart(b"RETR test.txt")
    await student.until(lambda: len(student.stored()) == 3)
    assert student.kept()["/test.txt"] == b"ONE\r\ntwo\r\n"
    await restart(b"STOR test.txt")
    assert (home / "test.txt").read_bytes() == b"one\r\ntwo\r\n"


async def test_a_port_of_somebody_else_is_not_listened_on_and_the_line_goes_out(student):
    await student.says(b"PORT 127,0,0,1,200,1", "501")
    await student.says(b"PORT nonsense", "501")
    assert student.told == []


async def test_a_port_that_is_taken_is_said_and_not_promised(student):
    with socket.create_server(("127.0.0.9", 0)) as taken:
        port = taken.getsockname()[1]
        await student.type(f"PORT 127,0,0,9,{port // 256},{port % 256}".encode())
    assert student.sent == []
    assert student.told == [("port-taken", str(port).encode())]


async def test_lines_typed_while_a_users_command_goes_on_wait_for_it(student):
    lines = [student.client.typed(line, 7) for line in (b"cd pub", b'get "a b.txt"', b"passive", b"NOOP", b"pwd")]
    async with asyncio.timeout(10):
        await asyncio.gather(*(line for line in lines if line))
    assert student.sent == [b"CWD pub", b"PASV", b"RETR a b.txt", b"NOOP", b"PWD"]
    assert student.kept()["/a b.txt"] == b"spaces"
    assert [why for why, _ in student.told] == ["became", "became", "passive-off", "became"]


async def test_a_file_that_is_too_large_for_the_students_machine_is_dropped_and_said(student, home):
    (home / "large").write_bytes(bytes(11 * 1024 * 1024))
    await student.type(b"binary")
    await student.type(b"get large")
    assert student.codes()[-1] == "226"
    assert student.told[-1] == ("no-local-room", b"large")
    assert "/large" not in student.kept()


async def test_abor_in_the_middle_of_a_transfer_breaks_it_off(student, home):
    (home / "endless").touch()
    os.truncate(home / "endless", 2**33)  # which takes no room, and more time than the test
    await student.type(b"binary")
    getting = student.client.typed(b"get endless", 7)
    await student.until(lambda: {"125", "150"} & set(student.codes()))
    await student.says(b"ABOR", "226")
    async with asyncio.timeout(10):
        await getting
    assert student.kept().keys() == {file.path for file in FILES}


async def test_the_end_of_the_control_connection_ends_what_waits_for_it(student):
    lines = [student.client.typed(line, 7) for line in (b"ls", b"QUIT", b"get readme.txt", b"NOOP")]
    async with asyncio.timeout(10):
        await asyncio.gather(*(line for line in lines if line))
    assert student.sent[:3] == [b"PASV", b"NLST", b"QUIT"]
    assert student.told[-1] == ("not-connected", b"NOOP")
