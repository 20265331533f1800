"""The pages of zones. Who gets them stands in tests/portal/test_roles.py."""

import pytest

from portal.labs.models import Lab, Visit
from portal.worlds.zones import Zone
from tests.portal.conftest import edit_zone, find_zone, rewrite

pytestmark = pytest.mark.usefixtures("redis_server")

TEMPLATE = "/courses/nwen243/by-hand/zones/"


@pytest.fixture
def lab(lab) -> Lab:
    """Alice's lab, which has ended: its zones are the pages' own."""
    Lab.objects.filter(pk=lab.pk).update(state="ended", owner="")
    lab.refresh_from_db()
    return lab


@pytest.fixture
def place(lab) -> str:
    return f"/labs/{lab.pk}/zones/"


@pytest.fixture
def zone(lab) -> Zone:
    return find_zone(lab.world)


def save(client, address: str, typed: str, serial: object, follow: bool = False):
    return client.post(address, {"source": typed.replace("\n", "\r\n"), "serial": str(serial)}, follow=follow)


def text_of(answer) -> str:
    return answer.content.decode()


def test_an_outsider_and_a_classmate_change_no_zone_of_a_lab_or_an_activity(lab, place, zone, mallory, bob, client):
    template = find_zone(lab.activity.world)
    for user in (mallory, bob):
        client.force_login(user)
        for address in (f"{place}lentil.edu/", f"{TEMPLATE}lentil.edu/"):
            assert save(client, address, rewrite(zone, "mine A 10.2.0.99"), zone.serial).status_code == 404
    assert find_zone(lab.world).source == zone.source
    assert find_zone(lab.activity.world).source == template.source


def test_the_list_has_each_zone_with_serial_records_and_servers(place, zone, alice, client):
    client.force_login(alice)
    rows = client.get(place).context["zones"]
    (row,) = [row for row in rows if row.title == "lentil.edu"]
    assert (row.url, row.serial, row.servers) == (f"{place}lentil.edu/", zone.serial, ["ns1.lentil.edu"])
    assert row.records == zone.records.count()
    assert (rows[0].title, rows[0].servers) == ("The root", ["a.root-servers.net", "b.root-servers.net"])


def test_every_zone_of_the_list_has_its_page(place, alice, client):
    client.force_login(alice)
    for row in client.get(place).context["zones"]:
        assert client.get(row.url).context["zone"].title == row.title


def test_the_pages_say_whose_zones_they_are(place, ivy, client):
    client.force_login(ivy)
    for path in ("", "lentil.edu/"):
        assert "lab of <bdi>alice</bdi>" in text_of(client.get(place + path))
        template = text_of(client.get(TEMPLATE + path))
        assert "template" in template
        assert "<bdi>alice</bdi>" not in template


def test_a_zone_that_is_not_there_is_not_found(place, alice, client):
    client.force_login(alice)
    for name in ("nobody.edu", "LENTIL.EDU", "x" * 300, ".lentil.edu"):
        assert client.get(f"{place}{name}/").status_code == 404


def test_a_zones_page_has_its_file_and_its_records(place, zone, alice, client):
    client.force_login(alice)
    context = client.get(f"{place}lentil.edu/").context
    assert (context["typed"], context["serial"]) == (zone.source, zone.serial)
    assert list(context["records"]) == list(zone.records.all())


def test_what_is_saved_is_there_and_said_with_its_serial(place, zone, alice, client):
    client.force_login(alice)
    typed = rewrite(zone, "soup A 10.2.0.99")
    answer = save(client, f"{place}lentil.edu/", typed, zone.serial, follow=True)
    assert answer.context["typed"] == typed
    assert f"lentil.edu has serial {zone.serial + 1} now." in text_of(answer)
    assert "soup.lentil.edu." in [record.name for record in answer.context["records"]]


def test_what_is_saved_twice_is_saved_once(place, zone, alice, client):
    client.force_login(alice)
    typed = rewrite(zone, "soup A 10.2.0.99")
    for _ in range(2):
        assert save(client, f"{place}lentil.edu/", typed, zone.serial).status_code == 302
    assert find_zone(zone.world).serial == zone.serial + 1


