"""An edit of a lab's zone on its way: a command to the owner while the lab is up, the models' own while it is not."""

import pytest

from portal.labs import asking, feed, limits
from portal.labs.bus import BusError
from portal.labs.editing import BROKEN, NO_ANSWER, name_edit, save_in_lab
from portal.labs.messages import EditZone
from portal.labs.models import Lab
from portal.worlds.editing import Edit, EditRefused, read_edit
from tests.portal.conftest import edit_zone, find_zone, make_edited, rewrite


@pytest.fixture
def edit(lab) -> Edit:
    zone = find_zone(lab.world)
    return read_edit(zone, zone.serial, rewrite(zone, "soup A 10.2.0.99"))


class Owner:
    """The lab's owner, who does what it is sent at once."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.heard: list[EditZone] = []
        self.why: str | None = "loaded"
        self.listens = True

    def hear(self, lab: int, message: EditZone) -> bool:
        assert lab == self.lab.pk
        if not self.listens:
            return False
        is_new = message.client_id not in [each.client_id for each in self.heard]
        self.heard.append(message)
        if self.why and is_new:
            seq = Lab.objects.get(pk=lab).last_seq + 1
            values = {"zone": message.zone, "raw": message.text.encode(), "client_id": message.client_id}
            feed.append(lab, 1, [make_edited(seq, why=self.why, **values)])
        return True


@pytest.fixture
def owner(lab, monkeypatch) -> Owner:
    owner = Owner(lab)
    monkeypatch.setattr(asking, "tell", owner.hear)
    return owner


def refuse(lab: Lab, edit: Edit) -> EditRefused:
    before = find_zone(lab.world).source
    with pytest.raises(EditRefused) as refused:
        save_in_lab(lab, edit)
    assert find_zone(lab.world).source == before
    return refused.value


def test_while_the_lab_runs_its_owner_is_told_and_its_log_writes_the_zone(lab, edit, owner):
    save_in_lab(lab, edit)
    assert owner.heard == [EditZone(name_edit(edit), "lentil.edu", edit.serial, edit.source)]
    zone = find_zone(lab.world)
    assert (zone.source, zone.serial) == (edit.source, edit.parsed.serial)
    assert lab.events.count() == 1


@pytest.mark.parametrize("state", ["ended", "failed"])
def test_while_it_does_not_run_the_zone_is_written_at_once_and_nobody_told(lab, edit, owner, state):
    Lab.objects.filter(pk=lab.pk).update(state=state)
    save_in_lab(lab, edit)
    assert find_zone(lab.world).source == edit.source
    assert (owner.heard, lab.events.count()) == ([], 0)


def test_while_it_does_not_run_a_stale_edit_is_refused(lab, edit, owner):
    Lab.objects.filter(pk=lab.pk).update(state="ended")
    edit_zone(lab.world, "lentil.edu", "theirs A 10.2.0.78")
    assert refuse(lab, edit).is_stale


def test_a_stale_edit_that_the_lab_refuses_is_told_the_serial_that_it_has(lab, edit, owner):
    owner.why = "stale"
    refusal = refuse(lab, edit)
    assert refusal.is_stale
    assert str(find_zone(lab.world).serial) in str(refusal)


def test_a_file_that_the_lab_cannot_load_changes_nothing(lab, edit, owner):
    owner.why = "broken"
    assert str(refuse(lab, edit)) == BROKEN


@pytest.mark.parametrize(("state", "sentence"), [("running", NO_ANSWER["heard"]), ("starting", NO_ANSWER["starting"])])
def test_a_lab_that_nobody_answers_for_changes_nothing(lab, edit, owner, state, sentence):
    Lab.objects.filter(pk=lab.pk).update(state=state)
    owner.listens = False
    assert str(refuse(lab, edit)) == sentence


def test_without_a_bus_nothing_is_changed(lab, edit, monkeypatch):
    def fail(*values):
        raise BusError

    monkeypatch.setattr(asking, "tell", fail)
    assert str(refuse(lab, edit)) == NO_ANSWER["reached"]


def test_the_page_waits_so_long_and_no_longer(lab, edit, owner, monkeypatch):
    monkeypatch.setattr(limits, "ZONE_ANSWERED", 0.1)
    owner.why = None
    assert str(refuse(lab, edit)) == NO_ANSWER["time"]


def test_the_same_edit_sent_again_has_the_same_id_and_another_has_another(lab, edit, owner):
    zone = find_zone(lab.world)
    again = read_edit(zone, zone.serial, edit.source)
    other = read_edit(zone, zone.serial, edit.source + "; and more\n")
    elsewhere = find_zone(lab.activity.world)
    assert name_edit(again) == name_edit(edit)
    assert name_edit(other) != name_edit(edit)
    assert name_edit(read_edit(elsewhere, elsewhere.serial, edit.source)) != name_edit(edit)
    for each in (edit, again):
        save_in_lab(lab, each)
    assert lab.events.count() == 1
