"""A zygote whose labs are hostile: what runs in them is chosen by the title of their world.

The product has no such door. What its labs run is fixed by `protocols.sandbox.zygote`; this module is another zygote,
which only tests start.
"""

from __future__ import annotations

import ctypes
import encodings.aliases
import errno
import hashlib
import mmap
import os
import signal
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pyseccomp

from protocols import limits
from protocols.events import (
    Cached,
    Console,
    Delivered,
    Event,
    Fault,
    GoalJudged,
    Lab,
    Line,
    Message,
    Opened,
    Transferred,
    TreeChanged,
    ZoneEdited,
)
from protocols.events import Endpoint as End
from protocols.sandbox import kernel, zygote
from protocols.sandbox.birth import Cell
from protocols.sandbox.control import Frames, encode
from protocols.sandbox.messages import TO_LAB, Happened, Input, Packets, Ready, Stop, Stopped
from protocols.sandbox.network import LOW_PORTS

libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> int:
    """A system call by its name."""
    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    plain = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = libc.syscall(ctypes.c_long(number), *plain)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(result)


def connect(address: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as client:
        client.settimeout(2)
        client.connect((address, port))


def send(address: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"out", (address, port))


def fill_memory() -> None:
    try:
        bytearray(200 * 1024 * 1024)
    except MemoryError:
        raise OSError(errno.ENOMEM, "memory") from None


def fill_descriptors() -> None:
    sockets = []
    try:
        for _ in range(10_000):
            sockets.append(socket.socket())
    finally:
        for each in sockets:
            each.close()


def raise_limit() -> None:
    call("prlimit64", 0, 7, ctypes.create_string_buffer(struct.pack("=QQ", 4096, 4096)), 0)


# What each attack does, and the error that it must meet.
ATTACKS: dict[str, tuple[Callable[[], object], int]] = {
    "tcp beyond": (lambda: connect("192.0.2.1", 80), errno.ENETUNREACH),
    "tcp beyond on IPv6": (lambda: connect("2001:db8::1", 80), errno.ENETUNREACH),
    "udp beyond": (lambda: send("192.0.2.1", 53), errno.ENETUNREACH),
    "unshare a user namespace": (lambda: kernel.unshare(kernel.CLONE_NEWUSER), errno.EPERM),
    "unshare a network namespace": (lambda: kernel.unshare(kernel.CLONE_NEWNET), errno.EPERM),
    "setns": (lambda: kernel.setns(0, 0), errno.EPERM),
    "exec": (lambda: os.execv("/bin/sh", ["sh"]), errno.EPERM),
    "execveat": (lambda: call("execveat", 0, b"", 0, 0, 0x1000), errno.EPERM),
    "fork": (os.fork, errno.EPERM),
    "vfork": (lambda: call("vfork"), errno.EPERM),
    "clone": (lambda: call("clone", signal.SIGCHLD, 0, 0, 0, 0), errno.EPERM),
    "clone into a namespace": (lambda: call("clone", kernel.CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0), errno.EPERM),
    "clone3": (lambda: call("clone3", 0, 0), errno.ENOSYS),
    "mount": (lambda: kernel.mount("none", "/", "tmpfs", 0), errno.EPERM),
    "mount a proc": (lambda: kernel.mount("proc", "/", "proc", 0), errno.EPERM),
    "umount": (lambda: kernel.detach("/"), errno.EPERM),
    "fsopen": (lambda: call("fsopen", b"tmpfs", 0), errno.EPERM),
    "pivot_root": (lambda: kernel.pivot_root("/", "/"), errno.EPERM),
    "chroot": (lambda: os.chroot("/"), errno.EPERM),
    "ptrace": (lambda: call("ptrace", 0, 0, 0, 0), errno.EPERM),
    "read another's memory": (lambda: call("process_vm_readv", 1, 0, 0, 0, 0, 0), errno.EPERM),
    "bpf": (lambda: call("bpf", 0, 0, 0), errno.EPERM),
    "keyctl": (lambda: call("keyctl", 0, 0, 0, 0, 0), errno.EPERM),
    "add_key": (lambda: call("add_key", 0, 0, 0, 0, 0), errno.EPERM),
    "io_uring": (lambda: call("io_uring_setup", 1, 0), errno.EPERM),
    "perf": (lambda: call("perf_event_open", 0, 0, 0, 0, 0), errno.EPERM),
    "userfaultfd": (lambda: call("userfaultfd", 0), errno.EPERM),
    "AF_VSOCK": (lambda: socket.socket(40, socket.SOCK_STREAM), errno.EAFNOSUPPORT),
    "AF_NETLINK": (lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW), errno.EAFNOSUPPORT),
    "AF_PACKET": (lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW), errno.EAFNOSUPPORT),
    "AF_ALG": (lambda: socket.socket(38, socket.SOCK_SEQPACKET), errno.EAFNOSUPPORT),
    "a family in the upper half": (lambda: call("socket", (1 << 32) | 16, 3, 0), errno.EAFNOSUPPORT),
    "a raw socket": (lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1), errno.EPERM),
    "SCTP": (lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132), errno.EPERM),
    "raise a limit": (raise_limit, errno.EPERM),
    "outlive the zygote": (lambda: kernel.prctl(kernel.PR_SET_PDEATHSIG, 0), errno.EPERM),
    "become dumpable": (lambda: kernel.prctl(kernel.PR_SET_DUMPABLE, 1), errno.EPERM),
    "drop the filter": (lambda: kernel.load_seccomp(b"\x06\0\0\0\0\0\xff\x7f"), errno.EPERM),
    "kill all": (lambda: os.kill(-1, signal.SIGKILL), errno.EPERM),
    "kill by number": (lambda: os.kill(2, signal.SIGKILL), errno.EPERM),
    "pidfd_open": (lambda: call("pidfd_open", 1, 0), errno.EPERM),
    "become root": (lambda: os.setuid(0), errno.EPERM),
    "set the host's name": (lambda: socket.sethostname("owned"), errno.EPERM),
    "memfd_create": (lambda: os.memfd_create("x"), errno.EPERM),
    "shared memory": (lambda: call("shmget", 0, 4096, 0o1600), errno.EPERM),
    "push into a terminal": (lambda: call("ioctl", 0, 0x5412, b"x"), errno.EPERM),
    "executable memory": (lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_EXEC | mmap.PROT_WRITE), errno.EPERM),
    "read a file": (lambda: Path("/etc/passwd").read_text(), errno.ENOENT),
    "read /proc": (lambda: Path("/proc/self/environ").read_text(), errno.ENOENT),
    "make a file": (Path("/file").touch, errno.EROFS),
    "make a directory": (lambda: os.mkdir("/directory"), errno.EPERM),
    "list the root": (lambda: os.listdir("/"), errno.EACCES),
    "climb out of the root": (lambda: Path("/../../etc/passwd").read_text(), errno.ENOENT),
    "change a sysctl": (lambda: LOW_PORTS.write_text("1024"), errno.ENOENT),
    "fill memory": (fill_memory, errno.ENOMEM),
    "fill descriptors": (fill_descriptors, errno.EMFILE),
}


