"""Zones of a running lab: read when they are asked for, and edited."""

import dns.message
import pytest

from protocols.dns.zone import next_serial
from protocols.events import ZoneEdited
from tests.protocols.dns.lab import VUW


@pytest.fixture
def store(lab):
    return lab.lab.store


def edit(store, text: str, serial: int | None = None, name: str = "vuw.nz") -> None:
    store.edit(name, store.zone("vuw.nz").serial if serial is None else serial, text, "page-1")


def with_record(store, record: str, serial: int | None = None) -> str:
    """The zone's file with one more record, and the next serial or that one."""
    has = store.zone("vuw.nz").serial
    text = store._files["vuw.nz"]
    return text.replace(str(has), str(next_serial(has) if serial is None else serial)) + f"\n{record}\n"


def test_a_zone_is_read_when_it_is_asked_for_and_once(store):
    assert store._zones == {}
    assert store.zone("nz") is store.zone("nz")
    assert list(store._zones) == ["nz"]
    with pytest.raises(KeyError):
        store.zone("elsewhere")


async def test_what_is_edited_is_what_is_answered_from_then_on(lab, store):
    query = dns.message.make_query("new.vuw.nz", "A", flags=0).to_wire()
    before = dns.message.from_wire(await lab.exchange(query, VUW))
    serial = store.zone("vuw.nz").serial
    text = with_record(store, "new A 10.1.2.3")
    edit(store, text)
    after = dns.message.from_wire(await lab.exchange(query, VUW))
    assert (before.rcode().name, after.answer[0][0].address) == ("NXDOMAIN", "10.1.2.3")
    (edited,) = lab.of(ZoneEdited)
    assert (edited.zone, edited.why, edited.serial, edited.client_id) == ("vuw.nz", "loaded", serial + 1, "page-1")
    assert edited.raw == text.encode()


def test_an_edit_made_on_another_serial_is_stale_and_changes_nothing(lab, store):
    has = store.zone("vuw.nz")
    edit(store, with_record(store, "new A 10.1.2.3"), serial=has.serial - 1)
    assert [(event.why, event.serial) for event in lab.of(ZoneEdited)] == [("stale", has.serial)]
    assert store.zone("vuw.nz") is has


@pytest.mark.parametrize("raised", [0, -1, 2**31])
def test_a_serial_that_is_not_greater_is_broken(lab, store, raised):
    has = store.zone("vuw.nz")
    edit(store, with_record(store, "new A 10.1.2.3", (has.serial + raised) % 2**32))
    assert [(event.why, event.serial) for event in lab.of(ZoneEdited)] == [("broken", has.serial)]
    assert store.zone("vuw.nz") is has


@pytest.mark.parametrize("record", ["new A 10.1.2.300", "new A", "www2 CNAME elsewhere"])
def test_a_file_with_a_mistake_is_broken_and_kept(lab, store, record):
    has = store.zone("vuw.nz")
    text = with_record(store, record)
    edit(store, text)
    (edited,) = lab.of(ZoneEdited)
    assert (edited.why, edited.raw) == ("broken", text.encode())
    assert store.zone("vuw.nz") is has


def test_a_zone_that_no_server_has_cannot_be_edited(lab, store):
    edit(store, "", name="elsewhere")
    assert [event.why for event in lab.of(ZoneEdited)] == ["broken"]
