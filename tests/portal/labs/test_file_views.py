"""The pages of files: what they show, and what becomes of a file that somebody puts there. Who gets them stands in
tests/portal/test_roles.py."""

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.labs.models import Lab
from portal.labs.trees import TEXT_SHOWN, read_file
from portal.worlds.contents import find_content
from portal.worlds.files import VirtualFile
from portal.worlds.models import World

HOST = "ftp.eckenfels.net"


@pytest.fixture
def ended(lab) -> Lab:
    """Alice's lab at rest, so that files are put there without its owner."""
    Lab.objects.filter(pk=lab.pk).update(state=Lab.State.ENDED, owner="")
    return lab


def make_file(world: World, octets: bytes, path: str = "/pub/made") -> VirtualFile:

    given = world.files.get(host=HOST, path="/pub/README")
    given.pk, given.path, given.size, given.content = (
        None,
        path,
        len(octets),
        find_content(sha256(octets).hexdigest(), octets),
    )
    given.save(force_insert=True)
    return given


def put(client, where: str, name: str = "naan.txt", octets: bytes = b"Bread.\n", **values):
    given = {"host": HOST, "directory": "/tmp", "owner": "", "file": SimpleUploadedFile(name, octets)}
    return client.post(where, given | values, headers={"Accept": "application/json"}).json()


def test_the_labs_page_shows_the_trees_of_its_hosts(lab, alice, client):
    client.force_login(alice)
    trees = client.get(f"/labs/{lab.pk}/").context["trees"]
    assert [(tree.host, tree.is_students) for tree in trees] == [
        ("mx.halva.fr", True),
        ("ftp.lentil.edu", False),
        (HOST, False),
    ]
    home = next(node for node in trees[-1].nodes if node.file.name == "home")
    (ecki,) = home.children
    assert (ecki.file.path, ecki.mode) == ("/home/ecki", "drwx------")
    notes = next(node for node in ecki.children if node.file.name == "notes.txt")
    assert (notes.mode, notes.file.owner, notes.url) == ("-rw-r--r--", "ecki", f"/labs/{lab.pk}/files/{notes.file.pk}/")
    assert [account.user for account in trees[-1].owners] == ["ecki", "anonymous"]


def test_a_world_without_ftp_has_no_trees(lab, alice, client):
    source = "lentil: 1\ntitle: x\nstudent: a.lentil.edu\nhosts:\n  - {name: a.lentil.edu, address: 10.0.0.1}\n"
    World.objects.filter(pk=lab.world_id).update(source=source)
    client.force_login(alice)
    page = client.get(f"/labs/{lab.pk}/")
    assert page.context["trees"] == []
    assert 'id="files"' not in page.content.decode()


@pytest.mark.parametrize(
    ("octets", "text", "shown"),
    [
        (b"", "", 0),
        (b"plain\r\n\ttext\n", "plain\r\n\ttext\n", 13),
        ("Grüße".encode(), "Grüße", 7),
        ("Grüße".encode("latin-1"), None, 5),
        (b"nul\0", None, 4),
        (b"\x1b[31m", None, 5),
        (b"a" * (TEXT_SHOWN + 9), "a" * TEXT_SHOWN, TEXT_SHOWN),
        (b"a" * (TEXT_SHOWN - 1) + "ü".encode() * 9, "a" * (TEXT_SHOWN - 1), TEXT_SHOWN - 1),
    ],
)
def test_what_is_text_is_read_as_text_and_all_else_as_octets(octets, text, shown):
    reading = read_file(octets)
    assert (reading.text, reading.shown) == (text, shown)
    assert bool(reading.rows) == (text is None)


@pytest.mark.parametrize("name", ["made", '"; filename=x.html', "päth\u202e.html", "a b%2f"])
def test_a_file_is_downloaded_and_never_shown_as_a_page(name, lab, alice, client):
    file = make_file(lab.world, b"<script>alert(1)</script>\0", f"/pub/{name}")
    client.force_login(alice)
    answer = client.get(f"/labs/{lab.pk}/files/{file.pk}/content")
    assert answer.content == b"<script>alert(1)</script>\0"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert not set(' "\u202e;') & set(answer["Content-Disposition"].partition("''")[2])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]
    assert b"<script>alert" not in client.get(f"/labs/{lab.pk}/files/{file.pk}/").content


def test_a_file_of_another_lab_and_a_directory_have_no_page(lab, activity, alice, bob, client):
    own = Lab.objects.create(activity=activity, person=bob, world=activity.world.copy_for_lab())
    client.force_login(bob)
    for file in (lab.world.files.get(path="/pub/README"), own.world.files.get(host=HOST, path="/pub")):
        for part in ("", "content"):
            assert client.get(f"/labs/{own.pk}/files/{file.pk}/{part}").status_code == 404


def test_a_file_is_put_there(ended, alice, client):
    client.force_login(alice)
    assert put(client, f"/labs/{ended.pk}/files/", directory="tmp/") == {
        "sentence": f"/tmp/naan.txt is on {HOST} now.",
        "done": True,
    }
    file = ended.world.files.get(host=HOST, path="/tmp/naan.txt")
    assert file.octets() == b"Bread.\n"
    assert "naan.txt" in client.get(f"/labs/{ended.pk}/files/").content.decode()


def test_an_instructor_puts_one_into_a_template(activity, ivy, client):
    client.force_login(ivy)
    where = "/courses/nwen243/by-hand/files/"
    assert put(client, where)["done"]
    assert activity.world.copy_for_lab().files.get(host=HOST, path="/tmp/naan.txt").octets() == b"Bread.\n"
    assert "naan.txt" in client.get(where).content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"host": "nobody.example"}, "no host nobody.example"),
        ({"directory": "/nowhere"}, "no directory /nowhere"),
        ({"directory": "/pub/README"}, "is no directory"),
        ({"owner": "mallory"}, "no account mallory"),
        ({"owner": "anonymous"}, "may only read"),
        ({"name": "ü" * 128}, "at most 255 octets"),
        ({"octets": b"x" * (10 * 1024 * 1024 + 1)}, "10,485,761 octets"),
        ({"file": ""}, "Choose a file"),
    ],
)
def test_a_file_that_cannot_be_there_is_refused_in_one_sentence(values, sentence, ended, alice, client):
    client.force_login(alice)
    before = ended.world.files.count()
    answer = put(client, f"/labs/{ended.pk}/files/", **values)
    assert not answer["done"]
    assert sentence in answer["sentence"]
    assert ended.world.files.count() == before


def test_without_a_script_the_page_says_what_became_of_it(ended, alice, client):
    client.force_login(alice)
    for directory, word in (("/tmp", "/tmp/naan.txt is on"), ("/nowhere", "no directory /nowhere")):
        given = {"host": HOST, "directory": directory, "file": SimpleUploadedFile("naan.txt", b"Bread.\n")}
        answer = client.post(f"/labs/{ended.pk}/files/", given, follow=True)
        assert answer.redirect_chain == [(f"/labs/{ended.pk}/", 302)]
        assert word in answer.content.decode()
