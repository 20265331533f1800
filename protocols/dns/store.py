"""The zones of a lab: read when they are first asked for, and changed while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import dns.name

from protocols.dns.generate import whole_zones
from protocols.dns.zone import Zone, ZoneError, parse_zone
from protocols.events import ZoneEdited
from protocols.recorder import Recorder
from protocols.world import World

_HALF = 2**31  # of the serials: RFC 1982 section 3.2


class Store:
    """The zones of `world`, by their names as the world has them."""

    def __init__(self, world: World, recorder: Recorder) -> None:
        self._world = world
        self._recorder = recorder
        self._files: dict[str, str] | None = None
        self._zones: dict[str, Zone] = {}
        self._listeners: list[Callable[[], None]] = []

    def zone(self, name: str) -> Zone:
        """The zone of that name. Raises KeyError, and ZoneError where its file is wrong."""
        if name not in self._zones:
            if self._files is None:
                self._files = whole_zones(self._world)
            self._zones[name] = parse_zone(name, self._files[name])
        return self._zones[name]

    def when_edited(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever a zone was changed."""
        self._listeners.append(call)

    def edit(self, name: str, serial: int, text: str, client_id: str) -> None:
        """Somebody gives the zone another master file, made on `serial`. What became of it is an event."""
        why, now = self._load(name, serial, text)
        self._recorder.record(
            ZoneEdited, zone=name, serial=now, why=why, raw=text.encode("utf-8", "replace"), client_id=client_id
        )

    def _load(self, name: str, serial: int, text: str) -> tuple[Literal["loaded", "stale", "broken"], int]:
        try:
            has = self.zone(name).serial
            if has != serial:
                return "stale", has
            zone = parse_zone(name, text)
        except (KeyError, ZoneError):
            return "broken", serial
        if not 0 < (zone.serial - has) % 2**32 < _HALF:  # RFC 1982 section 3.2: a greater one
            return "broken", has
        self._zones[name] = zone
        for call in self._listeners:
            call()
        return "loaded", zone.serial


class ZonesOf(Mapping[dns.name.Name, Zone]):
    """The zones of one server. One is read when it is taken out."""

    def __init__(self, store: Store, names: tuple[str, ...]) -> None:
        self._store = store
        self._names = {dns.name.from_text(name): name for name in names}

    def __getitem__(self, name: dns.name.Name) -> Zone:
        return self._store.zone(self._names[name])

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[dns.name.Name]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
