"""Zones as they are kept: made of a world's document, copied for labs, edited."""

import pytest

from portal.worlds.models import World
from portal.worlds.zones import ResourceRecord, Zone
from protocols.dns.generate import whole_zones
from protocols.dns.zone import parse_zone
from protocols.world import WorldError
from tests.portal.conftest import LECTURE, edit_zone, find_zone

# A template


def test_a_template_has_the_zones_that_its_document_names(activity):
    files = whole_zones(activity.world.document())
    assert {zone.name: zone.source for zone in activity.world.zones.all()} == files
    assert {".", "lentil.edu", "vuw.ac.nz"} <= files.keys()


def test_a_zones_serial_and_its_records_are_those_of_its_file(activity):
    for zone in activity.world.zones.all():
        assert_its_table_is_its_file(zone)


def assert_its_table_is_its_file(zone: Zone) -> None:
    parsed = parse_zone(zone.name, zone.source)
    assert zone.serial == parsed.serial
    table = [(each.place, each.name, each.ttl, each.type, each.data) for each in zone.records.all()]
    expected = [(place, e.name, e.ttl, e.type, e.data) for place, e in enumerate(parsed.records(), 1)]
    assert table == expected
    assert len(table) > 1


def test_the_document_has_the_files_that_the_models_have(activity):
    source = edit_zone(activity.world, "lentil.edu", "new A 10.2.0.77")
    document = activity.world.document()
    assert {zone.name: zone.file for zone in document.zones}["lentil.edu"] == source
    assert whole_zones(document)["lentil.edu"] == source


def test_a_zone_that_no_server_has_any_more_is_not_in_the_document(activity):
    edit_zone(activity.world, "lentil.edu")
    activity.world.zones.filter(name="lentil.edu").update(name="gone.edu")
    assert "gone.edu" not in {zone.name for zone in activity.world.document().zones}


def test_making_zones_again_changes_nothing(activity):
    before = list(activity.world.zones.order_by("pk").values_list("pk", "serial", "source"))
    activity.world.make_zones()
    assert list(activity.world.zones.order_by("pk").values_list("pk", "serial", "source")) == before


def with_another_host() -> str:
    return LECTURE.replace("hosts:\n", "hosts:\n  - name: new.lentil.edu\n    address: 10.2.0.77\n\n", 1)


def test_what_the_document_says_of_a_zone_later_is_made_of_it(activity):
    activity.world.source = with_another_host()
    activity.world.save()
    activity.world.make_zones()
    zone = find_zone(activity.world)
    assert [record.data for record in zone.records.filter(name__startswith="new.lentil.edu")] == ["10.2.0.77"]
    assert_its_table_is_its_file(zone)


def test_what_a_person_wrote_stays_whatever_the_document_says_later(activity):
    source = edit_zone(activity.world, "lentil.edu", "written A 10.2.0.78")
    activity.world.source = with_another_host()
    activity.world.save()
    activity.world.make_zones()
    zone = find_zone(activity.world)
    assert (zone.source, zone.is_edited) == (source, True)


def test_a_zone_that_the_document_names_no_more_goes(activity):
    Zone.objects.create(world=activity.world, name="old.edu", serial=1, source="old")
    activity.world.make_zones()
    assert not activity.world.zones.filter(name="old.edu").exists()


def test_a_document_whose_zones_are_wrong_makes_none_and_takes_none(activity):
    before = activity.world.zones.count()
    activity.world.source = LECTURE.replace("friends  CNAME", "friends  NAMEC")
    with pytest.raises(WorldError, match=r"lentil\.edu"):
        activity.world.make_zones()
    assert activity.world.zones.count() == before


# A lab


def test_a_copy_has_zones_of_its_own(activity):
    source = edit_zone(activity.world, "lentil.edu", "template A 10.2.0.78")
    copy = activity.world.copy_for_lab()
    assert copy.document() == activity.world.document()
    assert find_zone(copy).source == source
    for zone in copy.zones.all():
        assert_its_table_is_its_file(zone)
    edit_zone(copy, "lentil.edu", "copy A 10.2.0.79")
    assert find_zone(activity.world).source == source
    assert_its_table_is_its_file(find_zone(activity.world))


def test_a_world_that_was_made_before_there_were_zones_has_those_of_its_document(activity):
    activity.world.zones.all().delete()
    files = whole_zones(activity.world.document())
    activity.world.make_zones()
    assert whole_zones(activity.world.document()) == files


def test_a_world_without_name_servers_has_no_zones(course):
    world = World.objects.create(
        source="lentil: 1\ntitle: Small\nstudent: a.example\nhosts:\n  - name: a.example\n    address: 10.0.0.1\n"
    )
    world.make_zones()
    assert not world.zones.exists()
    assert not ResourceRecord.objects.exists()
