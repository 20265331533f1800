"""The log: one way in, one way out."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from portal.labs import feed
from portal.labs.models import Event, Lab
from portal.worlds.models import Message
from protocols import events
from protocols.limits import BATCH_EVENTS, ZONE_FILE
from protocols.sandbox.supervisor import StaleOwner
from tests.portal.conftest import find_zone, make_delivered, make_edited, make_line

OPENED = events.Opened(
    seq=1,
    at=10,
    conn="1.1",
    protocol="smtp",
    client=events.Endpoint("mx.halva.fr", "10.0.0.1", 40000),
    server=events.Endpoint("mx.lentil.edu", "10.2.0.25", 25),
)
EVERY_KIND = [
    OPENED,
    make_line(2, b"\x00\xff\r\n", because=1),
    events.Block(seq=3, at=3, conn="1.1", protocol="smtp", side="S", raw=bytes(range(256)), state="data"),
    events.Console(seq=4, at=4, console=1, action="typed", raw=b"caf\xc3\xa9", client_id="a-1"),
    make_delivered(5),
    events.Fault(seq=6, at=6, why="memory"),
    events.Closed(seq=7, at=7, conn="1.1", side=None, why="lost", because=6),
    events.Lab(seq=8, at=8, change="started", start=1, layers=("seccomp",), absent=("landlock",)),
    events.Message(
        seq=9,
        at=9,
        protocol="dns",
        transport="udp",
        side="S",
        client=OPENED.client,
        server=OPENED.server,
        raw=b"\x00\x01",
        why="referral",
        about=("edu.", "a.edu-servers.net."),
    ),
    events.Cached(seq=10, at=10, because=9, host="mx.lentil.edu", records=("edu. 3600 NS",)),
    events.Unkept(seq=11, at=11, protocol="dns", count=2, names=("edu. NS",), rcodes=("NOERROR 2",)),
    events.ZoneEdited(seq=12, at=12, zone=".", serial=1, why="stale", raw="; é".encode(), client_id="a-2"),
    events.Transferred(seq=13, at=13, because=6, conn="1.2", side="S", length=5, kept=5, sha256="ab", path="/é"),
    events.Stored(
        seq=14, at=14, host="mx.lentil.edu", path="/tmp/é", owner="", mode=0o644, modified=1, size=0, sha256="ab"
    ),
    events.NotStored(seq=15, at=15, host="mx.lentil.edu", path="/x", why="no-room", client_id="a-3"),
    events.TreeChanged(seq=16, at=16, host="mx.lentil.edu", change="renamed", path="/a", to="/b", conn="1.1"),
    events.GoalJudged(seq=17, at=17, goal="greet", title="Grüße", status="met", evidence=("2", "9"), met=2, parts=2),
]


def test_it_refuses_an_old_epoch_and_keeps_nothing_of_it(lab):
    feed.append(lab.pk, 1, [make_line(1)])
    Lab.objects.filter(pk=lab.pk).update(epoch=2)
    with pytest.raises(StaleOwner):
        feed.append(lab.pk, 1, [make_delivered(2)])
    assert feed.after(lab.pk, 0, 10) == [make_line(1)]
    assert not Message.objects.exists()


@pytest.mark.parametrize("seq", [2, 7])
def test_it_refuses_events_that_do_not_go_on_where_the_log_ends(lab, seq):
    with pytest.raises(StaleOwner):
        feed.append(lab.pk, 1, [make_line(seq)])
    assert feed.after(lab.pk, 0, 10) == []


def test_every_kind_of_event_comes_back_as_it_went_in(lab):
    assert {type(event) for event in EVERY_KIND} == set(events.KINDS.values())
    feed.append(lab.pk, 1, EVERY_KIND[:3])
    feed.append(lab.pk, 1, EVERY_KIND[3:])
    assert feed.after(lab.pk, 0, 100) == EVERY_KIND


def test_after_gives_what_follows_a_seq_in_order_and_at_most_so_many(lab):
    feed.append(lab.pk, 1, [make_line(seq) for seq in range(1, 11)])
    assert [event.seq for event in feed.after(lab.pk, 4, 3)] == [5, 6, 7]
    assert feed.after(lab.pk, 10, 3) == []


def test_the_same_events_given_again_change_nothing(lab):
    batch = [make_line(1), make_delivered(2)]
    feed.append(lab.pk, 1, batch)
    feed.append(lab.pk, 1, batch)
    assert feed.after(lab.pk, 0, 10) == batch
    assert Message.objects.count() == 1


def test_a_delivered_message_is_in_its_mailbox_with_its_octets(lab):
    every_octet = bytes(range(256)) + b"\r\n"
    feed.append(lab.pk, 1, [make_delivered(1), make_delivered(2, raw=every_octet)])
    messages = Message.objects.filter(mailbox__world=lab.world, mailbox__address="bob@lentil.edu")
    assert [(m.seq, bytes(m.raw), m.subject) for m in messages] == [
        (1, b"Subject: dahl\r\n\r\n\xffYes?\r\n", "dahl"),
        (2, every_octet, ""),
    ]


def test_a_message_for_a_mailbox_that_is_not_there_is_logged_and_goes_nowhere(lab):
    feed.append(lab.pk, 1, [make_delivered(1, mailbox="carol@lentil.edu")])
    assert lab.events.count() == 1
    assert not Message.objects.exists()


def test_a_failure_leaves_neither_events_nor_messages(lab, monkeypatch):
    def fail(*values):
        raise RuntimeError

    monkeypatch.setattr("portal.worlds.models.World.deliver", fail)
    with pytest.raises(RuntimeError):
        feed.append(lab.pk, 1, [make_line(1), make_delivered(2)])
    lab.refresh_from_db()
    assert (lab.last_seq, lab.events.count()) == (0, 0)
    monkeypatch.undo()
    feed.append(lab.pk, 1, [make_line(1), make_delivered(2)])
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "why", "state"),
    [("started", None, "running"), ("failed", "refused", "failed"), ("ended", "asked", "ended")],
)
def test_the_labs_state_is_what_its_log_says(lab, change, why, state):
    feed.append(lab.pk, 1, [events.Lab(seq=1, at=1, change=change, start=1, why=why)])
    lab.refresh_from_db()
    assert (lab.state, lab.why, bool(lab.ended_at)) == (state, why or "", state != "running")
    assert bool(lab.owner) == (state == "running")


def test_a_description_knows_a_cause_from_an_earlier_batch(lab):
    typed = events.Console(seq=1, at=1, console=1, action="typed", raw=b"NOOP", client_id="a-1")
    feed.append(lab.pk, 1, [typed])
    feed.append(lab.pk, 1, [make_line(2, because=1)])
    whole = feed.describe(lab.pk, feed.after(lab.pk, 0, 10))
    late = feed.describe(lab.pk, feed.after(lab.pk, 1, 10))
    assert late == whole[1:]
    assert late[0]["client_id"] == "a-1"


def test_missing_causes_take_one_query_however_many_they_are(lab):
    feed.append(lab.pk, 1, [make_line(seq) for seq in range(1, 6)])
    replies = [make_line(5 + seq, because=seq) for seq in range(1, 6)]
    with CaptureQueriesContext(connection) as queries:
        feed.describe(lab.pk, replies)
    assert len(queries) == 1


def test_a_client_id_is_once_in_a_lab(lab):
    typed = events.Console(seq=1, at=1, console=1, action="typed", raw=b"NOOP", client_id="a-1")
    feed.append(lab.pk, 1, [typed])
    assert Event.objects.filter(lab=lab, client_id="a-1").count() == 1
    with pytest.raises(IntegrityError):
        feed.append(lab.pk, 1, [events.Console(seq=2, at=2, console=1, action="typed", raw=b"x", client_id="a-1")])


def test_an_event_that_no_server_of_ours_says_does_not_hide_the_others(lab):
    batch = [make_line(1, state="beyond"), make_line(2, protocol="gopher"), make_line(3)]
    feed.append(lab.pk, 1, batch)
    shown = feed.describe(lab.pk, feed.after(lab.pk, 0, 10))
    assert [description["seq"] for description in shown] == [1, 2, 3]
    assert shown[2]["parts"]


def test_a_time_that_no_calendar_has_does_not_stop_the_log(lab):
    feed.append(lab.pk, 1, [make_delivered(1, at=2**63 - 1)])
    assert Message.objects.get().received_at.year == 9999


# Zones


def test_what_a_lab_has_loaded_is_the_zones_file_with_its_serial_and_records(lab):
    feed.append(lab.pk, 1, [make_edited(1)])
    zone = find_zone(lab.world)
    assert (zone.source.encode(), zone.serial, zone.is_edited) == (make_edited(1).raw, 3, True)
    assert [record.type for record in zone.records.all()] == ["SOA", "NS"]
    assert find_zone(lab.activity.world).serial != 3


def test_of_several_edits_in_a_batch_the_last_one_stays(lab):
    feed.append(lab.pk, 1, [make_edited(1), make_line(2), make_edited(3, raw=make_edited(3).raw + b"a A 10.2.0.7\n")])
    assert find_zone(lab.world).records.count() == 3


@pytest.mark.parametrize(
    "values",
    [
        {"why": "stale"},
        {"why": "broken", "raw": b"nonsense"},
        {"zone": "nobody.edu"},
        # What only a hostile lab says
        {"client_id": None},
        {"raw": b"nonsense"},
        {"raw": b"\xff"},
        {"raw": make_edited(1).raw + b"; \0"},
        {"raw": make_edited(1).raw + b";" * ZONE_FILE},
        {"zone": "x" * 1_000},
        {"zone": "..lentil"},
    ],
)
def test_what_was_not_loaded_is_in_the_log_and_changes_no_zone(lab, values):
    before = list(lab.world.zones.order_by("pk").values_list("name", "source", "serial"))
    feed.append(lab.pk, 1, [make_edited(1, **values)])
    assert lab.events.count() == 1
    assert list(lab.world.zones.order_by("pk").values_list("name", "source", "serial")) == before


def test_a_failure_leaves_neither_events_nor_zones(lab, monkeypatch):
    def fail(*values):
        raise RuntimeError

    before = find_zone(lab.world).source
    monkeypatch.setattr("portal.worlds.zones._make_records", fail)
    with pytest.raises(RuntimeError):
        feed.append(lab.pk, 1, [make_edited(1)])
    assert (lab.events.count(), find_zone(lab.world).source) == (0, before)
    assert find_zone(lab.world).records.count() > 2


def test_an_old_epoch_changes_no_zone(lab):
    before = find_zone(lab.world).source
    with pytest.raises(StaleOwner):
        feed.append(lab.pk, 0, [make_edited(1)])
    assert find_zone(lab.world).source == before


@pytest.mark.parametrize("make", [make_line, make_delivered, make_edited])
def test_the_largest_batch_takes_as_many_statements_as_the_smallest(lab, make):
    """While a transaction writes, on SQLite nobody else does. How long that takes is measured by `make bench`."""
    with CaptureQueriesContext(connection) as few:
        feed.append(lab.pk, 1, [make(1)])
    with CaptureQueriesContext(connection) as many:
        feed.append(lab.pk, 1, [make(1 + place) for place in range(1, BATCH_EVENTS + 1)])
    assert len(many) == len(few)
