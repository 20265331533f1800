"""The command line: a world run at a console, or for a program of this machine."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from protocols.events import Block, Delivered, Event, Line, Opened, from_json
from protocols.run import Asked, PacketFile, find_lacks, load_world
from protocols.sandbox.command import hosts_file
from protocols.transcript import Transcript
from tests.protocols.sandbox.labs import is_alive

ROOT = Path(__file__).resolve().parents[2]
WORLD = "protocols/worlds/lecture.yaml"
PYTHON = sys.executable


def protocols(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """python -m protocols, to its end."""
    command = [PYTHON, "-m", "protocols", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, **options)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return protocols("run", WORLD, "--", *command)


@dataclass
class Ran:
    """What a program in a lab left: its own output, the transcript and the capture."""

    status: int
    output: str
    events: list[Event]
    pcap: Path

    def octets(self, side: str) -> bytes:
        """All that a side said, by the transcript."""
        said = [event for event in self.events if isinstance(event, Line | Block)]
        return b"".join(event.raw for event in said if event.side == side)

    def captured(self, side: str) -> bytes:
        """All that a side said, as tshark reads the capture. It sets what the server said one tab in."""
        follow = ["tshark", "-r", str(self.pcap), "-q", "-z", "follow,tcp,raw,0"]
        shown = subprocess.run(follow, capture_output=True, text=True, check=True).stdout
        lines = re.findall(r"(?m)^(\t?)([0-9a-f]+)$", shown)
        return b"".join(bytes.fromhex(text) for tab, text in lines if bool(tab) == (side == "S"))


@pytest.fixture
def ran(tmp_path):
    def run_it(*command: str, options: tuple[str, ...] = ()) -> Ran:
        transcript, pcap = tmp_path / "events.jsonl", tmp_path / "packets.pcap"
        files = ("--transcript", str(transcript), "--pcap", str(pcap))
        done = protocols("run", WORLD, *files, *options, "--", *command)
        assert done.stderr == ""
        events = [from_json(json.loads(line)) for line in transcript.read_text().splitlines()]
        return Ran(done.returncode, done.stdout, events, pcap)

    return run_it


# Real clients, octet for octet


SMTPLIB = """
import base64, json, smtplib, sys

class Noted(smtplib.SMTP):
    sent, heard = b"", b""
    def send(self, data):
        Noted.sent += data.encode("ascii") if isinstance(data, str) else data
        super().send(data)
    def getreply(self):
        if self.file is None:
            self.file = self.sock.makefile("rb")
        readline = self.file.readline
        class File:
            def readline(self, size):
                line = readline(size)
                Noted.heard += line
                return line
            def close(self):
                pass
        plain, self.file = self.file, File()
        try:
            return super().getreply()
        finally:
            self.file = plain

message = ("Subject: a test\\r\\n\\r\\n.a line with a dot\\r\\n" + "x" * 70 + "\\r\\n") * int(sys.argv[1])
with Noted("mx.lentil.edu") as client:
    client.sendmail("alice@halva.fr", ["bob@lentil.edu"], message)
