"""Real clients in a lab: what they say and hear, the transcript shows and the capture holds, octet for octet."""

import base64
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from protocols.events import Delivered
from protocols.run import Asked, PacketFile, find_lacks
from protocols.transcript import Transcript
from tests.protocols.runs import LECTURE, PYTHON, protocols

SMTPLIB = """
import base64, json, smtplib, sys

class Noted(smtplib.SMTP):
    sent, heard = b"", b""
    def send(self, data):
        Noted.sent += data.encode("ascii") if isinstance(data, str) else data
        super().send(data)
    def getreply(self):
        if self.file is None:
            self.file = self.sock.makefile("rb")
        readline = self.file.readline
        class File:
            def readline(self, size):
                line = readline(size)
                Noted.heard += line
                return line
            def close(self):
                pass
        plain, self.file = self.file, File()
        try:
            return super().getreply()
        finally:
            self.file = plain

message = ("Subject: a test\\r\\n\\r\\n.a line with a dot\\r\\n" + "x" * 70 + "\\r\\n") * int(sys.argv[1])
with Noted("mx.lentil.edu") as client:
    client.sendmail("alice@halva.fr", ["bob@lentil.edu"], message)
print(json.dumps([base64.b64encode(each).decode() for each in (Noted.sent, Noted.heard)]))
"""


def noted(output: str) -> list[bytes]:
    return [base64.b64decode(each) for each in json.loads(output)]


def test_what_smtplib_says_and_hears_is_the_transcript_octet_for_octet(ran):
    done = ran(PYTHON, "-c", SMTPLIB, "1")
    sent, heard = noted(done.output)
    assert done.status == 0
    assert (done.octets("C"), done.octets("S")) == (sent, heard)


def test_what_swaks_says_and_hears_is_the_transcript(ran):
    done = ran("swaks", "--server", "mx.lentil.edu", "--from", "alice@halva.fr", "--to", "bob@lentil.edu")
    assert done.status == 0

    def shown(prefix: str) -> bytes:
        lines = [line.removeprefix(prefix) for line in done.output.splitlines() if line.startswith(prefix)]
        return b"".join(line.encode() + b"\r\n" for line in lines)

    assert (done.octets("C"), done.octets("S")) == (shown(" -> "), shown("<-  "))


def test_what_curl_says_and_hears_is_the_transcript_octet_for_octet(ran, tmp_path):
    message, trace = tmp_path / "message", tmp_path / "trace"
    message.write_bytes(b"Subject: a test\r\n\r\n.a line with a dot\r\nlast\r\n")
    envelope = ("--mail-from", "alice@halva.fr", "--mail-rcpt", "bob@lentil.edu", "--upload-file", str(message))
    done = ran("curl", "--silent", "--trace", str(trace), "smtp://mx.lentil.edu", *envelope)
    assert done.status == 0
    sent, heard = traced(trace.read_text())
    # curl does not trace the last dot of the data, nor the farewell.
    assert done.octets("C") == sent + b".\r\nQUIT\r\n"
    assert done.octets("S") == heard + b"221 2.0.0 mx.lentil.edu closing connection\r\n"


def traced(text: str) -> tuple[bytes, bytes]:
    """What curl's trace has in hexadecimal: all that was sent, and all that was received."""
    octets = {"=>": b"", "<=": b"", "==": b""}
    for line in text.splitlines():
        if line[:2] in octets:
            way = line[:2]
        else:
            octets[way] += bytes.fromhex(line[6:53])
    return octets["=>"], octets["<="]


@pytest.mark.parametrize("times", ["1", "4000"], ids=["a short message", "a message of 400,000 octets"])
def test_what_the_transcript_shows_the_capture_holds(ran, times):
    done = ran(PYTHON, "-c", SMTPLIB, times)
    assert done.status == 0
    for side in ("C", "S"):
        assert done.octets(side) == done.captured(side)


def test_a_capture_that_lost_packets_is_said_not_to_be_whole(tmp_path):
    asked = Asked(Path(LECTURE), None, None, tmp_path / "packets.pcap", ["true"])
    with open(tmp_path / "packets.pcap", "wb") as file:
        packets = PacketFile(file)
        lacks = find_lacks(asked, Transcript(None, None), packets, SimpleNamespace(dropped=3), "closed")  # type: ignore[arg-type]
        assert list(lacks) == [f"{asked.pcap} is not whole: 3 packets came faster than they could be written."]


def test_what_cannot_be_written_to_the_end_is_said_not_to_be_whole():
    full = protocols("run", LECTURE, "--transcript", "/dev/full", "--pcap", "/dev/full", "--", "true")
    assert full.returncode == 1
    assert full.stderr.splitlines() == [
        "The transcript is not whole: No space left on device.",
        "/dev/full is not whole: No space left on device.",
    ]


def test_the_message_that_was_sent_is_delivered(ran):
    done = ran(PYTHON, "-c", SMTPLIB, "1")
    delivered = [event for event in done.events if isinstance(event, Delivered)]
    assert [event.mailbox for event in delivered] == ["bob@lentil.edu"]
    assert b"\r\n\r\n.a line with a dot\r\n" in delivered[0].raw


def test_the_transcript_is_numbered_without_a_gap_from_start_to_end(ran):
    done = ran("true")
    assert [event.seq for event in done.events] == [1, 2]
    assert [event.change for event in done.events] == ["started", "ended"]
