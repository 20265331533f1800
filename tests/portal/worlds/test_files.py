"""Accounts and files as they are kept: made of a world's document, put there by a person, copied for labs."""

import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.worlds.contents import Chunk, Content, uploaded
from portal.worlds.files import FtpAccount, VirtualFile, write_file
from portal.worlds.models import World
from protocols.ftp.filesystem import Entry
from protocols.limits import FILE_CHUNK
from protocols.world import from_values, parse_world
from tests.portal.conftest import FILE_SERVER, LECTURE, find_file, hash_of, with_hashes

TEXTS = {
    (host.name, file.path): file.text.encode()
    for host in parse_world(LECTURE).hosts
    for file in host.files
    if file.text is not None
}


def place(world: World, path: str, octets: bytes = b"placed", host: str = FILE_SERVER) -> VirtualFile:
    """Put a file there as a page does."""
    with uploaded(octets) as content:
        write_file(world, host, Entry(path, "", 0o644, 1_800_000_000), content.settle(hash_of(octets)))
    return find_file(world, path, host)


def list_paths(world: World) -> set[tuple[str, str]]:
    return set(world.files.values_list("host", "path"))


# A template


def test_a_template_has_the_accounts_and_files_that_its_document_names(activity):
    assert activity.world.document().hosts == with_hashes(parse_world(LECTURE).hosts)
    kept = {(file.host, file.path): file.octets() for file in activity.world.files.filter(is_directory=False)}
    assert kept == TEXTS
    assert len(kept) > 5


def test_what_is_in_the_files_is_handed_over_beside_the_document(activity):
    document = activity.world.document()
    contents = dict(activity.world.contents())
    assert set(contents.values()) == set(TEXTS.values())
    assert all(hash_of(octets) == sha256 for sha256, octets in contents.items())
    named = {file.sha256 for host in document.hosts for file in host.files if not file.is_directory}
    assert named == contents.keys()
    assert from_values(document.to_values()) == document


def test_every_directory_above_a_file_is_there(activity):
    assert find_file(activity.world, "/pub/rfc").is_directory
    for file in activity.world.files.all():
        above = file.path.rpartition("/")[0]
        assert not above or find_file(activity.world, above, file.host).is_directory


def test_the_files_of_a_host_are_listed_each_directory_before_what_stands_in_it(activity):
    place(activity.world, "/pub/rfc-index")  # which stands before /pub/rfc/reading.txt, for a machine
    paths = [file.path for file in activity.world.list_files(FILE_SERVER)]
    assert paths.index("/pub") < paths.index("/pub/rfc") < paths.index("/pub/rfc/reading.txt")
    assert paths.index("/pub/rfc/reading.txt") < paths.index("/pub/rfc-index")
    listed = {file.path: (file.name, file.depth) for file in activity.world.list_files(FILE_SERVER)}
    assert listed["/pub/rfc/reading.txt"] == ("reading.txt", 2)


def test_a_list_is_one_query_and_reads_no_octets(activity):
    with CaptureQueriesContext(connection) as queries:
        for file in activity.world.list_files(FILE_SERVER):
            assert file.is_directory or file.content.sha256
    assert len(queries) == 1


def test_making_files_again_changes_nothing(activity):
    before = list(activity.world.files.order_by("pk").values_list())
    activity.world.make_files()
    assert list(activity.world.files.order_by("pk").values_list()) == before
    assert Content.objects.count() == len(set(TEXTS.values()))


def test_what_the_document_says_later_is_made_of_it(activity):
    pk = find_file(activity.world, "/pub/INDEX").pk
    activity.world.source = LECTURE.replace("path: /pub/README", "path: /pub/ABOUT").replace(
        "password: secret", "password: hidden"
    )
    activity.world.make_files()
    assert find_file(activity.world, "/pub/ABOUT").octets() == TEXTS[FILE_SERVER, "/pub/README"]
    assert (FILE_SERVER, "/pub/README") not in list_paths(activity.world)
    assert find_file(activity.world, "/pub/INDEX").pk == pk
    assert activity.world.accounts.get(user="ecki").password == "hidden"


def test_what_a_person_put_there_stays_whatever_the_document_says_later(activity):
    place(activity.world, "/pub/README", b"mine")
    place(activity.world, "/pub/rfc/more.txt")
    activity.world.source = LECTURE.replace("/pub/rfc/reading.txt", "/pub/reading.txt")
    activity.world.make_files()
    assert find_file(activity.world, "/pub/README").octets() == b"mine"
    assert find_file(activity.world, "/pub/rfc/more.txt").octets() == b"placed"
    assert find_file(activity.world, "/pub/rfc").is_directory
    assert (FILE_SERVER, "/pub/rfc/reading.txt") not in list_paths(activity.world)
    assert from_values(activity.world.document().to_values())


