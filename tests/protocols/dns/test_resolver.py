"""One resolution over a simulated name space: whom it asks, what it answers, and where it gives up."""

import dns.flags
import dns.name
import dns.rcode
import dns.rrset
import pytest
from dns.rdatatype import RdataType

from protocols import limits
from protocols.dns.answer import Answer
from protocols.dns.cache import Cache
from protocols.dns.resolver import Ask, Resolution
from tests.protocols.dns.space import HINTS, NOW, ROOT, Space, data

NZ, VUW, EDU, LENTIL = "10.0.1.1", "10.0.1.2", "10.0.2.1", "10.0.2.2"

ROOT_ZONE = f"""
nz NS ns.nz.
ns.nz. A {NZ}
edu NS ns.edu.
ns.edu. A {EDU}
"""
SERVERS = {
    ROOT: {".": ROOT_ZONE},
    NZ: {"nz": f"ns A {NZ}\nvuw NS ns.vuw\nns.vuw A {VUW}\n"},
    VUW: {"vuw.nz": f"ns A {VUW}\nwww CNAME www2\nwww2 A 10.9.9.9\nmail 60 A 10.9.9.8\n"},
    EDU: {"edu": f"ns A {EDU}\nlentil NS ns.lentil\nns.lentil A {LENTIL}\n"},
    LENTIL: {
        "lentil.edu": f"""
ns A {LENTIL}
@ A 10.8.8.8
friends CNAME www.vuw.nz.
far CNAME nobody.vuw.nz.
tick CNAME tock
tock CNAME tick
""",
    },
}


@pytest.fixture
def space():
    return Space({address: dict(zones) for address, zones in SERVERS.items()})


def test_it_goes_from_the_root_down(space):
    answer = space.resolve("www.vuw.nz.")
    assert space.asked == [f"{each} www.vuw.nz. A" for each in (ROOT, NZ, VUW)]
    assert data(answer) == ["www.vuw.nz. CNAME www2.vuw.nz.", "www2.vuw.nz. A 10.9.9.9"]
    assert (answer.rcode, answer.why, answer.about) == (dns.rcode.NOERROR, "recursed", ("3",))
    assert not answer.is_authoritative


def test_it_says_what_its_cache_took(space):
    space.resolve("www.vuw.nz.")
    assert space.kept == [
        "nz. 3600 NS",
        "ns.nz. 3600 A",
        "vuw.nz. 3600 NS",
        "ns.vuw.nz. 3600 A",
        "www.vuw.nz. 3600 CNAME",
        "www2.vuw.nz. 3600 A",
    ]


def test_it_asks_nobody_for_what_it_remembers(space):
    space.resolve("www.vuw.nz.")
    answer = space.resolve("www.vuw.nz.", now=NOW + 100)
    assert space.asked == []
    assert (answer.why, answer.about) == ("cached", ("3500",))
    assert {rrset.ttl for rrset in answer.answer} == {3500}


def test_it_goes_on_from_the_closest_zone_that_it_remembers(space):
    space.resolve("www.vuw.nz.")
    assert space.resolve("mail.vuw.nz.").about == ("1",)
    assert space.asked == [f"{VUW} mail.vuw.nz. A"]
    space.resolve("mail.vuw.nz.", now=NOW + 60)
    assert space.asked == [f"{VUW} mail.vuw.nz. A"]
    space.resolve("mail.vuw.nz.", now=NOW + 3600)
    assert [each.split()[0] for each in space.asked] == [ROOT, NZ, VUW]


@pytest.mark.parametrize(("name", "rdtype", "rcode", "why", "kept"), [
    ("nope.vuw.nz.", "A", dns.rcode.NXDOMAIN, "no-name", "nope.vuw.nz. 300 NXDOMAIN"),
    ("mail.vuw.nz.", "MX", dns.rcode.NOERROR, "no-data", "mail.vuw.nz. 300 MX NODATA"),
])  # fmt: skip
def test_what_does_not_exist_is_remembered_too(space, name, rdtype, rcode, why, kept):
    first = space.resolve(name, rdtype)
    assert (first.rcode, first.why, first.about) == (rcode, f"recursed-{why}", ("3",))
    assert space.kept[-1] == kept
    second = space.resolve(name, rdtype, now=NOW + 100)
    assert space.asked == []
    assert (second.rcode, second.why, second.about) == (rcode, f"cached-{why}", ("200",))
    assert [rrset.ttl for rrset in second.authority] == [200]