def meet(attack: Callable[[], object]) -> str:
    """The name of the error that an attack met; "nothing" where it met none."""
    try:
        attack()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "nothing"


class Speaker:
    """A lab's voice, without the lab."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.seq = 0

    def ready(self) -> None:
        self.cell.control.setblocking(True)
        self.cell.control.sendall(encode(Ready(self.cell.layers, self.cell.absent)))

    def fault(self, why: str) -> None:
        self.seq += 1
        self.cell.control.sendall(encode(Happened(Fault(seq=self.seq, at=1, why=why))))

    def wait_for_stop(self) -> None:
        frames = Frames(TO_LAB)
        while data := self.cell.control.recv(65536):
            for message in frames.feed(data):
                if isinstance(message, Input):
                    self.fault(message.text)
                if isinstance(message, Stop):
                    self.cell.control.sendall(encode(Stopped()))
                    return


def attack_all(lab: Speaker) -> None:
    lab.ready()
    for name, (attack, _) in ATTACKS.items():
        lab.fault(f"{name}: {meet(attack)}")
    lab.fault("over")
    lab.wait_for_stop()


def reach_the_host(lab: Speaker) -> None:
    """By TCP and UDP, to the address and port that the world's title ends with."""
    lab.ready()
    _, address, port = lab.cell.world.title.split()
    lab.fault(meet(lambda: connect(address, int(port))))
    lab.fault(meet(lambda: send(address, int(port))))
    lab.wait_for_stop()


