"""A lab's websocket. What the page ends with is the log, whatever happened to the bells."""

import asyncio
import json
import random
import time
from contextlib import contextmanager

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db.utils import OperationalError
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.asgi import application
from portal.courses.models import Enrolment
from portal.labs import feed, limits
from portal.labs.bus import Follower, bells_of, get_bus, inputs_of, ring
from portal.labs.consumer import NOT_YOURS, TOO_MUCH, UNHEARD
from portal.labs.messages import MESSAGE_LIMIT, MESSAGES_A_SECOND, Bell, HangUp, Input, Paused, to_text
from portal.labs.models import Lab, Visit
from tests.portal.conftest import make_line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]
WITHIN = 30  # seconds


def make_cookie(user: User | None) -> str:
    client = Client()
    if user:
        client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


class Page:
    """What a page does: it asks for the log, and keeps what comes."""

    def __init__(self, lab_id: int, cookie: str, origin: str | None = "http://localhost:8000") -> None:
        headers = [(b"host", b"localhost:8000"), (b"cookie", cookie.encode())]
        headers += [(b"origin", origin.encode())] if origin else []
        scope = {"type": "websocket", "path": f"/ws/labs/{lab_id}/", "query_string": b"", "headers": headers}
        self._socket = ApplicationCommunicator(application, scope)
        self.descriptions: list[dict] = []
        self.last = 0

    async def open(self, since: int | None = 0) -> "Page":
        assert not await self.is_refused()
        if since is not None:
            await self.say(type="since", seq=since)
        return self

    async def is_refused(self) -> bool:
        await self._socket.send_input({"type": "websocket.connect"})
        return (await self._socket.receive_output(WITHIN))["type"] != "websocket.accept"

    async def send(self, text: str | None = None, octets: bytes | None = None) -> None:
        await self._socket.send_input({"type": "websocket.receive", "text": text, "bytes": octets})

    async def say(self, **message) -> None:
        await self.send(json.dumps(message))

    async def type(self, text: str, client_id: str = "a-1") -> None:
        await self.say(type="input", client_id=client_id, console=1, text=text)

    async def hear(self) -> dict:
        output = await self._socket.receive_output(WITHIN)
        assert output["type"] == "websocket.send", output
        message = json.loads(output["text"])
        if message["type"] == "events":
            self.descriptions += message["descriptions"]
            self.last = message["last"]
        return message

    async def hear_refusal(self) -> dict:
        while (message := await self.hear())["type"] != "refused":
            pass
        return message

    async def hear_until(self, seq: int) -> "Page":
        """Listen until the page is complete up to `seq`, and has all."""
        whole = False
        while self.last < seq or not whole:
            whole = (await self.hear()).get("whole", whole)
        return self

    async def is_silent(self) -> bool:
        return await self._socket.receive_nothing(0.3)

    async def close_code(self) -> int:
        while (output := await self._socket.receive_output(WITHIN))["type"] != "websocket.close":
            pass
        return output["code"]

    async def close(self) -> None:
        await self._socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._socket.wait(WITHIN)

    def seqs(self) -> list[int]:
        return [description["seq"] for description in self.descriptions]


@pytest.fixture
async def bus(redis_server):
    yield get_bus()
    await get_bus().close()


@pytest.fixture
async def open_page(lab, bus):
    """`await open_page(user, since)`: a page of that user at Alice's lab."""
    pages: list[Page] = []

    async def open_(user: User, since: int | None = 0) -> Page:
        page = Page(lab.pk, await sync_to_async(make_cookie)(user))
        pages.append(page)
        return await page.open(since)

    yield open_
    for page in pages:
        await page.close()


@pytest.fixture
def log(lab):
    """`await log(first, last)`: commit lines with these seqs, and return what readers are shown of them."""

    def append(first: int, last: int) -> list[dict]:
        batch = [make_line(seq, b"NOOP %d\r\n" % seq) for seq in range(first, last + 1)]
        feed.append(lab.pk, 1, batch)
        return feed.describe(lab.pk, batch)

    return sync_to_async(append)


@pytest.fixture
def read_log(lab):
    """What the log holds, as readers are shown it."""
    return sync_to_async(lambda: json.loads(json.dumps(feed.describe(lab.pk, feed.after(lab.pk, 0, 100_000)))))


# Who


@pytest.fixture(params=["mallory", "bob", None])
def outsider(request) -> User | None:
    return request.getfixturevalue(request.param) if request.param else None


async def test_an_outsider_gets_nothing(outsider, lab, bus):
    page = Page(lab.pk, await sync_to_async(make_cookie)(outsider))
    assert await page.is_refused()
    assert not await sync_to_async(Visit.objects.exists)()