print(json.dumps([base64.b64encode(each).decode() for each in (Noted.sent, Noted.heard)]))
"""


def noted(output: str) -> list[bytes]:
    import base64

    return [base64.b64decode(each) for each in json.loads(output)]


def test_what_smtplib_says_and_hears_is_the_transcript_octet_for_octet(ran):
    done = ran(PYTHON, "-c", SMTPLIB, "1")
    sent, heard = noted(done.output)
    assert done.status == 0
    assert (done.octets("C"), done.octets("S")) == (sent, heard)


def test_what_swaks_says_and_hears_is_the_transcript(ran):
    done = ran("swaks", "--server", "mx.lentil.edu", "--from", "alice@halva.fr", "--to", "bob@lentil.edu")
    assert done.status == 0

    def shown(prefix: str) -> bytes:
        lines = [line.removeprefix(prefix) for line in done.output.splitlines() if line.startswith(prefix)]
        return b"".join(line.encode() + b"\r\n" for line in lines)

    assert (done.octets("C"), done.octets("S")) == (shown(" -> "), shown("<-  "))


def test_what_curl_says_and_hears_is_the_transcript_octet_for_octet(ran, tmp_path):
    message, trace = tmp_path / "message", tmp_path / "trace"
    message.write_bytes(b"Subject: a test\r\n\r\n.a line with a dot\r\nlast\r\n")
    envelope = ("--mail-from", "alice@halva.fr", "--mail-rcpt", "bob@lentil.edu", "--upload-file", str(message))
    done = ran("curl", "--silent", "--trace", str(trace), "smtp://mx.lentil.edu", *envelope)
    assert done.status == 0
    sent, heard = traced(trace.read_text())
    # curl does not trace the last dot of the data, nor the farewell.
    assert done.octets("C") == sent + b".\r\nQUIT\r\n"
    assert done.octets("S") == heard + b"221 2.0.0 mx.lentil.edu closing connection\r\n"


def traced(text: str) -> tuple[bytes, bytes]:
    """What curl's trace has in hexadecimal: all that was sent, and all that was received."""
    octets = {"=>": b"", "<=": b"", "==": b""}
    for line in text.splitlines():
        if line[:2] in octets:
            way = line[:2]
        else:
            octets[way] += bytes.fromhex(line[6:53])
    return octets["=>"], octets["<="]


@pytest.mark.parametrize("times", ["1", "4000"], ids=["a short message", "a message of 400,000 octets"])
def test_what_the_transcript_shows_the_capture_holds(ran, times):
    done = ran(PYTHON, "-c", SMTPLIB, times)
    assert done.status == 0
    for side in ("C", "S"):
        assert done.octets(side) == done.captured(side)


def test_a_capture_that_lost_packets_is_said_not_to_be_whole(tmp_path):
    asked = Asked(Path(WORLD), None, None, tmp_path / "packets.pcap", ["true"])
    with open(tmp_path / "packets.pcap", "wb") as file:
        packets = PacketFile(file)
        lacks = find_lacks(asked, Transcript(None, None), packets, SimpleNamespace(dropped=3), "closed")  # type: ignore[arg-type]
        assert list(lacks) == [f"{asked.pcap} is not whole: 3 packets came faster than they could be written."]


def test_what_cannot_be_written_to_the_end_is_said_not_to_be_whole():
    full = protocols("run", WORLD, "--transcript", "/dev/full", "--pcap", "/dev/full", "--", "true")
    assert full.returncode == 1
    assert full.stderr.splitlines() == [
        "The transcript is not whole: No space left on device.",
        "/dev/full is not whole: No space left on device.",
    ]


def test_the_message_that_was_sent_is_delivered(ran):
    done = ran(PYTHON, "-c", SMTPLIB, "1")
    delivered = [event for event in done.events if isinstance(event, Delivered)]
    assert [event.mailbox for event in delivered] == ["bob@lentil.edu"]
    assert b"\r\n\r\n.a line with a dot\r\n" in delivered[0].raw


def test_the_transcript_is_numbered_without_a_gap_from_start_to_end(ran):
    done = ran("true")
    assert [event.seq for event in done.events] == [1, 2]
    assert [event.change for event in done.events] == ["started", "ended"]


# Where a program runs


def test_a_program_runs_on_the_worlds_student_host(ran):
    done = ran(PYTHON, "-c", SMTPLIB, "1")
    client = next(event.client for event in done.events if isinstance(event, Opened))
    assert (client.host, client.address) == ("mx.halva.fr", "10.0.0.1")


def test_a_program_runs_as_another_host_when_asked(ran):
    name = "import socket; print(socket.gethostname()); socket.create_connection(('mx.lentil.edu', 25)).recv(99)"
    done = ran(PYTHON, "-c", name, options=("--as", "MX.lentil.edu"))
    client = next(event.client for event in done.events if isinstance(event, Opened))
    assert (client.host, client.address) == ("mx.lentil.edu", "10.2.0.25")
    assert done.output == "mx.lentil.edu\n"