def import_lazily(lab: Speaker) -> None:
    """What Python imports only at its first use."""
    lab.ready()
    lab.fault("bücher".encode("idna").decode() + " " + "bücher".encode("punycode").decode())
    lab.fault(" ".join(sorted(set(filter(is_missing, encodings.aliases.aliases.values())))))
    lab.fault(record_classes())
    lab.fault(time.strftime("%Y", time.strptime("2026", "%Y")))
    lab.wait_for_stop()


def is_missing(codec: str) -> bool:
    try:
        "".encode(codec)
    except LookupError as error:
        return "is not a text encoding" not in str(error)
    except Exception:
        pass
    return False


def record_classes() -> str:
    """A digest of the class that each DNS record type has: a generic one, where its module cannot be imported."""
    classes = (dns.rdata.get_rdata_class(dns.rdataclass.IN, each) for each in dns.rdatatype.RdataType)
    return hashlib.sha256(" ".join(f"{each.__module__}.{each.__qualname__}" for each in classes).encode()).hexdigest()


def flood(lab: Speaker) -> None:
    lab.ready()
    for number in range(20_000):
        lab.fault(f"flood {number} ".ljust(500, "."))
    lab.wait_for_stop()


def send_a_descriptor(lab: Speaker) -> None:
    lab.ready()
    for _ in range(100):
        with socket.socket() as given:
            lab.seq += 1
            frame = encode(Happened(Fault(seq=lab.seq, at=1, why="with a descriptor")))
            socket.send_fds(lab.cell.control, [frame], [given.fileno()])
    lab.wait_for_stop()


def speak_raw(octets: bytes) -> Callable[[Speaker], None]:
    def speak(lab: Speaker) -> None:
        lab.ready()
        lab.fault("before")
        lab.cell.control.sendall(octets)
        time.sleep(60)

    return speak


def say(message: object) -> Callable[[Speaker], None]:
    return speak_raw(encode(message))  # type: ignore[arg-type]


HOME = End("mx.halva.fr", "10.0.0.1", 1)
# Each breaks the control protocol, after it said one event that does not.
BREAKS: dict[str, Callable[[Speaker], None]] = {
    "cites an event to come": say(Happened(Fault(seq=2, at=1, why="x", because=3))),
    "cites itself": say(Happened(Fault(seq=2, at=1, why="x", because=2))),
    "leaves a number out": say(Happened(Fault(seq=3, at=1, why="x"))),
    "says a number twice": say(Happened(Fault(seq=1, at=1, why="x"))),
    "writes what its owner writes": say(Happened(Lab(seq=2, at=1, change="ended", start=1))),
    "judges a goal": say(Happened(GoalJudged(seq=2, at=1, goal="greet", title="Greet", status="met"))),
    "records a line that nobody typed": say(
        Happened(Console(seq=2, at=1, console=1, action="typed", raw=b"", client_id="forged"))
    ),
    "speaks of another start's connection": say(
        Happened(Opened(seq=2, at=1, conn="7.1", protocol="smtp", client=HOME, server=HOME))
    ),
    "tells a time that no log holds": say(Happened(Fault(seq=2, at=-1, why="x"))),
    "says more than fits": say(Happened(Fault(seq=2, at=1, why="x" * (limits.EVENT_TEXT + 1)))),
    "says a NUL": say(Happened(Fault(seq=2, at=1, why="\0"))),
    "says a NUL in a list": say(Happened(Cached(seq=2, at=1, host="x", records=("\0",)))),
    "says half a surrogate pair": say(Happened(Fault(seq=2, at=1, why="\ud800"))),
    "is ready twice": say(Ready([], [])),
    "sends packets that nobody asked for": say(Packets(b"")),
    "announces a frame over the limit": speak_raw(b"\xff\xff\xff\xff\0\0\0\0"),
    "announces a head longer than its frame": speak_raw(b"\0\0\0\x08\0\0\0\x09{}{}"),
    "says no JSON": speak_raw(b"\0\0\0\x08\0\0\0\x04????"),
    "nests deeply": speak_raw(struct.pack(">II", 200_004, 200_000) + b"[" * 200_000),
    "says a message of the other direction": say(Stop()),
}


