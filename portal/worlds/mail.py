"""Reading a message for a page: its header fields and its text.

A message is whatever somebody sent; the standard library's parser is asked for what it can make of it, and where it
fails the octets are shown as they are. Nothing here raises for any octets.
"""

from __future__ import annotations

import re
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser

# Octets that are parsed. A message can be made so that the parser's work grows with the square of its size.
HEADER_LIMIT = 64 * 1024  # of a header; fields after that are not shown
SUBJECT_WITHIN = 16 * 1024  # where a subject is looked for, since that is done while a message is being stored
BODY_LIMIT = 64 * 1024  # of a message whose parts are told apart; a longer one is shown as it is
WORDS_LIMIT = 998  # characters of a field whose encoded words are decoded: a line's length (RFC 5322 section 2.1.1)

# Fields, continued or not, up to the first that is the subject (RFC 5322 section 2.2)
_SUBJECT = re.compile(
    rb"(?:From .*\n)?(?:(?!(?i:subject):)[!-9;-~]*:.*\n|[ \t].*\n)*(?i:subject):[ \t]*(.*(?:\n[ \t].*)*)"
)
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "\N{REPLACEMENT CHARACTER}")


def read_headers(raw: bytes) -> list[tuple[str, str]]:
    """The header fields in their order, unfolded (RFC 5322 section 2.2.3), encoded words decoded (RFC 2047)."""
    return [(_printable(name), _printable(_decode(value))) for name, value in _read_fields(raw[:HEADER_LIMIT])]


def read_subject(raw: bytes) -> str:
    """The subject, as `read_headers` has it, or "" where there is none."""
    # Without the parser, which would take longer over a short message than all else that storing it needs.
    found = _SUBJECT.match(raw[:SUBJECT_WITHIN].replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    if found is None:
        return ""
    value = found[1].replace(b"\n", b"").decode("ascii", "replace")
    return _printable(_decode(value))


def read_body(raw: bytes) -> str:
    """The message's text: its plain part where it has several, else the octets after the header."""
    text = _read_part(raw) if len(raw) <= BODY_LIMIT else None
    if text is None:
        text = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].decode("utf-8", "replace")
    return _printable(text.replace("\r\n", "\n"))


def read_parts(raw: bytes) -> list[str]:
    """The parts of a body that has several (RFC 2046 section 5.1), each by its type and, where it has one, its name."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw) if len(raw) <= BODY_LIMIT else EmailMessage()
        parts = [part for part in message.walk() if not part.is_multipart()] if message.is_multipart() else []
        names = [(part.get_content_type(), part.get_filename()) for part in parts]
    except Exception:  # as below
        return []
    return [_printable(f"{kind} ({name})" if name else kind) for kind, name in names]


def _read_fields(raw: bytes) -> list[tuple[str, str]]:
    fields = BytesHeaderParser(policy=policy.compat32).parsebytes(raw).items()
    return [(str(name), str(value).replace("\r", "").replace("\n", "")) for name, value in fields]


def _read_part(raw: bytes) -> str | None:
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        assert isinstance(message, EmailMessage)
        part = message.get_body(preferencelist=("plain", "html"))
        content = part.get_content() if part is not None else None
    except Exception:  # the parser has errors of many kinds for what is no message
        return None
    return content if isinstance(content, str) else None


def _decode(value: str) -> str:
    if len(value) > WORDS_LIMIT:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError, AssertionError):
        return value


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().translate(_UNPRINTABLE)
