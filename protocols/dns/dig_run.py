"""dig as it runs: one question at one server, or from the root down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import dns.name
from dns.name import Name
from dns.rdatatype import RdataType

from protocols import limits
from protocols.dns.client import Client, Manner, NotFound, Transport
from protocols.dns.dig import Asked, Referral, find_referral, judge_referral, make_query
from protocols.dns.dig_output import (
    NO_SERVERS,
    TRUNCATED,
    show_banner,
    show_failure,
    show_reply,
    show_short,
    show_step,
    show_unfound,
)
from protocols.dns.exchange import Unanswered
from protocols.dns.reply import Reply, Server, text_of
from protocols.dns.wire import WireError


class Dig:
    """What is `asked`, because of event `typed`. `say` takes what is printed, and the event that it is about."""

    def __init__(self, client: Client, say: Callable[[str, int], None], asked: Asked, typed: int) -> None:
        self._client = client
        self._say = say
        self._asked = asked
        self._last = typed  # what was heard last, or sent in vain

    async def run(self, server: Server, because: int) -> None:
        """Ask `server`, because of event `because`, and print what comes of it."""
        asked = self._asked
        banner = "" if asked.is_short else show_banner(asked) + "\n"
        try:
            if asked.is_trace:
                return await self._trace(server, because, banner)
            reply = await self._ask(server, asked.name, asked.rdtype, because, tries=limits.ASK_TRIES)
        except Unanswered:
            return self._say(banner + NO_SERVERS, self._last)
        except WireError as error:
            return self._say(f"{banner};; Got bad packet: {error}", self._last)
        return self._say(show_short(reply.message) if asked.is_short else banner + show_reply(reply, asked), reply.seq)

    async def _trace(self, server: Server, because: int, banner: str) -> None:
        """Ask the resolver for the root's servers, and then whom each referral names."""
        reply = await self._ask(server, dns.name.root, RdataType.NS, because, tries=limits.ASK_TRIES)
        self._say(banner + show_step(reply), reply.seq)
        referral = find_referral(reply.message)
        while referral is not None:
            reply = await self._ask_one_of(referral, server, reply.seq)
            self._say(show_step(reply), reply.seq)
            above, referral = referral.zone, find_referral(reply.message)
            wrong = judge_referral(referral, above, self._asked.name) if referral else None
            if wrong is not None:
                return self._say(wrong, reply.seq)
        return None

    async def _ask_one_of(self, referral: Referral, resolver: Server, because: int) -> Reply:
        """The response of the first of the name servers that gives one. Raises the last one's Unanswered."""
        failure: Unanswered = Unanswered("refused", because)
        for name, address in referral.servers:
            called = text_of(name)
            try:
                server, seq = await self._client.find(address or called, resolver, because, self._asked.port)
            except NotFound as error:
                self._say(show_unfound(called, error.why), error.seq)
                continue
            server = replace(server, called=called)
            try:
                return await self._ask(server, self._asked.name, self._asked.rdtype, seq, tries=1)
            except Unanswered as error:
                failure = error
        raise failure

    async def _ask(self, server: Server, name: Name, rdtype: RdataType, because: int, tries: int) -> Reply:
        asked = self._asked

        def failed(error: Unanswered, transport: Transport) -> None:
            self._last = self._last if error.seq is None else error.seq
            self._say(show_failure(server, error.why, name, transport), self._last)

        def cut(reply: Reply) -> None:
            self._last = reply.seq
            self._say(TRUNCATED, reply.seq)

        is_of_root = asked.is_trace and rdtype == RdataType.NS and name == dns.name.root
        query = make_query(asked, name, rdtype, asked.wants_recursion and (is_of_root or not asked.is_trace))
        by_tcp = rdtype == RdataType.ANY if asked.by_tcp is None else asked.by_tcp
        how = Manner(tries, failed, None if asked.takes_truncated else cut, "tcp" if by_tcp else "udp")
        return await self._client.ask_patiently(server, query, because, how)