async def test_a_lab_that_is_not_there_is_refused_like_one_of_others(alice, lab, bus):
    assert await Page(lab.pk + 1, await sync_to_async(make_cookie)(alice)).is_refused()


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost.evil.example", "null", None])
async def test_another_sites_page_is_refused(origin, lab, alice, bus):
    assert await Page(lab.pk, await sync_to_async(make_cookie)(alice), origin).is_refused()


async def test_the_owner_and_the_instructor_see_the_same(alice, ivy, open_page, log, read_log):
    await log(1, 3)
    owner, instructor = await open_page(alice), await open_page(ivy)
    await owner.hear_until(3)
    await instructor.hear_until(3)
    assert owner.descriptions == instructor.descriptions == await read_log()


async def test_the_instructors_visit_is_recorded_once_however_often_the_socket_connects(ivy, alice, lab, open_page):
    for user in (ivy, alice, ivy):
        await (await open_page(user)).close()
    visits = await sync_to_async(lambda: list(Visit.objects.values_list("user__username", "lab")))()
    assert visits == [("ivy", lab.pk)]


async def test_the_instructor_does_not_type(ivy, lab, bus, open_page):
    page = await open_page(ivy)
    async with bus.follow(inputs_of(lab.pk), 9) as follower:
        await follower.get()
        await page.type("NOOP")
        assert await page.hear_refusal() == {
            "type": "refused",
            "sentence": "Only the owner of this lab types in it.",
            "client_id": "a-1",
        }
        await page.say(type="hang-up", client_id="a-2", console=1)
        assert (await page.hear_refusal())["client_id"] == "a-2"
        assert not follower._waiting


def end_enrolment(user: User) -> None:
    Enrolment.objects.filter(user=user).update(ended=timezone.now())


def sign_out(user: User) -> None:
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(user: User) -> None:
    user.set_password("another-porridge")
    user.save()


@pytest.mark.parametrize("lose_access", [end_enrolment, sign_out, deactivate, change_password])
async def test_who_may_not_see_it_any_more_is_cut_off_at_the_next_look(lose_access, alice, open_page, monkeypatch):
    assert limits.LOOK <= 20
    monkeypatch.setattr(limits, "LOOK", 0.2)
    page = await open_page(alice)
    await page.hear_until(0)
    await sync_to_async(lose_access)(alice)
    assert await page.close_code() == NOT_YOURS


async def test_a_busy_lab_does_not_put_that_look_off(alice, lab, open_page, monkeypatch):
    async def get_at_once(follower):
        assert time.monotonic() < until
        return Bell(lab.pk, 0, 0)

    monkeypatch.setattr(limits, "LOOK", 1)
    page = await open_page(alice)
    await page.hear_until(0)
    await sync_to_async(end_enrolment)(alice)
    until = time.monotonic() + 5
    monkeypatch.setattr(Follower, "get", get_at_once)  # from the next one on there is always one more
    for follower in get_bus()._followers[bells_of(lab.pk)]:
        follower.put(Bell(lab.pk, 0, 0))
    assert await page.close_code() == NOT_YOURS


# To the lab


async def test_what_the_owner_types_reaches_the_labs_owner(alice, lab, bus, open_page):
    page = await open_page(alice)
    async with bus.follow(inputs_of(lab.pk), 9) as follower:
        await follower.get()
        await page.type("HELO mx.halva.fr")
        await page.say(type="hang-up", client_id="a-2", console=1)
        async with asyncio.timeout(WITHIN):
            assert await follower.get() == Input("a-1", 1, "HELO mx.halva.fr")
            assert await follower.get() == HangUp("a-2", 1)


async def test_a_line_for_a_lab_without_an_owner_is_refused_in_a_sentence(alice, open_page):
    page = await open_page(alice)
    await page.type("NOOP")
    refusal = await page.hear_refusal()
    assert refusal == {
        "type": "refused",
        "sentence": UNHEARD,
        "client_id": "a-1",
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not a message"),
        ("[]", "not a message"),
        ('{"type": "bell", "lab": 1, "first": 1, "last": 1}', "not a message"),
        ('{"type": "end", "lab": 1}', "not a message"),
        ('{"type": "since", "seq": -1}', "no log has"),
        ('{"type": "since", "seq": "1"}', "wrong seq"),
        ('{"type": "input", "client_id": "a b", "console": 1, "text": ""}', "id of its own"),
        ('{"type": "input", "client_id": "a", "console": 2, "text": ""}', "id of its own"),
        (json.dumps({"type": "input", "client_id": "a", "console": 1, "text": "x" * MESSAGE_LIMIT}), "4,096 octets"),
        ("[" * 4000, "not a message"),
    ],
)
async def test_what_is_no_message_gets_one_sentence_and_the_socket_goes_on(text, sentence, alice, open_page):
    page = await open_page(alice)
    await page.send(text)
    assert sentence in (await page.hear_refusal())["sentence"]
    await page.say(type="since", seq=0)
    await page.hear_until(0)


