"""A message's fields, each with what it means and where that is said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import dns.edns
import dns.message
import dns.rrset

from protocols.description import Field, Reference, Section, reference, visible
from protocols.dns import tables
from protocols.dns.reading import HEADER, Reading, class_text, data_text, type_text

RECORDS_SHOWN = 50  # of a section
DATA_SHOWN = 300  # characters of a record's data

_BITS = {"qr": 15, "aa": 10, "tc": 9, "rd": 8, "ra": 7, "z": 6, "ad": 5, "cd": 4}  # of the header's second 16 bits
_OF_HEADER: tables.Source = (1035, "4.1.1")


@cache
def refer(source: tables.Source) -> Reference:
    """The reference to an RFC and a section of it; "" is an RFC whose sections have no numbers."""
    rfc, section = source
    return reference(rfc, section) if section else Reference(f"RFC {rfc}", f"https://www.rfc-editor.org/rfc/rfc{rfc}")


def sections(reading: Reading) -> tuple[Section, ...]:
    """The message's parts as far as it can be read: what is asked and told in the order of the wire, and after it the
    header, whose many bits most readers look at last."""
    found = []
    message = reading.message
    if message is not None:
        found.append(Section("Question", tuple(map(_question, message.question))))
    if message is not None and reading.trouble is None:
        titles = ("Answer section", "Authority section", "Additional section")
        for title, records in zip(titles, message.sections[1:], strict=True):
            found.append(Section(title, tuple(_records(records))))
    if len(reading.octets) >= HEADER:
        found.append(Section("Header", tuple(_header(reading)), refer(_OF_HEADER)))
    if message is not None and reading.trouble is None and message.edns >= 0:
        found.append(Section("EDNS", tuple(_edns(message))))
    return tuple(section for section in found if section.fields)


def _header(reading: Reading) -> Iterator[Field]:
    octets, flags = reading.octets, reading.flags
    yield _header_field("id", str(int.from_bytes(octets[:2], "big")), "joins a response to its query", _OF_HEADER)
    yield _bit("qr", flags)
    opcode = flags >> 11 & 0xF
    meant = tables.OPCODES.get(opcode, tables.OTHER_OPCODE)
    yield _header_field("opcode", str(opcode), meant.text, meant.source)
    for name in ("aa", "tc", "rd", "ra", "z", "ad", "cd"):
        yield _bit(name, flags)
    rcode = reading.rcode
    known = tables.RCODES.get(rcode, tables.OTHER_RCODE)
    is_query = not flags & 1 << _BITS["qr"]
    meaning = "nothing yet: this is a query" if is_query and rcode == 0 else known.text
    yield _header_field("rcode", f"{rcode} {tables.rcode_name(rcode)}", meaning, known.source)
    for number, (name, meaning) in enumerate(tables.COUNTS):
        place = 4 + 2 * number
        count = int.from_bytes(octets[place : place + 2], "big")
        yield _header_field(name, str(count), meaning, _OF_HEADER)


def _bit(name: str, flags: int) -> Field:
    value = flags >> _BITS[name] & 1
    is_query = not flags & 1 << _BITS["qr"]
    meanings, source = (is_query and tables.HEADER_OF_QUERY.get(name)) or tables.HEADER[name]
    return _header_field(name, str(value), meanings[value], source)


def _header_field(name: str, value: str, meaning: str, source: tables.Source) -> Field:
    """A field of the header; it names its source only where that is not the whole header's."""
    return Field(name, value, meaning, None if source == _OF_HEADER else refer(source))


def _question(question: dns.rrset.RRset) -> Field:
    rdclass, rdtype = class_text(question.rdclass), type_text(question.rdtype)
    known = tables.TYPES.get(rdtype, tables.OTHER_TYPE)
    meaning = known.text if rdclass == "IN" else f"{known.text}. {_meaning(tables.CLASSES, rdclass).text}"
    return Field(question.name.to_text(), f"{rdclass} {rdtype}", meaning, refer(known.source))


def _meaning(table: Mapping[str, tables.Meaning], key: str) -> tables.Meaning:
    return table.get(key, tables.OTHER_CLASS)


def _records(records: Iterable[dns.rrset.RRset]) -> Iterator[Field]:
    shown = 0
    for rrset in records:
        rdclass, rdtype = class_text(rrset.rdclass), type_text(rrset.rdtype)
        known = tables.TYPES.get(rdtype, tables.OTHER_TYPE)
        for data in rrset:
            shown += 1
            if shown <= RECORDS_SHOWN:
                value = f"{rrset.ttl} {rdclass} {rdtype} {data_text(data, DATA_SHOWN)}"
                yield Field(rrset.name.to_text(), value, f"{known.text}. {_keep(rrset.ttl)}", refer(known.source))
    if shown > RECORDS_SHOWN:
        yield Field("…", f"{shown - RECORDS_SHOWN:,} more", "records that are not listed here")


def _keep(ttl: int) -> str:
    return f"It may be kept for {span(ttl)}" if ttl else "It is not to be kept"


def span(seconds: int) -> str:
    """A time in the unit that fits it: "45 seconds", "1 hour", "2 days"; in seconds where none does."""
    for unit, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds and seconds % unit == 0:
            count = seconds // unit
            return f"{count:,} {name}{'' if count == 1 else 's'}"
    return f"{seconds:,} seconds"


def _edns(message: dns.message.Message) -> Iterator[Field]:
    values = {
        "payload": str(message.payload),
        "extended rcode": str(int(message.ednsflags) >> 24 & 0xFF),
        "version": str(message.edns),
        "do": str(int(message.ednsflags) >> 15 & 1),
    }
    for name, value in values.items():
        yield Field(name, value, tables.EDNS[name].text, refer(tables.EDNS[name].source))
    for option in message.options[:RECORDS_SHOWN]:
        yield _option(option)


def _option(option: dns.edns.Option) -> Field:
    code = int(option.otype)
    if isinstance(option, dns.edns.EDEOption):
        known = tables.EXTENDED_ERRORS.get(int(option.code), tables.OTHER_EXTENDED_ERROR)
        text = f' "{_printable((option.text or "").encode())}"' if option.text else ""
        return Field("extended error", f"{int(option.code)}{text}", known.text, refer(known.source))
    known = tables.OPTIONS.get(code, tables.OTHER_OPTION)
    octets = len(option.to_wire() or b"")
    return Field(
        tables.option_name(code), f"{octets} octet{'' if octets == 1 else 's'}", known.text, refer(known.source)
    )


def _printable(octets: bytes) -> str:
    return "".join(text for _, text in visible(octets, "text"))[:DATA_SHOWN]
