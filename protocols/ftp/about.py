"""What the server tells of itself: HELP, FEAT, SITE and STAT. Pure."""

from __future__ import annotations

import textwrap

from protocols.ftp import tables
from protocols.ftp.access import Access
from protocols.ftp.answers import Outcome, Transfer
from protocols.ftp.arranging import Arranging
from protocols.ftp.listing import FACTS, spell
from protocols.ftp.parameters import TYPES, Parameters
from protocols.ftp.wire import KNOWN, OLD_FORMS, Command

_VERBS_WIDE = 60  # columns of a list of verbs


def help_on(command: Command) -> Outcome:
    """HELP: RFC 959 section 4.1.3."""
    topic = command.argument.upper()
    topic = OLD_FORMS.get(topic, topic)
    if not topic:
        return Outcome(
            "help", tells=tuple(textwrap.wrap(" ".join(KNOWN), _VERBS_WIDE, initial_indent=" ", subsequent_indent=" "))
        )
    if topic not in KNOWN:
        return Outcome("no-help-on-that")
    return Outcome("help-on-verb", tells=(f" {tables.VERBS[topic].syntax}",))


def tell_features(parameters: Parameters) -> Outcome:
    """FEAT: a feature on each line, after one space (RFC 2389 section 3.2). A fact with an asterisk is told until OPTS
    MLST chooses others (RFC 3659 section 7.8)."""
    facts = "".join(f"{spell(fact)}{'*' if fact in parameters.facts else ''};" for fact in FACTS)
    features = ("EPRT", "EPSV", "MDTM", f"MLST {facts}", "REST STREAM", "SIZE", "TVFS", "UTF8")
    return Outcome("features", tells=tuple(f" {feature}" for feature in features))


def obey_site(command: Command) -> Outcome:
    """SITE: there is nothing but its HELP."""
    return Outcome("site-help" if command.argument.upper() == "HELP" else "no-site-command")


def tell_status(client: str, access: Access, parameters: Parameters, arranging: Arranging) -> Outcome:
    """STAT between transfers: RFC 959 section 4.1.3."""
    return Outcome(
        "status",
        tells=(
            f" Connected from {client}",
            f" Logged in as {access.name}",
            f" TYPE: {TYPES[parameters.type]}; STRU: File; MODE: Stream",
            f" {_arranged(arranging)}",
        ),
    )


def tell_transfer(transfer: Transfer) -> Outcome:
    """STAT while a transfer runs."""
    of = f" of {transfer.path}" if transfer.path else ""
    way = f"{len(transfer.octets)} octets go to the client" if transfer.sends else "octets come from the client"
    return Outcome("status-of-transfer", {"path": transfer.path}, tells=(f" {transfer.verb}{of}: {way}",))


def _arranged(arranging: Arranging) -> str:
    if arranging.address is not None:
        return "Data goes to {} port {}".format(*arranging.address)
    if arranging.port is not None:
        how = "is open" if arranging.is_open else f"is expected on port {arranging.port}"
        return f"The data connection {how}"
    return "No data connection is arranged"
