from pathlib import Path

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

import protocols
from protocols.dns.generate import check_zones, whole_zones
from protocols.dns.zone import parse_zone
from protocols.world import Host, Mail, Names, World, WorldError, Zone, read_world

LECTURE = read_world(Path(protocols.__file__).parent / "worlds" / "lecture.yaml")
HOSTS = (
    Host("mx.halva.fr", "10.0.0.1"),
    Host("a.root-servers.net", "198.41.0.4", dns=Names((".", "arpa", "in-addr.arpa"))),
    Host("ns1.dns.net.nz", "202.46.190.130", dns=Names(("nz", "ac.nz"))),
    Host("ns1.vuw.ac.nz", "130.195.85.10", dns=Names(("vuw.ac.nz", "195.130.in-addr.arpa"))),
    Host("ns.dahl.org", "192.0.47.53", dns=Names(("vuw.ac.nz", "dahl.org"), down=True)),
    Host("mail.vuw.ac.nz", "130.195.85.25", Mail(("vuw.ac.nz", "lists.vuw.ac.nz"), ())),
)
SOA = "SOA ns1.vuw.ac.nz. hostmaster.vuw.ac.nz. 2026112401 7200 900 1209600 300"


def make(*zones: Zone, hosts: tuple[Host, ...] = HOSTS) -> World:
    return World("A world", "mx.halva.fr", hosts, zones=zones)


def records(world: World, name: str) -> list[str]:
    """The records of a zone's file: name, type and data of each."""
    found = parse_zone(name, whole_zones(world)[name]).records()
    return [f"{each.name} {each.type} {each.data}" for each in found]


def test_every_zone_that_a_server_has_is_written():
    names = {".", "arpa", "in-addr.arpa", "nz", "ac.nz", "vuw.ac.nz", "195.130.in-addr.arpa", "dahl.org"}
    assert set(whole_zones(make())) == names


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (
            ".",
            [
                ". SOA a.root-servers.net. hostmaster. 2026112401 7200 900 1209600 300",
                ". NS a.root-servers.net.",
                "mx.halva.fr. A 10.0.0.1",  # hosts that no nearer zone has
                "a.root-servers.net. A 198.41.0.4",
                "arpa. NS a.root-servers.net.",
                "nz. NS ns1.dns.net.nz.",
                "ns1.dns.net.nz. A 202.46.190.130",  # glue
                "dahl.org. NS ns.dahl.org.",
                "ns.dahl.org. A 192.0.47.53",
            ],
        ),
        (
            "ac.nz",
            [
                "ac.nz. SOA ns1.dns.net.nz. hostmaster.ac.nz. 2026112401 7200 900 1209600 300",
                "ac.nz. NS ns1.dns.net.nz.",
                "vuw.ac.nz. NS ns1.vuw.ac.nz.",
                "vuw.ac.nz. NS ns.dahl.org.",  # another zone's host: no glue, and down or not
                "ns1.vuw.ac.nz. A 130.195.85.10",
            ],
        ),
        (
            "vuw.ac.nz",
            [
                f"vuw.ac.nz. {SOA}",
                "vuw.ac.nz. NS ns1.vuw.ac.nz.",
                "vuw.ac.nz. NS ns.dahl.org.",
                "vuw.ac.nz. MX 10 mail.vuw.ac.nz.",
                "lists.vuw.ac.nz. MX 10 mail.vuw.ac.nz.",
                "ns1.vuw.ac.nz. A 130.195.85.10",
                "mail.vuw.ac.nz. A 130.195.85.25",
            ],
        ),
        (
            "195.130.in-addr.arpa",
            [
                f"195.130.in-addr.arpa. {SOA.replace('hostmaster.vuw.ac.nz.', 'hostmaster.195.130.in-addr.arpa.')}",
                "195.130.in-addr.arpa. NS ns1.vuw.ac.nz.",
                "10.85.195.130.in-addr.arpa. PTR ns1.vuw.ac.nz.",
                "25.85.195.130.in-addr.arpa. PTR mail.vuw.ac.nz.",
            ],
        ),
    ],
)
def test_hosts_are_the_source_of_a_zones_records(zone, expected):
    assert sorted(records(make(), zone)) == sorted(expected)


@pytest.mark.parametrize(
    ("stated", "gone", "there"),
    [
        ("mail A 10.9.9.9", "mail.vuw.ac.nz. A 130.195.85.25", "mail.vuw.ac.nz. A 10.9.9.9"),
        ("mail CNAME ns1", "mail.vuw.ac.nz. A 130.195.85.25", "mail.vuw.ac.nz. CNAME ns1.vuw.ac.nz."),
        ("@ MX 5 mx.halva.fr.", "vuw.ac.nz. MX 10 mail.vuw.ac.nz.", "lists.vuw.ac.nz. MX 10 mail.vuw.ac.nz."),
        ("@ NS ns1", "vuw.ac.nz. NS ns.dahl.org.", "vuw.ac.nz. NS ns1.vuw.ac.nz."),
        ("@ SOA ns1 me 1 2 3 4 5", f"vuw.ac.nz. {SOA}", "vuw.ac.nz. SOA ns1.vuw.ac.nz. me.vuw.ac.nz. 1 2 3 4 5"),
    ],
)
def test_what_a_zone_states_replaces_what_is_made_for_the_name_and_type(stated, gone, there):
    found = records(make(Zone("vuw.ac.nz", stated)), "vuw.ac.nz")
    assert gone not in found
    assert there in found
    assert gone in records(make(), "vuw.ac.nz")


