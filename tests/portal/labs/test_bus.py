"""The bus: copies and requests, over a Redis that may go away."""

import asyncio

import pytest
from django.conf import settings

from portal.labs import limits
from portal.labs.bus import Bus, BusError, Follower, bells_of, inputs_of, order, orders_of, ring
from portal.labs.messages import Bell, End, Input

LINE = Input("a-1", 1, "NOOP")
WITHIN = 30  # seconds


@pytest.fixture
async def bus(redis_server):
    bus = Bus(settings.REDIS_URL)
    yield bus
    await bus.close()


async def get(follower: Follower):
    async with asyncio.timeout(WITHIN):
        return await follower.get()


async def get_message(follower: Follower):
    while (message := await get(follower)) is None:
        pass
    return message


async def test_what_is_sent_reaches_every_follower_of_the_channel_and_nobody_else(bus):
    async with bus.follow("a", 9) as first, bus.follow("a", 9) as second, bus.follow("b", 9) as other:
        assert [await get(follower) for follower in (first, second, other)] == [None, None, None]
        assert await bus.send("a", LINE)
        assert [await get(first), await get(second)] == [LINE, LINE]
        assert await bus.send("b", Input("b-1", 1, "HELP"))
        assert (await get(other)).client_id == "b-1"


async def test_the_sender_hears_whether_anybody_was_listening(bus):
    assert not await bus.send("a", LINE)
    async with bus.follow("a", 9) as follower:
        await get(follower)
        assert await bus.send("a", LINE)
    async with asyncio.timeout(WITHIN):
        while await bus.send("a", LINE):  # noqa: ASYNC110 - until the subscription is gone
            await asyncio.sleep(0.01)


async def test_a_bell_and_an_order_ring_from_threads(bus):
    bell = Bell(7, 1, 2, [{"seq": 1}, {"seq": 2}])
    async with bus.follow(bells_of(7), 9) as bells, bus.follow(orders_of("worker"), 9) as orders:
        await get(bells)
        await get(orders)
        assert await asyncio.to_thread(ring, bell)
        assert await get(bells) == bell
        assert await asyncio.to_thread(order, "worker", End(7))
        assert await get(orders) == End(7)
    assert not await asyncio.to_thread(ring, bell)
    assert not await asyncio.to_thread(order, "nobody", End(7))


async def test_a_large_bell_goes_without_its_copy(bus):
    async with bus.follow(bells_of(7), 9) as follower:
        await get(follower)
        await asyncio.to_thread(ring, Bell(7, 1, 1, [{"seq": 1, "note": "x" * limits.BELL_SIZE}]))
        assert await get(follower) == Bell(7, 1, 1, None)


async def test_what_is_no_message_is_passed_over(bus):
    async with bus.follow("a", 9) as follower:
        await get(follower)
        for text in ("", "nonsense", '{"type": "shout"}', "\udcff".encode("utf-8", "surrogateescape")):
            await bus._senders.publish("a", text)
        await bus.send("a", LINE)
        assert await get(follower) == LINE


async def test_a_reader_that_does_not_keep_up_misses_messages_and_is_told(bus):
    async with bus.follow("a", 3) as follower:
        await get(follower)
        for number in range(5):
            await bus.send("a", Input(f"a-{number}", 1, ""))
        await bus.send("b", LINE)
        async with asyncio.timeout(WITHIN):
            while not follower._missed:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert [(await get(follower)).client_id for _ in range(3)] == ["a-0", "a-1", "a-2"]
        assert await get(follower) is None


async def test_it_comes_back_when_redis_died_and_came_back_empty(bus, redis_server):
    async with bus.follow("a", 9) as follower:
        await get(follower)
        with redis_server.away():
            with pytest.raises(BusError):
                await bus.send("a", LINE)
            await asyncio.to_thread(ring, Bell(7, 1, 1))  # is lost, and nothing else happens
        assert await get(follower) is None  # something may have been missed
        assert await bus.send("a", LINE)
        assert await get(follower) == LINE


async def test_a_follower_that_came_while_redis_was_away_is_served_later(bus, redis_server):
    with redis_server.away():
        following = bus.follow(inputs_of(7), 9)
        follower = await following.__aenter__()
    assert await get(follower) is None
    assert await bus.send(inputs_of(7), LINE)
    assert await get_message(follower) == LINE
    await following.__aexit__(None, None, None)


async def test_a_reader_waits_longer_than_any_timeout_of_the_client(bus):
    async with bus.follow("a", 9) as follower:
        await get(follower)
        await asyncio.sleep(6)  # redis-py gives up reading after 5 seconds unless it is told not to
        await bus.send("a", LINE)
        assert await get(follower) == LINE
