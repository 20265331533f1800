"""Where a program of `run` finds itself: the network, the names and the rights that it has."""

import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from protocols.codec import from_json
from protocols.events import Delivered, Message, Opened
from protocols.run import load_world
from protocols.sandbox.command import hosts_file, resolvers_file
from tests.protocols.runs import LECTURE, PYTHON, ROOT, run

NAMES_FILES = [
    "/etc/hosts",
    "/etc/nsswitch.conf",
    *(["/etc/resolv.conf"] if os.path.exists("/etc/resolv.conf") else []),
]


def test_a_program_runs_on_the_worlds_student_host(ran):
    done = ran(PYTHON, "-c", "import socket; socket.create_connection(('mx.lentil.edu', 25)).recv(99)")
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
    own = "127.0.0.1 localhost\n::1 localhost\n10.0.0.1 mx.halva.fr\n"
    assert done.stdout == f"{own}10.2.0.25       mx.lentil.edu\nnone\n"


def test_a_program_asks_the_worlds_resolver_for_names(ran):
    done = ran("sh", "-c", "cat /etc/resolv.conf; getent ahostsv4 www.vuw.ac.nz", options=("--as", "mx.lentil.edu"))
    assert done.output.startswith("nameserver 130.195.85.25\n130.195.86.18 ")
    asked = [event for event in done.events if isinstance(event, Message) and event.server.address == "130.195.85.25"]
    assert {event.client.address for event in asked} == {"10.2.0.25"}


def test_a_world_without_a_resolver_has_its_names_in_a_file():
    world = replace(load_world(ROOT / LECTURE, None), resolver="")
    assert "10.2.0.25 mx.lentil.edu\n" in hosts_file(world)
    assert "nameserver" not in resolvers_file(world)


def test_a_program_looks_names_up_in_files_and_then_in_dns():
    shown = run("cat", "/etc/nsswitch.conf").stdout
    assert re.findall(r"(?m)^hosts:.*$", shown) == ["hosts: files dns"]
    outside = Path("/etc/nsswitch.conf").read_text()
    kept = [line for line in outside.splitlines() if not line.startswith("hosts:")]
    assert [line for line in shown.splitlines() if line and not line.startswith("hosts:")] == [*filter(None, kept)]


def test_a_program_asks_the_worlds_resolver_where_there_is_one():
    world = load_world(ROOT / LECTURE, None)
    assert run("cat", "/etc/resolv.conf").stdout == resolvers_file(world) == "nameserver 130.195.85.25\n"
    assert resolvers_file(replace(world, resolver="")).startswith("# This world has no resolver")


def test_the_machines_own_names_stay_as_they_are():
    before = [Path(each).read_bytes() for each in NAMES_FILES]
    run("true")
    assert [Path(each).read_bytes() for each in NAMES_FILES] == before
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
        [PYTHON, "-m", "protocols", "run", str(ROOT / LECTURE), "--", "sh", "-c", "pwd; echo $LENTIL_TEST; cat"],
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
        {PYTHON} -m protocols run {LECTURE} -- {PYTHON} -c "{ask}" || echo inside: refused
        kill $listener
    """
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "outside: reached\ninside: refused\n"


def test_two_runs_at_once_do_not_collide(tmp_path):
    def start(number: int) -> subprocess.Popen[bytes]:
        files = ["--transcript", str(tmp_path / f"{number}.jsonl")]
        subject = f"Subject: run {number}"
        swaks = ["swaks", "--server", "mx.lentil.edu", "--to", "bob@lentil.edu", "--header", subject]
        command = [PYTHON, "-m", "protocols", "run", LECTURE, *files, "--", *swaks]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

    running = [start(number) for number in range(3)]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    for number in range(3):
        events = [from_json(json.loads(line)) for line in (tmp_path / f"{number}.jsonl").read_text().splitlines()]
        subjects = [re.findall(rb"Subject: run \d", each.raw) for each in events if isinstance(each, Delivered)]
        assert subjects == [[b"Subject: run %d" % number]]
