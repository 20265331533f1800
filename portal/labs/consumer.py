"""A lab's websocket: what the page sends goes to the lab's owner, what is committed comes to the page.

The socket has a cursor, the seq up to which its page is complete. A bell that fits the cursor is passed on as it is;
after anything else the log is read. So a bell that was lost, doubled or late changes nothing of what the page shows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest

from portal.accounts.may import may
from portal.accounts.models import User
from portal.labs import feed, limits
from portal.labs.bus import BusError, Follower, bells_of, get_bus, inputs_of
from portal.labs.messages import (
    FROM_PAGE,
    MESSAGES_A_SECOND,
    Bell,
    Events,
    HangUp,
    Input,
    MessageError,
    Paused,
    Refused,
    Since,
    from_text,
    to_text,
)
from portal.labs.models import Lab

UNHEARD = (
    "The lab does not answer. Send the line again in a moment; "
    "if the lab was lost, it will end here, and can be opened again."
)
TRY_AGAIN = 1013  # close code: who this is cannot be found out now
NOT_YOURS = 4403  # close code: the user may not see this lab, or not any more
TOO_MUCH = 4429  # close code: the page goes on sending what is refused

log = structlog.get_logger("portal.labs")


class LabConsumer(AsyncWebsocketConsumer):
    """One page at one lab."""

    async def connect(self) -> None:
        """Accept a user who may see the lab."""
        self._lab_id: int = self.scope["url_route"]["kwargs"]["lab"]
        self._may_type = False
        self._cursor: int | None = None  # None until the page has said where it is
        self._owes_answer = False
        self._times: deque[float] = deque(maxlen=MESSAGES_A_SECOND)
        self._scoldings = 0
        self._follower: Follower | None = None
        self._following: asyncio.Task[None] | None = None
        try:
            may_see = await self._look_at_access(is_new=True)
        except DatabaseError as error:
            log.warning("the database is away", error=type(error).__name__)
            await self.close(TRY_AGAIN)
            return
        if not may_see:
            await self.close(NOT_YOURS)
            return
        await self.accept()
        self._following = asyncio.create_task(self._follow())

    async def disconnect(self, code: int) -> None:
        """The page is gone."""
        if self._following:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A message of the page's."""
        try:
            message = from_text(text_data or "", FROM_PAGE)
        except MessageError as error:
            await self._scold(str(error))
            return
        if self._is_too_fast():
            sentence = f"More than {MESSAGES_A_SECOND} messages came from this page in a second; wait a little."
            await self._scold(sentence, getattr(message, "client_id", None))
        elif isinstance(message, Since):
            self._cursor, self._owes_answer = message.seq, True
            if self._follower:
                self._follower.miss()
        else:
            await self._pass_on(message)

    async def _scold(self, sentence: str, client_id: str | None = None) -> None:
        """Refuse what no page of ours sends, and close a socket that goes on with it."""
        self._scoldings += 1
        if self._scoldings > limits.SCOLDINGS:
            await self.close(TOO_MUCH)
        else:
            await self._refuse(sentence, client_id)

    async def _refuse(self, sentence: str, client_id: str | None) -> None:
        await self.send(to_text(Refused(sentence, client_id)))

    # To the lab

    def _is_too_fast(self) -> bool:
        now = asyncio.get_running_loop().time()
        is_full = len(self._times) == MESSAGES_A_SECOND and now - self._times[0] < 1
        if not is_full:
            self._times.append(now)
        return is_full

    async def _pass_on(self, message: Input | HangUp) -> None:
        if not self._may_type:
            await self._refuse("Only the owner of this lab types in it.", message.client_id)
            return
        try:
            is_heard = await get_bus().send(inputs_of(self._lab_id), message)
        except BusError:
            await self._refuse("The lab cannot be reached for the moment; send the line again.", message.client_id)
            return
        if not is_heard:
            await self._refuse(UNHEARD, message.client_id)

    # To the page

    async def _follow(self) -> None:
        """Keep the page complete until the socket closes."""
        try:
            async with get_bus().follow(bells_of(self._lab_id), limits.BELLS_WAITING) as self._follower:
                if self._cursor is not None:
                    self._follower.miss()
                while await self._try_next(self._follower):
                    pass
                await self.close(NOT_YOURS)
        except Exception:
            log.exception("a socket failed", lab=self._lab_id)
            await self.close(1011)

    async def _try_next(self, follower: Follower) -> bool:
        """Show what comes next, or say that it cannot be read now. False as below."""
        try:
            return await self._take_next(follower)
        except DatabaseError as error:
            log.warning("the database is away", error=type(error).__name__)
            await self.send(to_text(Paused()))
            await asyncio.sleep(limits.ASKED_AGAIN)
            follower.miss()
            return True

    async def _take_next(self, follower: Follower) -> bool:
        """Show what comes next. False where the user may not see the lab any more."""
        try:
            bell = await self._wait_for_bell(follower)
        except TimeoutError:
            if not await self._look_at_access():
                return False
            bell = None
        if isinstance(bell, Paused):
            await self.send(to_text(bell))
            return True
        if self._cursor is None:
            return True
        if isinstance(bell, Bell) and bell.descriptions is not None and bell.first == self._cursor + 1:
            await self._show(bell.descriptions, bell.last, whole=True)
        elif bell is None or bell.last > self._cursor:
            await self._catch_up()
        return True

    async def _wait_for_bell(self, follower: Follower) -> Any:
        """What the follower has next. Raises TimeoutError when it is time to look, however many bells wait."""
        left = self._next_look - asyncio.get_running_loop().time()
        if left <= 0:
            raise TimeoutError
        async with asyncio.timeout(left):
            return await follower.get()

    async def _catch_up(self) -> None:
        """Show the log after the cursor, all of it."""
        whole = False
        while not whole:
            cursor = self._cursor or 0
            descriptions = await _in_thread(_read_log)(self._lab_id, cursor)
            if cursor != self._cursor:
                continue  # the page has said something else meanwhile
            whole = len(descriptions) < limits.CHUNK
            last = descriptions[-1]["seq"] if descriptions else cursor
            if descriptions or self._owes_answer:
                await self._show(descriptions, last, whole)

    async def _show(self, descriptions: list[dict[str, Any]], last: int, whole: bool) -> None:
        self._cursor, self._owes_answer = last, not whole
        await self.send(to_text(Events(last, whole, descriptions)))

    async def _look_at_access(self, is_new: bool = False) -> bool:
        """Whether the user may see the lab now; keeps whether they may type."""
        session = self.scope["session"].session_key
        may_see: bool
        may_see, self._may_type = await _in_thread(_find_access)(session, self._lab_id, is_new)
        self._next_look = asyncio.get_running_loop().time() + limits.LOOK
        return may_see


def _in_thread(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """The function in a thread of several: one that waits for the database does not keep all sockets waiting."""
    run: Callable[..., Awaitable[Any]] = database_sync_to_async(function, thread_sensitive=False)
    return run


def _find_access(session: str | None, lab_id: int, is_new: bool) -> tuple[bool, bool]:
    """Whether the user who is signed in with this session, now, may see the lab, and may type in it."""
    user = _find_user(session)
    try:
        lab = Lab.find(lab_id)
    except Lab.DoesNotExist:
        return False, False
    if user is None or not may(user, "see lab", lab):
        return False, False
    if is_new:
        lab.record_visit(user)
    lab.record_watching()
    return True, may(user, "type", lab)


def _find_user(session: str | None) -> User | None:
    """Who is signed in with this session. The stored one is read: the socket's own copy is as old as the socket."""
    request = HttpRequest()
    request.session = SessionStore(session)
    user = get_user(request)
    return None if isinstance(user, AnonymousUser) else user


def _read_log(lab_id: int, seq: int) -> list[dict[str, Any]]:
    return feed.describe(lab_id, feed.after(lab_id, seq, limits.CHUNK))