@pytest.mark.parametrize(("name", "rcode", "why", "records"), [
    ("friends.lentil.edu.", dns.rcode.NOERROR, "recursed", 3),
    ("far.lentil.edu.", dns.rcode.NXDOMAIN, "recursed-no-name", 1),
])  # fmt: skip
def test_it_follows_aliases_into_other_zones(space, name, rcode, why, records):
    answer = space.resolve(name)
    assert [each.split()[0] for each in space.asked] == [ROOT, EDU, LENTIL, ROOT, NZ, VUW]
    assert (answer.rcode, answer.why, len(data(answer))) == (rcode, why, records)


@pytest.mark.parametrize(("target", "why"), [("nobody", "no-name"), ("mail", "no-data")])
def test_an_alias_of_what_is_not_there_is_remembered_with_that(space, target, why):
    space.servers[VUW]["vuw.nz"] += f"gone CNAME {target}\n"
    answer = space.resolve("gone.vuw.nz.", "MX")
    assert (answer.why, data(answer)) == (f"recursed-{why}", [f"gone.vuw.nz. CNAME {target}.vuw.nz."])
    assert len(space.asked) == 3
    assert space.resolve(f"{target}.vuw.nz.", "MX").why == f"cached-{why}"
    answer = space.resolve("gone.vuw.nz.", "MX")
    assert (answer.why, data(answer)) == (f"cached-{why}", [f"gone.vuw.nz. CNAME {target}.vuw.nz."])


def test_an_alias_itself_can_be_asked_for(space):
    assert data(space.resolve("friends.lentil.edu.", "CNAME")) == ["friends.lentil.edu. CNAME www.vuw.nz."]
    assert data(space.resolve("tick.lentil.edu.", "CNAME")) == ["tick.lentil.edu. CNAME tock.lentil.edu."]


def test_without_recursion_it_says_what_it_remembers_or_the_closest_delegation(space):
    answer = space.resolve("www.vuw.nz.", recurses=False)
    assert (answer.why, answer.about, answer.answer) == ("cached-referral", (".",), ())
    assert [rrset.to_text() for rrset in answer.additional] == [f"a.root. 3600 IN A {ROOT}"]
    space.resolve("www.vuw.nz.")
    answer = space.resolve("other.vuw.nz.", recurses=False)
    assert (answer.why, answer.about) == ("cached-referral", ("vuw.nz.",))
    assert [rrset[0].address for rrset in answer.additional] == [VUW]
    assert space.resolve("www.vuw.nz.", recurses=False).why == "cached"
    assert space.asked == []


def test_it_finds_the_address_of_a_server_that_comes_without_glue(space):
    space.servers[EDU]["edu"] += "pita NS ns.vuw.nz.\n"
    space.servers[VUW]["pita.edu"] = "@ NS ns.vuw.nz.\nwww A 10.7.7.7\n"
    answer = space.resolve("www.pita.edu.")
    assert space.asked == [
        f"{ROOT} www.pita.edu. A",
        f"{EDU} www.pita.edu. A",
        *(f"{each} ns.vuw.nz. A" for each in (ROOT, NZ, VUW)),
        f"{VUW} www.pita.edu. A",
    ]
    assert data(answer) == ["www.pita.edu. A 10.7.7.7"]


def test_it_begins_above_a_zone_whose_servers_it_has_no_address_of_any_more(space):
    space.servers[NZ]["nz"] = f"ns A {NZ}\nvuw NS ns.vuw\nns.vuw 60 A {VUW}\n"
    space.servers[VUW]["vuw.nz"] = f"ns 60 A {VUW}\nwww A 10.9.9.9\n"
    space.resolve("www.vuw.nz.")
    assert space.resolve("other.vuw.nz.", now=NOW + 60).why == "recursed-no-name"
    assert [each.split()[0] for each in space.asked] == [NZ, VUW]


