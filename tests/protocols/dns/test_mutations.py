"""A hundred thousand messages that nobody should send."""

from collections import Counter
from random import Random
from time import process_time

import pytest

from protocols import limits
from protocols.dns.lookup import look_up
from protocols.dns.wire import WireError, read_message, read_query, refuse_format, respond
from tests.protocols.dns.mutations import heavy, mutate
from tests.protocols.dns.small import ZONES

MESSAGES = 100_000


def try_query(octets: bytes) -> str:
    """What a server makes of them; the response is a message, and has its size."""
    try:
        query = read_query(octets)
    except WireError as error:
        refusal = refuse_format(octets)
        if refusal is not None:
            assert (refusal[:2], len(refusal)) == (octets[:2], 12)
        return error.what
    answer = look_up(query, ZONES)
    said = respond(query, answer, recursion_available=False, transport="udp")
    assert len(said) <= (limits.DATAGRAM_EDNS if query.edns else limits.DATAGRAM)
    assert said[2] & 0x80
    assert (said[:2], said[12 : 12 + len(query.question)]) == (octets[:2], query.question)
    return answer.why


def try_message(octets: bytes) -> str:
    """What a client or the transcript makes of them."""
    try:
        read_message(octets)
    except WireError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("seed", range(4))
def test_mutated_messages_are_read_or_refused(seed):
    chance = Random(seed)
    made: Counter[str] = Counter()
    worst = 0.0
    for _ in range(MESSAGES // 4):
        octets = mutate(chance)
        made[try_query(octets)] += 1
        begun = process_time()
        made[try_message(octets)] += 1
        worst = max(worst, process_time() - begun)
    print(f"worst parse {worst * 1000:.1f} ms")
    assert len(made) > 25, "the inputs do not get far"


@pytest.mark.parametrize("number", range(len(heavy())))
def test_the_heaviest_messages_are_read(number):
    octets = heavy()[number]
    assert len(octets) <= limits.DNS_MESSAGE
    begun = process_time()
    made = try_message(octets)
    print(f"{number}: {(process_time() - begun) * 1000:.1f} ms {made}")
