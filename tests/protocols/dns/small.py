"""A small name space, and questions to it as they come by the wire."""

import dns.edns
import dns.message
import dns.name
import dns.rdatatype

from protocols.dns.answer import Answer
from protocols.dns.lookup import look_up
from protocols.dns.wire import Query, read_message, read_query, respond
from protocols.dns.zone import Zone, parse_zone

EDU = """
$TTL 3600
@       SOA  ns.edu. hostmaster.edu. 7 7200 900 1209600 300
@       NS   ns
ns      A    192.5.6.30
lentil  NS   ns1.lentil
lentil  NS   ns.dahl.org.
lentil  NS   ns.halva
lentil  DS   60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
ns1.lentil  A  10.2.0.53
halva   NS   ns.halva
ns.halva  A  10.3.0.53
"""
LENTIL = """
$TTL 3600
@       SOA  ns1 hostmaster 2026112401 7200 900 1209600 300
@       NS   ns1
@       NS   ns.dahl.org.
@       MX   10 mx
@       MX   20 mx.halva.edu.
ns1     A    10.2.0.53
mx      A    10.2.0.25
www     CNAME  web
web     A    10.2.0.80
web     A    10.2.0.81
web     TXT  "a web of lentils"
far     CNAME  www.halva.fr.
below   CNAME  www.lab
gone    CNAME  nobody
bare    CNAME  mx
tick    CNAME  tock
tock    CNAME  tick
*.guest  A   10.2.0.90
*.guest  MX  10 mx
bob.guest  TXT "Bob"
*.deep.guest CNAME web
sub.ent.guest A 10.2.0.91
lab     NS   ns.lab
ns.lab  A    10.2.7.53
*.lab   A    10.2.7.99
_smtp._tcp  SRV  0 5 25 mx
c0      CNAME  c1
c1      CNAME  c2
c2      CNAME  c3
c3      CNAME  c4
c4      CNAME  c5
c5      CNAME  c6
c6      CNAME  c7
c7      CNAME  c8
c8      CNAME  c9
c9      A    10.2.0.9
"""
ORG = """
$TTL 60
@       SOA  ns hostmaster 1 7200 900 1209600 86400
@       NS   ns
ns      A    192.0.47.53
"""


def load(**texts: str) -> dict[dns.name.Name, Zone]:
    """Zones by their names; an underline in a keyword stands for a dot."""
    zones = [parse_zone(name.replace("_", "."), text) for name, text in texts.items()]
    return {zone.origin: zone for zone in zones}


ZONES = load(lentil_edu=LENTIL, dahl_org=ORG)
PARENT = load(edu=EDU)


def ask(name: str, rdtype: str = "A", rdclass: str = "IN", **more) -> Query:
    """The query of a client with EDNS, but for what `more` has for dnspython's `make_query`."""
    return read_query(
        dns.message.make_query(name, rdtype, rdclass, **{"use_edns": 0, "payload": 4096, **more}).to_wire()
    )


def answer(name: str, rdtype: str = "A", zones: dict[dns.name.Name, Zone] = ZONES) -> Answer:
    return look_up(ask(name, rdtype), zones)


def exchange(octets: bytes, zones: dict[dns.name.Name, Zone] = ZONES, transport="udp") -> dns.message.Message:
    """What a server of `zones` says to `octets`, by the wire."""
    query = read_query(octets)
    said = respond(query, look_up(query, zones), recursion_available=False, transport=transport)
    return read_message(said)


def texts(rrsets) -> list[str]:
    """Each record of these RRsets, as "name type data"."""
    return [f"{each.name} {dns.rdatatype.to_text(each.rdtype)} {data.to_text()}" for each in rrsets for data in each]