def test_a_program_finds_the_worlds_names_and_no_others():
    done = run("sh", "-c", "cat /etc/hosts; getent hosts mx.lentil.edu; getent hosts debian.org || echo none")
    world = hosts_file(load_world(ROOT / WORLD, None))
    assert done.stdout == f"{world}10.2.0.25       mx.lentil.edu\nnone\n"


def test_a_program_looks_names_up_in_files_and_then_in_dns():
    shown = run("cat", "/etc/nsswitch.conf").stdout
    assert re.findall(r"(?m)^hosts:.*$", shown) == ["hosts: files dns"]
    outside = Path("/etc/nsswitch.conf").read_text()
    kept = [line for line in outside.splitlines() if not line.startswith("hosts:")]
    assert [line for line in shown.splitlines() if line and not line.startswith("hosts:")] == [*filter(None, kept)]


def test_the_machines_own_names_stay_as_they_are():
    before = [Path(each).read_bytes() for each in ("/etc/hosts", "/etc/nsswitch.conf")]
    run("true")
    assert [Path(each).read_bytes() for each in ("/etc/hosts", "/etc/nsswitch.conf")] == before
    assert socket.gethostname() != "mx.halva.fr"


def test_a_program_has_the_labs_network_alone():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        done = run(PYTHON, "-c", script)
        assert "ConnectionRefusedError" in done.stderr
    assert re.findall(r"(?m)^\d+: (\w+)", run("ip", "link").stdout) == ["lo"]


def capabilities(text: str) -> dict[str, int]:
    return {name: int(value, 16) for name, value in re.findall(r"(Cap\w+):\s+(\w+)", text)}


def test_a_program_gains_no_capability_that_its_caller_lacked():
    own = capabilities(Path("/proc/self/status").read_text())
    status = run("cat", "/proc/self/status").stdout
    assert all(value & ~own[name] == 0 for name, value in capabilities(status).items())
    assert "NoNewPrivs:\t1" in status
    assert f"Uid:\t{os.geteuid()}\t" in status