async def test_octets_instead_of_text_get_one_sentence(alice, open_page):
    page = await open_page(alice)
    await page.send(octets=b"\0")
    assert "not a message" in (await page.hear_refusal())["sentence"]


async def test_more_than_20_messages_a_second_are_refused_and_the_rest_goes_on(alice, lab, bus, open_page):
    page = await open_page(alice, since=None)
    async with bus.follow(inputs_of(lab.pk), 99) as follower:
        await follower.get()
        for number in range(MESSAGES_A_SECOND + 1):
            await page.type("NOOP", f"a-{number}")
        refusal = await page.hear()
        assert refusal["client_id"] == f"a-{MESSAGES_A_SECOND}"
        assert f"More than {MESSAGES_A_SECOND} messages" in refusal["sentence"]
        await asyncio.sleep(1.1)
        await page.type("NOOP", "later")
        async with asyncio.timeout(WITHIN):
            heard = [(await follower.get()).client_id for _ in range(MESSAGES_A_SECOND + 1)]
    assert heard == [f"a-{number}" for number in range(MESSAGES_A_SECOND)] + ["later"]


async def test_a_socket_that_goes_on_with_it_is_closed(alice, open_page, monkeypatch):
    monkeypatch.setattr(limits, "SCOLDINGS", 3)
    page = await open_page(alice, since=None)
    for _ in range(4):
        await page.send("nonsense")
    assert await page.close_code() == TOO_MUCH


# To the page


async def test_an_empty_log_is_answered_too(alice, open_page):
    page = await open_page(alice)
    assert await page.hear() == {"type": "events", "last": 0, "whole": True, "descriptions": []}


async def test_nothing_comes_before_the_page_has_said_where_it_is(alice, lab, open_page, log):
    page = await open_page(alice, since=None)
    ring(Bell(lab.pk, 1, 2, await log(1, 2)))
    assert await page.is_silent()
    await page.say(type="since", seq=1)
    await page.hear_until(2)
    assert page.seqs() == [2]


@pytest.mark.parametrize("count", [limits.CHUNK - 1, limits.CHUNK, 2 * limits.CHUNK, 2 * limits.CHUNK + 1])
async def test_a_long_log_comes_in_chunks_and_only_the_last_says_that_it_is_whole(count, alice, open_page, log):
    await log(1, count)
    page = await open_page(alice)
    sizes = []
    while True:
        message = await page.hear()
        sizes.append(len(message["descriptions"]))
        if message["whole"]:
            break
    assert max(sizes) <= limits.CHUNK
    assert page.seqs() == list(range(1, count + 1))


async def test_a_bell_that_fits_is_passed_on_as_it_is(alice, lab, open_page, log):
    page = await open_page(alice)
    await page.hear_until(0)
    assert await page.is_silent()  # it is subscribed by now
    await log(1, 2)
    copy = [{"seq": seq, "note": "the bell's own"} for seq in (1, 2)]
    ring(Bell(lab.pk, 1, 2, copy))
    await page.hear_until(2)
    assert page.descriptions == copy


async def test_every_second_bell_thrown_away_the_page_ends_identical_to_the_log(
    alice, ivy, lab, open_page, log, read_log
):
    pages = [await open_page(alice), await open_page(ivy)]
    for page in pages:
        await page.hear_until(0)
    for seq in range(1, 41):
        descriptions = await log(seq, seq)
        if seq % 2 == 0:
            ring(Bell(lab.pk, seq, seq, descriptions))
    for page in pages:
        await page.hear_until(40)
        assert page.descriptions == await read_log()


async def test_bells_late_doubled_mixed_up_and_without_copies_change_nothing(alice, lab, open_page, log, read_log):
    page = await open_page(alice)
    await page.hear_until(0)
    chance = random.Random(7)
    bells: list[Bell] = []
    for first in range(1, 100, 3):
        descriptions = await log(first, first + 2)
        copy = descriptions if chance.random() < 0.7 else None
        bells += [Bell(lab.pk, first, first + 2, copy)] * chance.randint(0, 2)
        chance.shuffle(bells)
        while len(bells) > 4:
            ring(bells.pop())
    ring(Bell(lab.pk, 100, 100, await log(100, 100)))
    await page.hear_until(100)
    assert page.descriptions == await read_log()