def test_what_a_zone_states_is_read_as_if_it_stood_alone():
    stated = "$TTL 60\nwww A 130.195.86.18\n$ORIGIN lab\nwww A 130.195.86.19"
    zone = parse_zone("vuw.ac.nz", whole_zones(make(Zone("vuw.ac.nz", stated)))["vuw.ac.nz"])
    assert [(each.name, each.ttl) for each in zone.records()[-2:]] == [
        ("www.vuw.ac.nz.", 60),
        ("www.lab.vuw.ac.nz.", 60),
    ]


def test_a_whole_file_stands_as_it_is():
    file = "$TTL 60\n@ SOA ns1 me 1 2 3 4 5\n@ NS ns1\n"
    world = make(Zone("vuw.ac.nz", file=file))
    check_zones(world)
    assert whole_zones(world)["vuw.ac.nz"] == file


def test_a_file_is_set_in_columns_under_comments():
    lines = whole_zones(make())["vuw.ac.nz"].splitlines()
    columns = {line.index(" NS ") for line in lines if " NS " in line}
    columns |= {line.index(" A ") for line in lines if " A " in line and not line.startswith(";")}
    assert len(columns) == 1
    blocks = whole_zones(make())["vuw.ac.nz"].split("\n\n")
    assert all(block.startswith(";") for block in blocks)
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        (Zone("vuw.ac.nz", "www A 10.0.0.1\nwww AA 1"), "The zone vuw.ac.nz, line 2: 'AA' is no type; after a name"),
        (
            Zone("vuw.ac.nz", "www.halva.fr. A 10.0.0.1"),
            "The zone vuw.ac.nz, line 1: www.halva.fr. is not within vuw.ac.nz.",
        ),
        (
            Zone("vuw.ac.nz", "w CNAME a\n\nw A 10.0.0.1"),
            "The zone vuw.ac.nz, line 3: w.vuw.ac.nz. is an alias by its CNAME in line 1",
        ),
        (Zone("vuw.ac.nz", " A 10.0.0.1"), "The zone vuw.ac.nz, line 1: the first record has no name before it"),
        (Zone("vuw.ac.nz", file="$TTL 60\n@ A x"), "The zone vuw.ac.nz, line 2: A wants an IPv4 address"),
        (Zone("vuw.ac.nz", file=""), "The zone vuw.ac.nz, line 1: the zone has no SOA record"),
        (Zone("halva.fr", "www A 10.0.0.1"), "The zone halva.fr is stated, and no host's dns has it among its zones."),
    ],
)
def test_a_zone_that_cannot_be_loaded_is_refused_with_its_name_and_line(zone, sentence):
    with pytest.raises(WorldError) as caught:
        check_zones(make(zone))
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", whole_zones(LECTURE))
def test_every_delegation_of_the_lecture_with_glue_can_be_followed(name):
    """A server's name within its own zone has an address above it, and the host is there."""
    zone = parse_zone(name, whole_zones(LECTURE)[name])
    addresses = {each.name: each.data for each in zone.records() if each.type == "A"}
    for each in zone.records():
        child, server = dns.name.from_text(each.name), dns.name.from_text(each.data) if each.type == "NS" else None
        if server is not None and server.is_subdomain(child) and not child.is_subdomain(dns.name.from_text("kiwi.nz")):
            host = LECTURE.host(addresses.get(each.data, ""))
            assert host is not None or each.name == "ward.health.nz.", each
            assert host is None or f"{host.name}." == each.data


LABELS = st.sampled_from(["a", "b", "nz", "ac", "in-addr", "arpa", "10"])
ZONES = st.lists(LABELS, max_size=3).map(lambda labels: ".".join(labels) or ".")


HOST_NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@given(st.lists(st.tuples(HOST_NAMES, st.sets(ZONES, max_size=3)), max_size=5, unique_by=lambda server: server[0]))
def test_whatever_zones_hosts_have_their_files_can_be_loaded(servers):
    hosts = [Host(name, f"10.0.{n}.1", dns=Names(tuple(zones))) for n, (name, zones) in enumerate(servers)]
    mail = Host("mx.lentil.edu", "10.2.0.25", Mail(("a.nz", "b"), ()))
    check_zones(make(hosts=(*hosts, mail)))
