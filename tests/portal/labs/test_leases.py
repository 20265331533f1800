"""Who owns which lab: of two workers one wins."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from portal.labs import feed, leases, limits
from portal.labs.models import Lab
from protocols import events
from protocols.sandbox.supervisor import StaleOwner
from tests.portal.conftest import hand_over, hash_of, make_line, make_stored


def update(lab: Lab, **values) -> None:
    Lab.objects.filter(pk=lab.pk).update(**values)
    lab.refresh_from_db()


def ago(seconds: float):
    return timezone.now() - timedelta(seconds=seconds)


def test_a_lab_that_waits_is_claimed_once(lab):
    feed.append(lab.pk, 1, [events.Console(seq=1, at=1, console=1, action="typed", raw=b"x", client_id="a-1")])
    update(lab, state="starting", owner="")
    claimed = leases.claim(lab.pk, "first")
    assert claimed
    assert claimed == leases.Claim(lab.pk, 2, 2, 1, claimed.octets, frozenset({"a-1"}))
    assert leases.claim(lab.pk, "second") is None
    lab.refresh_from_db()
    assert (lab.owner, lab.epoch, lab.starts) == ("first", 2, 2)


@pytest.mark.parametrize("state", ["running", "ended", "failed"])
def test_a_lab_that_does_not_wait_is_not_claimed(lab, state):
    update(lab, state=state, owner="")
    assert leases.claim(lab.pk, "first") is None


def test_a_lab_that_is_not_there_is_not_claimed(db):
    assert leases.claim(7, "first") is None


def test_a_lease_is_renewed_by_its_owner_alone(lab):
    update(lab, lease_until=ago(1))
    leases.renew("another", {lab.pk: 1})
    assert leases.find_abandoned() == [lab.pk]
    leases.renew("worker", {lab.pk: 1})
    assert leases.find_abandoned() == []


def test_an_owner_renews_only_what_it_serves(lab):
    update(lab, lease_until=ago(1))
    leases.renew("worker", {})
    assert leases.find_abandoned() == [lab.pk]


def test_a_lab_that_another_has_taken_over_is_told_from_one_that_has_ended(lab):
    assert leases.renew("worker", {lab.pk: 1}) == set()
    update(lab, state="ended", owner="")
    assert leases.renew("worker", {lab.pk: 1}) == set()
    update(lab, state="running", owner="another", epoch=2)
    assert leases.renew("worker", {lab.pk: 1}) == {lab.pk}


def test_a_lease_lasts_longer_than_several_renewals():
    assert limits.LEASE >= 3 * limits.RENEWAL


def test_an_abandoned_lab_is_ended_in_its_log_by_one_worker_and_its_old_owner_is_refused(lab):
    feed.append(lab.pk, 1, [make_line(1)])
    update(lab, lease_until=ago(1))
    (end,) = leases.bury(lab.pk, "second")
    assert leases.bury(lab.pk, "third") == []
    assert feed.after(lab.pk, 1, 10) == [end]
    assert (end.seq, end.change, end.why, end.start) == (2, "ended", "owner-lost", 1)
    lab.refresh_from_db()
    assert (lab.state, lab.why, lab.owner, lab.epoch) == ("ended", "owner-lost", "", 2)
    with pytest.raises(StaleOwner):
        feed.append(lab.pk, 1, [make_line(3)])


def test_a_lab_whose_lease_lasts_is_not_buried(lab):
    update(lab, lease_until=ago(-5))
    assert leases.bury(lab.pk, "second") == []
    lab.refresh_from_db()
    assert (lab.state, lab.epoch) == ("running", 1)


def test_a_request_whose_task_was_lost_is_found_when_it_has_waited(lab):
    lab.ask_for_start()
    assert leases.find_waiting() == []
    update(lab, lease_until=ago(0.1))
    assert leases.find_waiting() == [lab.pk]
    assert leases.find_abandoned() == []


def test_a_lab_that_ended_is_neither_waiting_nor_abandoned(lab):
    update(lab, state="ended", lease_until=ago(1))
    assert leases.find_waiting() == leases.find_abandoned() == []


def test_a_machine_runs_only_so_many_labs(lab, monkeypatch):
    monkeypatch.setattr(limits, "LABS_A_MACHINE", 1)
    assert leases.has_room("worker")
    monkeypatch.setattr(limits, "LABS_A_MACHINE", 0)
    assert not leases.has_room("worker")
    assert leases.has_room("another")


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_claim_at_once_one_wins(lab):
    lab.ask_for_start()
    both = threading.Barrier(6)

    def claim(owner: str) -> leases.Claim | None:
        try:
            both.wait()
            return leases.claim(lab.pk, owner)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        claims = list(pool.map(claim, [f"worker {number}" for number in range(6)]))
    assert [claim for claim in claims if claim] == [leases.Claim(lab.pk, 2, 2, 0, 0, frozenset())]


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_bury_at_once_one_writes(lab):
    update(lab, lease_until=ago(1))
    all_ready = threading.Barrier(6)

    def bury(owner: str) -> list[events.Lab]:
        try:
            all_ready.wait()
            return leases.bury(lab.pk, owner)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        written = list(pool.map(bury, [f"worker {number}" for number in range(6)]))
    assert [end for ends in written for end in ends] == feed.after(lab.pk, 0, 10)
    assert lab.events.count() == 1


def test_a_claim_knows_how_much_the_log_holds(lab):
    feed.append(lab.pk, 1, [make_line(1, b"\0" * 1_000), make_line(2, b"")])
    update(lab, state="starting", owner="")
    claimed = leases.claim(lab.pk, "worker")
    assert claimed
    assert 1_000 <= claimed.octets < 1_500


def test_a_claim_counts_the_contents_that_the_log_names(lab):
    hand_over(lab, bytes(5_000))
    feed.append(lab.pk, 1, [make_stored(1, bytes(5_000))])
    update(lab, state="starting", owner="")
    claimed = leases.claim(lab.pk, "first")
    assert claimed
    assert 5_000 <= claimed.octets < 6_000


def test_a_start_gets_the_world_with_what_is_in_its_files(lab):
    hand_over(lab, b"Yes?\n")
    feed.append(lab.pk, 1, [make_stored(1)])
    document, contents = leases.read_world(lab.pk)
    assert document == lab.world.document()
    named = {file.sha256 for host in document.hosts for file in host.files if not file.is_directory}
    assert {hash_of(octets) for _, octets in contents} == named
    assert (hash_of(b"Yes?\n"), b"Yes?\n") in contents


def test_a_lab_is_unwatched_when_no_page_has_shown_it_for_half_an_hour(lab):
    assert limits.UNWATCHED == 30 * 60
    update(lab, watched_at=ago(limits.UNWATCHED - 10))
    assert leases.find_unwatched("worker") == []
    update(lab, watched_at=ago(limits.UNWATCHED + 10))
    assert leases.find_unwatched("worker") == [lab.pk]
    assert leases.find_unwatched("another") == []
    Lab.find(lab.pk).record_watching()
    assert leases.find_unwatched("worker") == []
