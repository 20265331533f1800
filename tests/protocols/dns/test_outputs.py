"""Whatever is typed and whatever comes: dig and nslookup have something to say."""

from contextlib import suppress

import dns.message
from dns.rdatatype import RdataType
from hypothesis import given
from hypothesis import strategies as st

from protocols.dns import dig, dig_output, nslookup, nslookup_output
from protocols.dns.nslookup import Options, make_question
from protocols.dns.reply import Reply, Server
from protocols.dns.wire import WireError, read_message
from tests.protocols.dns.answers import ANSWERS, say

SERVER = Server("resolver.vuw.ac.nz", "130.195.85.25", 53)
WORDS = st.lists(
    st.sampled_from(["a.nz", "@a", "-x", "-t", "mx", "+tcp", "+bufsize=", "-p", "ch", "1.2.3.4"]) | st.text()
)
LINES = st.text() | st.builds(
    " ".join, st.lists(st.sampled_from(["set", "type=mx", "server", "a.nz", "exit", "?", "all", "="]) | st.text())
)


def ask(question: str) -> bytes:
    name, rdtype = question.split()
    return say(dns.message.make_query(name, rdtype, use_edns=0), "tcp") or b""


RESPONSES = [ask(question) for question in [*ANSWERS, "extended.nz A", "headless.nz A"]]


@given(WORDS)
def test_dig_takes_any_words_or_says_why_not(words):
    with suppress(dig.UsageError):
        asked = dig.parse(words)
        assert dig.make_query(asked, asked.name, asked.rdtype, asked.wants_recursion).to_wire()


@given(LINES)
def test_nslookup_takes_any_line_or_says_why_not(line):
    with suppress(nslookup.UsageError):
        meant = nslookup.parse_line(line, Options())
        if isinstance(meant, nslookup.Lookup):
            question = make_question(meant.name, RdataType.A)
            assert nslookup.make_query(question, Options()).to_wire()


@given(st.sampled_from(RESPONSES), st.lists(st.tuples(st.integers(2, 600), st.binary(min_size=1, max_size=2))))
def test_whatever_comes_is_printed(octets, changes):
    for place, new in changes:
        place %= len(octets)
        octets = octets[:place] + new + octets[place + len(new) :]
    try:
        message = read_message(octets)
    except WireError:
        return
    reply = Reply(SERVER, "udp", octets, message, 3, 1, 0)
    assert dig_output.show_reply(reply, dig.parse(["a.nz"])).startswith(";; Got answer:")
    dig_output.show_short(message)
    dig_output.show_step(reply)
    dig.find_referral(message)
    nslookup_output.find_server_name(message)
    for rdtype in (RdataType.A, RdataType.MX, RdataType.ANY):
        for typed in ("a.nz", "1.2.3.4"):
            assert nslookup_output.show_reply(reply, make_question(typed, rdtype), Options(is_debug=True))
