"""The arguments of MAIL and RCPT: a path and its parameters, by the grammar of RFC 5321 section 4.1.2. Pure; no text
makes it raise. What breaks the grammar is told apart by its cause, a key of `tables.CAUSES`."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field

from protocols import limits

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322 section 3.2.3
_DOT_STRING = re.compile(rf"{_ATEXT}(\.{_ATEXT})*")
_QUOTED_STRING = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
_BRACKETS = re.compile(r'<((?:[^">]++|"(?:[^"\\]++|\\.)*+")*+)>', re.DOTALL)  # a ">" within quotes closes none
_SUB_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_SUB_DOMAIN}(\.{_SUB_DOMAIN})*")
_TAGGED_LITERAL = re.compile(r"[A-Za-z0-9-]*[A-Za-z0-9]:[!-Z^-~]+")
_ROUTE = re.compile(rf"@{_SUB_DOMAIN}(\.{_SUB_DOMAIN})*(,@{_SUB_DOMAIN}(\.{_SUB_DOMAIN})*)*:")
_PARAMETER = re.compile(r"(?P<keyword>[A-Za-z0-9][A-Za-z0-9-]*)(?:=(?P<value>[!-<>-~]+))?")


class PathError(Exception):
    """The argument breaks the grammar; `why` is the cause."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Path:
    """A reverse-path or forward-path. `local` is the local part with its quotes taken off, `domain` a name or an
    address literal in brackets; both "" for <>, `domain` "" for <postmaster>. `text` is the mailbox as it was written,
    without a source route. `parameters` have upper-case keywords."""

    text: str
    local: str
    domain: str
    spaced: bool = False
    parameters: dict[str, str | None] = field(default_factory=dict)


def parse_reverse_path(argument: str) -> Path:
    """The argument of MAIL: "FROM:" and a path, which may be <> (RFC 5321 section 4.5.5). Raises PathError."""
    return _parse(argument, "FROM", other="TO", lone=("",))


def parse_forward_path(argument: str) -> Path:
    """The argument of RCPT: "TO:" and a path, which may be <postmaster> (RFC 5321 section 4.5.1). Raises PathError."""
    return _parse(argument, "TO", other="FROM", lone=("postmaster",))


def has_space_after_colon(argument: str) -> bool:
    """Whether a space stands where RFC 5321 section 3.3 allows none: "FROM: <alice@halva.fr>"."""
    _, colon, rest = argument.partition(":")
    return bool(colon) and rest.startswith(" ") and bool(rest.strip())


def is_host_name(text: str) -> bool:
    """Whether `text` is a domain or an address literal (RFC 5321 section 4.1.2), as HELO and EHLO want one."""
    return _domain_fault(text) is None


def find_parameter_fault(path: Path, extended: bool, known: tuple[str, ...]) -> str | None:
    """The cause for which the path's parameters are refused, if there is one, in a session that was greeted with EHLO
    (`extended`) or not, for a command with the parameters `known`: RFC 5321 section 4.1.1.11."""
    if path.parameters and not extended:
        return "parameters-without-ehlo"
    if path.parameters.keys() - set(known):
        return "unknown-parameter"
    return _size_fault(path.parameters) or _body_fault(path.parameters)


def _parse(argument: str, keyword: str, other: str, lone: tuple[str, ...]) -> Path:
    rest = _after_keyword(argument, keyword, other)
    spaced = rest.startswith(" ")
    rest = rest.lstrip(" ")
    if not rest:
        raise PathError("no-address")
    mailbox, rest = _within_brackets(rest)
    if rest and not rest.startswith(" "):
        raise PathError("several-addresses" if rest.startswith((",", ";", "<")) else "text-after-path")
    parameters = _parameters(rest.split())
    if len(mailbox) + 2 > limits.PATH:
        raise PathError("path-too-long")
    mailbox = _without_route(mailbox)
    if mailbox.lower() in lone:
        return Path(mailbox, mailbox, "", spaced, parameters)
    local, domain = _mailbox(mailbox)
    return Path(mailbox, local, domain, spaced, parameters)


