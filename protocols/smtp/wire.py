"""SMTP's wire: octets to commands and replies, and replies to octets. Pure; no octets make it raise.

A command that no server can obey is told apart here by its cause, a key of `tables.CAUSES`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protocols import limits

KNOWN = ("HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "VRFY", "HELP", "QUIT")
DOT = "."  # the end of the message's data, as a verb
OTHER = "?"  # whatever is no verb of this server
UNASKED = ""  # the server speaks without having been asked

END_OF_DATA = b"\r\n.\r\n"  # RFC 5321 section 4.1.1.4: the first CRLF belongs to the line before
DOT_LINE = b".\r\n"

# Verbs of SMTP and its extensions that this server does not have, with the cause of the refusal.
NOT_OFFERED = {
    "EXPN": "no-expn",
    "STARTTLS": "no-starttls",
    "AUTH": "no-auth",
    "BDAT": "no-bdat",
    **dict.fromkeys(("SEND", "SOML", "SAML", "TURN"), "obsolete-verb"),
    **dict.fromkeys(("ETRN", "ATRN", "BURL", "VERB", "XCLIENT", "XFORWARD", "LHLO"), "no-such-extension"),
}
_HTTP = frozenset(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "PATCH", "TRACE"))
_OTHER_PROTOCOLS = frozenset(
    ("USER", "PASS", "ACCT", "CWD", "PWD", "NLST", "RETR", "STOR", "PORT", "PASV", "EPSV", "TYPE", "SYST", "FEAT")
) | {"LIST", "STAT", "UIDL", "TOP", "LOGIN", "SELECT", "FETCH"}
_CLIENT_PROGRAMS = frozenset(("CONNECT", "TELNET", "NC", "NCAT", "NETCAT", "OPENSSL", "DIG", "NSLOOKUP"))

_HEADER_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")  # RFC 5322 section 2.2
_TEXTBOOK_SIDE = re.compile(rb"[CS]:(\s|$)", re.IGNORECASE)
_REPLY = re.compile(rb"(?P<code>[2-5][0-9][0-9])(?P<separator>[ -]|$)(?P<rest>.*)", re.DOTALL)
_ENHANCED = re.compile(rb"(?P<enhanced>[245]\.[0-9]{1,3}\.[0-9]{1,3})(?P<rest> .*|$)", re.DOTALL)
_VERB_SPELLING = re.compile(rb"[A-Za-z]+")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Command:
    """A command line taken apart. `verb` is one of KNOWN, DOT or OTHER. `text` is the line without its ending, one
    character per octet, `word` its first word as it was typed, `argument` what follows the word and the spaces after
    it. `why` is the cause for which no server can obey it, None for a command to look at further."""

    verb: str
    text: str
    word: str
    argument: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A reply line taken apart: the code, "-" where more lines follow, the enhanced code ("" without one), the text."""

    code: str
    separator: str
    enhanced: str
    text: str


def parse_command(line: bytes) -> Command:
    """The command in `line`, which may end in CRLF or LF."""
    content = strip_ending(line)
    word, _, argument = content.partition(b" ")
    name = word.upper().decode("latin-1")
    verb = DOT if content == b"." else name if name in KNOWN else OTHER
    limit = limits.COMMAND_LINE + (limits.MAIL_PARAMETERS if verb == "MAIL" else 0)
    why = "line-too-long" if len(line) > limit else _unreadable(content)
    if why is None and verb == OTHER:
        why = _no_command(content, name, argument)
    return Command(
        verb=verb,
        text=content.decode("latin-1"),
        word=word.decode("latin-1"),
        argument=argument.decode("latin-1").strip(" "),
        why=why,
    )


def verb_of(line: bytes, state: str) -> str:
    """The verb by which the state table knows the client's `line` in `state`; "" for a line of a message."""
    if state == "data":
        return DOT if line == DOT_LINE else ""
    content = strip_ending(line)
    name = content.partition(b" ")[0].upper().decode("latin-1")
    return DOT if content == b"." else name if name in KNOWN else OTHER


def strip_ending(line: bytes) -> bytes:
    """The line without its CRLF, or bare LF (not RFC 5321 section 2.3.8, but what many tools send by hand)."""
    return line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line


def begins_with_field(content: bytes) -> bool:
    """Whether a message begins with a header field, or with the empty line after a header of none (RFC 5322 section
    2.1)."""
    return content.startswith(b"\r\n") or _HEADER_FIELD.match(content) is not None


def _unreadable(content: bytes) -> str | None:
    """The cause for which these octets are no command of any kind."""
    if not content.strip(b" \t"):
        return "empty-line"
    if not content.isascii():
        return "not-ascii"
    return "control-octets" if _NOT_TEXT.search(content) else None


def _no_command(content: bytes, name: str, argument: bytes) -> str:
    """The cause for which a readable line that starts with no verb of this server is refused. The common mistakes
    have causes of their own; what is none of them is an unknown command."""
    if name in NOT_OFFERED:
        return NOT_OFFERED[name]
    if name in _HTTP and (b"HTTP/" in argument or argument.startswith((b"/", b"http"))):
        return "http-spoken"
    if name in _CLIENT_PROGRAMS:
        return "client-program"
    if name in _OTHER_PROTOCOLS:
        return "other-protocol"
    if content.upper().startswith((b"MAILFROM", b"RCPTTO", b"MAIL:", b"RCPT:", b"HELO:", b"EHLO:")):
        return "glued-verb"
    if name.partition("\t")[0] in KNOWN:
        return "glued-verb"  # RFC 5321 section 4.1.2: SP is the space, and no tab
    if content.upper().startswith((b"FROM:<", b"FROM: <", b"TO:<", b"TO: <")):
        return "verb-left-out"
    if _TEXTBOOK_SIDE.match(content):
        return "textbook-side"
    if content[:1].isspace():
        return "leading-space"
    if _HEADER_FIELD.match(content):
        return "header-before-data"
    if _REPLY.match(content):
        return "reply-from-client"
    if len(content.split()) > 2 or content.rstrip().endswith((b".", b",", b"!", b"?")):
        return "text-before-data"
    return "unknown-command" if _VERB_SPELLING.match(content) else "no-word"


def parse_reply(line: bytes) -> ReplyLine | None:
    """The reply in `line`; None for octets that are none (RFC 5321 section 4.2, RFC 2034 section 4)."""
    match = _REPLY.fullmatch(strip_ending(line))
    if match is None:
        return None
    rest = match["rest"]
    enhanced = _ENHANCED.fullmatch(rest)
    if enhanced is not None and enhanced["enhanced"][:1] != match["code"][:1]:
        enhanced = None  # RFC 2034 section 4: the class is the reply's first digit
    return ReplyLine(
        code=match["code"].decode("ascii"),
        separator=match["separator"].decode("ascii"),
        enhanced=enhanced["enhanced"].decode("ascii") if enhanced else "",
        text=(enhanced["rest"][1:] if enhanced else rest).decode("latin-1"),
    )


def format_reply(code: str, enhanced: str, texts: tuple[str, ...]) -> list[bytes]:
    """The lines of a reply with their CRLF: "-" after the code in all but the last (RFC 5321 section 4.2.1), the
    enhanced code, if any, in each (RFC 2034 section 4). Text that no reply line holds is cut off."""
    lines = []
    for number, text in enumerate(texts, start=1):
        separator = " " if number == len(texts) else "-"
        line = f"{code}{separator}{enhanced}{' ' if enhanced else ''}{text}".rstrip()
        lines.append(line.encode("ascii", "replace")[: limits.REPLY_LINE - 2] + b"\r\n")
    return lines