def test_it_asks_by_tcp_what_was_cut_short(space):
    texts = "\n".join(f'long TXT "{letter * 200}"' for letter in "abcdefgh")
    space.servers[VUW]["vuw.nz"] += texts
    answer = space.resolve("long.vuw.nz.", "TXT")
    assert space.asked[-2:] == [f"{VUW} long.vuw.nz. TXT", f"{VUW} long.vuw.nz. TXT/tcp"]
    assert len(data(answer)) == 8


def two_servers(space: Space, second: str) -> None:
    space.servers[NZ]["nz"] = f"ns A {NZ}\nvuw NS ns2.vuw\nns2.vuw A {second}\nvuw NS ns.vuw\nns.vuw A {VUW}\n"


@pytest.mark.parametrize("odd", ["timed-out", "refused", "lost", "unsent", "unreadable"])
def test_it_tries_another_server_where_one_does_not_answer(space, odd):
    two_servers(space, "10.0.1.3")
    space.servers["10.0.1.3"] = {}
    space.odd["10.0.1.3"] = odd
    assert space.resolve("mail.vuw.nz.").why == "recursed"
    assert [each.split()[0] for each in space.asked] == [ROOT, NZ, "10.0.1.3", VUW]


def with_rcode(rcode):
    def answer(ask, message):
        message.set_rcode(rcode)
        return message

    return answer


def unauthoritative(ask, message):
    message.flags &= ~dns.flags.AA
    return message


def upwards(ask, message):
    message.flags &= ~dns.flags.AA
    message.answer.clear()
    message.authority[:] = [dns.rrset.from_text(".", 3600, "IN", "NS", "a.root.")]
    return message


LAME = [with_rcode(dns.rcode.REFUSED), with_rcode(dns.rcode.NOTAUTH), unauthoritative, upwards]


@pytest.mark.parametrize("odd", LAME)
def test_a_server_that_is_not_authoritative_is_no_use(space, odd):
    space.odd[VUW] = odd
    answer = space.resolve("www.vuw.nz.")
    assert (answer.rcode, answer.why, answer.about) == (dns.rcode.SERVFAIL, "lame", ("vuw.nz.", "ns.vuw.nz."))
    assert answer.extended_error == (22, "no server of vuw.nz is authoritative for it: ns.vuw.nz")
    two_servers(space, "10.0.1.3")
    space.servers["10.0.1.3"] = SERVERS[VUW]
    space.cache = Cache()
    assert space.resolve("www.vuw.nz.").why == "recursed"


@pytest.mark.parametrize(("odd", "why"), [
    ("timed-out", "unreachable"),
    ("refused", "unreachable"),
    ("lost", "unreachable"),
    ("unsent", "unreachable"),
    ("unreadable", "server-failed"),
    (with_rcode(dns.rcode.SERVFAIL), "server-failed"),
    (with_rcode(dns.rcode.FORMERR), "server-failed"),
    (with_rcode(dns.rcode.BADVERS), "server-failed"),
    (with_rcode(dns.rcode.BADCOOKIE), "server-failed"),
])  # fmt: skip
def test_it_says_which_servers_failed_it(space, odd, why):
    space.odd[VUW] = odd
    answer = space.resolve("www.vuw.nz.")
    assert (answer.rcode, answer.why, answer.about) == (dns.rcode.SERVFAIL, why, ("vuw.nz.", "ns.vuw.nz."))
    assert answer.extended_error[0] == 22


def test_a_root_that_is_gone_is_unreachable(space):
    del space.servers[ROOT]
    assert space.resolve("www.vuw.nz.").about == (".", "a.root.")


def test_a_server_without_an_address_is_none(space):
    space.servers[EDU]["edu"] += "pita NS nobody.vuw.nz.\n"
    answer = space.resolve("www.pita.edu.")
    assert (answer.why, answer.about) == ("no-address", ("pita.edu.", "nobody.vuw.nz."))


def test_why_an_address_was_not_found_is_why_there_is_no_answer(space):
    space.servers[EDU]["edu"] += "pita NS ns.vuw.nz.\n"
    space.odd[VUW] = "timed-out"
    assert space.resolve("www.pita.edu.").about == ("vuw.nz.", "ns.vuw.nz.")


