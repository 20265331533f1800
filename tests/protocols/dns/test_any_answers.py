"""Whatever servers answer, a resolution ends, takes no way that is not in its table, and stays within its limits."""

from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from hypothesis import given
from hypothesis import strategies as st

from protocols import limits
from protocols.dns.states import SILENCES
from tests.protocols.dns.space import ROOT, Space

NAMES = ["www.a.", "a.", "b.", "ns.a.", "ns.b.", "c.www.a.", "."]
ADDRESSES = [ROOT, "10.0.0.2", "10.0.0.3"]

names = st.sampled_from(NAMES)
records = st.one_of(
    st.tuples(names, st.just("A"), st.sampled_from(ADDRESSES)),
    st.tuples(names, st.sampled_from(["CNAME", "NS"]), names),
    st.tuples(names, st.just("SOA"), st.just("ns. hostmaster. 1 2 3 4 5")),
    st.tuples(names, st.just("MX"), st.just("10 www.a.")),
)
sections = st.lists(st.tuples(records, st.sampled_from([0, 1, 3600, 2**31 - 1])), max_size=5)
rcodes = st.sampled_from([*[dns.rcode.NOERROR] * 5, *dns.rcode.Rcode])
responses = st.tuples(rcodes, st.booleans(), st.booleans(), sections, sections, sections)
turns = st.lists(responses | st.sampled_from([*SILENCES, "unreadable"]), min_size=1, max_size=12)


@dataclass
class Whims(Space):
    """A name space whose servers answer as it comes, over and over."""

    turns: list = field(default_factory=list)

    def answer(self, ask):
        turn = self.turns[len(self.asked) % len(self.turns)]
        if isinstance(turn, str):
            return turn
        rcode, is_authoritative, is_cut, *parts = turn
        message = dns.message.Message()
        message.flags = dns.flags.QR | dns.flags.AA * is_authoritative | dns.flags.TC * is_cut
        message.set_rcode(rcode)
        for section, part in zip((message.answer, message.authority, message.additional), parts, strict=True):
            for (name, kind, data), ttl in part:
                section.append(dns.rrset.from_text(name, ttl, "IN", kind, data))
        return message


@given(turns=turns, rdtype=st.sampled_from(["A", "NS", "CNAME", "MX", "DS", "ANY"]), name=names)
def test_whatever_is_answered_a_resolution_ends_within_its_limits(turns, rdtype, name):
    space = Whims({}, turns=turns)
    for again in range(3):
        answer = space.resolve(name, rdtype, now=1_000_000 + again)
        assert len(space.asked) <= limits.RESOLVE_QUERIES + 1  # the last of them may have to be asked again by TCP
        assert len(answer.answer) <= 2 * limits.ALIASES + 6
        assert answer.rcode in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN, dns.rcode.SERVFAIL)
        assert answer.why
