"""The contents of files on their way from a lab, and how long they stay."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.labs import contents, feed, limits
from portal.labs.contents import find_known, sweep
from portal.labs.models import Lab
from portal.worlds.contents import Chunk, Content, upload
from protocols import events
from protocols.limits import FILE_CHUNK, FILES
from protocols.sandbox.log import StaleOwner
from tests.portal.conftest import hand_over, hash_of, make_changed, make_stored

LARGE = bytes(range(256)) * (5 * FILE_CHUNK // 512)  # two chunks and a half


def knows(lab: Lab, octets: bytes) -> bool:
    return hash_of(octets) in find_known(lab.pk, [hash_of(octets)])


def end(lab: Lab) -> None:
    seq = Lab.objects.get(pk=lab.pk).last_seq + 1
    feed.append(lab.pk, 1, [events.Lab(seq=seq, at=seq, change="ended", start=1, why="asked")])


def give_up(content: Content) -> None:
    """As if nothing had come of it for long."""
    long_ago = timezone.now() - timedelta(seconds=limits.CONTENT_UNFINISHED + 1)
    Content.objects.filter(pk=content.pk).update(begun_at=long_ago)


@pytest.fixture
def another(lab, bob) -> Lab:
    """Bob's lab, which runs too."""
    return Lab.objects.create(
        activity=lab.activity, person=bob, world=lab.world.copy_for_lab(), state="running", epoch=1, starts=1
    )


# On their way


@pytest.mark.parametrize("octets", [b"", b"x", LARGE[:FILE_CHUNK], LARGE])
def test_a_content_that_is_whole_is_one_that_the_lab_may_name(lab, octets):
    sha256 = hand_over(lab, octets)
    assert find_known(lab.pk, [sha256])[sha256].octets() == octets


def test_until_it_is_whole_nobody_finds_it(lab):
    feed.keep(lab.pk, 1, hash_of(LARGE), len(LARGE), 0, LARGE[:FILE_CHUNK])
    assert not knows(lab, LARGE)
    assert not Content.objects.filter(sha256=hash_of(LARGE)).exists()


def test_the_same_octets_given_again_change_nothing(lab):
    for offset in range(0, len(LARGE), FILE_CHUNK):
        for _ in range(2):
            feed.keep(lab.pk, 1, hash_of(LARGE), len(LARGE), offset, LARGE[offset : offset + FILE_CHUNK])
    hand_over(lab, LARGE)
    hand_over(lab, b"")
    hand_over(lab, b"")
    assert find_known(lab.pk, [hash_of(LARGE)])[hash_of(LARGE)].octets() == LARGE
    assert Content.objects.filter(sha256=None).count() == 0


def test_octets_that_another_lab_handed_over_too_are_kept_once(lab, another):
    chunks = Chunk.objects.count()
    for each in (lab, another):
        assert not knows(each, LARGE)
        hand_over(each, LARGE)
        assert knows(each, LARGE)
    assert Content.objects.filter(size=len(LARGE)).count() == 1
    assert Chunk.objects.count() == chunks + 3


def test_an_old_epoch_keeps_nothing(lab):
    feed.keep(lab.pk, 1, hash_of(LARGE), len(LARGE), 0, LARGE[:FILE_CHUNK])
    with pytest.raises(StaleOwner):
        feed.keep(lab.pk, 2, hash_of(LARGE), len(LARGE), FILE_CHUNK, LARGE[FILE_CHUNK : 2 * FILE_CHUNK])
    assert Content.objects.get(sha256=None).length == FILE_CHUNK


def test_an_owner_that_was_lost_before_the_last_word_makes_nothing_known(lab, monkeypatch):
    whole = Content.is_whole

    def lose(content, sha256):
        Lab.objects.filter(pk=lab.pk).update(epoch=2)
        return whole(content, sha256)

    monkeypatch.setattr(Content, "is_whole", lose)
    with pytest.raises(StaleOwner):
        hand_over(lab, b"late")
    assert not knows(lab, b"late")


def test_what_failed_at_the_last_moment_is_done_when_the_octets_come_again(lab, monkeypatch):
    def fail(*values):
        raise RuntimeError

    monkeypatch.setattr(Content, "settle", fail)
    with pytest.raises(RuntimeError):
        hand_over(lab, b"late")
    monkeypatch.undo()
    hand_over(lab, b"late")
    assert knows(lab, b"late")


# A hostile lab


def test_other_octets_than_a_hash_says_are_not_kept_under_it(lab):
    feed.keep(lab.pk, 1, hash_of(b"true"), 5, 0, b"false")
    assert not knows(lab, b"true")
    assert not knows(lab, b"false")
    assert not Content.objects.filter(size=5, sha256=None).exists()
    hand_over(lab, b"true")
    assert find_known(lab.pk, [hash_of(b"true")])[hash_of(b"true")].octets() == b"true"


def test_what_a_hash_stands_for_is_not_changed_by_who_claims_it(lab, another):
    hand_over(another, b"true")
    feed.keep(lab.pk, 1, hash_of(b"true"), 5, 0, b"false")
    assert not knows(lab, b"true")
    assert find_known(another.pk, [hash_of(b"true")])[hash_of(b"true")].octets() == b"true"


def test_whether_others_have_the_octets_makes_no_difference_to_who_has_them_not(lab, another):
    """It may name them when it handed all of them over, and hears the same of each chunk."""
    hand_over(another, LARGE)
    for octets in (LARGE, LARGE[::-1]):
        feed.keep(lab.pk, 1, hash_of(octets), len(octets), 0, octets[:FILE_CHUNK])
        assert not knows(lab, octets)


CHUNK = LARGE[:FILE_CHUNK]


