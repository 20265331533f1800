"""A zone's name in an address."""

from __future__ import annotations

from portal.worlds.zones import ROOT

_ROOT_WORD = "_root"  # no host name has an underscore (RFC 1123 section 2.1), and of "." a browser makes nothing


class ZoneName:
    """Converts it, for Django's `path`."""

    regex = f"{_ROOT_WORD}|[a-z0-9.-]*[a-z0-9]"

    def to_python(self, value: str) -> str:
        """The name as `Zone.name` has it."""
        return ROOT if value == _ROOT_WORD else value

    def to_url(self, name: str) -> str:
        """The name as an address has it."""
        return _ROOT_WORD if name == ROOT else name
