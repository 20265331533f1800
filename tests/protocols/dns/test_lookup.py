"""The look-up, by tables: RFC 1034 section 4.3.2, and what came after it."""

from pathlib import Path

import dns.name
import dns.rcode
import pytest

import protocols
from protocols.dns.generate import whole_zones
from protocols.dns.lookup import look_up
from protocols.dns.zone import parse_zone
from protocols.world import read_world
from tests.protocols.dns.small import EDU, LENTIL, PARENT, ZONES, answer, ask, load, texts

SOA = "lentil.edu."
LECTURE = read_world(Path(protocols.__file__).parent / "worlds" / "lecture.yaml")
FILES = whole_zones(LECTURE)


@pytest.mark.parametrize(
    ("name", "rdtype", "rcode", "why", "about"),
    [
        ("web.lentil.edu", "A", "NOERROR", "authoritative", ("lentil.edu.",)),
        ("WEB.Lentil.EDU", "A", "NOERROR", "authoritative", ("lentil.edu.",)),
        ("lentil.edu", "SOA", "NOERROR", "authoritative", ("lentil.edu.",)),
        ("www.lentil.edu", "A", "NOERROR", "alias", ("lentil.edu.", "web.lentil.edu.")),
        ("www.lentil.edu", "CNAME", "NOERROR", "authoritative", ("lentil.edu.",)),
        ("far.lentil.edu", "A", "NOERROR", "alias-out", ("lentil.edu.", "www.halva.fr.")),
        ("below.lentil.edu", "A", "NOERROR", "alias-out", ("lentil.edu.", "www.lab.lentil.edu.")),
        ("gone.lentil.edu", "A", "NXDOMAIN", "alias-dangling", ("lentil.edu.", "nobody.lentil.edu.")),
        ("bare.lentil.edu", "TXT", "NOERROR", "no-data", ("lentil.edu.", "mx.lentil.edu.", "TXT")),
        ("tick.lentil.edu", "A", "NOERROR", "alias-loop", ("tick.lentil.edu.",)),
        ("c0.lentil.edu", "A", "NOERROR", "too-much-work", ("aliases",)),
        ("c2.lentil.edu", "A", "NOERROR", "alias", ("lentil.edu.", "c9.lentil.edu.")),
        ("web.lentil.edu", "AAAA", "NOERROR", "no-data", ("lentil.edu.", "web.lentil.edu.", "AAAA")),
        ("web.lentil.edu", "RRSIG", "NOERROR", "no-data", ("lentil.edu.", "web.lentil.edu.", "RRSIG")),
        ("web.lentil.edu", "TYPE65399", "NOERROR", "no-data", ("lentil.edu.", "web.lentil.edu.", "TYPE65399")),
        ("_tcp.lentil.edu", "SRV", "NOERROR", "no-data", ("lentil.edu.", "_tcp.lentil.edu.", "SRV")),
        ("_tcp.lentil.edu", "ANY", "NOERROR", "no-data", ("lentil.edu.", "_tcp.lentil.edu.", "ANY")),
        ("nobody.lentil.edu", "A", "NXDOMAIN", "no-name", ("lentil.edu.", "lentil.edu.")),
        ("a.web.lentil.edu", "A", "NXDOMAIN", "no-name", ("lentil.edu.", "web.lentil.edu.")),
        ("lentil.edu", "ANY", "NOERROR", "any", ("lentil.edu.",)),
        ("www.lentil.edu", "ANY", "NOERROR", "any", ("lentil.edu.",)),
        # RFC 4592: the closest encloser, and what keeps a wildcard away
        ("ann.guest.lentil.edu", "A", "NOERROR", "wildcard", ("lentil.edu.", "*.guest.lentil.edu.")),
        ("a.b.guest.lentil.edu", "A", "NOERROR", "wildcard", ("lentil.edu.", "*.guest.lentil.edu.")),
        ("ann.guest.lentil.edu", "TXT", "NOERROR", "no-data", ("lentil.edu.", "ann.guest.lentil.edu.", "TXT")),
        ("bob.guest.lentil.edu", "A", "NOERROR", "no-data", ("lentil.edu.", "bob.guest.lentil.edu.", "A")),
        ("ann.bob.guest.lentil.edu", "A", "NXDOMAIN", "no-name", ("lentil.edu.", "bob.guest.lentil.edu.")),
        ("ent.guest.lentil.edu", "A", "NOERROR", "no-data", ("lentil.edu.", "ent.guest.lentil.edu.", "A")),
        ("ann.ent.guest.lentil.edu", "A", "NXDOMAIN", "no-name", ("lentil.edu.", "ent.guest.lentil.edu.")),
        ("*.guest.lentil.edu", "A", "NOERROR", "authoritative", ("lentil.edu.",)),
        ("a.*.guest.lentil.edu", "A", "NXDOMAIN", "no-name", ("lentil.edu.", "*.guest.lentil.edu.")),
        ("a.deep.guest.lentil.edu", "A", "NOERROR", "alias", ("lentil.edu.", "web.lentil.edu.")),
        ("ann.guest.lentil.edu", "ANY", "NOERROR", "any", ("lentil.edu.",)),
        # What is below a cut is another's
        ("lab.lentil.edu", "NS", "NOERROR", "referral", ("lab.lentil.edu.", "ns.lab.lentil.edu.")),
        ("ns.lab.lentil.edu", "A", "NOERROR", "referral", ("lab.lentil.edu.", "ns.lab.lentil.edu.")),
        ("a.lab.lentil.edu", "A", "NOERROR", "referral", ("lab.lentil.edu.", "ns.lab.lentil.edu.")),
        ("a.b.lab.lentil.edu", "ANY", "NOERROR", "referral", ("lab.lentil.edu.", "ns.lab.lentil.edu.")),
        ("lab.lentil.edu", "DS", "NOERROR", "no-data", ("lentil.edu.", "lab.lentil.edu.", "DS")),
        ("a.lab.lentil.edu", "DS", "NOERROR", "referral", ("lab.lentil.edu.", "ns.lab.lentil.edu.")),
        ("lentil.edu", "DS", "NOERROR", "no-data", ("lentil.edu.", "lentil.edu.", "DS")),
        # What is nobody's here
        ("www.halva.fr", "A", "REFUSED", "not-here", ("dahl.org.", "lentil.edu.")),
        ("edu", "NS", "REFUSED", "not-here", ("dahl.org.", "lentil.edu.")),
        (".", "NS", "REFUSED", "not-here", ("dahl.org.", "lentil.edu.")),
        ("lentil.edu", "AXFR", "REFUSED", "meta-type", ("AXFR",)),
        ("lentil.edu", "IXFR", "REFUSED", "meta-type", ("IXFR",)),
        ("lentil.edu", "MAILB", "NOTIMP", "meta-type", ("MAILB",)),
        ("lentil.edu", "OPT", "FORMERR", "meta-type", ("OPT",)),
    ],
)
def test_each_question_has_its_answer_and_its_reason(name, rdtype, rcode, why, about):
    found = answer(name, rdtype)
    assert (dns.rcode.to_text(found.rcode), found.why, found.about) == (rcode, why, about)
    assert found.is_authoritative == (why not in ("referral", "not-here", "meta-type"))