@pytest.mark.parametrize("servers", [("a NS ns.a.edu.", "b NS ns.b.edu."), ("a NS ns.b.edu.", "b NS ns.a.edu.")])
def test_delegations_that_need_each_other_are_a_loop(space, servers):
    space.servers[EDU]["edu"] += "\n".join(servers) + "\n"
    answer = space.resolve("www.a.edu.")
    assert (answer.rcode, answer.why) == (dns.rcode.SERVFAIL, "delegation-loop")
    assert answer.about[0] in ("a.edu.", "b.edu.")
    assert answer.extended_error == (
        0,
        f"the servers of {answer.about[0][:-1]} can only be found through one another",
    )
    assert space.resolve("www.b.edu.").why == "delegation-loop"


def test_aliases_in_a_circle_are_a_loop(space):
    answer = space.resolve("tick.lentil.edu.")
    assert (answer.rcode, answer.why, answer.about) == (dns.rcode.SERVFAIL, "alias-loop", ("tick.lentil.edu.",))
    assert len(space.asked) == 3
    assert space.resolve("tick.lentil.edu.").why == "alias-loop"
    assert space.asked == []


def test_a_circle_through_two_zones_is_a_loop(space):
    space.servers[VUW]["vuw.nz"] += "to CNAME fro.lentil.edu.\n"
    space.servers[LENTIL]["lentil.edu"] += "fro CNAME to.vuw.nz.\nin CNAME fro\n"
    assert space.resolve("to.vuw.nz.").why == "alias-loop"
    assert space.resolve("in.lentil.edu.").about == ("in.lentil.edu.",)


def add_aliases(space: Space, count: int) -> None:
    """c0 leads over that many aliases to data, each in another zone than the one before."""
    for number in range(count):
        zone, address, target = ("vuw.nz", VUW, "lentil.edu") if number % 2 else ("lentil.edu", LENTIL, "vuw.nz")
        space.servers[address][zone] += f"c{number} CNAME c{number + 1}.{target}.\n"
    for zone, address in (("vuw.nz", VUW), ("lentil.edu", LENTIL)):
        space.servers[address][zone] += f"c{count} A 10.1.1.1\n"


def test_a_chain_of_aliases_has_an_end(space):
    add_aliases(space, limits.ALIASES)
    assert len(data(space.resolve("c0.lentil.edu."))) == limits.ALIASES + 1
    space.servers = {address: dict(zones) for address, zones in SERVERS.items()}
    space.cache = Cache()
    add_aliases(space, limits.ALIASES + 1)
    for _ in range(2):  # then from the cache
        answer = space.resolve("c0.lentil.edu.")
        assert (answer.rcode, answer.why, answer.about) == (dns.rcode.SERVFAIL, "too-much-work", ("aliases",))


def test_a_chain_of_aliases_in_one_response_has_an_end(space):
    def chain(ask, message):
        message.answer[:] = [
            dns.rrset.from_text(f"c{n}.lentil.edu.", 60, "IN", "CNAME", f"c{n + 1}.lentil.edu.") for n in range(9)
        ]
        message.answer.append(dns.rrset.from_text("c9.lentil.edu.", 60, "IN", "A", "10.1.1.1"))
        message.set_rcode(dns.rcode.NOERROR)
        return message

    space.odd[LENTIL] = chain
    assert space.resolve("c0.lentil.edu.").about == ("aliases",)


def test_a_chain_of_delegations_has_an_end(space):
    def deeper(ask, message):
        depth = len(ask.zone.labels)
        message.set_rcode(dns.rcode.NOERROR)
        message.flags &= ~dns.flags.AA
        child = ".".join(label.decode() for label in ask.name.labels[-depth - 1 : -1]) + "."
        message.authority[:] = [dns.rrset.from_text(child, 3600, "IN", "NS", f"ns.{child}")]
        message.additional[:] = [dns.rrset.from_text(f"ns.{child}", 3600, "IN", "A", LENTIL)]
        return message

    space.odd[LENTIL] = deeper
    answer = space.resolve("x." * 40 + "lentil.edu.")
    assert (answer.why, answer.about) == ("too-much-work", ("delegations",))
    assert len(space.asked) == limits.DELEGATIONS + 1


