"""A message for a reader: its gist, what it means, why it was answered so, and every field of it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from protocols import limits
from protocols.description import Description, Explanation, PartStyle, Reference, Tone, visible
from protocols.dns import tables
from protocols.dns.asking import called, why_asked
from protocols.dns.causes import Cause, count_of, plain
from protocols.dns.fields import refer, sections
from protocols.dns.reading import (
    AA,
    RD,
    TC,
    Kind,
    Reading,
    end_of_aliases,
    gist,
    glue,
    is_a_resolvers,
    kind_of,
    question_words,
    read,
)
from protocols.dns.states import ANSWERED, COURSE, FAILED, MACHINE
from protocols.events import Event, Message
from protocols.lesson import draw_lesson

Parts = tuple[tuple[PartStyle, str], ...]
Told = tuple[list[str], list[tables.Source]]

_OCTETS_SHOWN = 32  # of what is no message
_GLUE_SHOWN = 2
_MICROSECONDS = 1_000_000
_ASKS = 0  # the opcode QUERY

_TITLES: dict[Kind, str] = {
    "query": "A query",
    "answer": "An answer",
    "referral": "A referral",
    "no-data": "No such record",
    "no-name": "No such name",
    "error": "No answer",
    "truncated": "A truncated answer",
    "unreadable": "Octets that are no message",
}
_TONES: dict[int, Tone] = {0: "done", 2: "passing"}  # by rcode, where no cause is known; trouble otherwise


def describe_message(shown: Description, message: Message, cause: Event | None) -> Description:
    """`shown` with all that there is to say about `message`; `cause` is the event that the message cites."""
    reading = read(message.raw)
    is_query = message.side == "C"
    ends = (message.client, message.server)
    shown = replace(shown, route=ends if is_query else (ends[1], ends[0]))
    return _on_query(shown, message, reading, cause) if is_query else _on_response(shown, message, reading, cause)


def lesson() -> dict[str, Any]:
    """What the page draws of a resolution."""
    return draw_lesson(MACHINE, COURSE, {}, "resolution", "Nothing is being resolved.")


# A query


def _on_query(shown: Description, message: Message, reading: Reading, cause: Event | None) -> Description:
    says, sources = _what_is_asked(message, reading)
    asked = why_asked(message, reading, cause)
    return replace(
        shown,
        parts=_query_parts(reading),
        aside=_listed(["recursion desired" if reading.flags & RD else "", _by(message)]),
        help=reading.trouble,
        explanation=Explanation(
            title=f"{_title(reading, 'query')}, from {called(message.client)}",
            says=(*says, *asked.says),
            sections=sections(reading),
            references=_references([*sources, *asked.sources]),
            after=asked.state,
        ),
    )


def _title(reading: Reading, side: Kind) -> str:
    return _TITLES["unreadable"] if kind_of(reading) == "unreadable" else _TITLES[side]


def _what_is_asked(message: Message, reading: Reading) -> Told:
    of_class, rdtype, name = question_words(reading)
    if reading.trouble is not None:
        return [reading.trouble], [(1035, "4.1")]
    opcode = reading.flags >> 11 & 0xF
    if opcode != _ASKS:
        known = tables.OPCODES.get(opcode, tables.OTHER_OPCODE)
        return [f"It is no question: its opcode is {opcode}. {known.text}."], [known.source]
    if not name:
        return ["It has no question."], [(1035, "4.1.2")]
    known = tables.TYPES.get(rdtype, tables.OTHER_TYPE)
    wanted = f"{rdtype} of" if rdtype in tables.QUESTION_TYPES else f"the {rdtype} records of"
    says = [f"It asks {called(message.server)} for {wanted} {plain(name)}. {rdtype}: {_lower(known.text)}."]
    if of_class:
        says.append(f"It asks in class {of_class}. {tables.CLASSES.get(of_class, tables.OTHER_CLASS).text}.")
    says.append(
        "Recursion is desired: the server is to find the answer itself, if it does that for others."
        if reading.flags & RD
        else "Recursion is not desired: the server is to say what it knows, and ask nobody."
    )
    return says, [(1034, "3.7.1"), known.source, (1034, "4.3.1")]


def _lower(text: str) -> str:
    """A sentence's beginning in the middle of one; abbreviations stay as they are."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _query_parts(reading: Reading) -> Parts:
    of_class, rdtype, name = question_words(reading)
    opcode = reading.flags >> 11 & 0xF
    if reading.message is None or not name:
        if reading.trouble is None and opcode != _ASKS:
            return (("verb", tables.OPCODE_NAMES.get(opcode, f"OPCODE{opcode}")),)
        return _octets(reading.octets)
    verb = f"{of_class} {rdtype}?".lstrip() if opcode == _ASKS else tables.OPCODE_NAMES.get(opcode, f"OPCODE{opcode}")
    return (("verb", verb), ("text", " "), ("argument", name))


def _octets(octets: bytes) -> Parts:
    shown = visible(octets[:_OCTETS_SHOWN], "text") or (("text", "no octet"),)
    more = len(octets) - _OCTETS_SHOWN
    return (*shown, ("text", f" … and {more:,} more octets")) if more > 0 else shown


def _by(message: Message) -> str:
    return "by TCP" if message.transport == "tcp" else ""


# A response


def _on_response(shown: Description, message: Message, reading: Reading, cause: Event | None) -> Description:
    kind = kind_of(reading)
    known = _cause_of(message, reading)
    asked = reading if reading.question or not isinstance(cause, Message) else read(cause.raw)
    words = _words(message, reading, asked) | {"waited": _waited(message, cause)}
    says, sources = _why_so(message, reading, kind, known, words)
    return replace(
        shown,
        parts=_response_parts(reading, kind),
        tone=_tone(reading, kind, known),
        aside=_listed(_asides(message, reading, kind)),
        help=_help(message, reading, known, words, cause),
        explanation=Explanation(
            title=f"{_TITLES[kind]}, from {called(message.server)}",
            says=tuple(says),
            sections=sections(reading),
            references=_references(sources),
            after=_state_after(message),
        ),
    )


