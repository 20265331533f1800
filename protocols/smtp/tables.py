"""What SMTP's verbs and codes mean, and where it is said: RFC 5321 for verbs and replies, RFC 3463 for enhanced
codes."""

from __future__ import annotations

from dataclasses import dataclass

from protocols import limits
from protocols.smtp.causes import CAUSES
from protocols.smtp.wire import DOT
from protocols.world import Mail
from protocols.world.wording import check_wording

__all__ = ["CAUSES", "ENHANCED", "EXTENSIONS", "VERBS", "Verb", "check_words", "digits", "enhanced_code"]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: how it is written, what it asks for, where the standard says so."""

    syntax: str
    meaning: str
    references: tuple[tuple[int, str], ...]


VERBS: dict[str, Verb] = {
    "HELO": Verb(
        "HELO <your host's name>",
        "HELO opens the session: the client names the host that it speaks for. It is the plain greeting, without "
        "extensions.",
        ((5321, "4.1.1.1"),),
    ),
    "EHLO": Verb(
        "EHLO <your host's name>",
        "EHLO opens the session like HELO, and asks which extensions the server offers.",
        ((5321, "4.1.1.1"), (5321, "2.2.1")),
    ),
    "MAIL": Verb(
        "MAIL FROM:<address>",
        "MAIL opens a mail transaction and names the envelope's sender, the reverse-path.",
        ((5321, "4.1.1.2"), (5321, "3.3")),
    ),
    "RCPT": Verb(
        "RCPT TO:<address>",
        "RCPT names one recipient of the envelope, a forward-path. It is said once for each.",
        ((5321, "4.1.1.3"), (5321, "3.3")),
    ),
    "DATA": Verb(
        "DATA",
        "DATA asks to send the message itself, once the envelope has a sender and a recipient.",
        ((5321, "4.1.1.4"), (5321, "3.3")),
    ),
    DOT: Verb(
        ".",
        "A dot alone on its line ends the message. On the wire it is CR LF . CR LF, and only that.",
        ((5321, "4.1.1.4"), (5321, "4.5.2")),
    ),
    "RSET": Verb("RSET", "RSET throws the envelope away and starts over.", ((5321, "4.1.1.5"),)),
    "NOOP": Verb("NOOP", "NOOP asks for nothing but an answer.", ((5321, "4.1.1.9"),)),
    "VRFY": Verb("VRFY <mailbox>", "VRFY asks whether a mailbox exists.", ((5321, "4.1.1.6"), (5321, "3.5"))),
    "HELP": Verb("HELP [<verb>]", "HELP asks what the server understands.", ((5321, "4.1.1.8"),)),
    "QUIT": Verb("QUIT", "QUIT ends the session in order.", ((5321, "4.1.1.10"), (5321, "3.8"))),
}

# What EHLO offers: the keyword with its parameter, what it means, where it is defined. Only what truly works.
EXTENSIONS: dict[str, tuple[str, tuple[int, str]]] = {
    "PIPELINING": (
        "A client may send several commands at once and read the replies afterwards; DATA, for one, ends such a group.",
        (2920, "3.1"),
    ),
    f"SIZE {limits.MESSAGE}": (
        f"A message has at most {limits.MESSAGE:,} octets, and MAIL may announce its size.",
        (1870, "3"),
    ),
    "8BITMIME": ("A message's body may have octets above 127, and MAIL may say so: BODY=8BITMIME.", (6152, "2")),
    "ENHANCEDSTATUSCODES": ("Replies carry a second, finer code, such as 5.5.1.", (2034, "3")),
    "HELP": ("HELP lists the verbs that it understands.", (5321, "4.1.1.8")),
}

FIRST_DIGIT = {
    "2": "Done: the command was carried out",
    "3": "Go on: the server waits for the rest",
    "4": "Transient failure: the same command may succeed later",
    "5": "Permanent failure: this command will not succeed if repeated as it is",
}
SECOND_DIGIT = {
    "0": "About syntax or sequence",
    "1": "An answer to a request for information",
    "2": "About the connection",
    "5": "About the mail system",
}
CODE = {
    "214": "Help",
    "220": "The service is ready",
    "221": "The service closes the connection",
    "250": "The requested mail action is done",
    "252": "Not verified, but the message would be taken and delivery tried",
    "354": "Start the mail input",
    "421": "The service is not available and closes the connection",
    "451": "Stopped by an error in processing",
    "452": "Not enough room to do it now",
    "500": "The command was not understood",
    "501": "Wrong syntax in the parameters",
    "502": "The command is not implemented",
    "503": "Bad sequence of commands",
    "504": "The parameter is not implemented",
    "550": "Not done: the mailbox is not available, or a policy forbids it",
    "552": "More than the storage allowed",
    "555": "The parameters of MAIL or RCPT are not recognized",
}

# RFC 3463 sections 2 and 3: the subject (second number) and the detail (second and third).
ENHANCED_SUBJECT = {
    "0": "Other status",
    "1": "Addressing status",
    "2": "Mailbox status",
    "3": "Mail system status",
    "4": "Network and routing status",
    "5": "Protocol status",
    "6": "Content status",
    "7": "Security or policy status",
}
ENHANCED = {
    "0.0": "nothing to add",
    "1.0": "about an address",
    "1.1": "no mailbox of that name",
    "1.3": "bad syntax in the recipient's address",
    "1.5": "the recipient's address is valid",
    "1.7": "bad syntax in the sender's address",
    "3.0": "about the mail system",
    "3.2": "the system takes no messages now",
    "3.4": "the message is too big for the system",
    "4.2": "the connection is no longer good",
    "5.0": "about the protocol",
    "5.1": "invalid command here",
    "5.2": "syntax error",
    "5.3": "too many recipients",
    "5.4": "invalid arguments of the command",
    "6.0": "about the content",
    "7.0": "about security",
    "7.1": "delivery is not authorized, the message is refused",
}


def enhanced_code(why: str, verb: str) -> str:
    """The enhanced code of the answer to `verb` for the cause `why`; "" where RFC 2034 section 4 wants none: in the
    answers to HELO and EHLO, and where the cause has none."""
    if verb in ("HELO", "EHLO"):
        return ""
    cause = CAUSES[why]
    return cause.enhanced_rcpt if verb == "RCPT" and cause.enhanced_rcpt else cause.enhanced


def digits(code: str, enhanced: str) -> tuple[tuple[str, str], ...]:
    """The meaning of a reply code digit by digit (RFC 5321 section 4.2.1), then that of its enhanced code."""
    meanings = [
        (code[0], FIRST_DIGIT.get(code[0], "")),
        (code[1], SECOND_DIGIT.get(code[1], "")),
        (code[2], CODE.get(code, "")),
    ]
    if enhanced:
        _, subject, detail = enhanced.split(".")
        meaning = f"{ENHANCED_SUBJECT.get(subject, '')}: {ENHANCED.get(f'{subject}.{detail}', '')}"
        meanings.append((enhanced, meaning))
    return tuple((part, meaning) for part, meaning in meanings if meaning.strip(": "))


def check_words(mail: Mail) -> None:
    """Refuse words for a cause that does not exist, or with a placeholder that the cause does not know: WorldError,
    with one sentence."""
    for why, text in mail.words.items():
        check_wording("SMTP", _KNOWS, why, text)


_KNOWS = {why: cause.knows for why, cause in CAUSES.items()}
