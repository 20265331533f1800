"""What a response is to the resolver that asked: RFC 1034 section 5.3.3 step 4. Pure.

Nothing is taken from a response that its server cannot know: what is not in the zone that was asked (its bailiwick) is
dropped, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import dns.flags
import dns.rcode
from dns.message import Message
from dns.name import Name
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType
from dns.rrset import RRset

from protocols.dns.states import ERRORS, LAME_ERRORS


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, and the zone whose server it went to."""

    name: Name
    rdtype: RdataType
    zone: Name


@dataclass(frozen=True, slots=True)
class Verdict:
    """`what` came, its `rcode` and what that means (`why`), as a row of the states' table has them.

    `chain` are the aliases that lead from the name asked for to `target`, `data` the record sets that answer. `soa`
    says that there are none. `servers` are the name servers of a referral's zone, or where there is an answer those of
    the zone that has it, and `glue` are their addresses.
    """

    what: str
    rcode: str
    why: str
    target: Name
    chain: tuple[RRset, ...] = ()
    data: tuple[RRset, ...] = ()
    soa: RRset | None = None
    servers: RRset | None = None
    glue: tuple[RRset, ...] = ()


def judge(response: Message, asked: Asked, over_tcp: bool = False) -> Verdict:
    """What `response` is to who asked that."""
    rcode = dns.rcode.to_text(response.rcode())
    if response.flags & dns.flags.TC and not over_tcp and rcode in ("NOERROR", "NXDOMAIN"):
        return Verdict("truncated", rcode, "truncated", asked.name)  # and nothing of it is used: RFC 2181 section 9
    if rcode in LAME_ERRORS:
        return Verdict("useless", rcode, "lame", asked.name)
    if rcode not in ("NOERROR", "NXDOMAIN"):
        return Verdict("useless", rcode if rcode in ERRORS else "OTHER", "server-failed", asked.name)
    return _judge_content(response, asked, rcode)


def _judge_content(response: Message, asked: Asked, rcode: str) -> Verdict:
    is_authoritative = bool(response.flags & dns.flags.AA)
    chain, target, loops = _follow_aliases(response, asked)
    data = _find_data(response, Asked(target, asked.rdtype, asked.zone))
    if not is_authoritative and (chain or data):
        return Verdict("useless", rcode, "lame", asked.name)  # from a cache, which was not asked
    if loops:
        return Verdict("loop", rcode, "alias-loop", target, chain)
    if data:
        # The rcode is about the last name of a chain (RFC 6604 section 2.1): one that has data exists.
        servers, glue = _find_servers(response, asked.zone, asked.zone)
        return Verdict("answer", "NOERROR", "recursed", target, chain, data, servers=servers, glue=glue)
    if chain and _find_soa(response, asked.zone, target) is None:
        return Verdict("alias", rcode, "alias", target, chain)
    return _judge_absence(response, Asked(target, asked.rdtype, asked.zone), rcode, is_authoritative, chain)


def _judge_absence(
    response: Message, asked: Asked, rcode: str, is_authoritative: bool, chain: tuple[RRset, ...]
) -> Verdict:
    """What a response is that has no record of the name, which is the last of the chain."""
    soa = _find_soa(response, asked.zone, asked.name)
    if rcode == "NOERROR" and soa is None:
        child = _find_child(response, asked)
        if child is not None:
            servers, glue = _find_servers(response, child, asked.zone)
            return Verdict("referral", rcode, "referral", asked.name, servers=servers, glue=glue)
    if not is_authoritative:
        # RFC 1034 section 5.3.3 step 4.d; a referral to the zone itself, up or sideways leads nowhere.
        return Verdict("useless", rcode, "lame", asked.name)
    why = "recursed-no-name" if rcode == "NXDOMAIN" else "recursed-no-data"
    return Verdict("answer", rcode, why, asked.name, chain, soa=soa)


def _find_soa(response: Message, zone: Name, name: Name) -> RRset | None:
    """The SOA that says what there is not of `name`: RFC 2308 section 2."""
    soas = _in_zone(response.authority, zone, RdataType.SOA)
    return next((each for each in soas if name.is_subdomain(each.name)), None)


def _follow_aliases(response: Message, asked: Asked) -> tuple[tuple[RRset, ...], Name, bool]:
    """The aliases from the name asked for on, the name that they lead to, and whether that is one of them."""
    chain: list[RRset] = []
    name, met = asked.name, {asked.name}
    while asked.rdtype not in (RdataType.CNAME, RdataType.ANY):
        alias = next((e for e in _in_zone(response.answer, asked.zone, RdataType.CNAME) if e.name == name), None)
        if alias is None:
            break
        chain.append(alias)
        name = alias[0].target
        if name in met:
            return tuple(chain), name, True
        met.add(name)
    return tuple(chain), name, False


def _find_data(response: Message, asked: Asked) -> tuple[RRset, ...]:
    return tuple(each for each in _in_zone(response.answer, asked.zone, asked.rdtype) if each.name == asked.name)


def _find_child(response: Message, asked: Asked) -> Name | None:
    """The zone that the response refers to: above the name or at it, and below the zone that was asked."""
    owners = [each.name for each in _in_zone(response.authority, asked.zone, RdataType.NS)]
    return next((owner for owner in owners if owner != asked.zone and asked.name.is_subdomain(owner)), None)


def _find_servers(response: Message, zone: Name, asked: Name) -> tuple[RRset | None, tuple[RRset, ...]]:
    """The name servers of `zone`, and of their addresses those that stand in the zone that was asked."""
    servers = next((e for e in _in_zone(response.authority, asked, RdataType.NS) if e.name == zone), None)
    if servers is None:
        return None, ()
    names = {each.target for each in servers}
    return servers, tuple(e for e in _in_zone(response.additional, asked, RdataType.A) if e.name in names)


def _in_zone(section: Iterable[RRset], zone: Name, rdtype: RdataType) -> Iterable[RRset]:
    return (
        each
        for each in section
        if each.rdclass == RdataClass.IN
        and (each.rdtype == rdtype or (rdtype == RdataType.ANY and each.rdtype != RdataType.RRSIG))
        and each.name.is_subdomain(zone)
    )