def _cause_of(message: Message, reading: Reading) -> Cause | None:
    """Why it was answered so; None where that is not known, or says nothing of a response that is cut short."""
    why = message.why or ""
    if kind_of(reading) == "truncated":
        return None
    if reading.message is not None and end_of_aliases(reading.message) is not None and why in tables.OF_ALIASES:
        return tables.OF_ALIASES[why]
    return tables.CAUSES.get(why)


def _words(message: Message, reading: Reading, asked: Reading) -> dict[str, str]:
    """What every cause's sentences may name."""
    _, rdtype, name = question_words(asked)
    target = end_of_aliases(reading.message) if reading.message is not None else None
    return {
        "target": target or plain(name) or "the name",
        "server": called(message.server),
        "name": plain(name) or "the name",
        "type": rdtype or "such",
        "rcode": tables.rcode_name(reading.rcode),
    }


def _waited(response: Message, query: Event | None) -> str:
    """How long a resolver that found no server waited for them, as far as the time of its response tells."""
    if query is not None and response.at - query.at < limits.QUERY_SECONDS * _MICROSECONDS:
        return "It waited for none of them: nothing listens at their addresses, which shows at once."
    return (
        f"It waits up to {limits.QUERY_SECONDS} seconds for one that is silent; where nothing listens, that shows at "
        "once."
    )


def _why_so(message: Message, reading: Reading, kind: Kind, cause: Cause | None, words: dict[str, str]) -> Told:
    rcode = tables.RCODES.get(reading.rcode, tables.OTHER_RCODE)
    says: list[str] = []
    sources: list[tables.Source] = []
    if kind == "unreadable":
        says.append(reading.trouble or "")
        sources.append((1035, "4.1"))
    if cause is not None:
        says.append(cause.fill(cause.says, message.about, words))
        sources += cause.references
    elif kind not in ("unreadable", "truncated"):
        says.append(f"{words['rcode']}: {rcode.text}.")
    if kind == "truncated":
        says.append(
            f"The whole of it does not fit into a datagram that {called(message.client)} takes, so the TC bit is set. "
            "What is there may be incomplete; by TCP there is room for all of it."
        )
        sources += [(2181, "9"), (7766, "5")]
    if kind == "answer" and reading.flags & AA:
        says.append("The AA bit is set: this comes from the zone itself, and from no cache.")
    return says, [*sources, rcode.source]


def _response_parts(reading: Reading, kind: Kind) -> Parts:
    if kind == "unreadable" and reading.message is None:
        return _octets(reading.octets)
    return (("code", tables.rcode_name(reading.rcode)), ("text", " "), ("text", gist(reading)))


def _tone(reading: Reading, kind: Kind, cause: Cause | None) -> Tone:
    if kind == "unreadable":
        return "trouble"
    if kind == "truncated":
        return "go-on"
    if cause is not None:
        return cause.tone
    return "go-on" if kind == "referral" else _TONES.get(reading.rcode, "trouble")


def _asides(message: Message, reading: Reading, kind: Kind) -> list[str]:
    why, about = message.why or "", message.about
    said = []
    if kind == "truncated":
        said.append("ask again by TCP")
    if kind == "referral" and reading.message is not None:
        addresses = glue(reading.message)
        more = f" and {len(addresses) - _GLUE_SHOWN} more" if len(addresses) > _GLUE_SHOWN else ""
        said.append(f"glue {', '.join(addresses[:_GLUE_SHOWN])}{more}" if addresses else "no glue")
    if reading.flags & AA and kind != "unreadable":
        said.append("authoritative")
    if about and why in ("cached", "cached-no-name", "cached-no-data"):
        said.append(f"from the cache, {count_of(about[0], 'second').replace(' seconds', ' s')} left")
    if about and why in ("recursed", "recursed-no-name", "recursed-no-data"):
        said.append(f"found with {count_of(about[0], 'query')}")
    return [*said, _by(message)]


def _help(
    message: Message, reading: Reading, known: Cause | None, words: dict[str, str], cause: Event | None
) -> str | None:
    """What is wrong, and what to do: advice for a person, so a resolver gets none. It knows what to do."""
    if kind_of(reading) == "unreadable":
        return reading.trouble
    if known is not None:
        advice = known.fill(known.help, message.about, words)
    elif reading.rcode and not reading.flags & TC:
        rcode = tables.RCODES.get(reading.rcode, tables.OTHER_RCODE)
        advice = f"{words['server']} says {words['rcode']}: {rcode.text}."
    else:
        advice = ""
    if advice and isinstance(cause, Message) and is_a_resolvers(read(cause.raw)):
        return None
    return advice or None


def _state_after(message: Message) -> str | None:
    """Where the resolution is that this response ends; None for a response that ends none, or may be one of many."""
    why = message.why or ""
    if why in _ANSWERS:
        return ANSWERED
    return FAILED if why in _FAILURES else None


_ANSWERS = frozenset(f"{how}{what}" for how in ("recursed", "cached") for what in ("", "-no-name", "-no-data"))
_FAILURES = frozenset(
    ("unreachable", "lame", "server-failed", "no-address", "alias-loop", "delegation-loop", "too-much-work", "too-slow")
)


# Both


def _listed(said: list[str]) -> str | None:
    return " · ".join(each for each in said if each) or None


def _references(sources: list[tables.Source]) -> tuple[Reference, ...]:
    return tuple(refer(source) for source in dict.fromkeys(sources))