@pytest.mark.parametrize(
    ("name", "rdtype", "records"),
    [
        ("web.lentil.edu", "A", ["web.lentil.edu. A 10.2.0.80", "web.lentil.edu. A 10.2.0.81"]),
        ("gone.lentil.edu", "A", ["gone.lentil.edu. CNAME nobody.lentil.edu."]),
        ("x.guest.lentil.edu", "A", ["x.guest.lentil.edu. A 10.2.0.90"]),
        (
            "x.deep.guest.lentil.edu",
            "TXT",
            ["x.deep.guest.lentil.edu. CNAME web.lentil.edu.", 'web.lentil.edu. TXT "a web of lentils"'],
        ),
        (
            "tick.lentil.edu",
            "A",
            ["tick.lentil.edu. CNAME tock.lentil.edu.", "tock.lentil.edu. CNAME tick.lentil.edu."],
        ),
        ("lentil.edu", "ANY", ["lentil.edu. MX 10 mx.lentil.edu.", "lentil.edu. MX 20 mx.halva.edu."]),
    ],
)
def test_the_answer_section_has_the_chain_in_order(name, rdtype, records):
    assert texts(answer(name, rdtype).answer) == records


@pytest.mark.parametrize("name", ["nobody.lentil.edu", "web.lentil.edu", "gone.lentil.edu", "ent.guest.lentil.edu"])
def test_what_does_not_exist_comes_with_the_soa_and_the_shorter_of_its_two_times(name):
    (soa,) = answer(name, "AAAA").authority
    assert (soa.name.to_text(), soa.ttl) == ("lentil.edu.", 300)
    (soa,) = answer("nobody.dahl.org").authority
    assert soa.ttl == 60  # RFC 2308 section 3: that of the SOA record, where it is shorter than its minimum


def test_hosts_that_an_answer_names_come_with_their_addresses():
    assert texts(answer("lentil.edu", "MX").additional) == ["mx.lentil.edu. A 10.2.0.25"]
    assert texts(answer("_smtp._tcp.lentil.edu", "SRV").additional) == ["mx.lentil.edu. A 10.2.0.25"]
    assert texts(answer("lentil.edu", "NS").additional) == ["ns1.lentil.edu. A 10.2.0.53", "ns.dahl.org. A 192.0.47.53"]


