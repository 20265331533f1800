"""One resolution: RFC 1034 section 5.3.3, sans I/O. It is told the time and what came, and says whom to ask next.

Whoever drives it calls `proceed`, which returns an `Ask` or, at the end, an `Answer`. They ask, tell what came of it by
`hear` or `miss`, and call `proceed` again. Time is in whole seconds of the lab's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import dns.rcode
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

from protocols import limits
from protocols.dns.answer import Answer
from protocols.dns.cache import Absent, Cache, Trust, negative_ttl, with_ttl
from protocols.dns.failure import explain_failure
from protocols.dns.hints import Hints
from protocols.dns.judge import Asked, Verdict, judge
from protocols.dns.keeping import keep
from protocols.dns.search import Candidate, Failed, Found, Search
from protocols.dns.states import ADDRESSING, CHOOSING, LOOKING, NOTHING, RETRYING


@dataclass(frozen=True, slots=True)
class Ask:
    """The question that has to go to a server of `zone` next, which is at `address`."""

    server: Name
    address: str
    zone: Name
    name: Name
    rdtype: RdataType
    transport: Literal["udp", "tcp"]


class Resolution:
    """The search for the records of one name and type. Unless `recurses`, nobody is asked (RFC 1034 section 4.3.1).
    Servers are tried in the order in which they are named: a lesson shows the same each time."""

    def __init__(self, name: Name, rdtype: RdataType, cache: Cache, hints: Hints, recurses: bool = True) -> None:
        self.queries = 0
        self._cache = cache
        self._hints = hints
        self._recurses = recurses
        self._searches = 0  # for addresses of servers
        self._stack = [Search(name, rdtype)]
        self._now = 0

    def proceed(self, now: int, is_late: bool = False) -> Ask | Answer:
        """The next question, or the end. `is_late`: limits.RESOLVE_SECONDS are over."""
        self._now = now
        while True:
            search = self._stack[-1]
            if search.state == LOOKING:
                self._look(search)
            elif search.state == CHOOSING:
                ask = self._choose(search, is_late)
                if ask is not None:
                    return ask
            elif search.state == RETRYING:
                return self._ask(search, "tcp")
            elif len(self._stack) > 1:
                self._stack.pop()
                self._take_address(self._stack[-1], search)
            else:
                return self._conclude(search)

    def hear(self, response: Message, now: int) -> tuple[str, ...]:
        """The response to the question came. Returns what the cache took of it, as events.Cached has it."""
        self._now = now
        search = self._stack[-1]
        assert search.zone is not None
        asked = Asked(search.name, search.rdtype, search.zone)
        verdict = judge(response, asked, over_tcp=search.state == RETRYING)
        if verdict.what == "useless":
            search.go("useless", verdict.rcode, verdict.why)
            search.note("lame" if verdict.why == "lame" else "server-failed")
            return ()
        if verdict.what == "truncated":
            search.go("truncated", verdict.rcode, verdict.why)
            return ()
        kept = keep(self._cache, verdict, asked, now)
        self._follow(search, verdict)
        return kept

    def miss(self, why: Literal["refused", "timed-out", "lost", "unsent", "unreadable"]) -> None:
        """No response came, or (unreadable) none that is a message; `why` is exchange.Unanswered's otherwise."""
        search = self._stack[-1]
        search.go("useless" if why == "unreadable" else "silence", NOTHING, why)
        search.note("server-failed" if why == "unreadable" else "unreachable")

    # Step 1: the cache

    def _look(self, search: Search) -> None:
        known = self._cache.find(search.name, search.rdtype, self._now)
        if known is not None:
            how = "recursed" if self.queries else "cached"
            if isinstance(known, RRset):
                search.succeed("answer", how, Found(dns.rcode.NOERROR, (known,)))
            elif known.rcode == "NXDOMAIN":
                search.succeed("answer", f"{how}-no-name", Found(dns.rcode.NXDOMAIN, (), known.soa))
            else:
                search.succeed("answer", f"{how}-no-data", Found(dns.rcode.NOERROR, (), known.soa))
            return
        alias = self._cache.find(search.name, RdataType.CNAME, self._now)
        if alias is not None and not isinstance(alias, Absent):
            search.follow((alias,), "NOERROR")
        elif self._recurses:
            search.go("unknown", NOTHING, "not-cached")
            self._enter_closest(search)
        else:
            search.succeed("referral", "cached-referral", Found(dns.rcode.NOERROR, ()))

    # Step 2: a server

    def _enter_closest(self, search: Search) -> None:
        servers, glue = self._find_closest(search)
        search.enter(servers.name, self._find_candidates(servers, glue))

    def _find_closest(self, search: Search) -> tuple[RRset, tuple[RRset, ...]]:
        """The closest delegation to go on from: one of which a server can be asked without having asked it before."""
        name = search.name
        # What a DS record says is said by the parent: RFC 4035 section 4.2.
        if search.rdtype == RdataType.DS and name.labels != (b"",):
            name = name.parent()
        while len(name) > 1:
            servers = self._cache.find_delegation(name, self._now)
            if servers is None or len(servers.name) == 1:
                break
            if any(self._is_usable(each.target, servers.name) for each in servers):
                return servers, ()
            name = servers.name.parent()
        return self._hints.referral()

    def _is_usable(self, server: Name, zone: Name) -> bool:
        if self._find_addresses(server, ()):
            return True
        return not server.is_subdomain(zone) and not self._is_looked_for(server)

    def _is_looked_for(self, server: Name) -> bool:
        return any(search.wanted == server and search.rdtype == RdataType.A for search in self._stack)

    def _find_candidates(self, servers: RRset, glue: tuple[RRset, ...]) -> list[Candidate]:
        found = []
        for server in servers:
            addresses: list[str | None] = [*self._find_addresses(server.target, glue)]
            found += [Candidate(server.target, address) for address in addresses or [None]]
        return found

    def _find_addresses(self, server: Name, glue: tuple[RRset, ...]) -> list[str]:
        known = self._cache.find(server, RdataType.A, self._now, Trust.GLUE)
        if isinstance(known, RRset):
            return [each.address for each in known]
        return [each.address for rrset in glue if rrset.name == server for each in rrset]

    def _choose(self, search: Search, is_late: bool) -> Ask | None:
        """Ask a server, or begin the search for one's address, or give up."""
        assert search.zone is not None
        limit = self._find_limit(search)
        candidate = None if is_late or limit else search.next_candidate()
        if is_late:
            search.fail("nothing", NOTHING, Failed("too-slow", (str(limits.RESOLVE_SECONDS),)))
        elif limit is not None:
            search.fail("nothing", NOTHING, Failed("too-much-work", (limit,)))
        elif candidate is None:
            search.fail("nothing", NOTHING, search.cause())
        elif candidate.address is not None:
            search.go("address", NOTHING, "server-chosen")
            search.chosen = candidate
            return self._ask(search, "udp")
        elif self._is_looked_for(candidate.name):
            search.nested = Failed("delegation-loop", (search.zone.to_text(),))
        else:
            search.go("name", NOTHING, "address-needed")
            search.chosen = candidate
            self._searches += 1
            self._stack.append(Search(candidate.name, RdataType.A))
        return None

    def _find_limit(self, search: Search) -> str | None:
        """The limit that is reached, if one is."""
        if self.queries + self._searches >= limits.RESOLVE_QUERIES:
            return "queries"
        if max(search.delegations, len(self._stack)) > limits.DELEGATIONS:
            return "delegations"
        if search.tried >= limits.SERVERS_TRIED and search.candidates:
            return "servers"
        return None

    def _take_address(self, search: Search, nested: Search) -> None:
        """The search for the address of a server of `search` is over."""
        assert search.state == ADDRESSING
        assert search.chosen is not None
        data = nested.end.data if isinstance(nested.end, Found) else ()
        addresses = [each.address for rrset in data for each in rrset]
        if addresses:
            search.candidates += [Candidate(search.chosen.name, address) for address in addresses]
            search.tried -= 1  # this server was not asked yet
            search.go("address", NOTHING, "address-found")
            return
        if isinstance(nested.end, Failed):
            search.nested = nested.end
        else:
            search.note("no-address")
        search.go("no address", NOTHING, "address-not-found")

    # Step 3: the question

    def _ask(self, search: Search, transport: Literal["udp", "tcp"]) -> Ask:
        self.queries += 1
        candidate, zone = search.chosen, search.zone
        assert candidate is not None
        assert candidate.address is not None
        assert zone is not None
        return Ask(candidate.name, candidate.address, zone, search.name, search.rdtype, transport)

    # Step 4: the response

    def _follow(self, search: Search, verdict: Verdict) -> None:
        """Go where the response leads."""
        if verdict.what == "referral":
            assert verdict.servers is not None
            search.go("referral", verdict.rcode, verdict.why)
            search.delegations += 1
            search.enter(verdict.servers.name, self._find_candidates(verdict.servers, verdict.glue))
        elif verdict.what in ("alias", "loop") or len(search.chain) + len(verdict.chain) > limits.ALIASES:
            search.follow(verdict.chain, verdict.rcode)
        else:
            search.chain.extend(verdict.chain)
            soa = None if verdict.soa is None else with_ttl(verdict.soa, negative_ttl(verdict.soa))
            found = Found(dns.rcode.from_text(verdict.rcode), verdict.data, soa)
            search.succeed("answer", verdict.why, found)

    def _conclude(self, search: Search) -> Answer:
        """The answer to who asked."""
        if isinstance(search.end, Failed):
            failed = search.end
            error = explain_failure(failed)
            return Answer(dns.rcode.SERVFAIL, failed.why, failed.about, extended_error=error)
        assert isinstance(search.end, Found)
        if search.why == "cached-referral":
            return self._refer(search)
        end = search.end
        answer = (*search.chain, *end.data)
        authority = () if end.soa is None else (end.soa,)
        about = str(self.queries) if self.queries else str(min(each.ttl for each in (*answer, *authority)))
        return Answer(end.rcode, search.why, (about,), answer=answer, authority=authority)

    def _refer(self, search: Search) -> Answer:
        """The closest delegation that is known, for who wants no recursion: RFC 1034 section 4.3.2, step 4."""
        servers = self._cache.find_delegation(search.name, self._now)
        if servers is None:
            servers, glue = self._hints.referral()
        else:
            known = (self._cache.find(each.target, RdataType.A, self._now, Trust.GLUE) for each in servers)
            glue = tuple(each for each in known if isinstance(each, RRset))
        about = (servers.name.to_text(),)
        chain = tuple(search.chain)
        return Answer(dns.rcode.NOERROR, search.why, about, answer=chain, authority=(servers,), additional=glue)