async def test_a_last_bell_that_was_lost_is_made_good_by_the_next_look(alice, open_page, log, read_log, monkeypatch):
    monkeypatch.setattr(limits, "LOOK", 0.3)
    page = await open_page(alice)
    await page.hear_until(0)
    await log(1, 3)
    await page.hear_until(3)
    assert page.descriptions == await read_log()


async def test_a_slow_socket_loses_bells_and_no_events(alice, lab, open_page, log, read_log, monkeypatch):
    monkeypatch.setattr(limits, "BELLS_WAITING", 1)
    page = await open_page(alice)
    for seq in range(1, 31):
        ring(Bell(lab.pk, seq, seq, await log(seq, seq)))
    await page.hear_until(30)
    assert page.descriptions == await read_log()


async def test_a_page_that_says_again_where_it_is_gets_the_rest_from_there(alice, open_page, log):
    await log(1, 5)
    page = await open_page(alice)
    await page.hear_until(5)
    page.descriptions.clear()
    page.last = 0
    await page.say(type="since", seq=2)
    await page.hear_until(5)
    assert page.seqs() == [3, 4, 5]


async def test_a_page_that_reconnects_gets_what_it_missed(alice, open_page, log, read_log):
    await log(1, 5)
    before = await (await open_page(alice)).hear_until(5)
    await before.close()
    await log(6, 9)
    after = await (await open_page(alice, since=5)).hear_until(9)
    assert before.descriptions + after.descriptions == await read_log()


async def test_pages_go_on_by_themselves_when_redis_was_away(alice, lab, open_page, log, read_log, redis_server):
    page = await open_page(alice)
    await page.hear_until(0)
    with redis_server.away():
        await log(1, 3)
        await page.type("NOOP")
        assert (await page.hear_refusal())[
            "sentence"
        ] == "The lab cannot be reached for the moment; send the line again."
    await page.hear_until(3)
    descriptions = await log(4, 4)
    ring(Bell(lab.pk, 4, 4, descriptions))
    await page.hear_until(4)
    assert page.descriptions == await read_log()


async def test_a_page_opened_while_redis_is_away_shows_the_log(alice, open_page, log, redis_server):
    await log(1, 3)
    with redis_server.away():
        page = await open_page(alice)
        await page.hear_until(3)
    assert page.seqs() == [1, 2, 3]


# The database away


@pytest.fixture
def database_away(monkeypatch):
    """`with database_away():` nothing can be read for a socket."""

    def refuse(*values):
        raise OperationalError("away")

    @contextmanager
    def away():
        with monkeypatch.context() as patch:
            patch.setattr(feed, "after", refuse)
            patch.setattr(Lab, "find", refuse)
            yield

    return away


async def test_a_socket_whose_log_cannot_be_read_says_so_stays_and_goes_on(
    alice, lab, open_page, log, read_log, database_away, monkeypatch
):
    monkeypatch.setattr(limits, "ASKED_AGAIN", 0.1)
    page = await open_page(alice)
    await page.hear_until(0)
    with database_away():
        await log(1, 3)
        ring(Bell(lab.pk, 1, 3))
        for _ in range(2):
            assert await page.hear() == json.loads(to_text(Paused()))
    await page.hear_until(3)
    assert page.descriptions == await read_log()


async def test_a_look_at_access_that_fails_is_made_again_at_once(ivy, open_page, database_away, monkeypatch):
    monkeypatch.setattr(limits, "ASKED_AGAIN", 0.1)
    monkeypatch.setattr(limits, "LOOK", 0.2)
    page = await open_page(ivy)
    await page.hear_until(0)
    monkeypatch.setattr(limits, "LOOK", 60)
    with database_away():
        assert (await page.hear())["type"] == "paused"
        await sync_to_async(Enrolment.objects.filter(user=ivy).delete)()
    assert await page.close_code() == NOT_YOURS


async def test_a_socket_of_which_nobody_knows_whose_it_is_may_try_again(alice, lab, bus, database_away):
    page = Page(lab.pk, await sync_to_async(make_cookie)(alice))
    with database_away():
        assert await page.is_refused()
    again = await Page(lab.pk, await sync_to_async(make_cookie)(alice)).open()
    await again.hear_until(0)
    await again.close()


async def test_a_pause_that_the_labs_owner_tells_of_is_passed_on_and_is_no_event(alice, lab, bus, open_page, log):
    page = await open_page(alice)
    await page.hear_until(0)
    await bus.send(bells_of(lab.pk), Paused())
    assert await page.hear() == json.loads(to_text(Paused()))
    ring(Bell(lab.pk, 1, 1, await log(1, 1)))
    await page.hear_until(1)
    assert page.seqs() == [1]
