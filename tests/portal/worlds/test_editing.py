"""An edit of a zone: what is taken, what is refused with which sentence, and the difference that is shown."""

import re
import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from portal.worlds.editing import COMPARED, Edit, EditRefused, compare, is_newer, read_edit, save_edit
from portal.worlds.zones import Zone
from protocols.limits import ZONE_FILE, ZONE_FILES
from tests.portal.conftest import edit_zone, find_zone, rewrite
from tests.portal.worlds.test_zones import assert_its_table_is_its_file


@pytest.fixture
def zone(activity) -> Zone:
    return find_zone(activity.world)


def refuse(zone: Zone, typed: str, serial: int | None = None) -> EditRefused:
    before = (zone.serial, zone.source)
    with pytest.raises(EditRefused) as refused:
        save_edit(read_edit(zone, zone.serial if serial is None else serial, typed))
    zone.refresh_from_db()
    assert (zone.serial, zone.source) == before
    return refused.value


def test_an_edit_changes_file_serial_and_table_together(zone):
    source = edit_zone(zone.world, "lentil.edu", 'added TXT "beluga"')
    before, zone = zone.serial, find_zone(zone.world)
    assert (zone.source, zone.is_edited) == (source, True)
    assert is_newer(zone.serial, before)
    assert '"beluga"' in [record.data for record in zone.records.all()]
    assert_its_table_is_its_file(zone)


def test_line_ends_of_a_form_become_those_of_a_file(zone):
    source = rewrite(zone, "added A 10.2.0.77")
    assert read_edit(zone, zone.serial, source.replace("\n", "\r\n")).source == source


def test_a_mistake_is_said_with_its_line(zone):
    typed = rewrite(zone, "; fine", "www A 10.2.0.300", "more A 10.2.0.7")
    refusal = refuse(zone, typed)
    assert refusal.line
    assert typed.split("\n")[refusal.line - 1] == "www A 10.2.0.300"
    assert str(refusal).startswith(f"Line {refusal.line}: ")


@pytest.mark.parametrize(
    "typed", ["", "; nothing", "nonsense", "@ IN NS ns1.lentil.edu.", "$INCLUDE /etc/passwd", "\ufffd"]
)
def test_what_is_no_master_file_of_the_zone_is_refused(zone, typed):
    refuse(zone, typed)


def test_a_nul_is_refused_with_its_line(zone):
    refusal = refuse(zone, rewrite(zone, "", 'added TXT "a\0b"'))
    assert refusal.line == zone.source.count("\n") + 2


def test_a_file_that_is_too_large_is_refused_with_its_size(zone):
    refusal = refuse(zone, rewrite(zone, ";" + "x" * ZONE_FILE))
    assert f"at most {ZONE_FILE:,} octets" in str(refusal)


def test_files_that_are_too_large_together_are_refused_with_the_room_that_is_left(zone):
    for number in range(4):
        source = ";" + "x" * (ZONE_FILES // 4 - 100)
        Zone.objects.create(world=zone.world, name=f"large{number}.edu", serial=1, source=source)
    refusal = refuse(zone, rewrite(zone, "; a little"))
    assert f"at most {ZONE_FILES:,} octets together" in str(refusal)
    shorter = re.sub(r"(?m)^;.*\n", "", rewrite(zone))
    save_edit(read_edit(zone, zone.serial, shorter))


@pytest.mark.parametrize("serial", [1, 0, 2**31 + 1])
def test_a_serial_that_no_secondary_would_notice_is_refused_with_the_number_to_write(zone, serial):
    typed = rewrite(zone, "added A 10.2.0.77", serial=zone.serial + serial - 1)
    refusal = refuse(zone, typed)
    assert f"greater than {zone.serial}" in str(refusal)
    assert "RFC 1034 section 4.3.5" in str(refusal)
    assert refusal.line
    assert str(zone.serial + serial - 1) in typed.split("\n")[refusal.line - 1]
    number = int(str(refusal).rpartition("write ")[2].rstrip("."))
    save_edit(read_edit(zone, zone.serial, rewrite(zone, "added A 10.2.0.77", serial=number)))


@pytest.mark.parametrize(
    ("serial", "than", "expected"),
    [(2, 1, True), (1, 1, False), (1, 2, False), (0, 2**32 - 1, True), (2**31 + 1, 1, False), (2**31, 1, True)],
)
def test_serials_are_compared_as_a_circle(serial, than, expected):
    assert is_newer(serial, than) is expected


def test_an_edit_that_was_made_on_an_older_serial_is_refused(zone):
    mine = rewrite(zone, "mine A 10.2.0.77")
    old = zone.serial
    theirs = edit_zone(zone.world, "lentil.edu", "theirs A 10.2.0.78")
    zone = find_zone(zone.world)
    refusal = refuse(zone, mine, old)
    assert refusal.is_stale
    assert f"serial {zone.serial} now" in str(refusal)
    assert zone.source == theirs


def test_a_change_between_reading_and_writing_is_noticed(zone):
    edit = read_edit(zone, zone.serial, rewrite(zone, "mine A 10.2.0.77"))
    theirs = edit_zone(zone.world, "lentil.edu", "theirs A 10.2.0.78")
    with pytest.raises(EditRefused) as refused:
        save_edit(edit)
    assert refused.value.is_stale
    assert find_zone(zone.world).source == theirs


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_is_saved(zone):
    saved, refused = [], []

    def save(edit: Edit) -> None:
        try:
            save_edit(edit)
            saved.append(edit.source)
        except EditRefused as refusal:
            refused.append(refusal)
        connection.close()

    zones = [find_zone(zone.world) for _ in range(4)]
    edits = [
        read_edit(each, each.serial, rewrite(each, f"number A 10.2.0.{place}")) for place, each in enumerate(zones)
    ]
    threads = [threading.Thread(target=save, args=(edit,)) for edit in edits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    zone = find_zone(zone.world)
    assert len(saved) == 1
    assert [refusal.is_stale for refusal in refused] == [True] * 3
    assert saved == [zone.source]
    assert_its_table_is_its_file(zone)


# The difference


def test_a_difference_marks_what_was_added_and_removed_with_lines_around_it():
    old = "\n".join(f"line {number}" for number in range(1, 21))
    new = old.replace("line 10", "another")
    shown = compare(old, new) or []
    assert [(each.kind, each.text) for each in shown] == [
        ("place", "From line 7 of your text"),
        ("same", "line 7"),
        ("same", "line 8"),
        ("same", "line 9"),
        ("removed", "line 10"),
        ("added", "another"),
        ("same", "line 11"),
        ("same", "line 12"),
        ("same", "line 13"),
    ]


@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_every_change_is_in_the_difference(before, after):
    shown = compare("\n".join(before), "\n".join(after)) or []
    removed = [each.text for each in shown if each.kind == "removed"]
    added = [each.text for each in shown if each.kind == "added"]
    left, right = before or [""], after or [""]
    assert len(right) - len(left) == len(added) - len(removed)
    assert sorted([*left, *added]) == sorted([*right, *removed])


def test_two_files_that_differ_in_too_many_lines_are_not_compared():
    assert compare("a\n" * COMPARED, "b\n" * COMPARED) is None
    same = "a\n" * COMPARED
    assert len(compare(f"{same}b\n{same}", f"{same}c\n{same}") or []) == 9
