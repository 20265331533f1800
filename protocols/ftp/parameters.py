"""How data are represented on the wire: TYPE, STRU, MODE, REST, ALLO and OPTS. Pure."""

from __future__ import annotations

import re

from protocols.ftp.answers import Outcome
from protocols.ftp.listing import FACTS, USUAL_FACTS, spell
from protocols.ftp.wire import Command

_FORMATS = ("N", "T", "C")  # RFC 959 section 3.1.1.5: non-print, Telnet, carriage control
_ALLOCATION = re.compile(r"[0-9]+( +R +[0-9]+)?", re.IGNORECASE)  # RFC 959 section 5.3.1
_LONGEST_MARKER = 18  # digits
_FACTS = re.compile(r"([!-:<-~]+;)*")  # RFC 3659 section 7.9

TYPES = {"A": "ASCII Non-print", "I": "Image", "L": "Local byte 8"}


class Parameters:
    """The parameters of a session's transfers: RFC 959 section 4.1.2. `type` is A, I or L, `facts` those that MLST and
    MLSD tell, `marker` where the next transfer restarts, in octets on the wire (RFC 3659 section 5)."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The defaults: RFC 959 section 5.1."""
        self.type = "A"
        self.facts: tuple[str, ...] = USUAL_FACTS
        self.marker = 0

    def take_marker(self) -> int:
        """Where this transfer restarts. The next one begins at its beginning again."""
        marker, self.marker = self.marker, 0
        return marker

    # Octets

    def to_wire(self, content: bytes) -> bytes:
        """A file's content as it goes over the wire: as text each LF is CR LF there (RFC 959 section 3.1.1.1)."""
        return content.replace(b"\n", b"\r\n") if self.type == "A" else content

    def from_wire(self, octets: bytes) -> bytes:
        """What came over the wire as a file's content. As text each CR LF is an LF there; a CR alone stays."""
        return octets.replace(b"\r\n", b"\n") if self.type == "A" else octets

    def on_wire(self, octets: int) -> int:
        """How many octets on the wire can become that many of a file, at most."""
        return 2 * octets if self.type == "A" else octets

    # Commands

    def set_type(self, command: Command) -> Outcome:
        """TYPE: RFC 959 sections 4.1.2 and 5.3.2."""
        parts = command.argument.upper().split()
        fault = _type_fault(parts)
        if fault:
            return Outcome(fault)
        self.type = parts[0]
        return Outcome("type-ok", {"type": " ".join(parts)})

    def set_structure(self, command: Command) -> Outcome:
        """STRU: RFC 959 section 4.1.2."""
        structures = {"F": "structure-ok", "R": "structure-record", "P": "structure-page"}
        return Outcome(structures.get(command.argument.upper(), "structure-bad"))

    def set_mode(self, command: Command) -> Outcome:
        """MODE: RFC 959 section 4.1.2."""
        modes = {"S": "mode-ok", "B": "mode-block", "C": "mode-compressed"}
        return Outcome(modes.get(command.argument.upper(), "mode-bad"))

    def restart(self, command: Command) -> Outcome:
        """REST: RFC 3659 section 5.3. Whether the file is long enough is seen when the transfer is asked for."""
        marker = command.argument
        if not (marker.isascii() and marker.isdigit() and len(marker) <= _LONGEST_MARKER):
            return Outcome("restart-bad")
        self.marker = int(marker)
        return Outcome("restart-at", {"octets": str(self.marker)})

    def allocate(self, command: Command) -> Outcome:
        """ALLO: RFC 959 section 4.1.3."""
        return Outcome("allocated" if _ALLOCATION.fullmatch(command.argument) else "allocate-bad")

    def set_option(self, command: Command) -> Outcome:
        """OPTS: RFC 2389 section 4. UTF8 is what many clients say, and changes nothing; MLST chooses the facts (RFC
        3659 section 7.9), among which unknown ones count for nothing."""
        name, _, value = command.argument.upper().partition(" ")
        if name == "UTF8" and value.strip(" ") in ("", "ON"):
            return Outcome("opts-ok")
        if name != "MLST" or not _FACTS.fullmatch(value):
            return Outcome("opts-unknown")
        wanted = value.lower().split(";")
        self.facts = tuple(fact for fact in FACTS if fact in wanted)
        chosen = "".join(f"{spell(fact)};" for fact in self.facts)
        return Outcome("facts-chosen", {"facts": f" {chosen}" if chosen else ""})


def _type_fault(parts: list[str]) -> str | None:
    kind, second = parts[0], parts[1] if len(parts) > 1 else ""
    if len(parts) > 2 or kind not in ("A", "E", "I", "L"):
        return "type-bad"
    if kind == "L":
        if not (second.isascii() and second.isdigit()):
            return "type-bad"  # RFC 959 section 3.1.1.4: the byte size is obligatory
        return None if second.lstrip("0") == "8" else "type-byte-size"
    if second and (kind == "I" or second not in _FORMATS):
        return "type-bad"
    if kind == "E":
        return "type-ebcdic"
    return "type-format" if second in ("T", "C") else None
