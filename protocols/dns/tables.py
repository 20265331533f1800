"""What DNS's codes and bits mean, and where it is said: record types, classes, opcodes, rcodes, header bits, EDNS."""

from __future__ import annotations

from dataclasses import dataclass

import dns.edns
import dns.rcode

from protocols.dns.causes import CAUSES, OF_ALIASES

__all__ = [
    "CAUSES",
    "CLASSES",
    "COUNTS",
    "EDNS",
    "EXTENDED_ERRORS",
    "HEADER",
    "HEADER_OF_QUERY",
    "OF_ALIASES",
    "OPCODES",
    "OPTIONS",
    "QUESTION_TYPES",
    "RCODES",
    "TYPES",
    "Meaning",
    "rcode_name",
]

Source = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What something means, and the RFC and section that say so."""

    text: str
    source: Source


TYPES: dict[str, Meaning] = {
    "A": Meaning("The host's IPv4 address", (1035, "3.4.1")),
    "AAAA": Meaning("The host's IPv6 address", (3596, "2.1")),
    "ANY": Meaning("Asks for whatever there is at the name; servers may give a part of it", (8482, "4")),
    "AXFR": Meaning("Asks for the transfer of a whole zone", (5936, "2")),
    "CAA": Meaning("The authorities that may issue certificates for the name", (8659, "4.1")),
    "CNAME": Meaning("The name is an alias, and this is the canonical name", (1035, "3.3.1")),
    "DNAME": Meaning("All names below this one are aliases of names below that one", (6672, "2.1")),
    "DNSKEY": Meaning("A public key of the zone", (4034, "2")),
    "DS": Meaning("The digest of a key of the child zone", (4034, "5")),
    "HINFO": Meaning("The host's processor and operating system", (1035, "3.3.2")),
    "IXFR": Meaning("Asks for what changed in a zone", (1995, "3")),
    "MX": Meaning("A host that takes mail for the name; the lowest number is tried first", (1035, "3.3.9")),
    "NAPTR": Meaning("A rule by which the name is rewritten", (3403, "4.1")),
    "NS": Meaning("A name server that is authoritative for the zone", (1035, "3.3.11")),
    "NSEC": Meaning("The next name of the zone, and the types that this one has", (4034, "4")),
    "NSEC3": Meaning("The same as NSEC, by the names' hashes", (5155, "3")),
    "NSEC3PARAM": Meaning("How the zone's names are hashed", (5155, "4")),
    "OPT": Meaning("No record of any name: it carries EDNS", (6891, "6.1.1")),
    "PTR": Meaning("Another name; below in-addr.arpa that of the host with the address", (1035, "3.3.12")),
    "RRSIG": Meaning("A signature of records", (4034, "3")),
    "SOA": Meaning(
        "The start of a zone: its first server, its mailbox, its serial, and times; the last of them limits how long "
        "“there is none” is kept",
        (1035, "3.3.13"),
    ),
    "SRV": Meaning("A host and port where the service is offered, with priority and weight", (2782, "")),
    "TXT": Meaning("Text, for whoever reads it", (1035, "3.3.14")),
}
QUESTION_TYPES = frozenset({"ANY", "AXFR", "IXFR", "OPT"})  # of no record that a name has: RFC 1035 section 3.2.3
OTHER_TYPE = Meaning("A type that has no entry here", (6895, "3.1"))

CLASSES: dict[str, Meaning] = {
    "IN": Meaning("The Internet", (1035, "3.2.4")),
    "CH": Meaning("Chaos, a network of the past; servers tell about themselves in it", (1035, "3.2.4")),
    "HS": Meaning("Hesiod, a directory of the past", (1035, "3.2.4")),
    "NONE": Meaning("No class: for updates", (2136, "2.4")),
    "ANY": Meaning("Asks for any class", (1035, "3.2.5")),
}
OTHER_CLASS = Meaning("A class that has no entry here", (6895, "3.2"))

OPCODES: dict[int, Meaning] = {
    0: Meaning("QUERY: a question", (1035, "4.1.1")),
    1: Meaning("IQUERY: a question backwards, which is obsolete", (6895, "2.2")),
    2: Meaning("STATUS: asks how the server is, which was never defined further", (1035, "4.1.1")),
    4: Meaning("NOTIFY: says that a zone has changed", (1996, "3")),
    5: Meaning("UPDATE: changes a zone", (2136, "2.2")),
}
OTHER_OPCODE = Meaning("An opcode that has no entry here", (6895, "2.2"))
OPCODE_NAMES = {number: meaning.text.partition(":")[0] for number, meaning in OPCODES.items()}

# Four bits in the header, and eight more in an OPT record (RFC 6891 section 6.1.3).
RCODES: dict[int, Meaning] = {
    0: Meaning("nothing is wrong", (1035, "4.1.1")),
    1: Meaning("the server could not read the query", (1035, "4.1.1")),
    2: Meaning("the server failed at it", (1035, "4.1.1")),
    3: Meaning("the name does not exist", (1035, "4.1.1")),
    4: Meaning("the server does not do this kind of query", (1035, "4.1.1")),
    5: Meaning("the server refuses to answer this", (1035, "4.1.1")),
    6: Meaning("a name exists that should not", (2136, "2.2")),
    7: Meaning("records exist that should not", (2136, "2.2")),
    8: Meaning("records that should exist do not", (2136, "2.2")),
    9: Meaning("the server is not authoritative for the zone", (2136, "2.2")),
    10: Meaning("a name is not within the zone", (2136, "2.2")),
    16: Meaning("the server does not speak this version of EDNS", (6891, "9")),
}
OTHER_RCODE = Meaning("a code that has no entry here", (6895, "2.3"))

# The header's fields: what each value means.
HEADER: dict[str, tuple[dict[int, str], Source]] = {
    "id": ({}, (1035, "4.1.1")),
    "qr": ({0: "a query", 1: "a response"}, (1035, "4.1.1")),
    "aa": (
        {0: "not authoritative for the answer", 1: "authoritative: from the server's own zone"},
        (1035, "4.1.1"),
    ),
    "tc": ({0: "whole", 1: "truncated: more than fits into a datagram"}, (2181, "9")),
    "rd": ({0: "no recursion desired: only what the server has itself", 1: "recursion desired"}, (1035, "4.1.1")),
    "ra": ({0: "recursion is not available here", 1: "recursion is available here"}, (1035, "4.1.1")),
    "z": ({0: "reserved, and 0", 1: "reserved, and should be 0"}, (1035, "4.1.1")),
    "ad": ({0: "nothing is said of signatures", 1: "authentic data: signatures were checked"}, (4035, "3.2.3")),
    "cd": ({0: "signatures may be checked", 1: "checking disabled: the asker checks signatures"}, (4035, "3.2.2")),
}
# The same in a query, where it is something else, or nothing.
HEADER_OF_QUERY: dict[str, tuple[dict[int, str], Source]] = {
    "aa": (dict.fromkeys((0, 1), "says nothing in a query"), (1035, "4.1.1")),
    "ra": (dict.fromkeys((0, 1), "says nothing in a query"), (1035, "4.1.1")),
    "ad": (
        {0: "not asked whether signatures were checked", 1: "the asker understands AD in a response"},
        (6840, "5.7"),
    ),
}

COUNTS = (
    ("qdcount", "questions"),
    ("ancount", "records in the answer section"),
    ("nscount", "records in the authority section"),
    ("arcount", "records in the additional section, OPT included"),
)

# An OPT record's own fields.
EDNS: dict[str, Meaning] = {
    "payload": Meaning("octets that its sender takes by UDP", (6891, "6.2.3")),
    "extended rcode": Meaning("the upper eight bits of the rcode", (6891, "6.1.3")),
    "version": Meaning("the version of EDNS; there is only 0", (6891, "6.1.3")),
    "do": Meaning("DNSSEC OK: signatures are wanted (1), or not (0)", (3225, "3")),
}
OPTIONS: dict[int, Meaning] = {
    3: Meaning("NSID: which of several servers this is", (5001, "2.3")),
    8: Meaning("client subnet: where the asker is", (7871, "6")),
    10: Meaning("cookie: a number by which two that talked before know each other", (7873, "4")),
    11: Meaning("keepalive: how long a connection may be idle", (7828, "3.1")),
    12: Meaning("padding: octets that hide the message's length", (7830, "3")),
    15: Meaning("extended error: why it is so", (8914, "2")),
}
OTHER_OPTION = Meaning("an option that has no entry here, and is ignored", (6891, "6.1.2"))

# RFC 8914 section 4 has a subsection for each code, in their order.
EXTENDED_ERRORS: dict[int, Meaning] = {
    code: Meaning(text, (8914, f"4.{code + 1}"))
    for code, text in {
        0: "another error",
        3: "the answer is older than its time to live allows",
        4: "the answer was made up by a policy",
        13: "a failure that was kept in the cache",
        14: "the server is not ready yet",
        15: "blocked by who runs the server",
        18: "this client may not ask here",
        20: "the server is not authoritative for the name",
        21: "the server does not support this",
        22: "no server of the zone could be reached, or none answered usefully",
        23: "an error of the network on the way to a server",
        24: "what the zone's servers have cannot be used",
    }.items()
}
OTHER_EXTENDED_ERROR = Meaning("an extended error that has no entry here", (8914, "4"))


def rcode_name(rcode: int) -> str:
    """What an rcode is called: "NXDOMAIN", or "RCODE13" where it has no name."""
    return _RCODE_NAMES.get(rcode, f"RCODE{rcode}")


def option_name(code: int) -> str:
    """What an EDNS option is called: "cookie", or "option 65001"."""
    return _OPTION_NAMES.get(code, f"option {code}")


_RCODE_NAMES = {int(rcode): rcode.name for rcode in dns.rcode.Rcode}
_OPTION_NAMES = {int(option): option.name.lower() for option in dns.edns.OptionType}
