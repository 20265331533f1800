"""The baseline of DNS: Knot, with one worker of each kind, on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PORT = 5399
ADDRESS = "127.0.0.53"
READY_WITHIN = 10  # seconds

_CONFIGURATION = """
server:
    rundir: "{folder}"
    listen: {address}@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{folder}"
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
zone:
  - domain: {zone}
    file: zone
"""


@contextmanager
def running_knot(folder: Path, zone: str, text: str) -> Iterator[tuple[str, int]]:
    """A Knot that is authoritative for `zone`, whose master file is `text`: its address and port."""
    program = shutil.which("knotd", path="/usr/sbin:/usr/bin:/sbin:/bin")
    assert program, "Debian's package knot is installed"
    folder.joinpath("zone").write_text(text)
    configuration = folder / "knot.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, address=ADDRESS, port=PORT, zone=zone))
    log = folder / "knot.log"
    with log.open("w") as output:
        process = subprocess.Popen([program, "-c", str(configuration)], stdout=output, stderr=output)
    try:
        _wait_until_it_answers(process, log)
        yield ADDRESS, PORT
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while True:
        is_hopeless = process.poll() is not None or time.monotonic() > until
        assert not is_hopeless, log.read_text()
        try:
            with socket.create_connection((ADDRESS, PORT), 1):
                return
        except OSError:
            time.sleep(0.05)
