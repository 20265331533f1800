"""FTP's wire: octets to commands and replies, and replies to octets. Pure; no octets make it raise.

A command that no server can obey is told apart here by its cause, a key of `tables.CAUSES`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protocols import limits

LOGIN = ("USER", "PASS", "ACCT", "REIN", "QUIT")
DIRECTORIES = ("CWD", "CDUP", "PWD", "MKD", "RMD")
FILES = ("DELE", "RNFR", "RNTO", "SIZE", "MDTM", "MLST")
ARRANGING = ("PORT", "PASV", "EPRT", "EPSV")
PARAMETERS = ("TYPE", "STRU", "MODE", "REST", "ALLO", "OPTS")
LISTS = ("LIST", "NLST", "MLSD")
SENDING = ("RETR", *LISTS)  # transfers in which the server sends
RECEIVING = ("STOR", "STOU", "APPE")
ABOUT = ("ABOR", "STAT", "SYST", "HELP", "FEAT", "SITE", "NOOP")
KNOWN = (*LOGIN, *DIRECTORIES, *FILES, *ARRANGING, *PARAMETERS, *SENDING, *RECEIVING, *ABOUT)
TRANSFERS = (*SENDING, *RECEIVING)
OTHER = "?"  # whatever is no verb of this server
UNASKED = ""  # the server speaks without having been asked

NEEDED = (
    *("USER", "ACCT", "CWD", "MKD", "RMD", "DELE", "RNFR", "RNTO", "SIZE", "MDTM", "PORT", "EPRT"),
    *("TYPE", "STRU", "MODE", "REST", "ALLO", "OPTS", "RETR", "STOR", "APPE", "SITE"),
)
UNWANTED = ("CDUP", "PWD", "REIN", "QUIT", "PASV", "ABOR", "SYST", "FEAT")
# Whose argument is a name in the file system, which is judged there; or a password, which is right or wrong.
WITH_NAME = ("PASS", "CWD", "MKD", "RMD", "STAT", *FILES, *SENDING, "STOR", "APPE")

# The experimental verbs of RFC 775 and its time. A server takes them as what the standard made of them: RFC 1123
# section 4.1.3.1.
OLD_FORMS = {"XCWD": "CWD", "XCUP": "CDUP", "XPWD": "PWD", "XMKD": "MKD", "XRMD": "RMD"}

# Verbs of FTP and its extensions that this server does not have, with the cause of the refusal.
NOT_OFFERED = {
    **dict.fromkeys(("AUTH", "PBSZ", "PROT", "CCC", "ADAT", "MIC", "CONF", "ENC"), "not-offered"),  # RFC 2228
    **dict.fromkeys(("SMNT", "LANG", "HOST"), "not-offered"),  # RFC 959, 2640, 7151
}
_HTTP = frozenset(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "PATCH", "TRACE"))
_OTHER_PROTOCOLS = frozenset(("HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "VRFY", "EXPN", "STARTTLS", "BDAT")) | {
    *("UIDL", "TOP", "LOGIN", "SELECT", "FETCH", "DIG", "NSLOOKUP")
}
_CLIENT_COMMANDS = frozenset(
    ("LS", "DIR", "GET", "PUT", "CD", "MGET", "MPUT", "BINARY", "BIN", "ASCII", "PASSIVE", "BYE", "CLOSE", "OPEN")
) | {"DELETE", "MKDIR", "RMDIR", "RENAME", "LCD", "RECV", "SEND", "APPEND", "USER:", "EXIT", "PROMPT", "HASH", "FTP"}

_CODE = r"(?P<code>[1-5][0-9][0-9])"
_REPLY = re.compile(rf"{_CODE}(?P<separator>[ -]|$)(?P<text>.*)".encode(), re.DOTALL)
_GLUED = re.compile(rf"(?:{'|'.join(KNOWN)})(?:[\t:,;=<]|[0-9/|]|$)".encode(), re.IGNORECASE)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_NO_REPLY_TEXT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_THREE_DIGITS = re.compile(r"[0-9]{3}")

# Telnet (RFC 854): a sequence begins with IAC. An option's negotiation has one octet more than another command, a
# subnegotiation goes on to IAC SE, and IAC IAC is the octet 255 itself.
_TELNET = re.compile(rb"\xff(?:\xfa.*?(?:\xff\xf0|$)|[\xfb-\xfe].?|[^\xfa-\xff]|\xff|$)", re.DOTALL)

# At most three digits each, so that no text takes long to be searched.
_HOST_PORT = re.compile(rf" *{' *, *'.join(['([0-9]{1,3})'] * 6)} *")
_HOST_PORT_IN_TEXT = re.compile(rf"(?<![0-9]){','.join(['([0-9]{1,3})'] * 6)}(?![0-9])")
_EXTENDED_PORT_IN_TEXT = re.compile(r"\(([!-~])\1\1([0-9]{1,5})\1\)")


class HostPortError(Exception):
    """The argument of PORT or EPRT names no place to connect to; `why` is the cause."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Command:
    """A command line taken apart. `verb` is one of KNOWN, or OTHER. `text` is the line without its ending and without
    Telnet sequences, one character per octet, `word` its first word as it was typed, `argument` what follows the word
    and a space. Spaces beyond that are part of a name in the file system (RFC 3659 section 2.2) or of a password; other
    arguments are without them (RFC 959 section 5.3). `why` is the cause for which no server can obey it, None for a
    command to look at further."""

    verb: str
    text: str
    word: str
    argument: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A line of a reply that has a code taken apart: the code, "-" where more lines follow, the text."""

    code: str
    separator: str
    text: str


# Commands


def parse_command(line: bytes) -> Command:
    """The command in `line`, which may end in CRLF or LF."""
    content = strip_telnet(strip_ending(line))
    word, _, argument = content.partition(b" ")
    name = word.upper().decode("latin-1")
    verb = _verb(name)
    why = "line-too-long" if len(line) > limits.FTP_COMMAND_LINE else _unreadable(content, verb)
    if why is None:
        why = _no_command(content, name, argument) if verb == OTHER else _argument_fault(verb, argument)
    return Command(
        verb=verb,
        text=content.decode("latin-1"),
        word=word.decode("latin-1"),
        argument=(argument if verb in WITH_NAME else argument.strip(b" ")).decode("latin-1"),
        why=why,
    )


def verb_of(line: bytes, state: str) -> str:
    """The verb by which the state table knows the client's `line`, whatever the `state`."""
    return _verb(strip_telnet(strip_ending(line)).partition(b" ")[0].upper().decode("latin-1"))


