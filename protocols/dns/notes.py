"""What happens in DNS beside its messages, for a reader: what a resolver keeps, and what becomes of an edited zone."""

from __future__ import annotations

from dataclasses import replace

from protocols.description import Description
from protocols.dns.fields import span
from protocols.events import Cached, ZoneEdited

_SHOWN = 3  # records in a note

_NOTHING = {"NODATA": "that {name} has no {type}", "NXDOMAIN": "that there is no {name}"}  # RFC 2308 section 5


def describe_cached(shown: Description, event: Cached) -> Description:
    """`shown` of what a resolver keeps. Its facts are the host and, for each record, the name, the seconds and the
    type; for what does not exist also the code, and of a name that does not exist the type is ""."""
    records = [_split(record) for record in event.records]
    said = [_on_record(*record) for record in records[:_SHOWN]]
    if len(records) > _SHOWN:
        said.append(f"{len(records) - _SHOWN} more")
    listed = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else "".join(said) or "nothing"
    facts = {"host": event.host, "cached": [[each for each in record if each is not None] for record in records]}
    return replace(shown, note=f"The resolver {event.host.partition('.')[0]} keeps {listed}.", facts=facts)


def _split(record: str) -> tuple[str, int, str, str | None]:
    """(name, seconds, type, code) of "nz. 172800 NS", "www.nz. 900 A NODATA" or "nope.nz. 900 NXDOMAIN"."""
    name, seconds, *rest = [*record.split(" "), ""]
    words = [word for word in rest if word]
    code = words.pop() if words and words[-1] in _NOTHING else None
    return name, int(seconds) if seconds.isascii() and seconds.isdigit() else 0, " ".join(words), code


def _on_record(name: str, seconds: int, rdtype: str, code: str | None) -> str:
    what = _NOTHING[code].format(name=name, type=rdtype) if code else f"{name} {rdtype}"
    return f"{what} for {span(seconds)}"


def describe_edit(shown: Description, event: ZoneEdited) -> Description:
    """`shown` of what became of an edit."""
    zone = "the root zone" if event.zone == "." else f"the zone {event.zone}"
    note, wrong = {
        "loaded": (
            f"{zone[0].upper()}{zone[1:]} has serial {event.serial} now. Its servers answer from it at once.",
            None,
        ),
        "stale": (
            f"An edit of {zone} changed nothing.",
            f"It was made on another serial than the zone has now, {event.serial}. Look at the difference, and edit it "
            "again.",
        ),
        "broken": (
            f"An edit of {zone} changed nothing.",
            f"What was given is no master file of it, so it keeps what it had, serial {event.serial}.",
        ),
    }[event.why]
    facts = {"zone": event.zone, "serial": event.serial, "why": event.why}
    return replace(shown, note=note, help=wrong, client_id=shown.client_id or event.client_id, facts=facts)
