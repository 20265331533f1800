"""Whether one event shows what a goal asks for. Pure."""

from __future__ import annotations

import struct
from collections.abc import Callable
from email import policy
from email.parser import BytesHeaderParser
from typing import Any

import dns.rcode
import dns.rdatatype

from protocols import events
from protocols.dns.zone import ZoneError, parse_zone
from protocols.events import Endpoint, Event, Line, Message, Opened, Transferred, TreeChanged, ZoneEdited
from protocols.ftp.states import MACHINE as FTP
from protocols.goals import model
from protocols.goals.context import REPLY, Context, mode_of, said
from protocols.goals.model import Pattern
from protocols.smtp.states import MACHINE as SMTP

HEADER_READ = 64 * 1024  # octets of a message in which its header fields are looked for
MACHINES = {"smtp": SMTP, "ftp": FTP}  # whose states a goal can name
_WITH_SECRETS = ("PASS", "ACCT", "AUTH")  # verbs whose argument is one
_OTHER = "?"  # the verb by which every machine knows what is no verb of its server
NODATA = "NODATA"  # no code on the wire: RFC 2308 section 1
_QUESTION = 12  # where it begins: RFC 1035 section 4.1.1
_AA, _RD = 0x0400, 0x0100


def shows(wish: model.Sight, event: Event, context: Context) -> bool:
    """Whether `event`, which has one of the wish's keys, is what it asks for."""
    try:
        return _SHOWS[type(wish)](wish, event, context)
    except (LookupError, ValueError, TypeError, AttributeError):
        return False  # a hostile lab can say what no server of ours says: it shows nothing


def _command(wish: model.Command, event: Line, context: Context) -> bool:
    return wish.argument.matches(context.argument(event))


def _reply(wish: model.Reply, event: Line, context: Context) -> bool:
    code = _code(event)
    if code is None or not wish.code.matches(code):
        return False
    if wish.to and context.verb_cited(event) not in wish.to:
        return False
    return wish.text is model.ANYTHING or wish.text.matches(event.raw[4:].decode("utf-8", "replace").rstrip("\r\n"))


def _code(reply: Line) -> str | None:
    """The code of a reply's last line; None of a line before it: RFC 5321 section 4.2.1, RFC 959 section 4.2."""
    code = reply.raw[:3]
    return code.decode("ascii") if code.isdigit() and reply.raw[3:4] != b"-" else None


def _reached(wish: model.Reached, event: Line, context: Context) -> bool:
    if event.protocol != wish.protocol:
        return False
    code = _code(event)
    if code is None:
        return False
    machine = MACHINES[wish.protocol]
    verbs = (context.verb_cited(event), _OTHER)
    return any(machine.step(event.state, verb, code, event.why or "") == wish.state for verb in verbs)


def _delivered(wish: model.Delivered, event: events.Delivered, context: Context) -> bool:
    if not (wish.to.matches(event.mailbox) and wish.sender.matches(event.sender)):
        return False
    header, _, body = event.raw.partition(b"\r\n\r\n")
    if wish.headers:
        fields = BytesHeaderParser(policy=policy.compat32).parsebytes(header[:HEADER_READ])
        for name, pattern in wish.headers:
            if not any(pattern.matches(str(value).strip()) for value in fields.get_all(name, [])):
                return False
    return wish.body.matches(body.decode("utf-8", "replace").rstrip("\r\n"))


def _stored(wish: model.Stored, event: events.Stored, context: Context) -> bool:
    named = wish.path.matches(event.path) and wish.host.matches(event.host)
    return named and _is_content(wish, event.size, event, context)


def _fetched(wish: model.Fetched, event: Transferred, context: Context) -> bool:
    if event.side != "S" or not event.whole or not event.path or not wish.path.matches(event.path):
        return False
    return _is_content(wish, event.length, event, context)


def _is_content(
    wish: model.Stored | model.Fetched, size: int, event: events.Stored | Transferred, context: Context
) -> bool:
    if wish.size not in (None, size) or (wish.sha256 or event.sha256) != event.sha256:
        return False
    # What somebody puts there on a page comes by no connection, and has no type and no mode.
    if event.conn is None:
        return wish.type is None and wish.mode is None
    return wish.type in (None, context.type_of(event)) and wish.mode in (None, context.mode_of(event))


def _listed(wish: model.Listed, event: Transferred, context: Context) -> bool:
    if event.side != "S" or not event.whole or event.path:
        return False
    return wish.mode in (None, context.mode_of(event))


def _gone(wish: model.Gone, event: TreeChanged, context: Context) -> bool:
    return event.change in ("removed", "renamed") and wish.path.matches(event.path) and wish.host.matches(event.host)


