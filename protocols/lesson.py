"""What a page draws and suggests: of each protocol its states, what can be said in each, and the arrows between them;
and of a world, what can be said while nothing is connected. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Any

from protocols.machine import Machine
from protocols.world import World

Suggestion = dict[str, str]  # "text" as it is shown, and what a click puts into the command box: "fill"


def draw_lesson(
    machine: Machine,
    course: Collection[tuple[str, str, str]],
    says: Mapping[str, Collection[tuple[str, str]]],
    subject: str,
    none: str,
) -> dict[str, Any]:
    """The lesson of `machine`, as plain JSON values. An arrow is `usual` where it belongs to `course`: those
    that a diagram shows. `says` are by state (text, fill), a Suggestion each. `subject` is what has the states (a
    "session"), and `none` the sentence for when there is none."""
    return {
        "protocol": machine.protocol,
        "subject": subject,
        "none": none,
        "initial": machine.initial,
        "states": [
            {
                "name": state.name,
                "phase": state.phase,
                "place": list(state.place),
                "meaning": state.meaning,
                "says": [_suggestion(text, fill) for text, fill in says.get(state.name, ())],
            }
            for state in machine.states
        ],
        "arrows": [
            {"from": start, "verb": verb, "to": end, "usual": (start, verb, end) in course}
            for start, verb, end in machine.arrows()
        ],
    }


def suggest_verb(word: str, known: Collection[str]) -> str:
    """The question whether a verb of `known` was meant by `word`, with a space after it; "" where none is near."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}? " if near else ""


def suggest(world: World) -> list[Suggestion]:
    """What can be said on the student's machine of `world` while nothing is connected: ready examples."""
    name = _find_example(world) if world.resolver else None
    lookups = [f"dig {name}", f"nslookup {name}", f"dig +trace {name}"] if name else []
    connects = [f"connect {name} {port}" for name, port in _find_servers(world)]
    return [_suggestion(line, line) for line in (*lookups[:1], *connects, *lookups[1:], "help")]  # few fit


# What a program reads that goes on reading, beside a name, by the program.
PROGRAMS: dict[str, list[tuple[str, str]]] = {
    "nslookup": [("set type=MX", "set type=MX"), ("server <host>", "server "), ("exit", "exit")]
}

_CONNECTS = 3  # hosts to connect to among the examples
# A line of a zone that says what a name is an alias of. The zone is not read for an example: it may be long.
_ALIAS = re.compile(r"^([\w.-]+)[ \t]+(?:\w+[ \t]+){0,2}CNAME[ \t]", re.MULTILINE | re.IGNORECASE)


def suggest_to(program: str, world: World) -> list[Suggestion]:
    """What can be said in `world` to a program that reads what is typed."""
    name = _find_example(world)
    names = [(name, name)] if name else []
    return [_suggestion(text, fill) for text, fill in (*names, *PROGRAMS[program])]


def _find_servers(world: World) -> list[tuple[str, int]]:
    """The host and port of a few servers to connect to: the first of each protocol, then more of them."""
    firsts: dict[str, tuple[str, int]] = {}
    others = []
    for host in world.hosts:
        for protocol, port, transport in host.services():
            server = host.name, port
            if transport == "tcp" and protocol != "dns" and firsts.setdefault(protocol, server) != server:
                others.append(server)
    return [*firsts.values(), *others][:_CONNECTS]


def _find_example(world: World) -> str | None:
    """A name worth looking up: an alias that a zone states, or else a host that is no name server."""
    for zone in world.zones:
        found = _ALIAS.search(zone.records if zone.file is None else zone.file)
        if found:
            return found[1].rstrip(".") if found[1].endswith(".") else f"{found[1]}.{zone.name}".rstrip(".")
    return next((host.name for host in world.hosts if host.dns is None and host.name != world.student), None)


def _suggestion(text: str, fill: str) -> Suggestion:
    return {"text": text, "fill": fill}
