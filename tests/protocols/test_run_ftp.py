"""Real FTP clients in a lab: what they say and hear, the transcript shows and the capture holds."""

import hashlib
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from protocols import limits
from protocols.events import Block, Closed, Line, Opened, Stored, Transferred
from tests.protocols.runs import LECTURE, PYTHON, Ran, protocols

FTP = "ftp.eckenfels.net"
URL = f"ftp://ecki:secret@{FTP}"
FILES = "/home/ecki"

FTPLIB = """
import ftplib, hashlib, io, json
octets = bytes(range(256)) * 4096
with ftplib.FTP("ftp.eckenfels.net", "ecki", "secret") as client:
    for passive in (True, False):
        client.set_pasv(passive)
        client.storbinary(f"STOR passive-{passive}", io.BytesIO(octets))
        digest = hashlib.sha256()
        client.retrbinary(f"RETR passive-{passive}", digest.update)
        assert digest.digest() == hashlib.sha256(octets).digest()
"""
OCTETS = bytes(range(256)) * 4096


@pytest.fixture
def file(tmp_path) -> Path:
    file = tmp_path / "octets"
    file.write_bytes(OCTETS[:100_000])
    return file


def connections(done: Ran, purpose: str) -> list[Opened]:
    return [event for event in done.events if isinstance(event, Opened) and event.purpose == purpose]


def octets(done: Ran, conn: str, side: str) -> bytes:
    said = [event for event in done.events if isinstance(event, Line | Block) and event.conn == conn]
    return b"".join(event.raw for event in said if event.side == side)


def arranged_by(done: Ran) -> list[str]:
    """The verbs that arranged the data connections."""
    lines = {event.seq: event for event in done.events if isinstance(event, Line)}
    return [lines[opened.because or 0].raw.split()[0].decode() for opened in connections(done, "data")]


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("EPSV", ()),
        ("PASV", ("--disable-epsv",)),
        ("EPRT", ("--ftp-port", "-")),
        ("PORT", ("--ftp-port", "-", "--disable-eprt")),
    ],
)
def test_what_curl_says_and_hears_is_the_transcript_on_both_connections(ran, tmp_path, file, verb, options):
    trace, back = tmp_path / "trace", tmp_path / "back"
    up = (*options, "--trace", str(trace), "--upload-file", str(file), f"{URL}/octets")
    done = ran("curl", "--silent", *up, "--next", "--silent", *options, f"{URL}/octets", "--output", str(back))
    assert done.status == 0
    assert back.read_bytes() == file.read_bytes()
    assert arranged_by(done) == [verb, verb]
    [control] = connections(done, "control")
    traced = read_trace(trace.read_text())
    assert octets(done, control.conn, "C") == traced["=> Send header"] + b"QUIT\r\n"  # which curl does not trace
    assert octets(done, control.conn, "S") == traced["<= Recv header"] + b"221 Goodbye.\r\n"
    sent, received = [event for event in done.events if isinstance(event, Transferred)]
    assert (sent.side, received.side) == ("C", "S")
    assert sent.sha256 == received.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def read_trace(text: str) -> dict[str, bytes]:
    """What curl's trace has in hexadecimal, by what it says of it."""
    found: dict[str, bytes] = {}
    for line in text.splitlines():
        if line[:2] in ("=>", "<=", "=="):
            way = line.partition(",")[0]
        else:
            found[way] = found.get(way, b"") + bytes.fromhex(line.partition(": ")[2][:47])
    return found


@pytest.mark.parametrize("mode", ["on", "off"])
def test_lftp_lists_fetches_stores_and_renames(ran, tmp_path, file, mode):
    back = tmp_path / "back"
    commands = f"set ftp:passive-mode {mode}; mkdir d; cd d; put {file}; mv octets o; get o -o {back}; ls; rm o; bye"
    done = ran("lftp", "-u", "ecki,secret", "-e", commands, FTP)
    assert done.status == 0
    assert back.read_bytes() == file.read_bytes()
    assert re.search(r"-rw-r--r-- +1 ecki .* 100000 .* o\n", done.output)
    assert {opened.opener for opened in connections(done, "data")} == {"C" if mode == "on" else "S"}


def test_tnftp_stores_and_fetches_in_both_modes(ran, tmp_path, file):
    back, again = tmp_path / "back", tmp_path / "again"
    script = f"tnftp -u {URL}/octets {file} && tnftp -o {back} {URL}/octets && tnftp -A -o {again} {URL}/octets"
    done = ran("sh", "-c", script)
    assert done.status == 0
    assert back.read_bytes() == again.read_bytes() == file.read_bytes()
    assert [opened.opener for opened in connections(done, "data")] == ["C", "C", "S"]


