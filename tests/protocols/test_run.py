"""The command line: how a run ends, what it refuses, and the console."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocols.run import welcome
from protocols.world import read_world
from tests.protocols.runs import LECTURE, PYTHON, ROOT, protocols, run
from tests.protocols.sandbox.labs import is_alive

# How it ends


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (("true",), 0),
        (("sh", "-c", "exit 7"), 7),
        (("sh", "-c", "kill -TERM $$"), 143),
        (("sh", "-c", "kill -KILL $$"), 137),
        (("no-such-program",), 127),
        (("/no/such/program",), 127),
        (("/etc/passwd",), 126),
        (("/",), 126),
    ],
)
def test_it_exits_as_shells_do(command, status):
    done = run(*command)
    assert done.returncode == status
    assert len(done.stderr.splitlines()) == (1 if status in (126, 127) else 0)


def test_the_welcome_says_which_hosts_there_are_and_who_may_log_in():
    said = welcome(read_world(ROOT / LECTURE)).splitlines()
    place = next(number for number, line in enumerate(said) if "ftp.lentil.edu" in line)
    assert [line.split(maxsplit=2) for line in said[place : place + 1]] == [
        ["ftp.lentil.edu", "10.2.0.21", "ftp 21/tcp"]
    ]
    assert [line.strip() for line in said[place + 1 : place + 4]] == [
        "USER alice, PASS lentils",
        "USER bob, PASS beans, ACCT kitchen",
        "USER anonymous, any password",
    ]
    assert said[-1] == "While you are connected to an FTP server, ls, cd, get and put work as well."


def test_a_signal_to_it_reaches_the_program():
    command = [
        PYTHON,
        "-m",
        "protocols",
        "run",
        LECTURE,
        "--",
        "sh",
        "-c",
        "trap 'exit 9' TERM; echo up; sleep 30 & wait",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stdout.readline() == "up\n"
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 9


def test_nothing_is_left_of_it_when_it_is_killed():
    command = [PYTHON, "-m", "protocols", "run", LECTURE, "--", "sh", "-c", "echo $$; exec sleep 30"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        program = int(running.stdout.readline())
        processes = [*descendants(running.pid), program]
        assert len(set(processes)) >= 3  # the zygote, the lab and the program
        running.kill()
    end = time.monotonic() + 10
    while any(map(is_alive, processes)):
        assert time.monotonic() < end
        time.sleep(0.05)


def descendants(process: int) -> Iterator[int]:
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        yield int(child)
        yield from descendants(int(child))
    for thread in Path(f"/proc/{process}/task").iterdir():
        if thread.name != str(process):
            for child in (thread / "children").read_text().split():
                yield int(child)
                yield from descendants(int(child))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no-such.yaml",), "no-such.yaml"),
        ((LECTURE, "--as", "mx.nowhere.example"), "no host 'mx.nowhere.example'"),
        ((LECTURE, "--transcript", "/no/such/folder/t"), "/no/such/folder/t cannot be written"),
        ((LECTURE, "--pcap", "/no/such/folder/p"), "/no/such/folder/p cannot be written"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_sentence(arguments, sentence):
    done = protocols("run", *arguments, "--", "true")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(".\n")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("student: mx.halva.fr", "student: mx.nowhere.example", "Line {line}: "),
        ("10.2.0.25", "127.0.0.1", "Line {line}: "),
        ("sender-ok:", "sender-okay:", "did you mean 'sender-ok'?"),
        ("{sender}...", "{nobody}...", "{nobody}"),
    ],
)
def test_a_mistake_in_a_world_is_said_in_one_sentence(tmp_path, old, new, sentence):
    world = tmp_path / "world.yaml"
    text = (ROOT / LECTURE).read_text()
    world.write_text(text.replace(old, new))
    done = protocols("run", str(world), "--", "true")
    assert done.returncode == 2
    line = text[: text.index(old)].count("\n") + 1
    assert sentence.replace("{line}", str(line)) in done.stderr
    assert done.stderr.count("\n") == 1


def test_it_says_in_one_sentence_that_namespaces_are_not_permitted():
    forbidden = (
        "import sys; from tests.protocols.sandbox.without_namespaces import forbid_unshare; forbid_unshare();"
        f"from protocols.__main__ import main; sys.exit(main(['run', '{LECTURE}', '--', 'true']))"
    )
    done = subprocess.run([PYTHON, "-c", forbidden], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "user-namespace" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("run",), ("run", LECTURE, "--"), ("walk",), ("run", LECTURE, "--no-such")])
def test_arguments_that_make_no_sense_are_refused(arguments):
    done = protocols(*arguments)
    assert done.returncode == 2
    assert "usage:" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"), [(("--help",), "run a world in a sandbox"), (("run", "--help"), "--transcript FILE")]
)
def test_it_explains_itself(arguments, says):
    done = protocols(*arguments)
    assert done.returncode == 0
    assert says in done.stdout


# The console


def test_a_dialogue_from_a_file_is_held_line_by_line():
    said = "connect mx.lentil.edu 25\nHELO mx.halva.fr\nRCPT TO:<bob@lentil.edu>\nQUIT\n"
    done = protocols("run", LECTURE, input=said)
    assert done.returncode == 0
    spoken = re.findall(r"(?m)^ +\d+  ([CS]  \S+)", done.stdout)
    assert spoken == ["S  220", "C  HELO", "S  250", "C  RCPT", "S  503", "C  QUIT", "S  221"]
    assert "mx.lentil.edu" in done.stdout
    assert "Say MAIL FROM first" in done.stdout


@pytest.mark.parametrize("key", [b"\x04", b"\x03"], ids=["Ctrl-D", "Ctrl-C"])
def test_a_key_ends_the_console_in_order(key):
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(ROOT)
        os.execv(PYTHON, [PYTHON, "-m", "protocols", "run", LECTURE])
    shown = read_until(terminal, b"", b"The lab is running.")
    os.write(terminal, b"connect mx.lentil.edu\r")
    shown = read_until(terminal, shown, b"ESMTP ready")
    os.write(terminal, key)
    shown = read_until(terminal, shown, b"The lab ended")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"Traceback" not in shown


def read_until(terminal: int, shown: bytes, words: bytes) -> bytes:
    """All that a terminal has shown, once that holds the words."""
    while words not in shown:
        assert select.select([terminal], [], [], 20)[0], shown
        shown += os.read(terminal, 4096)
    return shown


def test_octets_that_move_a_terminals_cursor_are_shown_as_numbers():
    done = protocols("run", LECTURE, input="connect mx.lentil.edu\nHELO \x1b[2J\nQUIT\n")
    assert "\x1b" not in done.stdout
    assert "\\x1b" in done.stdout