def test_a_program_stands_in_the_folder_and_environment_of_its_caller(tmp_path):
    done = subprocess.run(
        [PYTHON, "-m", "protocols", "run", str(ROOT / WORLD), "--", "sh", "-c", "pwd; echo $LENTIL_TEST; cat"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "LENTIL_TEST": "of mine"},
        input="from stdin",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == f"{tmp_path}\nof mine\nfrom stdin"


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can put a resolver's socket onto a machine.")
def test_a_program_does_not_reach_the_machines_resolvers():
    listen = (
        "import socket, time; s = socket.socket(socket.AF_UNIX); s.bind('/run/nscd/socket'); s.listen(); time.sleep(30)"
    )
    ask = "import socket; socket.socket(socket.AF_UNIX).connect('/run/nscd/socket')"
    script = f"""
        mount -t tmpfs none /run && mkdir /run/nscd
        {PYTHON} -c "{listen}" & listener=$!
        while ! [ -S /run/nscd/socket ]; do sleep 0.05; done
        {PYTHON} -c "{ask}" && echo outside: reached
        {PYTHON} -m protocols run {WORLD} -- {PYTHON} -c "{ask}" || echo inside: refused
        kill $listener
    """
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "outside: reached\ninside: refused\n"


def test_two_runs_at_once_do_not_collide(tmp_path):
    def start(number: int) -> subprocess.Popen[bytes]:
        files = ["--transcript", str(tmp_path / f"{number}.jsonl")]
        subject = f"Subject: run {number}"
        swaks = ["swaks", "--server", "mx.lentil.edu", "--to", "bob@lentil.edu", "--header", subject]
        command = [PYTHON, "-m", "protocols", "run", WORLD, *files, "--", *swaks]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

    running = [start(number) for number in range(3)]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    for number in range(3):
        events = [from_json(json.loads(line)) for line in (tmp_path / f"{number}.jsonl").read_text().splitlines()]
        subjects = [re.findall(rb"Subject: run \d", each.raw) for each in events if isinstance(each, Delivered)]
        assert subjects == [[b"Subject: run %d" % number]]


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


def test_a_signal_to_it_reaches_the_program():
    command = [
        PYTHON,
        "-m",
        "protocols",
        "run",
        WORLD,
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
    command = [PYTHON, "-m", "protocols", "run", WORLD, "--", "sh", "-c", "echo $$; exec sleep 30"]
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
        ((WORLD, "--as", "mx.nowhere.example"), "no host 'mx.nowhere.example'"),
        ((WORLD, "--transcript", "/no/such/folder/t"), "/no/such/folder/t cannot be written"),
        ((WORLD, "--pcap", "/no/such/folder/p"), "/no/such/folder/p cannot be written"),
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
    text = (ROOT / WORLD).read_text()
    world.write_text(text.replace(old, new))
    done = protocols("run", str(world), "--", "true")
    assert done.returncode == 2
    line = text[: text.index(old)].count("\n") + 1
    assert sentence.replace("{line}", str(line)) in done.stderr
    assert done.stderr.count("\n") == 1


def test_it_says_in_one_sentence_that_namespaces_are_not_permitted():
    forbidden = (
        "import sys; from tests.protocols.sandbox.without_namespaces import forbid_unshare; forbid_unshare();"
        f"from protocols.__main__ import main; sys.exit(main(['run', '{WORLD}', '--', 'true']))"
    )
    done = subprocess.run([PYTHON, "-c", forbidden], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "user-namespace" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("run",), ("run", WORLD, "--"), ("walk",), ("run", WORLD, "--no-such")])
def test_arguments_that_make_no_sense_are_refused(arguments):
    done = protocols(*arguments)
    assert done.returncode == 2
    assert "usage:" in done.stderr


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help")])
def test_it_explains_itself(arguments):
    done = protocols(*arguments)
    assert done.returncode == 0
    assert "run a world" in done.stdout.lower() or "WORLD" in done.stdout


# The console


def test_a_dialogue_from_a_file_is_held_line_by_line():
    said = "connect mx.lentil.edu 25\nHELO mx.halva.fr\nRCPT TO:<bob@lentil.edu>\nQUIT\n"
    done = protocols("run", WORLD, input=said)
    assert done.returncode == 0
    spoken = re.findall(r"(?m)^ +\d+  ([CS]  \S+)", done.stdout)
    assert spoken == ["S  220", "C  HELO", "S  250", "C  RCPT", "S  503", "C  QUIT", "S  221"]
    assert "mx.lentil.edu" in done.stdout
    assert "Say MAIL FROM first" in done.stdout


@pytest.mark.parametrize("key", ["\x04", "\x03"], ids=["Ctrl-D", "Ctrl-C"])
def test_a_key_ends_the_console_in_order(key):
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(ROOT)
        os.execv(PYTHON, [PYTHON, "-m", "protocols", "run", WORLD])
    shown = read_until(terminal, "Ctrl-D ends.")
    shown += read_until(terminal, "running.")
    os.write(terminal, b"connect mx.lentil.edu\r")
    shown += read_until(terminal, "ESMTP ready")
    os.write(terminal, key.encode())
    shown += read_until(terminal, "The lab ended")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert "Traceback" not in shown


def read_until(terminal: int, words: str) -> str:
    shown = ""
    while words not in shown:
        shown += os.read(terminal, 4096).decode()
    return shown


def test_octets_that_move_a_terminals_cursor_are_shown_as_numbers():
    done = protocols("run", WORLD, input="connect mx.lentil.edu\nHELO \x1b[2J\nQUIT\n")
    assert "\x1b" not in done.stdout
    assert "\\x1b" in done.stdout
