"""What of a response goes into the resolver's cache, and how that is told. Pure, but for the cache."""

from __future__ import annotations

from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from protocols import limits
from protocols.dns.cache import Cache, Trust, negative_ttl
from protocols.dns.judge import Asked, Verdict


def keep(cache: Cache, verdict: Verdict, asked: Asked, now: int) -> tuple[str, ...]:
    """Put into `cache` what a response to that question says. Returns what is new in it, as events.Cached has it."""
    trusts = [(rrset, Trust.ANSWER) for rrset in (*verdict.chain, *verdict.data)]
    if verdict.servers is not None:
        trusts.append((verdict.servers, Trust.GLUE if verdict.what == "referral" else Trust.AUTHORITY))
    trusts += [(rrset, Trust.GLUE) for rrset in verdict.glue]
    kept = [_describe(rrset) for rrset, trust in trusts if cache.put(rrset, trust, now)]
    if verdict.soa is not None:
        rdtype = None if verdict.rcode == "NXDOMAIN" else asked.rdtype
        if cache.put_absent(verdict.target, rdtype, verdict.soa, now):
            kept.append(_describe_absent(verdict.target, rdtype, verdict.soa))
    return tuple(kept)


def _describe(rrset: RRset) -> str:
    ttl = min(rrset.ttl, limits.CACHE_SECONDS)
    return f"{rrset.name.to_text()} {ttl} {RdataType.to_text(rrset.rdtype)}"


def _describe_absent(name: Name, rdtype: RdataType | None, soa: RRset) -> str:
    ttl = min(negative_ttl(soa), limits.CACHE_SECONDS_NEGATIVE)
    if rdtype is None:
        return f"{name.to_text()} {ttl} NXDOMAIN"
    return f"{name.to_text()} {ttl} {RdataType.to_text(rdtype)} NODATA"