def _after_keyword(argument: str, keyword: str, other: str) -> str:
    word, colon, rest = argument.partition(":")
    name = word.strip().upper()
    if colon and name == keyword:
        return rest
    if colon and name == other:
        raise PathError("mail-to" if other == "TO" else "rcpt-from")
    if re.match(rf"{keyword}\b", argument, re.IGNORECASE):
        raise PathError("missing-colon")
    raise PathError("missing-from" if keyword == "FROM" else "missing-to")


def _within_brackets(text: str) -> tuple[str, str]:
    """What stands between the angle brackets, and what follows them."""
    if not text.startswith("<"):
        raise PathError("name-before-bracket" if "<" in text and "@" not in text.split("<")[0] else "missing-bracket")
    match = _BRACKETS.match(text)
    if match is None:
        raise PathError("unclosed-bracket")
    return match[1], text[match.end() :]


def _without_route(mailbox: str) -> str:
    """The mailbox behind a source route, which is read and ignored (RFC 5321 appendix C)."""
    if not mailbox.startswith("@") or ":" not in mailbox:
        return mailbox
    match = _ROUTE.match(mailbox)
    if match is None:
        raise PathError("bad-route")
    return mailbox[match.end() :]


def _mailbox(text: str) -> tuple[str, str]:
    if not text.strip():
        raise PathError("empty-path")
    local, domain = _split_at(text)
    if len(local) > limits.LOCAL_PART:
        raise PathError("local-part-too-long")
    if not local:
        raise PathError("no-local-part")
    if not (_DOT_STRING.fullmatch(local) or _QUOTED_STRING.fullmatch(local)):
        raise PathError("several-addresses" if "," in local or "," in domain else "bad-local-part")
    fault = _domain_fault(domain)
    if fault is not None:
        raise PathError("several-addresses" if "," in domain else fault)
    return _unquoted(local), domain


def _split_at(text: str) -> tuple[str, str]:
    """The local part and the domain: split at the first @ that is not within quotes."""
    quoted = _QUOTED_STRING.match(text)
    start = quoted.end() if quoted else 0
    at = text.find("@", start)
    if at < 0:
        raise PathError("no-domain")
    return text[:at], text[at + 1 :]


def _domain_fault(domain: str) -> str | None:
    if domain.startswith("["):
        return None if _is_literal(domain) else "bad-address-literal"
    if not domain:
        return "empty-domain"
    return None if _DOMAIN.fullmatch(domain) and len(domain) <= limits.DOMAIN else "bad-domain"


def _is_literal(text: str) -> bool:
    """Whether `text` is an address literal: RFC 5321 section 4.1.3."""
    if not text.endswith("]"):
        return False
    inner = text[1:-1]
    try:
        if inner.lower().startswith("ipv6:"):
            ipaddress.IPv6Address(inner[5:])
            return True
        ipaddress.IPv4Address(inner)
    except ValueError:
        return bool(_TAGGED_LITERAL.fullmatch(inner)) and not inner.lower().startswith("ipv6:")
    return True


def _unquoted(local: str) -> str:
    """The local part that a quoted string stands for: RFC 5321 section 4.1.2."""
    return re.sub(r"\\(.)", r"\1", local[1:-1]) if local.startswith('"') else local


def _parameters(words: list[str]) -> dict[str, str | None]:
    """The ESMTP parameters: RFC 5321 section 4.1.2."""
    found: dict[str, str | None] = {}
    for word in words:
        match = _PARAMETER.fullmatch(word)
        if match is None:
            raise PathError("bad-parameter")
        keyword = match["keyword"].upper()
        if keyword in found:
            raise PathError("parameter-twice")
        found[keyword] = match["value"]
    return found


def _size_fault(parameters: dict[str, str | None]) -> str | None:
    """The cause for which SIZE is refused: RFC 1870 section 6."""
    if "SIZE" not in parameters:
        return None
    size = parameters["SIZE"] or ""
    if not (size.isascii() and size.isdigit() and len(size) <= 20):
        return "bad-size"
    return "size-too-large" if int(size) > limits.MESSAGE else None


def _body_fault(parameters: dict[str, str | None]) -> str | None:
    """The cause for which BODY is refused: RFC 6152 section 2."""
    if "BODY" not in parameters:
        return None
    return None if (parameters["BODY"] or "").upper() in ("7BIT", "8BITMIME") else "bad-body"