def test_a_broken_file_is_refused_with_the_line_and_nothing_typed_is_lost(place, zone, alice, client):
    client.force_login(alice)
    typed = rewrite(zone, "soup A 10.2.0.300", "", "")
    answer = save(client, f"{place}lentil.edu/", typed, zone.serial)
    line = typed.split("\n").index("soup A 10.2.0.300") + 1
    assert str(answer.context["refusal"]).startswith(f"Line {line}: ")
    assert f'data-wrong-line="{line}"' in text_of(answer)
    assert (answer.context["typed"], answer.context["serial"]) == (typed, zone.serial)
    assert find_zone(zone.world).source == zone.source


def test_a_stale_form_is_refused_with_the_difference_and_goes_on_from_the_new_serial(place, zone, alice, client):
    client.force_login(alice)
    theirs = edit_zone(zone.world, "lentil.edu", "theirs A 10.2.0.78")
    typed = rewrite(zone, "mine A 10.2.0.77")
    answer = save(client, f"{place}lentil.edu/", typed, zone.serial)
    difference = [(each.kind, each.text) for each in answer.context["difference"] if each.kind != "same"]
    assert ("removed", "theirs A 10.2.0.78") in difference
    assert ("added", "mine A 10.2.0.77") in difference
    assert (answer.context["typed"], answer.context["serial"]) == (typed, zone.serial + 1)
    assert find_zone(zone.world).source == theirs
    both = rewrite(find_zone(zone.world), "mine A 10.2.0.77")
    assert save(client, f"{place}lentil.edu/", both, zone.serial + 1).status_code == 302
    assert find_zone(zone.world).source == both


@pytest.mark.parametrize("serial", ["", "x", "-1", "9" * 5_000, "\u0663", "1.0"])
def test_a_serial_that_no_form_has_is_refused_as_stale(serial, place, zone, alice, client):
    client.force_login(alice)
    answer = save(client, f"{place}lentil.edu/", rewrite(zone, "mine A 10.2.0.77"), serial)
    assert answer.context["refusal"].is_stale
    assert find_zone(zone.world).source == zone.source


def test_a_form_without_its_fields_loses_nothing(place, zone, alice, client):
    client.force_login(alice)
    assert client.post(f"{place}lentil.edu/").context["refusal"]
    assert find_zone(zone.world).source == zone.source


def test_the_instructor_edits_a_students_zone_and_the_look_is_recorded(place, zone, ivy, client):
    client.force_login(ivy)
    typed = rewrite(zone, "soup A 10.2.0.99")
    assert save(client, f"{place}lentil.edu/", typed, zone.serial).status_code == 302
    assert find_zone(zone.world).source == typed
    assert [visit.user for visit in Visit.objects.all()] == [ivy]


def test_an_activitys_zone_changes_for_the_labs_that_come_alone(lab, activity, ivy, client):
    client.force_login(ivy)
    zone = find_zone(activity.world)
    typed = rewrite(zone, "soup A 10.2.0.99")
    answer = save(client, f"{TEMPLATE}lentil.edu/", typed, zone.serial, follow=True)
    assert "Labs that are opened from now on get it" in text_of(answer)
    assert find_zone(lab.world).source == zone.source
    assert find_zone(activity.world.copy_for_lab()).source == typed


def test_the_course_leads_instructors_alone_to_an_activitys_zones(activity, ivy, alice, client):
    for user, is_led in ((ivy, True), (alice, False)):
        client.force_login(user)
        assert (TEMPLATE in text_of(client.get("/courses/nwen243/"))) is is_led


def test_an_activity_without_a_world_has_no_zones(activity, ivy, client):
    activity.world.delete()
    client.force_login(ivy)
    assert client.get(TEMPLATE).status_code == 404


def test_a_lab_leads_to_its_zones_if_it_has_any(lab, place, alice, client):
    client.force_login(alice)
    assert place in text_of(client.get(f"/labs/{lab.pk}/"))
    lab.world.zones.all().delete()
    assert place not in text_of(client.get(f"/labs/{lab.pk}/"))


def test_what_stands_in_a_zone_is_text_in_every_page(lab, place, zone, alice, client):
    client.force_login(alice)
    payload = "</textarea><script>alert(1)</script>"
    typed = rewrite(zone, f'; {payload}\nx TXT "{payload}"')
    address = f"{place}lentil.edu/"
    answers = [
        save(client, address, typed, zone.serial, follow=True),
        save(client, address, typed + f"{payload} nonsense", zone.serial + 1),
        save(client, address, typed + f"; {payload}", zone.serial),
    ]
    for answer in answers:
        assert payload not in text_of(answer)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text_of(answer)
