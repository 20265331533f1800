"""nslookup and dig as they run: one line of the student's at a time, asked with real packets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from protocols import limits
from protocols.dns import dig, nslookup
from protocols.dns.client import Client, NotFound
from protocols.dns.dig_output import show_unfound
from protocols.dns.dig_run import Dig
from protocols.dns.nslookup_session import Session
from protocols.dns.reply import Server
from protocols.dns.wire import WireError
from protocols.recorder import Recorder
from protocols.world import World

Say = Callable[[str, bytes, int], None]  # a printed event's why, its octets, and the event that it comes of


class Programs:
    """The programs of a console."""

    def __init__(self, world: World, recorder: Recorder, say: Say) -> None:
        self._client = Client(world, recorder)
        self._say = say
        self._session: Session | None = None
        self._verbs = {"dig": self._dig, "nslookup": self._nslookup}

    def take(self, text: bytes) -> bool:
        """Whether the line is for one of them: it calls one by its name, or one is interactive."""
        verb = text.decode("latin-1").split()[:1]
        return self._session is not None or (verb != [] and verb[0].lower() in self._verbs)

    async def run(self, text: bytes, typed: int) -> None:
        """Do what the line says, which event `typed` holds. Returns within limits.COMMAND_SECONDS."""
        try:
            async with asyncio.timeout(limits.COMMAND_SECONDS):
                await self._obey(text, typed)
        except TimeoutError:
            self._tell(f"*** {limits.COMMAND_SECONDS} seconds have passed, and no command takes longer here.", typed)

    async def _obey(self, text: bytes, typed: int) -> None:
        if self._session is None:
            verb, *words = text.decode("latin-1").split()
            await self._verbs[verb.lower()](words, typed)
        elif not await self._session.obey(text.decode("latin-1"), typed):
            self._session = None
            self._say("nslookup-ends", b"", typed)

    def _tell(self, text: str, because: int) -> None:
        self._say("output", text.strip("\n").encode("latin-1", "replace"), because)

    async def _nslookup(self, words: list[str], typed: int) -> None:
        try:
            asked = nslookup.parse(words)
        except nslookup.UsageError as error:
            return self._tell(str(error), typed)
        session = Session(self._client, self._tell, self._client.resolver(), asked.options)
        if asked.name is not None:
            await session.look_up_once(asked.name, asked.server, typed)
        elif await session.begin(asked.server, typed):
            self._session = session
            self._say("nslookup-begins", b"", typed)
        return None

    async def _dig(self, words: list[str], typed: int) -> None:
        try:
            asked = dig.parse(words)
            server, because = await self._find_server(asked, typed)
        except (dig.UsageError, WireError) as error:
            return self._tell(str(error), typed)
        except NotFound as error:
            return self._tell(show_unfound(asked.server or "", error.why), error.seq)
        await Dig(self._client, self._tell, asked, typed).run(server, because)
        return None

    async def _find_server(self, asked: dig.Asked, typed: int) -> tuple[Server, int]:
        resolver = self._client.resolver()
        if asked.server is not None:
            return await self._client.find(asked.server, resolver, typed, asked.port)
        if resolver is None:
            raise NotFound("no-resolver", typed)
        return replace(resolver, port=asked.port), typed