@pytest.mark.parametrize(("count", "why", "about"), [
    (limits.SERVERS_TRIED, "unreachable", "vuw.nz."),
    (limits.SERVERS_TRIED + 1, "too-much-work", "servers"),
])  # fmt: skip
def test_not_all_servers_of_a_zone_are_tried(space, count, why, about):
    space.servers[NZ]["nz"] = f"ns A {NZ}\n" + "".join(
        f"vuw NS n{n}.vuw\nn{n}.vuw A 10.6.6.{n}\n" for n in range(count)
    )
    answer = space.resolve("www.vuw.nz.")
    assert (answer.why, answer.about[0]) == (why, about)
    assert len(space.asked) == 2 + limits.SERVERS_TRIED


def test_the_work_for_one_query_has_an_end(space):
    names = [f"z{n}" for n in range(100)]
    # Each zone's servers are in other zones, all of them without glue: every search begins five more.
    space.servers[EDU]["edu"] += "".join(
        f"{name} NS {letter}.{names[(n * 5 + k + 1) % 100]}.edu.\n"
        for n, name in enumerate(names)
        for k, letter in enumerate("abcde")
    )
    answer = space.resolve("www.z0.edu.")
    assert (answer.rcode, answer.why, answer.about) == (dns.rcode.SERVFAIL, "too-much-work", ("queries",))
    assert len(space.asked) <= limits.RESOLVE_QUERIES


def test_it_stops_when_its_time_is_over():
    resolution = Resolution(dns.name.from_text("www.vuw.nz."), RdataType.A, Cache(), HINTS)
    assert isinstance(resolution.proceed(NOW), Ask)
    resolution.miss("timed-out")
    answer = resolution.proceed(NOW + 8, is_late=True)
    assert isinstance(answer, Answer)
    assert (answer.rcode, answer.why, answer.about) == (dns.rcode.SERVFAIL, "too-slow", ("8",))


def test_it_believes_nothing_that_its_server_cannot_know(space):
    def poison(ask, message):
        message.additional += [
            dns.rrset.from_text("www.lentil.edu.", 3600, "IN", "A", "10.6.6.6"),
            dns.rrset.from_text("ns.edu.", 3600, "IN", "A", "10.6.6.6"),
        ]
        message.authority.append(dns.rrset.from_text("edu.", 3600, "IN", "NS", "ns.vuw.nz."))
        message.answer.append(dns.rrset.from_text("lentil.edu.", 3600, "IN", "A", "10.6.6.6"))
        return message

    space.odd[VUW] = poison
    assert data(space.resolve("mail.vuw.nz.")) == ["mail.vuw.nz. A 10.9.9.8"]
    assert not any("edu" in each for each in space.kept)
    assert data(space.resolve("lentil.edu.")) == ["lentil.edu. A 10.8.8.8"]


def test_it_does_not_take_the_end_of_an_alias_from_who_cannot_know_it(space):
    def claim(ask, message):
        message.answer.append(dns.rrset.from_text("www.vuw.nz.", 3600, "IN", "A", "10.6.6.6"))
        return message

    space.odd[LENTIL] = claim
    assert data(space.resolve("friends.lentil.edu."))[-1] == "www2.vuw.nz. A 10.9.9.9"


def test_glue_is_no_answer(space):
    space.resolve("www.vuw.nz.")
    answer = space.resolve("ns.vuw.nz.")
    assert space.asked == [f"{VUW} ns.vuw.nz. A"]
    assert answer.why == "recursed"


def test_what_a_ds_record_says_is_asked_of_the_parent(space):
    space.resolve("www.vuw.nz.")
    assert space.resolve("vuw.nz.", "DS").why == "recursed-no-data"
    assert space.asked == [f"{NZ} vuw.nz. DS"]


def test_any_is_one_of_the_record_sets(space):
    assert data(space.resolve("mail.vuw.nz.", "ANY")) == ["mail.vuw.nz. A 10.9.9.8"]
    assert space.resolve("mail.vuw.nz.", "ANY").why == "cached"


def test_a_record_for_this_moment_only_is_given_and_not_kept(space):
    space.servers[VUW]["vuw.nz"] += "now 0 A 10.5.5.5\n"
    for _ in range(2):
        assert data(space.resolve("now.vuw.nz.")) == ["now.vuw.nz. A 10.5.5.5"]
        assert space.asked[-1] == f"{VUW} now.vuw.nz. A"
