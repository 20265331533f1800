"""What a client's command means, with what its argument says. Pure."""

from __future__ import annotations

from protocols.ftp import arithmetic, tables, wire
from protocols.ftp.sources import Source
from protocols.ftp.verbs import VERBS

Told = tuple[list[str], list[Source]]

SECRETS = ("PASS", "ACCT")  # verbs whose argument is nobody's business, and goes over the wire all the same

_IN_THE_CLEAR = (
    "It goes over the wire in the clear: whoever listens on the way reads it. In the transcript it stands as dots; the "
    "Wire view shows it as anyone there reads it.",
    [(2577, "5"), (2577, "6")],
)
_OLD_FORM = (
    "{word} is what {verb} was called before the standard of 1985, when it was an experiment. Servers take both.",
    [(1123, "4.1.3.1"), (959, "II")],
)
_PRINTED_SPACES = (
    "The spaces after the commas are what textbooks print. The standard has none there; this server lets them pass.",
    (959, "5.3.2"),
)
_SYNCH = (
    "The octets before the verb are Telnet's: they interrupt the server, so that it looks at this command although a "
    "transfer runs.",
    (959, "4.1.3"),
)


def on_command(command: wire.Command, content: bytes) -> Told:
    """What `command` means, as sentences, and the sources of that. `content` is its line as it was on the wire, without
    its ending."""
    if command.verb == wire.OTHER:
        return ["This line starts with no verb of this server. Its answer says what it makes of it."], [(959, "5.3.1")]
    known = VERBS[command.verb]
    says, sources = [known.meaning], list(known.references)
    if command.word.upper() in wire.OLD_FORMS:
        says.append(_OLD_FORM[0].format(word=command.word.upper(), verb=command.verb))
        sources += _OLD_FORM[1]
    more, why = _on_argument(command)
    says += more
    sources += why
    if content != wire.strip_telnet(content) and not content.startswith(command.word.encode("latin-1")):
        says.append(_SYNCH[0])
        sources.append(_SYNCH[1])
    return says, sources


def _on_argument(command: wire.Command) -> Told:
    verb, argument = command.verb, command.argument
    if verb in SECRETS:
        return ([_IN_THE_CLEAR[0]], list(_IN_THE_CLEAR[1])) if argument else ([], [])
    if verb in ("PORT", "EPRT"):
        return _on_place(verb, argument)
    words = argument.upper().split()
    if verb == "TYPE":
        return _listed(_on_type(words))
    if verb in ("STRU", "MODE"):
        table = tables.STRUCTURES if verb == "STRU" else tables.MODES
        return _listed([table[word] for word in words[:1] if word in table])
    if verb == "EPSV" and words == ["ALL"]:
        return ["EPSV ALL promises that every data connection of this session comes of EPSV."], [(2428, "4")]
    return [], []


def _on_place(verb: str, argument: str) -> Told:
    place = arithmetic.of_command(verb, argument)
    says = [place.says] if place else []
    sources = [place.source] if place else []
    if verb == "PORT" and wire.has_spaces(argument):
        says.append(_PRINTED_SPACES[0])
        sources.append(_PRINTED_SPACES[1])
    return says, sources


def _on_type(words: list[str]) -> list[tables.Meaning]:
    """RFC 959 section 5.3.2: a format may follow A and E, a byte size has to follow L."""
    letter, second, *_ = [*words, "", ""]
    found = [tables.TYPES[letter]] if letter in tables.TYPES else []
    if letter in ("A", "E") and second in tables.FORMATS:
        found.append(tables.FORMATS[second])
    if letter == "L" and second == "8":
        found.append(tables.BYTE_SIZE)
    return found


def _listed(meanings: list[tables.Meaning]) -> Told:
    return [meaning.text for meaning in meanings], [meaning.source for meaning in meanings]
