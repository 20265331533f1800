from portal.labs.hosts import group_hosts
from protocols.world import Host, Mail, Names, World


def server(name: str, *zones: str, **more: bool) -> Host:
    return Host(name, f"10.0.1.{len(name)}", dns=Names(zones, **more))


WORLD = World(
    title="Names",
    student="student.nz",
    resolver="resolver.nz",
    hosts=(
        server("ns1.dns.net.nz", "ac.nz", "nz"),
        server("ns1.vuw.ac.nz", "vuw.ac.nz", "85.195.130.in-addr.arpa"),
        server("a.root-servers.net", ".", "arpa"),
        server("ns.arpa", "10.in-addr.arpa"),
        server("dead.example", "example", down=True),
        server("resolver.nz", recursive=True),
        Host("mx.nz", "10.0.0.3", smtp=Mail(("nz",), ("bob@nz",))),
        Host("www.nz", "10.0.0.4"),
        Host("student.nz", "10.0.0.1"),
    ),
)


def test_what_is_the_students_own_comes_first():
    rows = group_hosts(WORLD).first
    assert [(row.name, row.role) for row in rows] == [
        ("student.nz", "your machine"),
        ("resolver.nz", "your resolver"),
        ("mx.nz", ""),
    ]
    assert [(row.connects, row.asks) for row in rows] == [((), False), ((), True), ((("smtp", 25),), False)]


def test_name_servers_are_grouped_by_the_highest_zone_that_they_have():
    groups = group_hosts(WORLD).groups
    assert [(group.title, [row.name for row in group.hosts]) for group in groups] == [
        ("Root servers", ["a.root-servers.net"]),
        ("Top-level domains", ["ns1.dns.net.nz", "dead.example"]),
        ("Domains", ["ns1.vuw.ac.nz"]),
        ("Reverse zones", ["ns.arpa"]),
        ("Other hosts", ["www.nz"]),
    ]


def test_a_server_that_is_down_is_listed_and_can_be_asked_like_any_other():
    top = group_hosts(WORLD).groups[1].hosts
    assert [row.asks for row in top] == [True, True]


def test_every_host_is_listed_once():
    found = group_hosts(WORLD)
    names = [row.name for row in found.first] + [row.name for group in found.groups for row in group.hosts]
    assert sorted(names) == sorted(host.name for host in WORLD.hosts)
