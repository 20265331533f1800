"""An event as a reader is shown it. Pure: everything that is said follows from the event and the one that it cites.

Events carry codes; the sentences are here and in each protocol's own tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from protocols import limits
from protocols.description import Description, Explanation, PartStyle, Reference, reference, visible
from protocols.dns import explain as dns
from protocols.dns import notes as dns_notes
from protocols.events import (
    Block,
    Cached,
    Closed,
    Console,
    Delivered,
    Event,
    Fault,
    GoalJudged,
    Lab,
    Line,
    Message,
    NotStored,
    Opened,
    Stored,
    Transferred,
    TreeChanged,
    Unkept,
    ZoneEdited,
)
from protocols.ftp import explain as ftp
from protocols.ftp import notes as ftp_notes
from protocols.lesson import PROGRAMS, suggest, suggest_to
from protocols.printed import PRINTED, describe_console
from protocols.smtp import explain as smtp
from protocols.world import World

__all__ = ["FINAL", "LAB_WHY", "PRINTED", "describe", "lesson", "lessons"]

BLOCK_SHOWN = 2048  # octets of a block that a reader sees
_NAMES_SHOWN = 3  # of what exchanges were about that were not kept

_NAMES = {"smtp": "SMTP", "ftp": "FTP", "dns": "DNS"}
_LINES: dict[str, Callable[[Description, Line, Event | None], Description]] = {
    "smtp": smtp.describe_line,
    "ftp": ftp.describe_line,
}
_MESSAGES: dict[str, Callable[[Description, Message, Event | None], Description]] = {"dns": dns.describe_message}
_LESSONS: dict[str, Callable[[], dict[str, Any]]] = {"smtp": smtp.lesson, "ftp": ftp.lesson, "dns": dns.lesson}


def describe(event: Event, cause: Event | None) -> Description:
    """The description of `event`; `cause` is the event that `event.because` cites, None where it cites none."""
    shown = Description(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        because=event.because,
        conn=getattr(event, "conn", None),
        side=getattr(event, "side", None),
        protocol=getattr(event, "protocol", None),
        client_id=_client_id(event, cause),
    )
    if isinstance(event, Line):
        shown = _LINES[event.protocol](shown, event, cause)
        return shown if shown.parts else replace(shown, parts=(("text", ""),))  # an empty line is one as well
    if isinstance(event, Message):
        return _MESSAGES[event.protocol](shown, event, cause)
    if isinstance(event, Opened) and event.purpose == "data":
        return ftp_notes.describe_opened(shown, event, cause)
    if isinstance(event, Transferred):
        return ftp_notes.describe_transferred(shown, event, cause)
    return _DESCRIBE[type(event)](shown, event)


def lesson(protocol: str) -> dict[str, Any]:
    """What the page draws and suggests for `protocol`, as plain JSON values: its states, what can be said in each, the
    arrows between them."""
    return _LESSONS[protocol]()


def lessons(world: World) -> dict[str, Any]:
    """What a page of `world` draws and suggests, as plain JSON values: under "protocols" the lesson of each protocol
    that it serves, under "console" what can be said while nothing is connected, and under "programs" what to each
    program that reads what is typed."""
    served = {protocol for host in world.hosts for protocol, _, _ in host.services()}
    return {
        "protocols": {protocol: draw() for protocol, draw in _LESSONS.items() if protocol in served},
        "console": suggest(world),
        "programs": {program: suggest_to(program, world) for program in PROGRAMS},
    }


def _client_id(event: Event, cause: Event | None) -> str | None:
    typed = event if isinstance(event, Console) and event.action == "typed" else cause
    return typed.client_id if isinstance(typed, Console) else None


def _opened(shown: Description, event: Opened) -> Description:
    name = _NAMES.get(event.protocol, event.protocol)
    client, server = event.client, event.server
    first, source = _FIRST_WORD.get(event.protocol, ("", None))
    return replace(
        shown,
        route=(client, server),
        heading=(
            f"{client.host or client.address} → {server.host or server.address}:{server.port}",
            f"TCP from {client.address}:{client.port} · {name}",
        ),
        explanation=Explanation(
            title="A connection",
            says=(
                f"{client.host or client.address} opened a TCP connection to port {server.port} of "
                f"{server.host or server.address}, where a server listens.",
                *([first] if first else []),
            ),
            references=(*([source] if source else []), reference(9293, "3.5")),
        ),
    )


# Who speaks first on a connection, by protocol, and where that is said.
_FIRST_WORD: dict[str, tuple[str, Reference | None]] = {
    "smtp": ("The server has the first word: wait for its greeting.", reference(5321, "3.1")),
    "ftp": (
        "The server has the first word: wait for its greeting. This is the control connection; files go over others.",
        reference(959, "5.4"),
    ),
    "dns": (
        "The client has the first word. Each message on a connection comes after two octets that say how long it is.",
        reference(1035, "4.2.2"),
    ),
}

# The event does not say which protocol was spoken, so these are true of each.
_CLOSED = {
    "quit": "The server closed the connection after QUIT. The session ended in order.",
    "closed": "The client closed the connection: it says nothing more on it, and hears nothing more.",
    "lost": "The connection broke off. What was under way on it is lost.",
    "idle": "The server closed the connection: it heard nothing for a long time.",
    "limit": "The server closed the connection: a limit was reached.",
    "ended": "The server closed the connection, because the lab ended.",
    "fault": "The server closed the connection after a fault of its own.",
}


def _closed(shown: Description, event: Closed) -> Description:
    if event.why in ftp_notes.ENDS:
        return ftp_notes.describe_closed(shown, event)
    return replace(shown, note=_CLOSED.get(event.why, "The connection ended."))


def _block(shown: Description, event: Block) -> Description:
    if ftp_notes.is_data(event):
        return ftp_notes.describe_block(shown, event)
    size = len(event.raw)
    rest = f", the first {BLOCK_SHOWN:,} of them shown" if size > BLOCK_SHOWN else ""
    is_line = size <= BLOCK_SHOWN and event.raw.partition(b"\r\n")[1:] == (b"\r\n", b"")  # as when it is typed by hand
    return replace(
        shown,
        parts=_visible_lines(event.raw[:BLOCK_SHOWN]),
        phase="transfer",
        note=None if is_line else f"{size:,} octet{'' if size == 1 else 's'} in one block{rest}.",
    )


def _visible_lines(octets: bytes) -> tuple[tuple[PartStyle, str], ...]:
    """The octets as parts, with a line break for each CR LF: there are many lines in a block."""
    first, *others = octets.removesuffix(b"\r\n").split(b"\r\n")
    parts = list(visible(first, "text"))
    for line in others:
        parts += [("text", "\n"), *visible(line, "text")]
    return tuple(parts) or (("text", ""),)


def _delivered(shown: Description, event: Delivered) -> Description:
    note = f"A message for {event.mailbox} is in its mailbox."
    return replace(shown, note=note, facts={"mailbox": event.mailbox})


def _goal(shown: Description, event: GoalJudged) -> Description:
    evidence = [int(each) for each in event.evidence]
    facts: dict[str, Any] = {"goal": event.goal, "status": event.status, "evidence": evidence}
    facts |= {"met": event.met, "parts": event.parts}
    return replace(shown, note=_GOALS[event.status].format(title=event.title), facts=facts)


_GOALS = {
    "met": "Goal met: {title}.",
    "kept": "Goal kept so far: {title}.",
    "broken": "Goal missed: {title}.",
    "open": "A step towards a goal: {title}.",
}


def _fault(shown: Description, event: Fault) -> Description:
    return replace(shown, note=f"Something in the lab failed, which is not your doing ({event.why}).")


def _unkept(shown: Description, event: Unkept) -> Description:
    exchanges = "1 more exchange was" if event.count == 1 else f"{event.count:,} more exchanges were"
    about = f" They were about {', '.join(event.names[:_NAMES_SHOWN])}" if event.names else ""
    answers = f" The answers: {', '.join(event.rcodes)}." if event.rcodes else ""
    note = (
        f"{exchanges} answered and not written down: a transcript is for reading, and keeps up to "
        f"{limits.EXCHANGES_KEPT} a second."
    )
    more = " and others." if len(event.names) > _NAMES_SHOWN else "."
    facts = {"count": event.count, "names": list(event.names), "rcodes": list(event.rcodes)}
    return replace(shown, note=f"{note}{about + more if about else ''}{answers}", facts=facts)


FINAL = frozenset({"log-full"})  # of the codes below: after these a lab is not opened again

# Why a lab ended or could not start, by the code of its last event.
LAB_WHY = {
    "asked": "it was closed",
    "stopped": "the machine that runs it stops running labs",
    "owner-lost": "the machine that ran it does not answer any more",
    "died": "its process ended unexpectedly",
    "sandbox-lost": "the process that makes labs ended",
    "unresponsive": "it did not answer in time",
    "processor-time": f"it used more than {limits.PROCESSOR_SECONDS} seconds of the processor within "
    f"{limits.PROCESSOR_WINDOW}, as if something in it ran in circles",
    "log-full": f"its log holds all that a log may, {limits.LOG_EVENTS:,} events or {limits.LOG // 2**20} MB",
    "unwatched": "for a long time nobody typed in it or had its page open",
    "broke-the-control-protocol": "it said what no lab says",
    "no-room": "this machine runs as many labs as it can",
    "bad-world": "its world has a mistake, which your instructor can mend",
    "refused": "it cannot be isolated on this machine, which its operator can mend",
}


def _lab(shown: Description, event: Lab) -> Description:
    goes_on = event.why not in FINAL
    facts = {"change": event.change, "start": event.start, "absent": list(event.absent), "goes_on": goes_on}
    shown = replace(shown, facts=facts)
    if event.change == "started":
        absent = f" Its sandbox does without: {', '.join(event.absent)}." if event.absent else ""
        return replace(shown, note=f"The lab is running.{absent}")
    if event.why in (None, "closed"):
        return replace(shown, note="The lab ended." if event.change == "ended" else "The lab could not start.")
    why = LAB_WHY.get(event.why, event.why)
    if event.change == "failed":
        return replace(shown, note=f"The lab could not start: {why}.")
    way_on = "Open it again to go on" if goes_on else "Begin a new lab to go on"
    return replace(shown, note=f"The lab ended: {why}. {way_on}; all that stands here is kept.")


_DESCRIBE: dict[type[Event], Callable[[Description, Any], Description]] = {
    Opened: _opened,
    Closed: _closed,
    Block: _block,
    Delivered: _delivered,
    Stored: ftp_notes.describe_stored,
    NotStored: ftp_notes.describe_not_stored,
    TreeChanged: ftp_notes.describe_tree,
    GoalJudged: _goal,
    Fault: _fault,
    Lab: _lab,
    Console: describe_console,
    Unkept: _unkept,
    Cached: dns_notes.describe_cached,
    ZoneEdited: dns_notes.describe_edit,
}
