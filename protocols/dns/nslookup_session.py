"""nslookup as it runs: for one name, or at its own prompt until it is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dns.rdatatype import RdataType

from protocols import limits
from protocols.dns import nslookup
from protocols.dns import nslookup_output as output
from protocols.dns.client import Client, Manner, NotFound
from protocols.dns.exchange import Unanswered
from protocols.dns.nslookup import Leave, Lookup, Options, Question, Switch, Tell, UsageError
from protocols.dns.reply import Server
from protocols.dns.wire import WireError

Say = Callable[[str, int], None]  # what is printed, and the event that it is about


@dataclass(frozen=True, slots=True)
class _Introduced:
    """A server with its name, what was said while that was looked for, and the event that told it."""

    server: Server
    said: tuple[str, ...]
    seq: int


class Session:
    """nslookup with `options`, whose servers are found through `resolver` (None: the world has none)."""

    def __init__(self, client: Client, say: Say, resolver: Server | None, options: Options) -> None:
        self._client = client
        self._say = say
        self._options = options
        self._first = resolver
        self._default = resolver

    async def look_up_once(self, name: str, server: str | None, typed: int) -> None:
        """Look `name` up at `server`, None for the resolver, and print what comes of it."""
        try:
            question = nslookup.make_question(name, self._options.rdtype)
        except UsageError as error:
            return self._say(str(error), typed)
        introduced = await self._meet(server, typed)
        if introduced is not None:
            await self._look_up(question, introduced, typed)
        return None

    async def begin(self, server: str | None, typed: int) -> bool:
        """Make `server` the default, None for the resolver, and say which it is. False: it was said why that fails."""
        introduced = await self._meet(server, typed)
        if introduced is None:
            return False
        self._first = self._default = introduced.server
        self._present(introduced)
        return True

    async def obey(self, line: str, typed: int) -> bool:
        """Do what a line at the prompt says. False: it was left."""
        try:
            meant = nslookup.parse_line(line, self._options)
            if isinstance(meant, Lookup):
                await self._look_up_line(meant, typed)
        except UsageError as error:
            self._say(str(error), typed)
            return True
        if isinstance(meant, Options):
            self._options = meant
        elif isinstance(meant, Switch):
            await self._switch(meant, typed)
        elif isinstance(meant, Tell):
            self._say(self._tell(meant), typed)
        return not isinstance(meant, Leave)

    def _tell(self, meant: Tell) -> str:
        if meant.what == "help" or self._default is None:
            return nslookup.HELP
        return output.show_options(self._default, self._options)

    async def _look_up_line(self, meant: Lookup, typed: int) -> None:
        question = nslookup.make_question(meant.name, self._options.rdtype)
        introduced = None
        if meant.server is not None:
            introduced = await self._find(meant.server, self._default, typed)
        elif self._default is not None:
            introduced = _Introduced(replace(self._default, port=self._options.port), (), typed)
        if introduced is not None:
            await self._look_up(question, introduced, typed)

    async def _switch(self, meant: Switch, typed: int) -> None:
        introduced = await self._find(meant.server, self._first if meant.by_first else self._default, typed)
        if introduced is not None:
            self._default = introduced.server
            self._present(introduced)

    def _present(self, introduced: _Introduced) -> None:
        server = output.show_server(introduced.server, is_default=True)
        self._say("\n".join([*introduced.said, server]), introduced.seq)

    async def _meet(self, called: str | None, typed: int) -> _Introduced | None:
        """The server to begin with. What has no name in the line is asked for its own."""
        if called is not None:
            return await self._find(called, self._first, typed)
        if self._first is None:
            return self._say(output.NO_SERVER, typed)
        return await self._introduce(replace(self._first, port=self._options.port), typed)

    async def _find(self, called: str, at: Server | None, typed: int) -> _Introduced | None:
        """The server that is called so, which `at` knows. None: it was said why there is none."""
        try:
            server, seq = await self._client.find(called, at, typed, self._options.port)
        except WireError as error:
            return self._say(f"*** {error}", typed)
        except NotFound as error:
            return self._say(output.show_unfound(called, error.why), error.seq)
        if server.called == server.address:
            return await self._introduce(server, typed)
        return _Introduced(server, (), seq)

    async def _introduce(self, server: Server, typed: int) -> _Introduced:
        """The server with its name, which it is asked itself."""
        question = nslookup.make_question(server.address, RdataType.PTR)
        query = nslookup.make_query(question, Options())
        nameless = replace(server, called=output.NAMELESS)
        try:
            reply = await self._client.ask_patiently(server, query, typed, Manner(tries=1))
        except Unanswered as error:
            said = output.show_nameless(server, output.NO_ANSWER[error.why])
            return _Introduced(nameless, (said,), typed if error.seq is None else error.seq)
        except WireError as error:
            return _Introduced(nameless, (f"*** {error}",), typed)
        name = output.find_server_name(reply.message)
        if name is None:
            said = output.show_nameless(server, output.error_of(reply.message) or output.NO_NAME)
            return _Introduced(nameless, (said,), reply.seq)
        return _Introduced(replace(server, called=name), (), reply.seq)

    async def _look_up(self, question: Question, introduced: _Introduced, typed: int) -> None:
        server, options = introduced.server, self._options
        head = "\n".join([*introduced.said, output.show_server(server), ""])
        last = typed

        def failed(error: Unanswered, _: str) -> None:
            nonlocal last
            last = typed if error.seq is None else error.seq
            if error.why == "timed-out":
                self._say(output.show_wait(limits.ASK_SECONDS), last)

        how = Manner(limits.ASK_TRIES, failed, transport="tcp" if options.by_tcp else "udp")
        try:
            reply = await self._client.ask_patiently(server, nslookup.make_query(question, options), typed, how)
        except Unanswered as error:
            self._say(f"{head}\n{output.show_unanswered(server, question.typed, error.why)}", last)
        except WireError as error:
            self._say(f"{head}\n*** {error}", typed)
        else:
            self._say(f"{head}\n{output.show_reply(reply, question, options)}", reply.seq)
