"""The files of a host: what is done to them is done whole or not at all."""

import hashlib

import pytest

from protocols import limits
from protocols.ftp.filesystem import Entry, FileError, FileSystem, Made, Put, Removed, Renamed, Room
from protocols.world import Account, File

NOW = 1_795_000_000
ALICE = Account("alice", home="/home/alice", quota=1_000)
BOB = Account("bob")
READER = Account("reader", may_write=False)
FILES = (
    File("/README", text="read me\n"),
    File("/home/alice/", owner="alice", mode=0o755),
    File("/home/alice/notes", owner="alice", text="x" * 400),
    File("/home/alice/private", owner="alice", mode=0o600, text="mine"),
    File("/home/alice/locked", owner="alice", mode=0o400, text="locked"),
    File("/home/alice/shared", owner="alice", mode=0o666, text="shared"),
    File("/home/alice/deep/", owner="alice", mode=0o755),
    File("/home/alice/deep/er/", owner="alice", mode=0o755),
    File("/tmp/", mode=0o777),
    File("/incoming/", mode=0o733),
    File("/public/list-only/", mode=0o744),
    File("/public/list-only/file", text="hidden"),
    File("/vault/", mode=0o700),
    File("/vault/gold", mode=0o644, text="gold"),
)


def make(*files: File, room: Room | None = None, accounts=(ALICE, BOB)) -> FileSystem:
    return FileSystem(files or FILES, {}, room or Room(), lambda: NOW, accounts)


def look(files: FileSystem) -> list[Entry]:
    return files.entries()


def refused(call, *arguments) -> str:
    """The cause for which the call is refused."""
    with pytest.raises(FileError) as caught:
        call(*arguments)
    return caught.value.why


# Names


@pytest.mark.parametrize(
    ("cwd", "path", "found"),
    [
        ("/", "", "/"),
        ("/home/alice", "", "/home/alice"),
        ("/home/alice", ".", "/home/alice"),
        ("/home/alice", "notes", "/home/alice/notes"),
        ("/home/alice", "deep/", "/home/alice/deep"),
        ("/home/alice", "//tmp///x//", "/tmp/x"),
        ("/home/alice", "../bob/./notes", "/home/bob/notes"),
        ("/home/alice", "../../../..", "/"),
        ("/", "..", "/"),
        ("/", "/../../etc/passwd", "/etc/passwd"),
        ("/", "nowhere/../README", "/README"),
        ("/", " ", "/ "),
        ("/", "  x ", "/  x "),
        ("/", "...", "/..."),
        ("/", "-la", "/-la"),
        ("/", "ü".encode(), "/ü"),
        ("/", "\u202eoffset\u2028", "/\u202eoffset\u2028"),
        ("/", "x" * limits.FILE_NAME, "/" + "x" * limits.FILE_NAME),
        ("/", "a/../" * 200 + "b", "/b"),
    ],
)
def test_a_path_is_resolved(cwd, path, found):
    assert make().resolve(cwd, path) == found


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (b"\xff", "bad-name"),
        (b"\xc3", "bad-name"),
        ("\ud800", "bad-name"),
        ("a\0b", "bad-name"),
        ("a\x7f", "bad-name"),
        ("tab\t", "bad-name"),
        ("next\x85line", "bad-name"),
        ("bad\x1b/../README", "bad-name"),
        ("x" * (limits.FILE_NAME + 1), "name-too-long"),
        ("ü" * 128, "name-too-long"),  # of 256 octets
        ("x" * 4_000, "name-too-long"),
        ("x" * 4_000 + "/../README", "name-too-long"),
        ("x" * 200 + "/" + "y" * 200 + "/" + "z" * 200, "path-too-long"),
    ],
)
def test_what_is_no_name_is_refused(path, why):
    assert refused(make().resolve, "/", path) == why


def test_names_differ_in_every_octet():
    files = make()
    spellings = ["ü", "u\u0308", "U", "u", "u ", " u"]
    for number, name in enumerate(spellings):
        files.store(None, f"/tmp/{name}", b"%d" % number)
    assert [files.read(None, f"/tmp/{name}") for name in spellings] == [b"0", b"1", b"2", b"3", b"4", b"5"]


# What the world states


def test_the_parents_of_a_file_exist_without_being_stated():
    files = make(File("/a/b/c", text="c"))
    assert [(entry.path, entry.owner, entry.mode, entry.is_directory) for entry in files.entries()] == [
        ("/a", "", 0o755, True),
        ("/a/b", "", 0o755, True),
        ("/a/b/c", "", 0o644, False),
    ]


def test_a_content_that_is_no_text_is_handed_over():
    octets = b"\0\xff" * 10
    sha256 = hashlib.sha256(octets).hexdigest()
    files = FileSystem([File("/x", size=20, sha256=sha256)], {sha256: octets}, Room(), lambda: NOW)
    assert files.read(None, "/x") == octets
    assert files.stat(None, "/x").sha256 == sha256