def test_a_referral_has_the_servers_and_the_glue_that_the_zone_has():
    found = answer("www.lentil.edu", zones=PARENT)
    assert (found.why, found.about[0], found.answer) == ("referral", "lentil.edu.", ())
    assert texts(found.authority) == [f"lentil.edu. NS {server}" for server in found.about[1:]]
    assert texts(found.additional) == ["ns1.lentil.edu. A 10.2.0.53", "ns.halva.edu. A 10.3.0.53"]


def test_a_ds_record_is_the_parents_to_say():
    assert answer("lentil.edu", "DS", PARENT).why == "authoritative"
    both = load(edu=EDU, lentil_edu=LENTIL)
    assert answer("lentil.edu", "DS", both).about == ("edu.",)
    assert answer("lentil.edu", "SOA", both).about == ("lentil.edu.",)


def test_an_alias_goes_on_in_another_zone_of_the_same_server():
    zones = load(lentil_edu=LENTIL + "other CNAME ns.dahl.org.\n") | {name: ZONES[name] for name in list(ZONES)[1:]}
    found = answer("other.lentil.edu", zones=zones)
    assert (found.why, found.about) == ("alias", ("dahl.org.", "ns.dahl.org."))
    assert texts(found.answer)[1:] == ["ns.dahl.org. A 192.0.47.53"]


def test_only_the_internet_has_names_here():
    assert look_up(ask("version.bind", "TXT", "CH"), ZONES).about == ("CH",)
    assert look_up(ask("web.lentil.edu", "A", "ANY"), ZONES).why == "authoritative"


def test_only_the_zones_of_the_answer_are_read():
    class Unread(dict):
        def __getitem__(self, name):
            assert name == dns.name.from_text("lentil.edu")
            return super().__getitem__(name)

    assert look_up(ask("www.lentil.edu"), Unread(ZONES)).why == "alias"
    assert look_up(ask("www.halva.fr"), Unread(ZONES)).why == "not-here"


@pytest.mark.parametrize(
    ("host", "name", "rdtype", "why", "about"),
    [
        ("a.root-servers.net", "www.vuw.ac.nz", "A", "referral", ("nz.", "ns1.dns.net.nz.")),
        ("ns1.dns.net.nz", "www.vuw.ac.nz", "A", "referral", ("vuw.ac.nz.", "ns1.vuw.ac.nz.")),
        ("ns1.vuw.ac.nz", "www.vuw.ac.nz", "A", "alias", ("vuw.ac.nz.", "www2.vuw.ac.nz.")),
        ("ns1.vuw.ac.nz", "library.vuw.ac.nz", "A", "alias", ("vuw.ac.nz.", "www2.vuw.ac.nz.")),
        ("ns1.vuw.ac.nz", "www.ecs.vuw.ac.nz", "A", "referral", ("ecs.vuw.ac.nz.", "ns.ecs.vuw.ac.nz.")),
        ("ns1.vuw.ac.nz", "25.85.195.130.in-addr.arpa", "PTR", "authoritative", ("85.195.130.in-addr.arpa.",)),
        ("ns1.vuw.ac.nz", "archive.govt.nz", "A", "not-here", None),
        ("ns1.lentil.edu", "lentil.edu", "MX", "authoritative", ("lentil.edu.",)),
        ("ns1.lentil.edu", "friends.lentil.edu", "A", "alias-out", ("lentil.edu.", "www.vuw.ac.nz.")),
        ("ns1.halva.fr", "anybody.guest.halva.fr", "A", "wildcard", ("halva.fr.", "*.guest.halva.fr.")),
        ("ns1.halva.fr", "floor2.halva.fr", "A", "no-data", ("halva.fr.", "floor2.halva.fr.", "A")),
        ("ns1.halva.fr", "1.0.0.10.in-addr.arpa", "PTR", "authoritative", ("0.10.in-addr.arpa.",)),
        ("a.gtld-servers.net", "ftp.eckenfels.net", "A", "referral", ("eckenfels.net.", "ns.dahl.org.")),
    ],
)
def test_the_lectures_servers_say_what_the_lecture_says(host, name, rdtype, why, about):
    names = next(each.dns for each in LECTURE.hosts if each.name == host)
    assert names is not None
    zones = {dns.name.from_text(each): parse_zone(each, FILES[each]) for each in names.zones}
    found = answer(name, rdtype, zones)
    assert found.why == why
    assert about is None or found.about == about


def test_a_delegation_to_another_zones_server_has_no_glue():
    zones = {dns.name.from_text("net"): parse_zone("net", FILES["net"])}
    assert answer("ftp.eckenfels.net", zones=zones).additional == ()
