"""What the tests' name servers have to say."""

from typing import Any

import dns.message
from dns.edns import EDECode, EDEOption

from tests.protocols.dns.fakes import respond

SOA = "vuw.ac.nz. 300 SOA ns1.vuw.ac.nz. hostmaster\\.x.vuw.ac.nz. 2026112401 7200 900 1209600 90061"
MANY = (
    "many.vuw.ac.nz. 300 MX 10 mx1.vuw.ac.nz.",
    "many.vuw.ac.nz. 300 MX 20 mx2.vuw.ac.nz.",
    'many.vuw.ac.nz. 300 TXT "v=spf1 a \\"q\\" \\; -all" "second\\200"',
    'many.vuw.ac.nz. 300 HINFO "PDP-11" "UNIX"',
    "many.vuw.ac.nz. 300 SRV 0 5 389 ldap.vuw.ac.nz.",
    "many.vuw.ac.nz. 300 NS ns1.vuw.ac.nz.",
    "many.vuw.ac.nz. 300 AAAA 2001:db8::1",
    "many.vuw.ac.nz. 0 TYPE65280 \\# 3 010203",
    "a-very-long-name-of-a-host-indeed.vuw.ac.nz. 4294967 A 1.2.3.4",
    "exactly-24-characters.nz. 300 A 1.2.3.4",
    "exactly-23-character.nz. 300 A 1.2.3.4",
    "many.vuw.ac.nz. 300 A 1.2.3.4",
    "a\\.b\\@\\$x.nz. 0 PTR .",
)
ALIAS = ("www.vuw.ac.nz. 300 CNAME www2.vuw.ac.nz.", "www2.vuw.ac.nz. 300 A 130.195.86.18")
ANSWERS: dict[str, dict[str, Any]] = {  # by the name and type asked for: sections, rcode and flags
    "www.vuw.ac.nz. A": {"answer": ALIAS},
    "two.vuw.ac.nz. A": {"answer": ("two.vuw.ac.nz. 300 A 1.2.3.4", "two.vuw.ac.nz. 300 A 1.2.3.5"), "flags": "AA"},
    "chain.nz. A": {"answer": ("chain.nz. 9 CNAME www.vuw.ac.nz.", *ALIAS)},
    "dangling.nz. A": {"answer": ("dangling.nz. 9 CNAME www.vuw.ac.nz.",), "flags": "AA"},
    "many.vuw.ac.nz. ANY": {"answer": MANY, "flags": "AA"},
    "many.vuw.ac.nz. A": {"answer": ("many.vuw.ac.nz. 300 A 1.2.3.4",)},
    "vuw.ac.nz. MX": {
        "answer": ("vuw.ac.nz. 300 MX 10 mx1.vuw.ac.nz.", "vuw.ac.nz. 300 MX 20 mx2.vuw.ac.nz."),
        "additional": ("mx1.vuw.ac.nz. 300 A 130.195.2.1",),
    },
    "vuw.ac.nz. NS": {"answer": ("vuw.ac.nz. 300 NS ns1.vuw.ac.nz.",), "flags": "AA"},
    "vuw.ac.nz. SOA": {"answer": (SOA,)},
    "vuw.ac.nz. TXT": {"answer": ('vuw.ac.nz. 300 TXT "v=spf1 mx -all"',)},
    "www.vuw.ac.nz. CNAME": {"answer": ALIAS[:1]},
    "vuw.ac.nz. SRV": {"answer": ("vuw.ac.nz. 1 SRV 0 5 389 ldap.vuw.ac.nz.",)},
    "53.0.0.127.in-addr.arpa. PTR": {"answer": ("53.0.0.127.in-addr.arpa. 60 PTR resolver.vuw.ac.nz.",)},
    "18.86.195.130.in-addr.arpa. PTR": {"answer": ("18.86.195.130.in-addr.arpa. 60 PTR www2.vuw.ac.nz.",)},
    "refused.nz. A": {"rcode": 5},
    "failed.nz. A": {"rcode": 2},
    "badvers.nz. A": {"rcode": 16},
    "nothing.nz. A": {"authority": (SOA,)},
    "nothing.nz. MX": {"authority": (SOA,)},
    "deep.nz. A": {
        "authority": ("nz. 172800 NS ns1.dns.net.nz.", "nz. 172800 NS ns2.dns.net.nz."),
        "additional": ("ns1.dns.net.nz. 172800 A 127.0.0.64",),
    },
    "deep.nz. MX": {"authority": ("nz. 172800 NS ns1.dns.net.nz.",)},
    "www2.vuw.ac.nz. A": {"answer": ALIAS[1:]},
    "cut.nz. AAAA": {"authority": (SOA,)},
    "ns1.vuw.ac.nz. A": {"answer": ("ns1.vuw.ac.nz. 300 A 127.0.0.85",)},
}  # fmt: skip


def say(query: dns.message.Message, way: str) -> bytes | None:
    """The answer of these; NXDOMAIN for another name, silence for silent.nz, and what is cut short for cut.nz."""
    name, _, rdtype = query.question[0].to_text().split()
    if name == "silent.nz.":
        return None
    if name == "cut.nz." and rdtype == "A":
        cut, whole = {"flags": "RA TC"}, {"flags": "RA", "answer": ("cut.nz. 5 A 1.1.1.1",)}
        return respond(query, **(cut if way == "udp" else whole)).to_wire()
    if name == "octets.nz.":  # it announces a record that is not there
        return query.to_wire()[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + query.to_wire()[12:28]
    if name == "headless.nz.":
        return query.to_wire()[:2] + b"\x81\x81" + bytes(8)
    if name == "extended.nz.":
        response = respond(query, rcode=2, flags="RA")
        response.use_edns(0, payload=1232, options=[EDEOption(EDECode(22), "at dead.nz."), EDEOption(EDECode(9))])
        return response.to_wire()
    if rdtype == "AAAA" and f"{name} A" in ANSWERS and "rcode" not in ANSWERS[f"{name} A"]:
        return respond(query, flags="RA", authority=(SOA,)).to_wire()
    given: dict[str, Any] = ANSWERS.get(f"{name} {rdtype}", {"rcode": 3, "authority": (SOA,)})
    return respond(query, **{"flags": "RA", **given}).to_wire()