def test_the_root_is_a_directory_that_may_be_stated():
    assert make(File("/", owner="alice", mode=0o700)).stat(None, "/").owner == "alice"
    assert refused(make(File("/", mode=0o700)).enter, BOB, "/") == "permission-denied"
    assert make().stat(BOB, "/").mode == 0o755


# What is refused, and leaves everything as it was


@pytest.mark.parametrize(
    ("act", "who", "arguments", "why"),
    [
        ("enter", BOB, ("/nowhere",), "no-such-directory"),
        ("enter", BOB, ("/README",), "not-a-directory"),
        ("enter", BOB, ("/README/x",), "not-a-directory"),
        ("enter", BOB, ("/vault",), "permission-denied"),
        ("enter", BOB, ("/public/list-only",), "permission-denied"),
        ("stat", BOB, ("/nothing",), "no-such-file"),
        ("stat", BOB, ("/nowhere/x",), "no-such-directory"),
        ("stat", BOB, ("/vault/gold",), "permission-denied"),
        ("read", BOB, ("/nothing",), "no-such-file"),
        ("read", BOB, ("/tmp",), "is-a-directory"),
        ("read", BOB, ("/vault/gold",), "permission-denied"),
        ("read", BOB, ("/home/alice/private",), "permission-denied"),
        ("read", BOB, ("/public/list-only/file",), "permission-denied"),
        ("list", BOB, ("/nothing",), "no-such-file"),
        ("list", BOB, ("/vault",), "permission-denied"),
        ("list", BOB, ("/incoming",), "permission-denied"),
        ("permissions", BOB, ("/nothing",), "no-such-file"),
        ("store", BOB, ("/nowhere/x", b""), "no-such-directory"),
        ("store", BOB, ("/README/x", b""), "not-a-directory"),
        ("store", BOB, ("/tmp", b""), "is-a-directory"),
        ("store", BOB, ("/", b""), "is-a-directory"),
        ("store", BOB, ("/new", b""), "permission-denied"),
        ("store", BOB, ("/README", b""), "permission-denied"),
        ("store", ALICE, ("/home/alice/locked", b""), "permission-denied"),
        ("store", READER, ("/tmp/x", b""), "account-reads-only"),
        ("append", BOB, ("/README", b"more"), "permission-denied"),
        ("append", BOB, ("/tmp", b"more"), "is-a-directory"),
        ("room_for", BOB, ("/README",), "permission-denied"),
        ("room_for", READER, ("/tmp/x",), "account-reads-only"),
        ("unique_name", BOB, ("/",), "permission-denied"),
        ("unique_name", BOB, ("/nowhere",), "no-such-directory"),
        ("unique_name", BOB, ("/README",), "not-a-directory"),
        ("remove", BOB, ("/nothing",), "no-such-file"),
        ("remove", BOB, ("/README",), "permission-denied"),
        ("remove", BOB, ("/home/alice/shared",), "permission-denied"),
        ("remove", ALICE, ("/home/alice/deep",), "is-a-directory"),
        ("remove", READER, ("/README",), "account-reads-only"),
        ("make_directory", BOB, ("/new",), "permission-denied"),
        ("make_directory", BOB, ("/tmp",), "exists"),
        ("make_directory", BOB, ("/README",), "exists"),
        ("make_directory", BOB, ("/",), "exists"),
        ("make_directory", BOB, ("/nowhere/new",), "no-such-directory"),
        ("make_directory", READER, ("/tmp/new",), "account-reads-only"),
        ("remove_directory", None, ("/",), "root-stays"),
        ("remove_directory", BOB, ("/nowhere",), "no-such-directory"),
        ("remove_directory", BOB, ("/README",), "not-a-directory"),
        ("remove_directory", BOB, ("/tmp",), "permission-denied"),
        ("remove_directory", ALICE, ("/home/alice/deep",), "not-empty"),
        ("remove_directory", READER, ("/tmp",), "account-reads-only"),
        ("rename", None, ("/", "/tmp/x"), "root-stays"),
        ("rename", ALICE, ("/home/alice/none", "/tmp/x"), "no-such-file"),
        ("rename", ALICE, ("/home/alice/deep", "/home/alice/deep/er/x"), "into-itself"),
        ("rename", ALICE, ("/home/alice/notes", "/home/alice/notes/x"), "not-a-directory"),
        ("rename", ALICE, ("/home/alice/notes", "/home/alice/deep"), "exists"),
        ("rename", ALICE, ("/home/alice/deep", "/home/alice/notes"), "exists"),
        ("rename", None, ("/tmp", "/"), "exists"),
        ("rename", ALICE, ("/home/alice/notes", "/home/x"), "permission-denied"),
        ("rename", ALICE, ("/README", "/home/alice/README"), "permission-denied"),
        ("rename", ALICE, ("/home/alice/notes", "/nowhere/x"), "no-such-directory"),
        ("rename", READER, ("/README", "/tmp/x"), "account-reads-only"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(act, who, arguments, why):
    room = Room()
    files = make(room=room)
    before = look(files), room.octets_used, room.entries_used
    assert refused(getattr(files, act), who, *arguments) == why
    assert (look(files), room.octets_used, room.entries_used) == before


def test_the_host_itself_may_do_everything():
    files = make()
    assert files.read(None, "/vault/gold") == b"gold"
    files.store(None, "/home/alice/locked", b"opened")
    files.make_directory(None, "/new")
    files.rename(None, "/vault/gold", "/new/gold")
    files.remove_directory(None, "/vault")
    assert [entry.name for entry in files.list(None, "/new")] == ["gold"]


def test_the_owners_bits_are_the_owners_even_where_others_may_more():
    files = make(File("/odd", owner="alice", mode=0o066, text="odd"))
    assert refused(files.read, ALICE, "/odd") == "permission-denied"
    assert files.read(BOB, "/odd") == b"odd"


# What is done


def test_a_new_file_belongs_to_who_stores_it():
    files = make()
    (change,) = files.store(BOB, "/tmp/new", b"new")
    assert change == Put(Entry("/tmp/new", "bob", 0o644, NOW, b"new"))
    assert files.read(ALICE, "/tmp/new") == b"new"


def test_a_file_that_is_stored_again_keeps_its_owner_and_mode():
    files = make()
    before = files.stat(BOB, "/home/alice/shared")
    (change,) = files.store(BOB, "/home/alice/shared", b"by bob")
    assert change == Put(Entry("/home/alice/shared", "alice", 0o666, NOW, b"by bob"))
    assert files.stat(BOB, "/home/alice/shared").number == before.number


def test_what_is_appended_stands_behind_what_was_there():
    files = make()
    assert files.append(BOB, "/home/alice/shared", b", really")[0] == Put(
        Entry("/home/alice/shared", "alice", 0o666, NOW, b"shared, really")
    )
    files.append(BOB, "/tmp/new", b"made")
    assert files.read(BOB, "/tmp/new") == b"made"


def test_a_directory_is_made_and_removed():
    files = make()
    assert files.make_directory(BOB, "/tmp/new") == [
        Made(Entry("/tmp/new", "bob", 0o755, NOW, is_directory=True)),
    ]
    files.store(BOB, "/tmp/new/file", b"")
    assert refused(files.remove_directory, BOB, "/tmp/new") == "not-empty"
    assert files.remove(BOB, "/tmp/new/file") == [Removed("/tmp/new/file")]
    assert files.remove_directory(BOB, "/tmp/new") == [Removed("/tmp/new")]
    assert files.list(BOB, "/tmp") == []


def test_a_directory_is_renamed_with_all_below_it():
    files = make()
    number = files.stat(None, "/home/alice/deep/er").number
    assert files.rename(ALICE, "/home/alice/deep", "/tmp/deep") == [Renamed("/home/alice/deep", "/tmp/deep")]
    assert files.stat(None, "/tmp/deep/er").number == number
    assert refused(files.stat, None, "/home/alice/deep/er") == "no-such-directory"


def test_a_name_that_only_begins_the_same_is_not_below_a_directory():
    files = make(File("/a/x", text="1"), File("/ab/x", text="2"))
    files.rename(None, "/a", "/a2")
    assert files.read(None, "/ab/x") == b"2"
    assert files.rename(None, "/ab", "/a2/ab") == [Renamed("/ab", "/a2/ab")]


def test_a_renamed_file_takes_the_place_of_another():
    room = Room()
    files = make(room=room)
    used = room.octets_used
    assert files.rename(ALICE, "/home/alice/private", "/home/alice/notes") == [
        Removed("/home/alice/notes"),
        Renamed("/home/alice/private", "/home/alice/notes"),
    ]
    assert files.read(ALICE, "/home/alice/notes") == b"mine"
    assert room.octets_used == used - 400


def test_a_name_given_to_itself_changes_nothing():
    files = make()
    before = look(files)
    assert files.rename(ALICE, "/home/alice/notes", "/home/alice/notes") == []
    assert look(files) == before


def test_a_directory_is_not_renamed_so_that_a_path_in_it_grows_too_long():
    files = make(File(f"/{'a' * 252}/{'b' * 252}/c", text="c"), File("/parent/", mode=0o755))
    before = look(files)
    assert refused(files.rename, None, f"/{'a' * 252}", f"/parent/{'a' * 252}") == "path-too-long"
    assert look(files) == before
    files.rename(None, f"/{'a' * 252}", "/parent/a")


def test_a_list_is_in_the_order_of_names_and_a_file_lists_itself():
    files = make()
    for name in ("b", "a", "B", "ä"):
        files.store(BOB, f"/tmp/{name}", b"")
    assert [entry.name for entry in files.list(BOB, "/tmp")] == ["B", "a", "b", "ä"]
    assert [entry.path for entry in files.list(BOB, "/tmp/a")] == ["/tmp/a"]


def test_a_directory_may_be_for_bringing_only():
    files = make()
    files.store(BOB, "/incoming/gift", b"gift")
    assert files.read(ALICE, "/incoming/gift") == b"gift"  # who knows its name may read it
    assert refused(files.list, BOB, "/incoming") == "permission-denied"


def test_a_unique_name_is_given_once():
    files = make()
    files.store(BOB, "/tmp/file-2", b"")
    assert [files.unique_name(BOB, "/tmp") for _ in range(3)] == ["/tmp/file-1", "/tmp/file-3", "/tmp/file-4"]
    assert files.unique_name(None, "/") == "/file-5"


@pytest.mark.parametrize(
    ("who", "path", "letters"),
    [
        (ALICE, "/home/alice/notes", "adfrw"),
        (ALICE, "/home/alice/locked", "dfr"),
        (BOB, "/home/alice/shared", "arw"),
        (BOB, "/home/alice/private", ""),
        (BOB, "/README", "r"),
        (ALICE, "/home/alice", "celmp"),
        (ALICE, "/home/alice/deep/er", "cdeflmp"),
        (BOB, "/incoming", "cemp"),
        (BOB, "/vault", ""),
        (BOB, "/", "el"),
        (READER, "/tmp", "el"),
        (READER, "/home/alice/shared", "r"),
        (None, "/", "celmp"),
        (None, "/tmp", "cdeflmp"),
        (None, "/vault", "ceflmp"),
    ],
)
def test_the_permissions_are_told_as_rfc_3659_has_them(who, path, letters):
    assert sorted(make().permissions(who, path)) == sorted(letters)


# Room


def test_an_accounts_files_never_take_more_than_its_quota():
    files = make()  # 416 octets are alice's
    assert files.room_for(ALICE, "/tmp/new") == 1_000 - 416
    assert files.room_for(ALICE, "/home/alice/notes") == 1_000 - 16
    assert files.why_full(ALICE, "/tmp/new") == "over-quota"
    assert refused(files.store, ALICE, "/tmp/new", b"x" * 585) == "over-quota"
    files.store(ALICE, "/tmp/new", b"x" * 584)
    assert files.room_for(ALICE, "/tmp/another") == 0
    files.store(ALICE, "/tmp/empty", b"")
    assert refused(files.append, ALICE, "/tmp/empty", b"x") == "over-quota"
    files.remove(ALICE, "/tmp/new")
    files.append(ALICE, "/tmp/empty", b"x" * 584)


def test_a_quota_is_the_owners_whoever_writes():
    files = make()
    assert files.room_for(BOB, "/home/alice/shared") == 1_000 - 410
    assert refused(files.store, BOB, "/home/alice/shared", b"x" * 591) == "over-quota"
    assert refused(files.store, None, "/home/alice/shared", b"x" * 591) == "over-quota"


def test_all_hosts_of_a_lab_share_its_room():
    room = Room(octets=100, entries=3)
    one, other = make(File("/a", text="x" * 50), room=room), make(File("/b", text="x" * 20), room=room)
    assert (room.octets_used, room.entries_used) == (70, 2)
    assert refused(one.store, None, "/new", b"x" * 31) == "lab-full"
    assert one.why_full(None, "/new") == "lab-full"
    other.store(None, "/new", b"x" * 30)
    assert (one.room_for(None, "/a"), other.room_for(None, "/b")) == (50, 20)
    assert refused(one.store, None, "/another", b"") == "too-many-files"
    assert refused(one.make_directory, None, "/another") == "too-many-files"
    assert refused(one.unique_name, None, "/") == "too-many-files"
    other.remove(None, "/b")
    one.store(None, "/another", b"x" * 20)
    assert (room.octets_used, room.entries_used) == (100, 3)


def test_where_a_world_has_more_than_there_is_room_for_a_file_may_still_shrink():
    room = Room(octets=10, entries=0)
    files = make(File("/a", text="x" * 20), room=room)
    assert files.room_for(None, "/a") == 20
    files.store(None, "/a", b"x" * 20)
    files.store(None, "/a", b"x" * 12)
    assert files.room_for(None, "/a") == 12
    assert refused(files.store, None, "/a", b"x" * 13) == "lab-full"
