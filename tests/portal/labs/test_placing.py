"""A file that somebody puts on a host on a page: a command to the lab's owner while it is up, the models' own while it
is not, and the template's in an activity's world."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.labs import asking, feed, limits
from portal.labs.bus import BusError
from portal.labs.contents import find_known, sweep
from portal.labs.messages import PlaceFile
from portal.labs.models import Lab
from portal.labs.placing import (
    NO_ANSWER,
    OTHERWISE,
    PlaceRefused,
    Upload,
    place_in_lab,
    place_in_template,
    read_upload,
)
from portal.worlds.contents import Content, read_content
from portal.worlds.models import World
from protocols import events
from protocols.limits import FILES
from tests.portal.conftest import FILE_SERVER, find_file, hash_of, make_stored

OCTETS = bytes(range(256)) * 1_000  # two chunks


def make_upload(**values) -> Upload:
    given = {"host": FILE_SERVER, "directory": "/home/ecki", "name": "octets", "owner": "ecki", "octets": OCTETS}
    return Upload(**given | values)


class Owner:
    """The lab's owner, who does what it is sent at once."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.heard: list[PlaceFile] = []
        self.why: str | None = "stored"
        self.listens = True

    def hear(self, lab: int, message: PlaceFile) -> bool:
        assert lab == self.lab.pk
        if not self.listens:
            return False
        self.heard.append(message)
        if self.why:
            feed.append(lab, 1, [self.answer(Lab.objects.get(pk=lab).last_seq + 1, message)])
        return True

    def answer(self, seq: int, message: PlaceFile) -> events.Event:
        about: Any = {"host": message.host, "path": message.path, "client_id": message.client_id}
        if self.why == "stored":
            octets = read_content(message.sha256)
            assert octets is not None
            return make_stored(seq, octets, owner=message.owner, **about)
        return events.NotStored(seq=seq, at=seq, why=self.why or "", **about)


@pytest.fixture
def owner(lab, monkeypatch) -> Owner:
    owner = Owner(lab)
    monkeypatch.setattr(asking, "tell", owner.hear)
    return owner


def refuse(lab: Lab, upload: Upload) -> str:
    before = list(lab.world.files.order_by("pk").values_list())
    with pytest.raises(PlaceRefused) as refused:
        place_in_lab(lab, upload)
    assert list(lab.world.files.order_by("pk").values_list()) == before
    return str(refused.value)


def end(lab: Lab, state: str = "ended") -> None:
    Lab.objects.filter(pk=lab.pk).update(state=state)


# A lab that is up


def test_while_the_lab_runs_its_owner_is_told_and_its_log_writes_the_file(lab, owner):
    place_in_lab(lab, make_upload())
    (message,) = owner.heard
    assert message == PlaceFile(
        message.client_id, FILE_SERVER, "/home/ecki/octets", "ecki", hash_of(OCTETS), len(OCTETS)
    )
    assert find_file(lab.world, "/home/ecki/octets").octets() == OCTETS
    assert lab.events.count() == 1


def test_the_same_file_put_there_again_is_there_again(lab, owner):
    for _ in range(2):
        place_in_lab(lab, make_upload())
    assert len({message.client_id for message in owner.heard}) == 2
    assert Content.objects.filter(sha256=hash_of(OCTETS)).count() == 1


def test_the_students_own_machine_takes_a_file(lab, owner):
    place_in_lab(lab, make_upload(host="mx.halva.fr", directory="/", owner=""))
    assert find_file(lab.world, "/octets", "mx.halva.fr").octets() == OCTETS


def test_an_empty_file_is_a_file(lab, owner):
    place_in_lab(lab, make_upload(octets=b""))
    assert find_file(lab.world, "/home/ecki/octets").octets() == b""


@pytest.mark.parametrize(
    ("why", "words"),
    [("over-quota", "256,000 octets do not fit"), ("no-such-directory", "no directory /home/ecki"), ("??", OTHERWISE)],
)
def test_what_the_lab_does_not_take_is_said_in_a_sentence(lab, owner, why, words):
    owner.why = why
    assert words in refuse(lab, make_upload())


@pytest.mark.parametrize(("state", "why"), [("running", "heard"), ("starting", "starting")])
def test_a_lab_that_nobody_answers_for_gets_no_file(lab, owner, state, why):
    end(lab, state)
    owner.listens = False
    assert refuse(lab, make_upload()) == NO_ANSWER[why]


def test_without_a_bus_no_file_is_put_there(lab, monkeypatch):
    def fail(*values):
        raise BusError

    monkeypatch.setattr(asking, "tell", fail)
    assert refuse(lab, make_upload()) == NO_ANSWER["reached"]


