"""Master files (RFC 1035 section 5): text to records in their order, or the first mistake with its line. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
import dns.ttl

from protocols import limits
from protocols.dns.wire import WireError, check_name

TTL_LIMIT = 2**31 - 1  # RFC 2181 section 8

# What stands after a type, by example.
_WANTS = {
    "A": "an IPv4 address, as in A 130.195.86.18",
    "AAAA": "an IPv6 address, as in AAAA 2001:db8::18",
    "CAA": "a number, a word and a text, as in CAA 0 issue ca.lentil.edu",
    "CNAME": "one name, as in CNAME www2.vuw.ac.nz.",
    "DS": "three numbers and a digest in hexadecimal digits, as in DS 60485 13 2 2BB183AF...",
    "HINFO": "two texts, as in HINFO PDP-11 UNIX",
    "MX": "a number and a name, as in MX 10 mail.vuw.ac.nz.",
    "NS": "the name of a name server, as in NS ns1.vuw.ac.nz.",
    "PTR": "one name, as in PTR www2.vuw.ac.nz.",
    "SOA": "two names and five numbers, as in SOA ns1.vuw.ac.nz. hostmaster.vuw.ac.nz. 1 7200 900 1209600 300",
    "SRV": "three numbers and a name, as in SRV 0 5 5060 sip.vuw.ac.nz.",
    "TXT": 'texts of at most 255 octets each, as in TXT "v=spf1 mx -all"',
}
# Types that no zone has here, and what to do instead.
_REFUSED = {
    "DNAME": "DNAME is not answered here; give each name a CNAME record",
    "RRSIG": "zones are not signed here; leave RRSIG out",
    "NSEC": "zones are not signed here; leave NSEC out",
    "NSEC3": "zones are not signed here; leave NSEC3 out",
    "NSEC3PARAM": "zones are not signed here; leave NSEC3PARAM out",
}


class ZoneError(ValueError):
    """The zone cannot be used. The text is one sentence that begins with the line, which `line` has too."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"Line {line}: {what}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a master file, and the line that it begins in. Names are absolute, `ttl` is in seconds."""

    line: int
    name: dns.name.Name
    ttl: int
    data: dns.rdata.Rdata


def read_entries(text: str, origin: dns.name.Name, ttl: int | None = None) -> Iterator[Entry]:
    """The records of the file `text` of the zone `origin`, with `ttl` for what $TTL says until the file does. Raises
    ZoneError at the first mistake."""
    if len(text.encode("utf-8", "surrogatepass")) > limits.ZONE_FILE:
        raise ZoneError(1, f"a zone's file has at most {limits.ZONE_FILE:,} octets; leave some records out.")
    reader = _Reader(text, origin, ttl)
    try:
        while not reader.at_end():
            entry = reader.read_line()
            if entry is not None:
                yield entry
    except dns.exception.DNSException as error:  # of the tokens: quotation marks and brackets
        raise ZoneError(reader.line, reader.name_token_mistake()) from error


class _AsciiOnly(dns.name.IDNACodec):
    """Names in data are what `check_name` wants of them."""

    def __init__(self) -> None:
        pass

    def encode(self, label: str) -> bytes:
        raise dns.exception.SyntaxError


class _Reader:
    """A file read line by line. `line` is the one where what is being read began."""

    def __init__(self, text: str, origin: dns.name.Name, ttl: int | None) -> None:
        self.line = 1
        self._tokens = dns.tokenizer.Tokenizer(text, idna_codec=_AsciiOnly())
        self._origin = origin
        self._owner: dns.name.Name | None = None
        self._default_ttl = ttl  # what $TTL says: RFC 2308 section 4
        self._last_ttl: int | None = None  # what the record before says: RFC 1035 section 5.1

    def at_end(self) -> bool:
        """Whether no line follows; where one does, it becomes the present one."""
        self.line = self._tokens.line_number
        token = self._tokens.get(want_leading=True)
        self._tokens.unget(token)
        return token.is_eof()

    def read_line(self) -> Entry | None:
        """The present line's record; None for a line without one."""
        first = self._tokens.get(want_leading=True)
        if first.is_eol_or_eof():
            return None
        if first.is_identifier() and first.value.startswith("$"):
            self._obey(first.value.upper())
            return None
        if first.is_whitespace():
            token = self._tokens.get()
            if token.is_eol_or_eof():
                return None
            self._tokens.unget(token)
        else:
            self._owner = self._name(first.value)
        return self._record()

    def name_token_mistake(self) -> str:
        if self._tokens.quoting:
            return "a quotation mark is opened here, and its partner is not on the same line."
        if self._tokens.multiline:
            return "a parenthesis is opened here and not closed before the file ends."
        return "the quotation marks or parentheses here have no partners."

    def _obey(self, directive: str) -> None:
        argument = self._tokens.get()
        if directive == "$ORIGIN" and argument.is_identifier():
            self._origin = self._name(argument.value)
        elif directive == "$TTL" and argument.is_identifier():
            self._default_ttl = self._ttl(argument.value)
        elif directive in ("$ORIGIN", "$TTL"):
            example = "$ORIGIN vuw.ac.nz." if directive == "$ORIGIN" else "$TTL 3600"
            raise self._mistake(f"{directive} wants something after it, as in {example}")
        else:
            raise self._mistake(f"{directive} is not obeyed here, only $ORIGIN and $TTL are; write the records out")
        if not self._tokens.get().is_eol_or_eof():
            raise self._mistake(f"{directive} wants one thing after it and nothing more on its line")

    def _record(self) -> Entry:
        if self._owner is None:
            raise self._mistake(
                "the first record has no name before it; begin its line with one, or with @ for the zone's own"
            )
        ttl, word = self._ttl_and_type()
        rdtype = self._type(word)
        data = self._data(rdtype)
        if ttl is None:
            ttl = self._implied_ttl(data)
        self._last_ttl = ttl
        return Entry(self.line, self._owner, ttl, data)

    def _ttl_and_type(self) -> tuple[int | None, str]:
        """The time to live, if it is there, and the type's word. The class may stand on either side of the first."""
        ttl: int | None = None
        for _ in range(3):
            token = self._tokens.get()
            if not token.is_identifier():
                break
            word = token.value
            if word[:1].isdigit() and ttl is None:
                ttl = self._ttl(word)
            elif word.upper() in ("CH", "HS"):
                raise self._mistake(f"a zone is of the class IN here; leave {word} out")
            elif word.upper() != "IN":
                return ttl, word
        raise self._mistake("after the name stand a type and its data, as in www A 130.195.86.18")

    def _type(self, word: str) -> dns.rdatatype.RdataType:
        try:
            rdtype = dns.rdatatype.from_text(word)
        except (dns.exception.DNSException, ValueError) as error:
            what = f"{word!r} is no type; after a name stand a type and its data, as in www A 130.195.86.18"
            raise self._mistake(what) from error
        if dns.rdatatype.is_metatype(rdtype) or rdtype in (dns.rdatatype.NONE, dns.rdatatype.OPT):
            raise self._mistake(f"{word.upper()} is a type of questions and messages; no zone has records of it")
        name = dns.rdatatype.to_text(rdtype)
        if name in _REFUSED:
            raise self._mistake(_REFUSED[name])
        return rdtype

    def _data(self, rdtype: dns.rdatatype.RdataType) -> dns.rdata.Rdata:
        try:
            return dns.rdata.from_text(dns.rdataclass.IN, rdtype, self._tokens, self._origin, relativize=False)
        except dns.exception.DNSException as error:
            if self._tokens.quoting or self._tokens.multiline:
                raise
            raise self._mistake(_name_data_mistake(error, dns.rdatatype.to_text(rdtype))) from error

    def _implied_ttl(self, data: dns.rdata.Rdata) -> int:
        if self._default_ttl is not None:
            return self._default_ttl
        if self._last_ttl is not None:
            return self._last_ttl
        if data.rdtype == dns.rdatatype.SOA:
            return min(int(data.minimum), TTL_LIMIT)  # type: ignore[attr-defined]
        raise self._mistake("nothing says how long this record may be kept; begin the file with $TTL 3600")

    def _ttl(self, word: str) -> int:
        try:
            ttl = dns.ttl.from_text(word)
        except (dns.exception.DNSException, ValueError):
            ttl = -1
        if not 0 <= ttl <= TTL_LIMIT:
            raise self._mistake(f"{word!r} is no time to live: that is 0 to {TTL_LIMIT} seconds, as in 3600 or 1h")
        return ttl

    def _name(self, text: str) -> dns.name.Name:
        if text == "@":
            return self._origin
        try:
            return check_name(text, self._origin)
        except WireError as error:
            told = str(error).removesuffix(".")
            raise self._mistake(told[:1].lower() + told[1:]) from error

    def _mistake(self, what: str) -> ZoneError:
        return ZoneError(self.line, what.removesuffix(".") + ".")  # an example may end in a name's last dot


def _name_data_mistake(error: Exception, rdtype: str) -> str:
    if isinstance(error, dns.name.LabelTooLong):
        return f"a label has at most {limits.LABEL} octets, and the record's data has a longer one"
    if isinstance(error.__cause__, dns.name.NameTooLong):
        return f"a name has at most {limits.NAME} octets on the wire, and the record's data has a longer one"
    return f"{rdtype} wants {_WANTS.get(rdtype, 'other data than this; RFC 3597 section 5 has a form for every type')}"