def _verb(name: str) -> str:
    verb = OLD_FORMS.get(name, name)
    return verb if verb in KNOWN else OTHER


def strip_ending(line: bytes) -> bytes:
    """The line without its CRLF, or bare LF (not RFC 959 section 5.3, but what many tools send by hand)."""
    return line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line


def strip_telnet(octets: bytes) -> bytes:
    """The octets without the sequences of Telnet in them, such as IAC IP and IAC DM before ABOR: RFC 959 section 4.1.3,
    RFC 854. What is said twice to be itself, IAC IAC, is the octet 255."""
    if b"\xff" not in octets:
        return octets
    return _TELNET.sub(lambda match: b"\xff" if match[0] == b"\xff\xff" else b"", octets)


def _unreadable(content: bytes, verb: str) -> str | None:
    """The cause for which these octets are no command of any kind. A name in the file system and a password are judged
    by whom they are for."""
    if not content.strip(b" \t"):
        return "empty-line"
    looked_at = content.partition(b" ")[0] if verb in WITH_NAME else content
    return "control-octets" if _NOT_TEXT.search(looked_at) else None


def _no_command(content: bytes, name: str, argument: bytes) -> str:
    """The cause for which a readable line that starts with no verb of this server is refused. The common mistakes
    have causes of their own; what is none of them is an unknown command."""
    if name in NOT_OFFERED:
        return NOT_OFFERED[name]
    if name in _HTTP and (b"HTTP/" in argument or argument.startswith((b"/", b"http"))):
        return "http-spoken"
    if content[:1].isspace():
        return "leading-space"
    if name in _CLIENT_COMMANDS:
        return "client-command"
    if name in _OTHER_PROTOCOLS:
        return "other-protocol"
    if _GLUED.match(content):
        return "glued-verb"
    return "reply-from-client" if _REPLY.match(content) else "unknown-command"


def _argument_fault(verb: str, argument: bytes) -> str | None:
    if verb in NEEDED and not (argument if verb in WITH_NAME else argument.strip(b" ")):
        return "user-missing" if verb == "USER" else "argument-missing"
    return "argument-unwanted" if verb in UNWANTED and argument.strip(b" ") else None