# What no server of ours says, and what breaks the control protocol no more than that.
BABBLE: list[Event] = [
    Line(seq=1, at=1, conn="1.1", protocol="x", side="S", raw=b"\xff", state="nowhere", why="because"),
    Line(seq=2, at=1, conn="1.1", protocol="ftp", side="S", raw=b"200 \xff", state="nowhere", because=1),
    Line(seq=3, at=1, conn="1.1", protocol="smtp", side="C", raw=b"", state="nowhere"),
    Delivered(seq=4, at=1, conn="1.1", mailbox="", sender="", raw=b"\xff: \xff\r\n=?x?q?=ff?=\xff\r\n\r\n\xff"),
    Line(seq=5, at=1, conn="1.1", protocol="ftp", side="C", raw=b"\xff\xfaPASS \xff", state="nowhere"),
    Message(
        seq=6, at=1, protocol="dns", transport="udp", side="S", client=HOME, server=HOME, raw=b"\0" * 3 + b"\xff" * 40
    ),
    Message(
        seq=7,
        at=1,
        protocol="x",
        transport="udp",
        side="S",
        client=HOME,
        server=HOME,
        raw=b"",
        why="recursed",
        about=("²",),
    ),
    ZoneEdited(seq=8, at=1, zone="lentil.edu", serial=1, why="loaded", raw=b"\xff$INCLUDE /"),
    Opened(seq=9, at=1, conn="1.1", protocol="", purpose="data", client=HOME, server=HOME, because=8),
    Transferred(seq=10, at=1, conn="1.1", side="S", length=2**62, kept=0, path="\u202e"),
    TreeChanged(seq=11, at=1, host="", change="renamed", path="*", to=""),
]


def babble(lab: Speaker) -> None:
    lab.ready()
    for event in BABBLE:
        lab.cell.control.sendall(encode(Happened(event)))
    lab.wait_for_stop()


def speak_too_early(lab: Speaker) -> None:
    lab.cell.control.setblocking(True)
    lab.fault("early")
    time.sleep(60)


def say_nothing(lab: Speaker) -> None:
    time.sleep(60)


def go_deaf(lab: Speaker) -> None:
    lab.ready()
    time.sleep(60)


def die(lab: Speaker) -> None:
    lab.ready()
    lab.fault("last words")
    os._exit(3)


def behave(lab: Speaker) -> None:
    lab.ready()
    lab.wait_for_stop()


def lose_packets(lab: Speaker) -> None:
    lab.ready()
    lab.cell.control.sendall(encode(Packets(b"records")) + encode(Stopped(3)))


PLOTS: dict[str, Callable[[Speaker], None]] = {
    "attacks": attack_all,
    "reaches": reach_the_host,
    "imports": import_lazily,
    "floods": flood,
    "babbles": babble,
    "gives descriptors away": send_a_descriptor,
    "speaks too early": speak_too_early,
    "says nothing": say_nothing,
    "goes deaf": go_deaf,
    "dies": die,
    "loses packets": lose_packets,
} | BREAKS


def run(cell: Cell) -> None:
    title = cell.world.title
    plot = PLOTS.get(title) or PLOTS.get(title.split()[0], behave)
    plot(Speaker(cell))


if __name__ == "__main__":
    zygote.main(run)