def test_the_documents_file_is_not_made_below_one_that_a_person_put_there(activity):
    place(activity.world, "/new")
    activity.world.source = LECTURE.replace("path: /pub/INDEX", "path: /new/INDEX")
    activity.world.make_files()
    assert find_file(activity.world, "/new").octets() == b"placed"
    assert from_values(activity.world.document().to_values())


def test_the_documents_file_is_not_made_above_one_that_a_person_put_there(activity):
    place(activity.world, "/pub/rfc/mine")
    activity.world.source = LECTURE.replace("path: /pub/rfc/reading.txt", "path: /pub/rfc")
    activity.world.make_files()
    assert find_file(activity.world, "/pub/rfc/mine").octets() == b"placed"
    assert from_values(activity.world.document().to_values())


def test_what_a_person_put_on_a_host_that_is_gone_goes_with_it(activity):
    place(activity.world, "/mine", host="www.lentil.edu")
    activity.world.source = LECTURE.replace("name: www.lentil.edu", "name: web.lentil.edu")
    activity.world.make_files()
    assert not activity.world.files.filter(host="www.lentil.edu").exists()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("user-ok:", "user-okay:", "user-okay"),
        ("home: /home/ecki", "home: /home/nobody", "The home of ecki on ftp.eckenfels.net is /home/nobody"),
    ],
)
def test_a_document_whose_server_could_not_run_is_refused_with_a_sentence(activity, before, after, sentence):
    assert before in LECTURE
    activity.world.source = LECTURE.replace(before, after)
    with pytest.raises(ValidationError) as refused:
        activity.world.full_clean()
    assert sentence in refused.value.messages[0]


def test_what_is_in_the_files_is_read_in_two_queries_however_many_they_are(activity):
    place(activity.world, "/tmp/large", bytes(range(256)) * (FILE_CHUNK // 100))
    place(activity.world, "/tmp/empty", b"")
    with CaptureQueriesContext(connection) as queries:
        contents = activity.world.contents()
    assert len(queries) == 2
    assert all(hash_of(octets) == sha256 for sha256, octets in contents)
    assert b"" in dict(contents).values()


# A lab


def test_a_copy_has_accounts_and_files_of_its_own_and_shares_what_is_in_them(activity):
    place(activity.world, "/pub/placed.txt")
    contents, chunks = Content.objects.count(), Chunk.objects.count()
    copy = activity.world.copy_for_lab()
    assert copy.document() == activity.world.document()
    assert dict(copy.contents()) == dict(activity.world.contents())
    assert (Content.objects.count(), Chunk.objects.count()) == (contents, chunks)
    find_file(copy, "/pub/placed.txt").delete()
    assert find_file(activity.world, "/pub/placed.txt").octets() == b"placed"


def test_a_copy_takes_as_many_statements_for_many_files_as_for_few(activity):
    with CaptureQueriesContext(connection) as few:
        activity.world.copy_for_lab()
    for number in range(50):
        place(activity.world, f"/tmp/{number}", b"%d" % number)
    with CaptureQueriesContext(connection) as many:
        activity.world.copy_for_lab()
    assert len(few) == len(many)


def test_a_password_may_be_none(activity):
    assert {each.user for each in FtpAccount.objects.filter(password=None)} == {"anonymous"}


# What is in them


@pytest.mark.parametrize("size", [0, 1, FILE_CHUNK, FILE_CHUNK + 1, 3 * FILE_CHUNK])
def test_a_content_is_what_was_uploaded_whatever_its_size(db, size):
    octets = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    with uploaded(octets) as content:
        assert content.settle(hash_of(octets)) == content
    kept = Content.objects.get()
    assert (kept.octets(), kept.size, kept.sha256) == (octets, size, hashlib.sha256(octets).hexdigest())


def test_the_same_octets_are_kept_once(db):
    settled = []
    for _ in range(2):
        with uploaded(b"same") as content:
            settled.append(content.settle(hash_of(b"same")))
    assert settled[0] == settled[1]
    assert (Content.objects.count(), Chunk.objects.count()) == (1, 1)


def test_an_upload_that_fails_leaves_nothing(db):
    with pytest.raises(RuntimeError), uploaded(b"half"):
        raise RuntimeError
    assert not Content.objects.exists()
    assert not Chunk.objects.exists()
