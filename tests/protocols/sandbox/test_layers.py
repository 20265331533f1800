"""The layers of the sandbox, read from outside: in /proc."""

import os

import pytest

from protocols import limits
from protocols.sandbox.layers import LAYERS, OPTIONAL
from protocols.sandbox.supervisor import LabRefused, Supervisor
from tests.protocols.sandbox.labs import make_world, read_proc, status_of

NAMESPACES = ("user", "net", "pid", "ipc", "uts", "mnt")


@pytest.fixture
async def process(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    return lab.child.born.result()


async def test_it_is_filtered_by_seccomp(process):
    assert status_of(process)["Seccomp"] == "2"


async def test_it_has_no_capability_and_can_get_none(process):
    status = status_of(process)
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1"


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root may read the links of a process that is not dumpable.")
@pytest.mark.parametrize("name", NAMESPACES)
async def test_it_has_a_namespace_of_its_own(supervisor, log, process, name):
    neighbour = (await supervisor.open(make_world(), log)).child.born.result()
    links = {os.readlink(f"/proc/{each}/ns/{name}") for each in (os.getpid(), process, neighbour)}
    assert len(links) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="Root may read everything.")
async def test_an_ordinary_user_cannot_look_into_a_lab(process):
    with pytest.raises(PermissionError):
        os.readlink(f"/proc/{process}/ns/net")
    with pytest.raises(PermissionError):
        os.open(f"/proc/{process}/mem", os.O_RDONLY)


@pytest.mark.skipif(os.geteuid() != 0, reason="An ordinary user has no other uid to give.")
async def test_each_lab_of_root_has_a_uid_that_nobody_has(supervisor, log, process):
    neighbour = (await supervisor.open(make_world(), log)).child.born.result()
    uids = [int(status_of(each)["Uid"].split()[0]) for each in (process, neighbour)]
    assert len({*uids, 0, os.getuid()}) == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root may read the root of a process that is not dumpable.")
async def test_its_root_is_empty(process):
    assert os.listdir(f"/proc/{process}/root/") == []
    assert len(read_proc(process, "mountinfo")) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root may read the descriptors of a process that is not dumpable.")
async def test_it_has_no_descriptor_of_its_makers(process):
    targets = [os.readlink(f"/proc/{process}/fd/{fd}") for fd in os.listdir(f"/proc/{process}/fd")]
    kinds = sorted(target.partition(":")[0] for target in targets if target != "/dev/null")
    # the control channel, the server, and what asyncio makes: its poll and a pair to wake it
    assert kinds == ["anon_inode", "socket", "socket", "socket", "socket"]


async def test_its_limits_are_those_that_are_stated(process):
    lines = read_proc(process, "limits")[1:]
    found = {line[:25].strip(): line[26:].split()[:2] for line in lines}
    for name, value in {
        "Max address space": limits.ADDRESS_SPACE,
        "Max open files": limits.DESCRIPTORS,
        "Max processes": limits.THREADS,
        "Max file size": limits.FILE_SIZE,
        "Max core file size": 0,
        "Max locked memory": 0,
        "Max msgqueue size": 0,
    }.items():
        assert found[name] == [str(value)] * 2, name


async def test_it_says_which_layers_are_active(supervisor, log):
    lab = await supervisor.open(make_world(), log)
    started = log.of("lab")[0]
    assert {*started.layers, *started.absent} == LAYERS
    assert set(started.absent) <= OPTIONAL
    assert started.layers == lab.layers
    assert supervisor.complete


async def test_a_layer_that_is_switched_off_by_name_is_said_to_be(log):
    supervisor = Supervisor(switched_off=frozenset({"ipc-namespace"}))
    await supervisor.start()
    await supervisor.open(make_world(), log)
    assert "ipc-namespace" in log.of("lab")[0].absent
    assert "ipc-namespace" not in log.of("lab")[0].layers
    assert not supervisor.complete
    assert "ipc-namespace" in str(supervisor.incomplete_because)
    await supervisor.stop()


async def test_a_missing_layer_refuses_the_lab(log):
    supervisor = Supervisor(zygote="tests.protocols.sandbox.without_namespaces")
    await supervisor.start()
    assert not supervisor.complete
    with pytest.raises(LabRefused, match=r"^The sandbox gets no user-namespace on this machine .*\.$"):
        await supervisor.open(make_world(), log)
    failed = log.of("lab")[0]
    assert (failed.change, failed.why, failed.absent) == ("failed", "refused", ("user-namespace",))
    await supervisor.stop()


async def test_landlock_alone_may_be_missing(log):
    supervisor = Supervisor(zygote="tests.protocols.sandbox.without_landlock")
    await supervisor.start()
    await supervisor.open(make_world(), log)
    assert supervisor.complete
    assert log.of("lab")[0].absent == ("landlock",)
    await supervisor.stop()


@pytest.mark.parametrize("name", ["network-namespace", "user-namespace", "no-such-layer"])
def test_only_known_layers_that_a_lab_can_do_without_are_switched_off(name):
    with pytest.raises(ValueError, match=name):
        Supervisor(switched_off=frozenset({name}))
