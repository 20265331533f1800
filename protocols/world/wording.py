"""The words that a world gives its servers: what their placeholders may be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from string import Formatter

from protocols.world.model import WorldError


def check_wording(server: str, knows: Mapping[str, frozenset[str]], why: str, text: str) -> list[str]:
    """The placeholders in the words `text` that a server ("SMTP") says for the cause `why`. Raises WorldError, with one
    sentence, for a cause that is not in `knows`, and for a placeholder that is not among those that it has there."""
    if why not in knows:
        near = difflib.get_close_matches(why, knows, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise WorldError(f"An {server} server's words have no key {why!r}{hint}")
    placeholders = _find_placeholders(server, why, text)
    for name in placeholders:
        if name not in knows[why]:
            known = ", ".join(f"{{{placeholder}}}" for placeholder in sorted(knows[why]))
            raise WorldError(f"The {server} server's words for {why!r} have {{{name}}}, and only {known} exist there.")
    return placeholders


def _find_placeholders(server: str, why: str, text: str) -> list[str]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise WorldError(f"The {server} server's words for {why!r} have a brace without its partner.") from error
    return [
        name + (f"!{conversion}" if conversion else "") + (f":{layout}" if layout else "")
        for _, name, layout, conversion in parts
        if name is not None
    ]
