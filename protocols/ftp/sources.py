"""Where it is said: the references of FTP's texts. Pure."""

from __future__ import annotations

from protocols.description import Reference, reference

Source = tuple[int, str]  # an RFC, and a section of it


def refer(source: Source) -> Reference:
    """The reference to an RFC and a section of it; "" is an RFC whose sections have no numbers."""
    rfc, section = source
    return reference(rfc, section) if section else Reference(f"RFC {rfc}", f"https://www.rfc-editor.org/rfc/rfc{rfc}")