def test_what_the_capture_holds_of_a_megabyte_the_transcript_shows_on_every_connection(ran):
    done = ran(PYTHON, "-c", FTPLIB)
    assert done.status == 0
    streams = follow(done.pcap)
    opened = [event for event in done.events if isinstance(event, Opened)]
    assert len(opened) == len(streams) == 5
    transferred = {event.conn: event for event in done.events if isinstance(event, Transferred)}
    for each in opened:
        said = streams[each.client.port, each.server.port]
        if each.purpose == "control":
            assert said == {side: octets(done, each.conn, side) for side in ("C", "S")}
            continue
        whole, kept = said[transferred[each.conn].side], octets(done, each.conn, transferred[each.conn].side)
        assert whole == OCTETS
        assert kept == whole[: limits.DATA_KEPT] + whole[-limits.DATA_KEPT :]
        assert (transferred[each.conn].length, transferred[each.conn].kept) == (len(whole), len(kept))
        assert transferred[each.conn].sha256 == hashlib.sha256(whole).hexdigest()


def follow(pcap: Path) -> dict[tuple[int, int], dict[str, bytes]]:
    """What each side said on every connection, as tshark reads it, by the ports of client and server. Of a connection
    that the server opened, the server stands first."""
    command = ["tshark", "-r", str(pcap), "-q", *(part for number in range(5) for part in z(number))]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = {}
    for stream in shown.split("Follow: tcp,raw\n")[1:]:
        first, second = (int(port) for port in re.findall(r"(?m)^Node [01]: .*:(\d+)$", stream))
        parts = re.findall(r"(?m)^(\t?)([0-9a-f]+)$", stream)
        said = [b"".join(bytes.fromhex(text) for tab, text in parts if tab == mark) for mark in ("", "\t")]
        if first == 20:
            found[second, first] = {"S": said[0], "C": said[1]}
        else:
            found[first, second] = {"C": said[0], "S": said[1]}
    return found


def z(number: int) -> Sequence[str]:
    return ("-z", f"follow,tcp,raw,{number}")


def test_in_active_mode_the_first_packet_leaves_port_20_after_the_transfer_was_asked_for(ran, tmp_path):
    done = ran("curl", "--silent", "--ftp-port", "-", f"{URL}/notes.txt", "--output", str(tmp_path / "back"))
    assert done.status == 0
    wanted = (
        'ftp.request.command == "EPRT" || ftp.request.command == "RETR" || (tcp.flags.syn == 1 && tcp.flags.ack == 0)'
    )
    fields = [part for name in ("ftp.request.command", "tcp.srcport") for part in ("-e", name)]
    command = ["tshark", "-r", str(done.pcap), "-Y", wanted, "-T", "fields", *fields]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.partition("\t")[0] or line.partition("\t")[2] for line in shown[1:]] == ["EPRT", "RETR", "20"]


def test_the_same_port_serves_two_transfers_one_after_the_other(ran):
    script = """
import ftplib, socket
with ftplib.FTP("ftp.eckenfels.net", "ecki", "secret") as client, socket.create_server(("10.0.0.1", 1025)) as own:
    for _ in range(3):
        client.sendcmd("PORT 10, 0, 0, 1, 4, 1")
        client.sendcmd("NLST /pub")
        with own.accept()[0] as data:
            while data.recv(1000):
                pass
        client.voidresp()
"""
    done = ran(PYTHON, "-c", script)
    assert done.status == 0
    assert {opened.server.port for opened in connections(done, "data")} == {20}
    assert [event.why for event in done.events if isinstance(event, Closed)] == ["end-of-file"] * 3 + ["quit"]


def test_a_stored_file_is_told_with_its_hash(ran, file):
    done = ran("curl", "--silent", "--upload-file", str(file), f"{URL}/octets")
    [stored] = [event for event in done.events if isinstance(event, Stored)]
    assert (stored.host, stored.path, stored.owner, stored.size) == (FTP, f"{FILES}/octets", "ecki", 100_000)
    assert stored.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_of_more_than_the_ring_of_the_capture_all_is_there_or_the_run_says_what_is_not(tmp_path):
    script = """
import ftplib, io
with ftplib.FTP("ftp.eckenfels.net", "ecki", "secret") as client:
    client.storbinary("STOR big", io.BytesIO(bytes(5_000_000)))
    for _ in range(3):
        client.retrbinary("RETR big", len)
"""
    pcap = tmp_path / "packets.pcap"
    done = protocols("run", LECTURE, "--pcap", str(pcap), "--", PYTHON, "-c", script)
    if done.stderr:
        assert re.fullmatch(rf"{pcap} is not whole: \d+ packets came faster than they could be written.\n", done.stderr)
    else:
        assert pcap.stat().st_size > 20_000_000
    assert done.returncode == bool(done.stderr)