def _data_connection(wish: model.DataConnection, event: Opened, context: Context) -> bool:
    return event.purpose == "data" and wish.mode in (None, mode_of(event))


def _answered(wish: model.Answered, event: Message, context: Context) -> bool:
    if event.side != "S" or not (_is_host(wish.server, event.server) and _is_host(wish.to, event.client)):
        return False
    why = event.why or ""
    # A referral that a resolver has kept is no answer of its own.
    if wish.cached is not None and wish.cached != (why.startswith("cached") and why != "cached-referral"):
        return False
    if wish.queries is not None and _count_queries(event) > wish.queries:
        return False
    if wish.rcode is not None and wish.rcode != _code_of(event):
        return False
    return _is_question(wish, event.raw)


def _is_host(wish: Pattern, end: Endpoint) -> bool:
    return wish is model.ANYTHING or wish.matches(end.host) or wish.matches(end.address)


def _code_of(event: Message) -> str:
    if event.why and event.why.endswith("no-data"):
        return NODATA
    return dns.rcode.to_text(dns.rcode.Rcode.make(event.raw[3] & 0xF)) if len(event.raw) >= _QUESTION else ""


def _count_queries(event: Message) -> int:
    """How many questions a resolver asked for its answer."""
    was_asked = (event.why or "").startswith("recursed")
    return int(event.about[0]) if was_asked and event.about and event.about[0].isdecimal() else 0


def _is_question(wish: model.Answered, raw: bytes) -> bool:
    """Whether a response's header and question are those wished for. Read by hand: there may be thousands."""
    if len(raw) < _QUESTION:
        return False
    _, flags, questions = struct.unpack_from(">HHH", raw)
    if wish.authoritative is not None and wish.authoritative != bool(flags & _AA):
        return False
    if wish.by is not None and wish.by != ("recursion" if flags & _RD else "iteration"):
        return False
    if wish.type is None and wish.name is model.ANYTHING:
        return True
    if not questions:
        return False
    labels, place = [], _QUESTION
    while place < len(raw) and 0 < raw[place] < 64:
        labels.append(raw[place + 1 : place + 1 + raw[place]].decode("latin-1"))
        place += 1 + raw[place]
    if place + 3 > len(raw) or not wish.name.matches(".".join(labels) or "."):
        return False
    return wish.type is None or _type_at(raw, place + 1) == wish.type


def _type_at(raw: bytes, place: int) -> str:
    return dns.rdatatype.to_text(dns.rdatatype.RdataType.make(int.from_bytes(raw[place : place + 2])))


def _record(wish: model.Record, event: ZoneEdited, context: Context) -> bool:
    # An id says that a page asked for it, once: a hostile lab has no more files read than that.
    if event.why != "loaded" or event.zone != wish.zone or not event.client_id:
        return False
    try:
        zone = parse_zone(event.zone, event.raw.decode())
    except (ZoneError, UnicodeDecodeError):  # only a hostile lab has loaded that
        return False
    return any(
        each.type == wish.type and wish.name.matches(each.name.rstrip(".")) and wish.data.matches(each.data)
        for each in zone.records()
    )


def _secret(wish: model.SecretInTheClear, event: Line, context: Context) -> bool:
    said = context.argument(event)
    if context.verb_of(event) == "AUTH":  # a mechanism, and after it what may be sent with it: RFC 4954 section 4
        said = said.partition(" ")[2]
    return bool(said) and not context.is_secured(event.conn)


def keys_of(wish: model.Sight) -> frozenset[str]:
    """The keys (`Context.note`) of the events that can show it."""
    if isinstance(wish, model.Command | model.SecretInTheClear):
        verbs = wish.verbs if isinstance(wish, model.Command) else _WITH_SECRETS
        return frozenset(said(verb) for verb in verbs)
    return frozenset({_KEYS[type(wish)]} if type(wish) in _KEYS else ())


_KEYS: dict[type[Any], str] = {
    model.Reply: REPLY,
    model.Reached: REPLY,
    model.Delivered: events.Delivered.kind,
    model.Stored: events.Stored.kind,
    model.Fetched: Transferred.kind,
    model.Listed: Transferred.kind,
    model.Gone: TreeChanged.kind,
    model.DataConnection: Opened.kind,
    model.Answered: Message.kind,
    model.Record: ZoneEdited.kind,
}
_SHOWS: dict[type[Any], Callable[[Any, Any, Context], bool]] = {
    model.Command: _command,
    model.Reply: _reply,
    model.Reached: _reached,
    model.Delivered: _delivered,
    model.Stored: _stored,
    model.Fetched: _fetched,
    model.Listed: _listed,
    model.Gone: _gone,
    model.DataConnection: _data_connection,
    model.Answered: _answered,
    model.Record: _record,
    model.SecretInTheClear: _secret,
}
