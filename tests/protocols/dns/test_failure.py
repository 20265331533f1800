"""What a resolver's extended errors say to people."""

import dns.message
import dns.rcode
import pytest

from protocols import limits
from protocols.dns.answer import Answer
from protocols.dns.failure import explain_failure
from protocols.dns.search import Failed
from protocols.dns.states import FAILED, MACHINE
from protocols.dns.wire import read_query, respond

LONGEST = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61]) + "."


@pytest.mark.parametrize(
    ("why", "about", "told"),
    [
        ("unreachable", ("sunk.co.nz.", "ns1.sunk.co.nz.", "ns2.sunk.co.nz."),
         (22, "no server of sunk.co.nz answers: ns1.sunk.co.nz, ns2.sunk.co.nz")),
        ("unreachable", (".", "a.root."), (22, "no server of the root answers: a.root")),
        ("lame", ("a.nz.", "ns.nz."), (22, "no server of a.nz is authoritative for it: ns.nz")),
        ("server-failed", ("a.nz.", "ns.nz."), (22, "no server of a.nz gives an answer that is of use: ns.nz")),
        ("no-address", ("a.nz.", "ns.a.nz."), (22, "no server of a.nz has an address: ns.a.nz")),
        ("no-address", ("a.nz.",), (22, "no server of a.nz has an address")),
        ("alias-loop", ("tick.lentil.edu.",), (0, "the aliases of tick.lentil.edu lead in a circle")),
        ("delegation-loop", ("egg.nz.",), (0, "the servers of egg.nz can only be found through one another")),
        ("too-much-work", ("queries",), (0, f"it takes more than {limits.RESOLVE_QUERIES} queries")),
        ("too-much-work", ("aliases",), (0, f"it takes more than {limits.ALIASES} aliases")),
        ("too-much-work", ("delegations",), (0, f"it takes more than {limits.DELEGATIONS} delegations")),
        ("too-much-work", ("servers",), (0, f"it takes more than {limits.SERVERS_TRIED} servers of a zone")),
        ("too-slow", ("8",), (0, "it takes more than 8 seconds")),
    ],
)  # fmt: skip
def test_a_failure_is_told_in_words(why, about, told):
    assert explain_failure(Failed(why, about)) == told


@pytest.mark.parametrize("why", sorted({row.why for row in MACHINE.rows if row.then == FAILED}))
def test_every_way_to_fail_has_its_words(why):
    _, text = explain_failure(Failed(why, ("queries",)))
    assert " " in text


def test_a_text_is_cut_so_that_it_fits_beside_the_longest_name():
    code, text = explain_failure(Failed("unreachable", (LONGEST,) * 7))
    assert (len(text), text[-4:]) == (limits.EXTENDED_TEXT, "c...")
    octets = dns.message.make_query(LONGEST, "A", use_edns=0, payload=limits.DATAGRAM).to_wire()
    failed = Answer(dns.rcode.SERVFAIL, "unreachable", extended_error=(code, text))
    response = respond(read_query(octets), failed, recursion_available=True, transport="udp")
    said = dns.message.from_wire(response)
    assert (len(response) <= limits.DATAGRAM, said.question[0].name.to_text()) == (True, LONGEST)
    assert [option.text for option in said.extended_errors()] == [text]