@pytest.mark.parametrize(
    ("sha256", "size", "offset", "octets"),
    [
        ("x" * 64, 1, 0, b"x"),
        (hash_of(b"x").upper(), 1, 0, b"x"),
        ("", 1, 0, b"x"),
        (hash_of(LARGE), FILES + 1, 0, CHUNK),
        (hash_of(LARGE), len(LARGE), -1, CHUNK),
        (hash_of(LARGE), len(LARGE), FILE_CHUNK, CHUNK),
        (hash_of(LARGE), len(CHUNK) - 1, 0, CHUNK),
        (hash_of(LARGE), len(LARGE), 0, LARGE[: FILE_CHUNK + 1]),
        (hash_of(LARGE), len(LARGE), 0, b""),
        (hash_of(b"x"), -1, 0, b""),
    ],
)
def test_what_is_no_chunk_is_dropped(lab, sha256, size, offset, octets):
    before = Content.objects.count()
    feed.keep(lab.pk, 1, sha256, size, offset, octets)
    assert Content.objects.count() == before


def test_a_chunk_that_leaves_some_out_is_dropped(lab):
    feed.keep(lab.pk, 1, hash_of(LARGE), len(LARGE), 0, CHUNK)
    feed.keep(lab.pk, 1, hash_of(LARGE), len(LARGE), 2 * FILE_CHUNK, LARGE[2 * FILE_CHUNK :])
    assert Content.objects.get(sha256=None).length == FILE_CHUNK


def test_one_content_at_a_time_is_half_there(lab):
    for number in range(5):
        feed.keep(lab.pk, 1, hash_of(b"%d" % number), len(LARGE), 0, CHUNK)
    assert Content.objects.filter(arriving_for__lab=lab).count() == 1


# How long they stay


def test_what_the_log_names_stays_though_the_file_goes(lab):
    hand_over(lab, b"Yes?\n")
    feed.append(lab.pk, 1, [make_stored(1), make_changed(2, "removed", "/tmp/answer.txt")])
    end(lab)
    sweep()
    assert knows(lab, b"Yes?\n")
    Lab.objects.filter(pk=lab.pk).delete()
    sweep()
    assert not Content.objects.filter(sha256=hash_of(b"Yes?\n")).exists()


def test_what_a_file_has_stays_though_no_log_names_it(lab):
    before = Content.objects.count()
    sweep()
    assert Content.objects.count() == before
    lab.delete()
    lab.activity.world.delete()
    sweep()
    assert Content.objects.count() == before  # the lab's own world has them
    lab.world.delete()
    sweep()
    assert not Content.objects.exists()
    assert not Chunk.objects.exists()


def test_what_is_half_there_goes_when_the_lab_ends(lab):
    feed.keep(lab.pk, 1, hash_of(LARGE), len(LARGE), 0, CHUNK)
    sweep()
    assert Content.objects.get(sha256=None).length == FILE_CHUNK
    end(lab)
    Content.objects.filter(sha256=None).update(
        begun_at=timezone.now() - timedelta(seconds=2 * limits.CONTENT_UNFINISHED)
    )
    sweep()
    assert not Content.objects.filter(sha256=None).exists()


def test_what_the_log_does_not_name_goes_when_the_lab_ends(lab):
    hand_over(lab, b"never named")
    sweep()
    assert knows(lab, b"never named")
    end(lab)
    sweep()
    assert not Content.objects.filter(sha256=hash_of(b"never named")).exists()


def test_an_upload_that_goes_on_is_not_swept_away_and_one_that_was_given_up_is(db):
    upload(b"goes on")
    give_up(upload(b"given up"))
    sweep()
    assert [content.octets() for content in Content.objects.all()] == [b"goes on"]


def test_a_content_that_somebody_refers_to_at_the_last_moment_stays(lab, another, monkeypatch):
    """The sweep looks again when it holds the content, and leaves it whole."""
    hand_over(lab, b"last moment")
    contents.forget_all_unnamed(lab.pk)
    unheld = Content.objects.select_for_update

    def refer(*values):
        monkeypatch.undo()
        hand_over(another, b"last moment")
        return unheld(*values)

    monkeypatch.setattr(Content.objects, "select_for_update", refer)
    sweep()
    assert find_known(another.pk, [hash_of(b"last moment")])[hash_of(b"last moment")].octets() == b"last moment"


@pytest.mark.django_db(transaction=True)
def test_labs_that_hand_over_the_same_octets_at_once_all_have_them_though_contents_are_swept_away(lab, another):
    rounds, failures = 10, []

    def run(work) -> None:
        try:
            for number in range(rounds):
                work(number)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    def come_and_go(number: int, each: Lab) -> None:
        """The octets of the round before are not known any more, so that there is something to sweep away."""
        hand_over(each, b"round %d" % number)
        contents.forget_unnamed(each.pk, hash_of(b"round %d" % (number - 1)))

    work = [partial(come_and_go, each=each) for each in (lab, another)] + [lambda _: sweep()] * 2
    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    last = b"round %d" % (rounds - 1)
    for each in (lab, another):
        assert find_known(each.pk, [hash_of(last)])[hash_of(last)].octets() == last
    sweep()
    assert Content.objects.filter(size=len(last), known_to=None, sha256__isnull=False).count() == 0


def test_a_large_content_is_removed_in_pieces(lab):
    """On SQLite nobody else writes while a transaction does. How long that takes is measured by `make bench`."""
    upload(LARGE).discard()
    content = upload(LARGE)
    with CaptureQueriesContext(connection) as queries:
        content.discard()
    removed = [query for query in queries if query["sql"].startswith('DELETE FROM "worlds_chunk"')]
    assert len(removed) >= 3
