"""nslookup: what is asked of it, on its command line and at its own prompt. Pure.

It is the classic program that the lecture shows and Windows still has: first it asks for its server's name. Its queries
are without EDNS, and of addresses it asks for those of IPv4 alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import dns.exception
import dns.flags
import dns.message
from dns.message import Message
from dns.name import Name
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from protocols.dns.reply import is_address, name_of_address
from protocols.dns.wire import WireError, check_name

HELP = """\
NAME               - look NAME up at the default server
NAME SERVER        - look NAME up at SERVER
server SERVER      - make SERVER the default, looked up at the server that is it now
lserver SERVER     - make SERVER the default, looked up at the first one
set type=X         - ask for records of type X, such as A, MX, NS, PTR, SOA, TXT, ANY
set class=X        - ask in class X, such as IN, CH
set [no]recurse    - ask to resolve, or not to
set [no]vc         - ask by TCP at once
set [no]debug      - print what comes, whole
set all            - print what is set
exit               - leave nslookup"""


class UsageError(ValueError):
    """The words ask for nothing that nslookup does. The text is what it prints."""


@dataclass(frozen=True, slots=True)
class Options:
    """What `set` sets."""

    rdtype: RdataType = RdataType.A
    rdclass: RdataClass = RdataClass.IN
    wants_recursion: bool = True
    by_tcp: bool = False
    is_debug: bool = False
    port: int = 53


@dataclass(frozen=True, slots=True)
class Question:
    """A name to look up, as it was typed, and what is asked about it. Of an address its name is asked."""

    typed: str
    name: Name
    rdtype: RdataType

    @property
    def is_host(self) -> bool:
        """Whether the answer is a host with its name and addresses, rather than records."""
        return self.rdtype == RdataType.A or is_address(self.typed)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line asks for: `name` at `server`, either or both None; without a name, to be interactive."""

    options: Options
    name: str | None
    server: str | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A line at the prompt: look `name` up, at `server` this once, None for the default one."""

    name: str
    server: str | None


@dataclass(frozen=True, slots=True)
class Switch:
    """A line at the prompt: make `server` the default, as the present one knows it, or the first one."""

    server: str
    by_first: bool


@dataclass(frozen=True, slots=True)
class Tell:
    """A line at the prompt: print these."""

    what: str  # "options" or "help"


@dataclass(frozen=True, slots=True)
class Leave:
    """A line at the prompt: end."""


Line = Lookup | Switch | Tell | Leave | Options | None


def parse(words: list[str]) -> Asked:
    """What `words`, those after "nslookup", ask for. Raises UsageError."""
    options = Options()
    while words and words[0].startswith("-") and words[0] != "-":
        options = set_option(options, words[0][1:])
        words = words[1:]
    if len(words) > 2:
        raise UsageError("Usage: nslookup [-option ...] [name | -] [server]")
    name = words[0] if words and words[0] != "-" else None
    return Asked(options, name, words[1] if len(words) == 2 else None)


def parse_line(text: str, options: Options) -> Line:
    """What a line at the prompt means; Options are those that are set from now on, and None is nothing. Raises
    UsageError."""
    words = text.split()
    if not words:
        return None
    verb, *arguments = words
    match verb.lower(), arguments:
        case ("exit", []):
            return Leave()
        case ("help" | "?", []):
            return Tell("help")
        case ("set", ["all"]):
            return Tell("options")
        case ("set", [option]):
            return set_option(options, option)
        case ("server" | "lserver", [server]):
            return Switch(server, verb.lower() == "lserver")
        case (_, []):
            return Lookup(verb, None)
        case ("set" | "server" | "lserver" | "ls" | "exit" | "help", _):
            raise UsageError(f"*** Unrecognized command: {text.strip()}")
        case (_, [server]):
            return Lookup(verb, server)
    raise UsageError(f"*** Unrecognized command: {text.strip()}")


def set_option(options: Options, text: str) -> Options:
    """`options` with what `text` sets, such as "type=MX" or "norecurse". Raises UsageError."""
    key, sign, value = text.partition("=")
    key = key.lower()
    if sign and key and ("querytype".startswith(key) or "type".startswith(key)):
        return replace(options, rdtype=_type(value))
    if sign and len(key) > 1 and "class".startswith(key):
        return replace(options, rdclass=_class(value))
    if sign and key == "port" and value.isascii() and value.isdigit() and len(value) <= 5 and 0 < int(value) <= 65535:
        return replace(options, port=int(value))
    is_on, word = not key.startswith("no"), key.removeprefix("no")
    if not sign and len(word) > 2 and "recurse".startswith(word):
        return replace(options, wants_recursion=is_on)
    if not sign and word == "vc":
        return replace(options, by_tcp=is_on)
    if not sign and len(word) > 2 and "debug".startswith(word):
        return replace(options, is_debug=is_on)
    raise UsageError(f"*** Invalid option: {text}")


def _type(word: str) -> RdataType:
    try:
        return RdataType.from_text(word)
    except (dns.exception.DNSException, ValueError) as error:
        raise UsageError(f"unknown query type: {word}") from error


def _class(word: str) -> RdataClass:
    try:
        return RdataClass.from_text(word)
    except (dns.exception.DNSException, ValueError) as error:
        raise UsageError(f"unknown query class: {word}") from error


def make_question(typed: str, rdtype: RdataType) -> Question:
    """The question about what was typed. Raises UsageError for what is no name."""
    if is_address(typed):
        return Question(typed, name_of_address(typed), RdataType.PTR)
    try:
        return Question(typed, check_name(typed), rdtype)
    except WireError as error:
        raise UsageError(f"*** {error}") from error


def make_query(question: Question, options: Options) -> Message:
    """The query that asks it."""
    flags = dns.flags.RD if options.wants_recursion else 0
    return dns.message.make_query(question.name, question.rdtype, options.rdclass, flags=flags)
