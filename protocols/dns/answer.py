"""What a name server has to say to a query, before it is a message."""

from __future__ import annotations

from dataclasses import dataclass, replace

import dns.rcode
import dns.rrset


@dataclass(frozen=True, slots=True)
class Answer:
    """A response's content. `why` is its cause, a key of `causes.CAUSES`, and `about` that cause's arguments in
    presentation form. `is_authoritative` is the AA bit (RFC 1035 section 4.1.1); the three sections are RFC 1034
    section 3.7's. `extended_error` is a code of RFC 8914 with its text."""

    rcode: dns.rcode.Rcode
    why: str
    about: tuple[str, ...] = ()
    is_authoritative: bool = False
    answer: tuple[dns.rrset.RRset, ...] = ()
    authority: tuple[dns.rrset.RRset, ...] = ()
    additional: tuple[dns.rrset.RRset, ...] = ()
    extended_error: tuple[int, str] | None = None

    def because(self, why: str, *about: str) -> Answer:
        """The same content for another reason."""
        return replace(self, why=why, about=about)
