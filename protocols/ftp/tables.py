"""What FTP's verbs, codes and parameters mean, and where it is said: RFC 959, and RFC 2389, 2428, 2640 and 3659 for
what came later."""

from __future__ import annotations

from dataclasses import dataclass

from protocols import limits
from protocols.ftp.causes import CAUSES
from protocols.ftp.sources import Source
from protocols.ftp.verbs import VERBS, Verb
from protocols.world import WorldError
from protocols.world.model import Ftp
from protocols.world.wording import check_wording

__all__ = [
    "BYTE_SIZE",
    "CAUSES",
    "CODES",
    "FEATURES",
    "FORMATS",
    "MODES",
    "STRUCTURES",
    "TYPES",
    "VERBS",
    "Meaning",
    "Source",
    "Verb",
    "check_words",
    "digits",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What something means, as a sentence, and the RFC and section that say so."""

    text: str
    source: Source


# The argument of TYPE: its first letter, then what may follow A and E, or L.
TYPES: dict[str, Meaning] = {
    "A": Meaning(
        "A is ASCII: text, whose lines end in CR LF on the wire. Each side turns them into what its own system has.",
        (959, "3.1.1.1"),
    ),
    "E": Meaning("E is EBCDIC: text in the character code of IBM's mainframes.", (959, "3.1.1.2")),
    "I": Meaning("I is image: the file's octets as they are. A picture or a program needs it.", (959, "3.1.1.3")),
    "L": Meaning("L is local: bytes of as many bits as the number says.", (959, "3.1.1.4")),
}
FORMATS: dict[str, Meaning] = {
    "N": Meaning(
        "N is non-print: nothing in the text moves a printer's paper. It goes without saying.", (959, "3.1.1.5.1")
    ),
    "T": Meaning("T is Telnet format controls: CR, LF, VT and FF move a printer's paper.", (959, "3.1.1.5.2")),
    "C": Meaning(
        "C is carriage control: the first column of a line moves the paper, as Fortran has it.", (959, "3.1.1.5")
    ),
}
BYTE_SIZE = Meaning("A byte of 8 bits is an octet, so L 8 sends what I sends.", (959, "3.1.1.4"))
STRUCTURES: dict[str, Meaning] = {
    "F": Meaning("F is file structure: a run of octets, without anything within.", (959, "3.1.2.1")),
    "R": Meaning("R is record structure: a sequence of records, each with its end marked.", (959, "3.1.2.2")),
    "P": Meaning("P is page structure: numbered pages, some of which may not be there.", (959, "3.1.2.3")),
}
MODES: dict[str, Meaning] = {
    "S": Meaning(
        "S is stream mode: the octets one after the other. The connection's end is the file's.", (959, "3.4.1")
    ),
    "B": Meaning(
        "B is block mode: blocks, each with a header that tells its length and the file's end.", (959, "3.4.2")
    ),
    "C": Meaning("C is compressed mode: like block mode, and what repeats is sent once with a count.", (959, "3.4.3")),
}

# What FEAT lists, by the first word of its line.
FEATURES: dict[str, Meaning] = {
    "EPRT": Meaning("EPRT names your address and port in any network protocol.", (2428, "2")),
    "EPSV": Meaning("EPSV lets the server listen, and needs no address.", (2428, "3")),
    "MDTM": Meaning("MDTM tells when a file was modified.", (3659, "3.3")),
    "MLST": Meaning(
        "MLST and MLSD list facts about files in a fixed form. Behind it stand the facts that there are; those with an "
        "asterisk are sent unless OPTS MLST says otherwise.",
        (3659, "7.8"),
    ),
    "REST": Meaning("REST STREAM says that REST takes a number of octets in stream mode.", (3659, "5.4")),
    "SIZE": Meaning("SIZE tells how many octets a transfer would bring.", (3659, "4.3")),
    "TVFS": Meaning("TVFS says that names work as in Unix: directories with a slash between them.", (3659, "6.3")),
    "UTF8": Meaning("UTF8 says that names are in UTF-8, so that they may have letters of any language.", (2640, "3.2")),
}

# RFC 959 section 4.2: the first digit and the second.
FIRST_DIGIT = {
    "1": "Begun: another reply follows when it is done",
    "2": "Done: the command was carried out",
    "3": "Go on: the server waits for the rest",
    "4": "Transient failure: the same command may succeed later",
    "5": "Permanent failure: this command will not succeed if repeated as it is",
}
SECOND_DIGIT = {
    "0": "About syntax or sequence",
    "1": "An answer to a request for information",
    "2": "About the control or the data connection",
    "3": "About the login",
    "4": "Not specified",
    "5": "About the file system",
}
# Section 4.2.1; 229 and 522 are of RFC 2428, 554 is of RFC 1123 section 4.1.3.4.
CODES = {
    "110": "A restart marker",
    "120": "The service will be ready in some minutes",
    "125": "The data connection is open already, and the transfer starts",
    "150": "The file is there, and the data connection is about to be opened",
    "200": "The command was carried out",
    "202": "Not implemented, and not needed here",
    "211": "The system's status",
    "212": "A directory's status",
    "213": "A file's status",
    "214": "Help",
    "215": "The system's type",
    "220": "The service is ready for a new user",
    "221": "The service closes the control connection",
    "225": "The data connection is open, and no transfer runs",
    "226": "The data connection is closed, and what was asked for is done",
    "227": "Passive mode is entered",
    "229": "Extended passive mode is entered",
    "230": "The user is logged in",
    "250": "The file action is done",
    "257": "The name of a directory",
    "331": "The name is taken, and the password is needed",
    "332": "An account is needed for the login",
    "350": "The file action waits for more",
    "421": "The service is not available and closes the control connection",
    "425": "The data connection cannot be opened",
    "426": "The data connection is closed, and the transfer was broken off",
    "450": "Not done: the file is not available just now",
    "451": "Stopped by an error in processing",
    "452": "Not done: not enough room in the system",
    "500": "The command was not understood",
    "501": "Wrong syntax in the parameters",
    "502": "The command is not implemented",
    "503": "Bad sequence of commands",
    "504": "The parameter is not implemented",
    "522": "The network protocol is not supported",
    "530": "Not logged in",
    "532": "An account is needed to store files",
    "550": "Not done: the file is not available, or not to you",
    "551": "Stopped: the page type is unknown",
    "552": "Stopped: more than the storage allowed",
    "553": "Not done: the name is not allowed",
    "554": "Not done: it cannot restart there",
}


def digits(code: str) -> tuple[tuple[str, str], ...]:
    """The meaning of a reply code digit by digit (RFC 959 section 4.2)."""
    meanings = [
        (code[0], FIRST_DIGIT.get(code[0], "")),
        (code[1], SECOND_DIGIT.get(code[1], "")),
        (code[2], CODES.get(code, "")),
    ]
    return tuple((digit, meaning) for digit, meaning in meanings if meaning)


def check_words(ftp: Ftp) -> None:
    """Refuse words for a cause that does not exist, with a placeholder that the cause does not know or without one that
    its clients read, with more lines than a reply may have, or with an octet that no line has: WorldError, with one
    sentence."""
    for why, text in ftp.words.items():
        placeholders = check_wording("FTP", _KNOWS, why, text)
        for name in sorted(CAUSES[why].needs.difference(placeholders)):
            raise WorldError(f"The FTP server's words for {why!r} need {{{name}}}: clients read it there.")
        _check_lines(why, text)


def _check_lines(why: str, text: str) -> None:
    lines = text.split("\n")
    if len(lines) > limits.REPLY_LINES:
        raise WorldError(
            f"The FTP server's words for {why!r} have {len(lines)} lines, and a reply has at most {limits.REPLY_LINES}."
        )
    if not all(line.isprintable() for line in lines):
        raise WorldError(f"The FTP server's words for {why!r} have a control character, such as a tab.")


_KNOWS = {why: cause.knows for why, cause in CAUSES.items()}