def test_the_page_waits_so_long_and_no_longer(lab, owner, monkeypatch):
    monkeypatch.setattr(limits, "FILE_ANSWERED", 0.1)
    owner.why = None
    assert refuse(lab, make_upload()) == NO_ANSWER["time"]


@pytest.mark.parametrize("listens", [True, False])
def test_a_content_that_the_lab_did_not_take_does_not_stay(lab, owner, listens):
    owner.why, owner.listens = "over-quota", listens
    refuse(lab, make_upload())
    assert not find_known(lab.pk, [hash_of(OCTETS)])
    sweep()
    assert not Content.objects.filter(size=len(OCTETS)).exists()


# A lab at rest


@pytest.mark.parametrize("state", ["ended", "failed"])
def test_while_it_does_not_run_the_file_is_written_at_once_and_nobody_told(lab, owner, state):
    end(lab, state)
    place_in_lab(lab, make_upload())
    file = find_file(lab.world, "/home/ecki/octets")
    assert (file.octets(), file.owner, file.mode) == (OCTETS, "ecki", 0o644)
    assert (owner.heard, lab.events.count()) == ([], 0)
    sweep()
    assert file.octets() == OCTETS


def test_while_it_does_not_run_what_is_replaced_keeps_its_rights_and_its_place(lab, owner):
    end(lab)
    before = find_file(lab.world, "/home/ecki/mail.txt")
    place_in_lab(lab, make_upload(name="mail.txt", owner=""))
    after = find_file(lab.world, "/home/ecki/mail.txt")
    assert (after.pk, after.owner, after.mode, after.octets()) == (before.pk, "ecki", 0o600, OCTETS)


# What is refused before anything is sent


@pytest.mark.parametrize("state", ["running", "ended"])
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"host": "nobody.example"}, "no host nobody.example"),
        ({"owner": "nobody"}, "no account nobody"),
        ({"host": "mx.halva.fr", "directory": "/"}, "no account ecki"),
        ({"directory": "/nowhere"}, "no directory /nowhere"),
        ({"directory": "/pub/README"}, "/pub/README on ftp.eckenfels.net is no directory"),
        ({"directory": "/", "name": "pub", "owner": ""}, "/pub is a directory"),
        ({"directory": "/vault"}, "permissions of /vault"),
        ({"owner": "anonymous", "directory": "/tmp"}, "anonymous on ftp.eckenfels.net may only read"),
        ({"host": "ftp.lentil.edu", "owner": "alice", "directory": "/home/alice"}, "256,000 octets do not fit"),
        ({"octets": bytes(FILES), "owner": ""}, f"at most {FILES:,} octets together"),
        ({"name": ""}, "is not empty"),
        ({"name": ".."}, "has no slash"),
        ({"name": "a/b"}, "has no slash"),
        ({"name": "a\nb"}, "no control characters"),
        ({"name": "a\0b"}, "no control characters"),
        ({"name": "x" * 256}, "at most 255 octets"),
        ({"directory": "/" + "/".join(["x" * 250] * 2), "name": "x" * 250}, "at most 512 octets"),
    ],
)
def test_what_cannot_be_there_is_refused_with_a_sentence(lab, owner, state, values, words):
    end(lab, state)
    before = Content.objects.count()
    assert words in refuse(lab, make_upload(**values))
    assert owner.heard == []
    assert Content.objects.count() == before


def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    file = SimpleUploadedFile("large.bin", b"x")
    file.size = FILES + 1
    with pytest.raises(
        PlaceRefused, match=rf"large.bin has {FILES + 1:,} octets, and a file here has at most {FILES:,}"
    ):
        read_upload(FILE_SERVER, "/tmp", "", file)
    assert file.read() == b"x"


def test_a_file_that_came_with_a_form_has_its_name_and_its_octets():
    file = SimpleUploadedFile("café.txt", OCTETS)
    assert read_upload(FILE_SERVER, "/tmp", "ecki", file) == make_upload(directory="/tmp", name="café.txt")


# A template


def test_a_file_of_a_template_is_in_the_labs_that_are_opened_from_then_on(lab):
    world: World = lab.activity.world
    place_in_template(world, make_upload(directory="/pub", owner=""))
    assert find_file(world, "/pub/octets").is_placed
    assert find_file(world.copy_for_lab(), "/pub/octets").octets() == OCTETS
    assert not lab.world.files.filter(path="/pub/octets").exists()
    world.make_files()
    sweep()
    assert find_file(world, "/pub/octets").octets() == OCTETS


def test_a_template_that_cannot_be_read_takes_no_file(activity):
    activity.world.source = "lentil: 2"
    with pytest.raises(PlaceRefused, match="This world cannot be used"):
        place_in_template(activity.world, make_upload())
