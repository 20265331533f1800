"""The command line: python -m protocols run WORLD [-- COMMAND ARGUMENTS]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from protocols.run import Asked, run

DESCRIPTION = """\
Run the small Internet of a WORLD in a sandbox: real servers on their real ports and addresses.

Without a COMMAND you get a console on the student's host: connect to a server, and speak its protocol.
With one, an ordinary program of this machine runs in the lab's network, finds the world's hosts by name,
and its exit status becomes this one's (128 and the signal's number where a signal ended it).
"""
EXAMPLES = """\
examples:
  python -m protocols run protocols/worlds/lecture.yaml
  python -m protocols run protocols/worlds/lecture.yaml -- swaks --server mx.lentil.edu --to bob@lentil.edu
  python -m protocols run WORLD --transcript events.jsonl --pcap packets.pcap -- curl smtp://mx.lentil.edu
"""


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit status."""
    ours, command = arguments, []
    if "--" in arguments:
        cut = arguments.index("--")
        ours, command = arguments[:cut], arguments[cut + 1 :]
    parser = _make_parser()
    given = parser.parse_args(ours)
    if "--" in arguments and not command:
        parser.error("after -- comes a command")
    return run(Asked(given.world, given.host, given.transcript, given.pcap, command))


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m protocols", description="Small Internets to learn protocols in.")
    actions = parser.add_subparsers(required=True, metavar="run", help="run a world in a sandbox (see run --help)")
    running = actions.add_parser(
        "run",
        usage="python -m protocols run WORLD [options] [-- COMMAND ARGUMENTS]",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    running.add_argument("world", metavar="WORLD", type=Path, help="the world's YAML file")
    running.add_argument("--as", dest="host", metavar="HOST", help="be this host, not the world's student")
    running.add_argument("--transcript", metavar="FILE", type=Path, help="write every event as a line of JSON")
    running.add_argument(
        "--pcap", metavar="FILE", type=Path, help="write the lab's own packets; fails where one is lost"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
