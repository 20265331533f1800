"""What a lab's log says of its files is done to the models, in the transaction that keeps it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.labs import feed
from portal.labs.models import KnownContent, Lab
from portal.worlds.contents import Content, upload
from portal.worlds.models import World
from protocols.limits import BATCH_EVENTS, FILE_ENTRIES, FILES
from protocols.sandbox.log import StaleOwner
from protocols.world import from_values
from tests.portal.conftest import (
    FILE_SERVER,
    find_file,
    hand_over,
    hash_of,
    make_changed,
    make_line,
    make_stored,
)

OCTETS = b"Yes?\n"


def list_tree(world: World) -> list[tuple]:
    columns = ("host", "path", "is_directory", "owner", "mode", "modified_at", "content__sha256")
    return sorted(world.files.values_list(*columns), key=str)


def list_paths(world: World) -> set[str]:
    return set(world.files.filter(host=FILE_SERVER).values_list("path", flat=True))


@pytest.fixture
def lab_with_content(lab) -> Lab:
    hand_over(lab, OCTETS)
    return lab


def append(lab: Lab, *events) -> None:
    feed.append(lab.pk, 1, events)


def test_a_stored_file_is_there_with_its_octets_and_all_that_was_said_of_it(lab_with_content):
    append(lab_with_content, make_stored(1, mode=0o640))
    file = find_file(lab_with_content.world, "/tmp/answer.txt")
    assert (file.octets(), file.size, file.owner, file.mode) == (OCTETS, 5, "ecki", 0o640)
    assert file.modified_at.timestamp() == 1_800_000_000
    assert "/tmp/answer.txt" not in list_paths(lab_with_content.activity.world)


def test_a_file_that_takes_anothers_place_is_the_same_file_for_its_pages(lab_with_content):
    append(lab_with_content, make_stored(1))
    pk = find_file(lab_with_content.world, "/tmp/answer.txt").pk
    hand_over(lab_with_content, b"No.")
    append(lab_with_content, make_stored(2, b"No."), make_changed(3, "renamed", "/tmp/answer.txt", "/tmp/word.txt"))
    file = find_file(lab_with_content.world, "/tmp/word.txt")
    assert (file.pk, file.octets()) == (pk, b"No.")


def test_a_directory_is_made_filled_and_renamed_with_all_below_it(lab_with_content):
    append(
        lab_with_content,
        make_changed(1, "made", "/tmp/a"),
        make_changed(2, "made", "/tmp/a/b"),
        make_stored(3, path="/tmp/a/b/c"),
        make_stored(4, path="/tmp/ab"),
        make_changed(5, "renamed", "/tmp/a", "/tmp/z"),
    )
    paths = list_paths(lab_with_content.world)
    assert {"/tmp/z", "/tmp/z/b", "/tmp/z/b/c", "/tmp/ab"} <= paths
    assert not {"/tmp/a", "/tmp/a/b", "/tmp/a/b/c"} & paths
    assert find_file(lab_with_content.world, "/tmp/z/b").is_directory
    assert find_file(lab_with_content.world, "/tmp/z/b/c").octets() == OCTETS


def test_names_that_two_files_exchange_are_exchanged(lab_with_content):
    hand_over(lab_with_content, b"No.")
    append(lab_with_content, make_stored(1, path="/tmp/yes"), make_stored(2, b"No.", path="/tmp/no"))
    ways = [("/tmp/yes", "/tmp/aside"), ("/tmp/no", "/tmp/yes"), ("/tmp/aside", "/tmp/no")]
    append(lab_with_content, *(make_changed(3 + n, "renamed", *way) for n, way in enumerate(ways)))
    assert find_file(lab_with_content.world, "/tmp/yes").octets() == b"No."
    assert find_file(lab_with_content.world, "/tmp/no").octets() == OCTETS


def test_what_was_removed_is_gone(lab_with_content):
    append(
        lab_with_content,
        make_stored(1),
        make_changed(2, "made", "/tmp/a"),
        make_changed(3, "removed", "/tmp/a"),
        make_changed(4, "removed", "/tmp/answer.txt"),
        make_changed(5, "removed", "/pub/README"),
    )
    assert not {"/tmp/a", "/tmp/answer.txt", "/pub/README"} & list_paths(lab_with_content.world)
    assert "/pub/README" in list_paths(lab_with_content.activity.world)


def test_a_file_is_fetched_to_the_students_own_machine(lab_with_content):
    append(lab_with_content, make_stored(1, host="mx.halva.fr", path="/README", owner=""))
    assert find_file(lab_with_content.world, "/README", "mx.halva.fr").octets() == OCTETS


def test_a_lab_that_is_opened_again_gets_what_was_stored(lab_with_content):
    append(lab_with_content, make_stored(1))
    document = lab_with_content.world.document()
    files = {file.path: file for file in document.host(FILE_SERVER).files}
    assert files["/tmp/answer.txt"].sha256 == hash_of(OCTETS)
    assert dict(lab_with_content.world.contents())[hash_of(OCTETS)] == OCTETS


def test_a_time_that_no_calendar_has_does_not_stop_the_log(lab_with_content):
    append(lab_with_content, make_stored(1, modified=2**63 - 1))
    assert find_file(lab_with_content.world, "/tmp/answer.txt").modified_at.year == 9999


def test_a_content_that_the_log_names_is_marked(lab_with_content):
    hand_over(lab_with_content, b"never named")
    append(lab_with_content, make_stored(1))
    known = KnownContent.objects.filter(lab=lab_with_content)
    assert dict(known.values_list("content__sha256", "is_logged")) == {
        hash_of(OCTETS): True,
        hash_of(b"never named"): False,
    }


# A hostile lab


README = {"path": "/pub/README"}
IMPOSSIBLE = [
    make_stored(1, b"never handed over"),
    make_stored(1, size=4),
    make_stored(1, sha256=""),
    make_stored(1, host="nobody.example"),
    make_stored(1, host="x" * 1_200),
    *(make_stored(1, path=path) for path in ("", "/", "tmp/x", "/tmp/", "/tmp//x", "/tmp/./x", "/tmp/../x", "/tmp/\n")),
    make_stored(1, path="/tmp"),
    make_stored(1, path="/tmp/" + "x" * 256),
    make_stored(1, path="/tmp/" + "\u00e9" * 128),
    make_stored(1, path="/nowhere/x"),
    make_stored(1, path="/pub/README/x"),
    make_stored(1, owner="nobody-known"),
    make_stored(1, owner="x" * 1_200),
    make_stored(1, host="mx.halva.fr", path="/x", owner="ecki"),
    make_stored(1, mode=0o1000),
    make_stored(1, mode=2**63 - 1),
    make_changed(1, "made", "/pub"),
    make_changed(1, "made", "/pub/README"),
    make_changed(1, "made", "/"),
    make_changed(1, "made", "/nowhere/x"),
    make_changed(1, "made", "/tmp/x", owner="nobody-known"),
    make_changed(1, "removed", "/"),
    make_changed(1, "removed", "/pub"),
    make_changed(1, "removed", "/pub/nothing"),
    make_changed(1, "removed", ""),
    make_changed(1, "renamed", "/", "/x"),
    make_changed(1, "renamed", "/pub", "/pub/rfc/pub"),
    make_changed(1, "renamed", "/pub", "/pub"),
    make_changed(1, "renamed", "/pub", "/tmp"),
    make_changed(1, "renamed", "/pub", ""),
    make_changed(1, "renamed", "/pub", "/" + "x" * 255 + "/" + "x" * 255),
    make_changed(1, "renamed", "/nowhere", "/x"),
    make_changed(1, "renamed", "/pub/README", "/pub/INDEX"),
    make_changed(1, "renamed", "/pub/README", "/pub/INDEX/x"),
]


@pytest.mark.parametrize("event", IMPOSSIBLE, ids=lambda event: f"{event.kind}-{event.path[:12]}")
def test_what_no_file_system_does_is_in_the_log_and_changes_nothing(lab_with_content, event):
    before = list_tree(lab_with_content.world)
    append(lab_with_content, event)
    assert feed.after(lab_with_content.pk, 0, 9) == [event]
    assert list_tree(lab_with_content.world) == before


def test_what_comes_beside_it_is_done_all_the_same(lab_with_content):
    batch = [make_stored(1), make_changed(2, "removed", "/"), make_line(3), make_changed(4, "made", "/tmp/a")]
    append(lab_with_content, *batch)
    assert {"/tmp/answer.txt", "/tmp/a"} <= list_paths(lab_with_content.world)
    assert feed.after(lab_with_content.pk, 0, 9) == batch


def test_a_whole_batch_of_nonsense_changes_nothing_and_is_told_the_operator_once(lab_with_content, monkeypatch):
    told = []
    monkeypatch.setattr(feed.log, "error", lambda *values, **more: told.append(more))
    before = list_tree(lab_with_content.world)
    append(lab_with_content, *(make_stored(seq, b"never handed over") for seq in range(1, BATCH_EVENTS + 1)))
    assert list_tree(lab_with_content.world) == before
    assert [each["because"] for each in told] == [{"a content that was not kept": BATCH_EVENTS}]


def test_a_lab_has_no_more_files_than_a_lab_may_have(lab_with_content):
    events = [make_stored(seq, path=f"/tmp/{seq}") for seq in range(1, 2 * BATCH_EVENTS + 1)]
    append(lab_with_content, *events[:BATCH_EVENTS])
    append(lab_with_content, *events[BATCH_EVENTS:])
    assert lab_with_content.world.files.count() == FILE_ENTRIES
    assert from_values(lab_with_content.world.document().to_values())
    assert lab_with_content.events.count() == 2 * BATCH_EVENTS


def test_its_files_have_no_more_octets_than_a_lab_has_room_for(lab):
    large = upload(b"")
    Content.objects.filter(pk=large.pk).update(size=FILES // 2, sha256="f" * 64)
    KnownContent.objects.create(lab=lab, content=large)
    append(lab, *(make_stored(seq, path=f"/{seq}", size=FILES // 2, sha256="f" * 64) for seq in (1, 2)))
    assert {"/1", "/2"} & list_paths(lab.world) == {"/1"}


def test_another_labs_content_cannot_be_named(lab_with_content, bob):
    theirs = Lab.objects.create(
        activity=lab_with_content.activity, person=bob, world=lab_with_content.world.copy_for_lab(), epoch=1
    )
    before = list_tree(theirs.world)
    feed.append(theirs.pk, 1, [make_stored(1)])
    assert list_tree(theirs.world) == before


# The transaction


def test_a_failure_leaves_neither_events_nor_files(lab_with_content, monkeypatch):
    def fail(*values):
        raise RuntimeError

    before = list_tree(lab_with_content.world)
    monkeypatch.setattr("portal.labs.feed.record_named", fail)
    with pytest.raises(RuntimeError):
        append(lab_with_content, make_stored(1))
    assert (lab_with_content.events.count(), list_tree(lab_with_content.world)) == (0, before)


def test_an_old_epoch_changes_no_file(lab_with_content):
    before = list_tree(lab_with_content.world)
    with pytest.raises(StaleOwner):
        feed.append(lab_with_content.pk, 0, [make_stored(1)])
    assert list_tree(lab_with_content.world) == before


def test_the_same_events_given_again_change_nothing(lab_with_content):
    batch = [make_changed(1, "made", "/tmp/a"), make_changed(2, "renamed", "/tmp/a", "/tmp/b")]
    append(lab_with_content, *batch)
    before = list_tree(lab_with_content.world)
    append(lab_with_content, *batch)
    assert list_tree(lab_with_content.world) == before


@pytest.mark.parametrize(
    "make",
    [
        make_stored,
        lambda seq: make_stored(seq, path=f"/tmp/{seq}"),
        lambda seq: make_changed(seq, "made", f"/tmp/{seq}"),
        lambda seq: make_changed(seq, "renamed", *(("/pub", "/lib") if seq % 2 else ("/lib", "/pub"))),
    ],
)
def test_the_largest_batch_takes_as_many_statements_as_the_smallest(lab_with_content, make):
    """While a transaction writes, on SQLite nobody else does. How long that takes is measured by `make bench`."""
    append(lab_with_content, make(1))
    with CaptureQueriesContext(connection) as few:
        append(lab_with_content, make(2))
    with CaptureQueriesContext(connection) as many:
        append(lab_with_content, *(make(2 + place) for place in range(1, BATCH_EVENTS)))
    assert len(many) <= len(few)