# Replies


def parse_reply(line: bytes) -> ReplyLine | None:
    """The reply in `line`; None for octets that have no code, as the lines within a reply have none (RFC 959 section
    4.2)."""
    match = _REPLY.fullmatch(strip_ending(line))
    if match is None:
        return None
    return ReplyLine(match["code"].decode("ascii"), match["separator"].decode("ascii"), match["text"].decode("latin-1"))


def format_reply(code: str, texts: tuple[str, ...]) -> list[bytes]:
    """The lines of a reply with their CRLF: RFC 959 section 4.2. The first of several has "-" after the code, the last
    the code again; a line between them has none, and is indented where it begins with three digits. Text is UTF-8 (RFC
    2640 section 2); what no reply line holds is replaced or cut off."""
    lines = []
    for number, text in enumerate(texts, start=1):
        text = _NO_REPLY_TEXT.sub("?", text)
        if number == len(texts):
            line = f"{code} {text}".rstrip(" ")
        elif number == 1:
            line = f"{code}-{text}"
        else:
            line = f" {text}" if _THREE_DIGITS.match(text) else text
        lines.append(_cut(line.encode("utf-8", "replace")) + b"\r\n")
    return lines


def _cut(line: bytes) -> bytes:
    """At most as much of a line as a reply line holds, without a part of a character at its end."""
    room = limits.FTP_REPLY_LINE - 2
    return line if len(line) <= room else line[:room].decode("utf-8", "ignore").encode()


# Ports


def parse_host_port(argument: str) -> tuple[str, int]:
    """The address and the port in the argument of PORT, six numbers: RFC 959 section 5.3.2. The spaces that textbooks
    print between them are accepted. Raises HostPortError."""
    match = _HOST_PORT.fullmatch(argument)
    if match is None:
        raise HostPortError("port-bad")
    return _host_and_port(match.groups())


def has_spaces(argument: str) -> bool:
    """Whether spaces stand where RFC 959 section 5.3.2 has none: "10, 0, 0, 1, 4, 1"."""
    return " " in argument.strip(" ") and _HOST_PORT.fullmatch(argument) is not None


def write_host_port(address: str, port: int) -> str:
    """An address and a port as PORT and the answer to PASV have them: "10,0,0,1,4,1"."""
    return ",".join([*address.split("."), str(port // 256), str(port % 256)])


def parse_extended(argument: str) -> tuple[str, int]:
    """The address and the port in the argument of EPRT, "|1|10.0.0.1|1025|": RFC 2428 section 2. Raises HostPortError;
    a protocol other than IPv4's 1 is its cause "network-protocol"."""
    mark = argument[:1]
    parts = argument.split(mark) if "!" <= mark <= "~" else []
    if len(parts) != 5 or parts[0] or parts[4] or not _is_number(parts[1]):
        raise HostPortError("eprt-bad")
    _, protocol, address, port, _ = parts
    if protocol != "1":
        raise HostPortError("network-protocol")
    fields = address.split(".")
    if len(fields) != 4 or not all(map(_is_number, [*fields, port])) or not 0 < int(port) < 65_536:
        raise HostPortError("eprt-bad")
    if any(int(field) > 255 for field in fields):
        raise HostPortError("eprt-bad")
    return ".".join(str(int(field)) for field in fields), int(port)


def find_host_port(text: str) -> tuple[str, int] | None:
    """The address and the port in the text of a 227, wherever in it the six numbers stand: RFC 1123 section
    4.1.2.6."""
    match = _HOST_PORT_IN_TEXT.search(text)
    try:
        return _host_and_port(match.groups()) if match else None
    except HostPortError:
        return None


def find_extended_port(text: str) -> int | None:
    """The port in the text of a 229, "(|||6446|)": RFC 2428 section 3."""
    match = _EXTENDED_PORT_IN_TEXT.search(text)
    return int(match[2]) if match and 0 < int(match[2]) < 65_536 else None


def _host_and_port(fields: tuple[str, ...]) -> tuple[str, int]:
    numbers = [int(field) for field in fields]
    port = 256 * numbers[4] + numbers[5]
    if max(numbers) > 255 or port == 0:
        raise HostPortError("port-bad")
    return ".".join(str(number) for number in numbers[:4]), port


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5
