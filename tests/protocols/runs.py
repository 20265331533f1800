"""Runs of the command line, for tests: to their end, with what they leave."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from protocols.events import Block, Event, Line

ROOT = Path(__file__).resolve().parents[2]
LECTURE = "protocols/worlds/lecture.yaml"
PYTHON = sys.executable


def protocols(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """python -m protocols, to its end."""
    command = [PYTHON, "-m", "protocols", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, **options)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return protocols("run", LECTURE, "--", *command)


@dataclass
class Ran:
    """What a program in a lab left: its own output, the transcript and the capture."""

    status: int
    output: str
    events: list[Event]
    pcap: Path

    def octets(self, side: str) -> bytes:
        """All that a side said, by the transcript."""
        said = [event for event in self.events if isinstance(event, Line | Block)]
        return b"".join(event.raw for event in said if event.side == side)

    def captured(self, side: str) -> bytes:
        """All that a side said, as tshark reads the capture. It sets what the server said one tab in."""
        follow = ["tshark", "-r", str(self.pcap), "-q", "-z", "follow,tcp,raw,0"]
        shown = subprocess.run(follow, capture_output=True, text=True, check=True).stdout
        lines = re.findall(r"(?m)^(\t?)([0-9a-f]+)$", shown)
        return b"".join(bytes.fromhex(text) for tab, text in lines if bool(tab) == (side == "S"))
