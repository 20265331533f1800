"""Reading a message for a page: its header fields and its text.

A message is whatever somebody sent; the standard library's parser is asked for what it can make of it, and where it
fails the octets are shown as they are. Nothing here raises for any octets.
"""

from __future__ import annotations

from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser

_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "\N{REPLACEMENT CHARACTER}")


def read_headers(raw: bytes) -> list[tuple[str, str]]:
    """The header fields in their order, unfolded (RFC 5322 section 2.2.3), encoded words decoded (RFC 2047)."""
    fields = BytesHeaderParser(policy=policy.compat32).parsebytes(raw).items()
    return [(_printable(str(name)), _printable(_decode(value))) for name, value in fields]


def read_subject(raw: bytes) -> str:
    """The subject, or "" where there is none."""
    return next((value for name, value in read_headers(raw) if name.lower() == "subject"), "")


def read_body(raw: bytes) -> str:
    """The message's text: its plain part where it has several, else the octets after the header."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        assert isinstance(message, EmailMessage)
        part = message.get_body(preferencelist=("plain", "html"))
        text = part.get_content() if part is not None else None
    except Exception:  # the parser has errors of many kinds for what is no message
        text = None
    if not isinstance(text, str):
        text = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].decode("utf-8", "replace")
    return _printable(text.replace("\r\n", "\n"))


def _decode(value: object) -> str:
    """A field's value on one line."""
    text = str(value).replace("\r", "").replace("\n", "")
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError, AssertionError):
        return text


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().translate(_UNPRINTABLE)
