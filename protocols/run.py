"""A world run from the command line: at a console, or for one program. Without Django, and without a database."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, TypeVar

from protocols.dns.generate import check_zones
from protocols.ftp.tables import check_words as check_ftp_words
from protocols.sandbox.capture import PCAP_HEADER
from protocols.sandbox.command import NotStarted, Program
from protocols.sandbox.messages import Input
from protocols.sandbox.supervisor import LabEnded, LabRefused, RunningLab, Supervisor
from protocols.smtp.tables import check_words as check_mail_words
from protocols.transcript import Transcript
from protocols.world import Account, World, WorldError, read_world
from protocols.world.files import check_homes

NOT_RUN = 2  # the exit status where nothing could be run
NOT_WHOLE = 1  # where it ran, and something is missing of what was asked for
CLOSED = "closed"  # why a lab ends that was run to its end
QUIET_SECONDS = 0.2  # without an event, before the next line that is not typed by hand

T = TypeVar("T")


class CannotRun(Exception):
    """What was asked for cannot be run. The text is one sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for: a world's file, the host to be (None: the world's student), the files to write,
    and a program with its arguments (none: a console)."""

    world: Path
    host: str | None
    transcript: Path | None
    pcap: Path | None
    command: list[str]


def run(asked: Asked) -> int:
    """Do what the command line asks for; return the exit status. What fails is said on stderr, in a sentence."""
    try:
        return _run(asked)
    except (CannotRun, WorldError, LabRefused) as error:
        print(error, file=sys.stderr)
        return NOT_RUN
    except NotStarted as error:
        print(error, file=sys.stderr)
        return error.status


def _run(asked: Asked) -> int:
    world = load_world(asked.world, asked.host)
    with _create(asked.transcript, "w") as file, _create(asked.pcap, "wb") as pcap:
        program = Program(asked.command) if asked.command else None  # before any thread
        log = Transcript(file, None if program else sys.stdout)
        packets = PacketFile(pcap) if pcap else None
        with Host() as host:
            if not program:
                print(welcome(world))
            lab = host.open(world, log, packets, namespaces=program is not None)
            try:
                status = _run_program(program, world, lab) if program else _type(host, lab, log)
            finally:
                host.call(lab.close(CLOSED))
            lacks = list(find_lacks(asked, log, packets, lab, host.call(lab.wait())))
    for sentence in lacks:
        print(sentence, file=sys.stderr)
    return status or (NOT_WHOLE if lacks else 0)


def load_world(path: Path, host: str | None) -> World:
    """The world at `path`, with `host` as the student's. Raises WorldError and CannotRun."""
    world = read_world(path)
    for each in world.hosts:
        if each.smtp:
            check_mail_words(each.smtp)
        if each.ftp:
            check_ftp_words(each.ftp)
    check_zones(world)
    check_homes(world)
    if host is None:
        return world
    own = world.host(host)
    if own is None:
        names = ", ".join(each.name for each in world.hosts)
        raise CannotRun(f"This world has no host {host!r}; --as takes one of {names}.")
    return replace(world, student=own.name)


class PacketFile:
    """A pcap file that takes captured packets. Where it takes nothing any more, `failure` is its error."""

    def __init__(self, file: IO[bytes]) -> None:
        self.failure: OSError | None = None
        self._file = file
        self.take(PCAP_HEADER)

    def take(self, records: bytes) -> None:
        """Write the next records."""
        try:
            if not self.failure:
                self._file.write(records)
                self._file.flush()
        except OSError as error:
            self.failure = error


class Host:
    """A supervisor, in an event loop in a thread of its own: the main thread is for who types, and for signals."""

    def __enter__(self) -> Host:
        logging.getLogger("protocols.sandbox.supervisor").addHandler(logging.NullHandler())  # what fails, we say
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._supervisor = Supervisor()
        self.call(self._supervisor.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.call(self._supervisor.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Have `work` done in the loop; return what it returns, raise what it raises."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def open(self, world: World, log: Transcript, packets: PacketFile | None, namespaces: bool) -> RunningLab:
        """Run `world`. Raises LabRefused."""
        capture = packets.take if packets else None
        return self.call(self._supervisor.open(world, log, capture=capture, namespaces=namespaces))


def _run_program(program: Program, world: World, lab: RunningLab) -> int:
    # The terminal's interrupt goes to the program too, which is who answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: program.signal(number))
    try:
        return program.run(world, lab.child.namespaces)
    finally:
        for namespace in lab.child.namespaces:
            os.close(namespace)


def _type(host: Host, lab: RunningLab, log: Transcript) -> int:
    """Give the console what is typed, until there is no more."""
    by_hand = sys.stdin.isatty()
    try:
        for number, line in enumerate(_lines(by_hand), start=1):
            text = os.fsencode(line).decode("latin-1")  # one character an octet
            typed = Input(1, f"line-{number}", text)
            if by_hand:
                host.call(lab.send(typed))
            else:
                host.call(lab.carry_out(typed))
                log.wait_until_quiet(QUIET_SECONDS)
    except KeyboardInterrupt:
        print()
    except LabEnded as error:
        print(error, file=sys.stderr)
        return NOT_WHOLE
    return 0


def welcome(world: World) -> str:
    """What a reader sees first: the hosts, their servers, and what to type."""
    lines = [world.title, ""]
    for each in world.hosts:
        servers = ", ".join(f"{protocol} {port}/{transport}" for protocol, port, transport in each.services())
        you = "you are here" if each.name == world.student else ""
        lines.append(f"  {each.name:24} {each.address:16} {servers or you}")
        lines += [f"{'':44}{_credentials(account)}" for account in (each.ftp.accounts if each.ftp else ())]
    lines += ["", "Type connect, a host and a port; then what you say goes to its server. Ctrl-D ends."]
    if any(each.ftp for each in world.hosts):
        lines.append("While you are connected to an FTP server, ls, cd, get and put work as well.")
    return "\n".join(lines)


def _credentials(account: Account) -> str:
    """What to say to log in. Whoever runs a world from its file could read it there."""
    password = "any password" if account.password is None else f"PASS {account.password}"
    acct = f", ACCT {account.account}" if account.account else ""
    return f"USER {account.user}, {password}{acct}"


def _lines(by_hand: bool) -> Iterator[str]:
    if not by_hand:
        yield from (line.rstrip("\r\n") for line in sys.stdin)
        return
    with suppress(ImportError):
        import readline  # noqa: F401  # gives input() its editing
    with suppress(EOFError):
        while True:
            yield input()


def find_lacks(asked: Asked, log: Transcript, packets: PacketFile | None, lab: RunningLab, why: str) -> Iterator[str]:
    """The sentences about what is missing of what was asked for."""
    if why != CLOSED:
        yield f"The lab ended before it was closed ({why}); run it again."
    if log.failure:
        yield f"The transcript is not whole: {log.failure.strerror}."
    if packets and packets.failure:
        yield f"{asked.pcap} is not whole: {packets.failure.strerror}."
    elif packets and lab.dropped:
        yield f"{asked.pcap} is not whole: {lab.dropped} packets came faster than they could be written."


@contextmanager
def _create(path: Path | None, mode: str) -> Iterator[Any]:
    """The new file at `path`, or None where none is asked for. Raises CannotRun."""
    if path is None:
        yield None
        return
    try:
        file = path.open(mode)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}.") from error
    try:
        yield file
    finally:
        with suppress(OSError):  # every write was flushed, and what failed there is said already
            file.close()
