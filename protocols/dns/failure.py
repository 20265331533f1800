"""What a resolver says of a resolution that failed: an extended error (RFC 8914), whose text is for people. Pure."""

from __future__ import annotations

from protocols import limits
from protocols.dns.search import Failed

# RFC 8914 sections 4.1 and 4.23.
_OTHER, _NO_REACHABLE_AUTHORITY = 0, 22

_OF_SERVERS = {
    "unreachable": "no server of {zone} answers",
    "lame": "no server of {zone} is authoritative for it",
    "server-failed": "no server of {zone} gives an answer that is of use",
    "no-address": "no server of {zone} has an address",
}
_OTHERS = {
    "alias-loop": "the aliases of {about} lead in a circle",
    "delegation-loop": "the servers of {about} can only be found through one another",
    "too-much-work": "it takes more than {about}",
    "too-slow": "it takes more than {about} seconds",
}
_LIMITS = {
    "queries": f"{limits.RESOLVE_QUERIES} queries",
    "aliases": f"{limits.ALIASES} aliases",
    "delegations": f"{limits.DELEGATIONS} delegations",
    "servers": f"{limits.SERVERS_TRIED} servers of a zone",
}


def explain_failure(failed: Failed) -> tuple[int, str]:
    """The code and the text of the extended error for `failed`. The text has limits.EXTENDED_TEXT octets at most, so
    that it fits into every message that it belongs to."""
    if failed.why in _OF_SERVERS:
        zone, *servers = (_plain(name) for name in failed.about)
        told = _OF_SERVERS[failed.why].format(zone=zone)
        return _NO_REACHABLE_AUTHORITY, _cut(f"{told}: {', '.join(servers)}" if servers else told)
    (about,) = failed.about
    return _OTHER, _cut(_OTHERS[failed.why].format(about=_LIMITS.get(about, _plain(about))))


def _plain(name: str) -> str:
    """The name without its last dot; the root is "the root"."""
    return name.removesuffix(".") or "the root"


def _cut(text: str) -> str:
    return text if len(text) <= limits.EXTENDED_TEXT else text[: limits.EXTENDED_TEXT - 3] + "..."
