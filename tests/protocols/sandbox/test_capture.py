"""The capture, in a network of its own."""

import json
import subprocess
import sys
from pathlib import Path

from protocols import limits

ROOT = Path(__file__).resolve().parents[3]

# Sends numbered datagrams of 1,000 octets, and says what the capture has of them.
SCRIPT = """
import json, socket, struct, sys, time
from protocols.sandbox.capture import Capture
from protocols.sandbox.network import build_network
from tests.protocols.sandbox.labs import make_world

count, is_emptied = int(sys.argv[1]), sys.argv[2] == "emptied"
build_network(make_world())
records, offset = [], 3_600_000_000
capture = Capture(offset)
if is_emptied:
    capture.start(records.append)
began = time.time()
heard, said = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
heard.bind(("10.2.0.25", 9))
for number in range(count):
    said.sendto(struct.pack(">I", number) * 250, ("10.2.0.25", 9))
dropped, octets, found = capture.stop(), b"".join(records), []
while octets:
    seconds, microseconds, captured, length = struct.unpack_from("<IIII", octets)
    assert captured == length and began <= seconds + microseconds / 1e6 - 3600 <= time.time()
    found.append(struct.unpack_from(">I", octets, 16 + 42)[0])
    octets = octets[16 + captured :]
print(json.dumps([dropped, found]))
"""


def capture(count: int, how: str) -> tuple[int, list[int]]:
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-c", SCRIPT, str(count), how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    dropped, found = json.loads(done.stdout)
    return dropped, found


def test_it_takes_every_packet_once_in_order_with_the_labs_time():
    assert capture(1_000, "emptied") == (0, list(range(1_000)))


def test_it_counts_what_does_not_fit():
    dropped, _ = capture(2 * limits.CAPTURE_RING // 1_000, "left alone")
    assert dropped > 0
