"""Hostile programs in a lab, each with the error that it must meet."""

import asyncio
import errno
import os
import socket
import subprocess

import pytest

from protocols.sandbox import kernel
from protocols.sandbox.messages import Input
from protocols.sandbox.supervisor import Supervisor
from tests.protocols.sandbox import hostile as plots
from tests.protocols.sandbox.labs import HOSTILE, KeptLog, make_world, until


@pytest.fixture(scope="module")
def met():
    """What each attack met, by one lab that tried them all."""

    async def attack() -> list[str]:
        supervisor, log, neighbours = Supervisor(zygote=HOSTILE), KeptLog(), KeptLog()
        await supervisor.start()
        neighbour = await supervisor.open(make_world("behaves"), neighbours)
        await supervisor.open(make_world("attacks"), log)
        await until(lambda: "over" in log.whys() or len(log.of("lab")) > 1)
        await neighbour.send(Input(1, "a", "still here"))
        await until(neighbours.whys)
        await supervisor.stop()
        return log.whys() + neighbours.whys()

    return asyncio.run(attack())


@pytest.mark.parametrize("name", plots.ATTACKS)
def test_it_refuses(met, name):
    if name == "list the root" and not kernel.landlock_version():
        pytest.skip("This kernel has no Landlock.")
    assert f"{name}: {errno.errorcode[plots.ATTACKS[name][1]]}" in met


def test_it_survives_every_attack_and_so_does_its_neighbour(met):
    assert met[-2:] == ["over", "still here"]


def host_addresses() -> list[str]:
    """The host's own addresses: loopback, and one of each interface."""
    shown = subprocess.run(["ip", "-4", "-o", "addr"], capture_output=True, text=True, check=True).stdout
    return sorted({line.split()[3].partition("/")[0] for line in shown.splitlines()} | {"127.0.0.1"})


@pytest.mark.parametrize("address", host_addresses())
async def test_it_reaches_no_server_of_the_host(hostile, log, address):
    with socket.create_server((address, 0)) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        port = tcp.getsockname()[1]
        udp.bind((address, port))
        tcp.setblocking(False)
        udp.setblocking(False)
        await hostile.open(make_world(f"reaches {address} {port}"), log)
        await until(lambda: len(log.whys()) == 2)
        assert log.whys()[0] in ("ECONNREFUSED", "ENETUNREACH")
        with pytest.raises(BlockingIOError):
            tcp.accept()
        with pytest.raises(BlockingIOError):
            udp.recv(16)


async def test_it_has_all_that_python_imports_at_its_first_use(hostile, log):
    await hostile.open(make_world("imports"), log)
    await until(lambda: len(log.whys()) == 4)
    # The one codec that is missing is of another system.
    assert log.whys() == ["xn--bcher-kva bcher-kva", "mbcs", plots.record_classes(), "2026"]


async def test_it_takes_no_descriptor_that_a_lab_sends(hostile, log):
    lab = await hostile.open(make_world("behaves"), log)
    before = len(os.listdir("/proc/self/fd"))
    sender = await hostile.open(make_world("gives descriptors away"), log)
    await until(lambda: log.whys().count("with a descriptor") == 100)
    assert len(os.listdir("/proc/self/fd")) == before + 1  # the channel of the lab that sends
    await sender.close("closed")
    await lab.close("closed")
