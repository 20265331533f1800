"""What to say to an FTP server to get it into each state, and to get each of its answers."""

from collections.abc import Callable
from dataclasses import dataclass, field

from protocols import limits
from protocols.ftp.filesystem import FileSystem, Room
from protocols.ftp.session import Answer, Listen, Session
from protocols.ftp.wire import TRANSFERS
from protocols.machine import Row
from protocols.world import Host, World
from protocols.world.model import Account, File, Ftp

NOW = 1_770_000_000
CLIENT = "127.0.0.1"
HOME = "/home/ecki"
DEEP = f"/{'d' * 252}/{'d' * 252}"  # a name like /file-1 below it is too long a path

ACCOUNTS = (
    Account("ecki", "geheim", home=HOME, quota=1_000),
    Account("audit", "geheim", account="ledger"),
    Account("anonymous", home="/pub", may_write=False),
    Account("lost", "geheim", home="/nowhere/deep"),
    Account("odd", "geheim", home=f"{HOME}/notes.txt/deep"),
    Account("shut", "geheim", home="/locked/deep"),
    Account("far", "geheim", home=DEEP),
)
FILES = (
    File(f"{HOME}/", owner="ecki", mode=0o755),
    File(f"{HOME}/notes.txt", owner="ecki", text="a\nb\n"),
    File(f"{HOME}/empty/", owner="ecki", mode=0o755),
    File(f"{HOME}/full/", owner="ecki", mode=0o755),
    File(f"{HOME}/full/x", owner="ecki", text="x"),
    File("/locked/", mode=0o700),
    File("/pub/readme.txt", text="Read me\n"),
    File("/tmp/", mode=0o777),
    File(f"{DEEP}/", owner="far", mode=0o755),
)
FTP = Host(
    "ftp.eckenfels.net",
    "212.227.90.117",
    ftp=Ftp(
        ACCOUNTS,
        (1_379, 1_390),
        {"ready": "FTP Server ready.", "logged-in": "Welcome to {host}.\n100 files are here.\nUser {user} logged in."},
    ),
    files=FILES,
)
WORLD = World("A test's Internet", "pc.halva.fr", (Host("pc.halva.fr", CLIENT), FTP))


@dataclass(frozen=True)
class Finish:
    """The transfer that runs ends so."""

    why: str = "transfer-complete"
    received: bytes = b""


@dataclass(frozen=True)
class Full:
    """The lab takes no more: no more files and directories, or no more octets."""

    entries: int = limits.FILE_ENTRIES
    octets: int = limits.FILES


Step = bytes | Finish | Full | Callable[[FileSystem], object] | None  # None: the client opens the passive connection


@dataclass
class Talk:
    """A session as its server holds it, without a socket. `port` is the one that it listens on after PASV."""

    host: Host = FTP
    port: int | None = 1_379
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert self.host.ftp
        self.room = Room()
        self.files = FileSystem(self.host.files, {}, self.room, lambda: NOW, self.host.ftp.accounts)
        self.session = Session(self.host, self.files, CLIENT, lambda: NOW)
        self.answers.append(self.session.open())

    def hold(self, *steps: Step) -> Answer:
        """Take these steps, and return the last answer."""
        for step in steps:
            self.take(step)
        return self.answers[-1]

    def take(self, step: Step) -> None:
        if isinstance(step, bytes):
            self.session.receive(step)
        elif isinstance(step, Finish):
            self.answers.append(self.session.finish(step.why, step.received))
        elif isinstance(step, Full):
            self.room.entries, self.room.octets = step.entries, step.octets
        elif step is None:
            self.session.opened()
        else:
            step(self.files)
        while answer := self.session.next():
            self.answers.append(self.session.listening(self.port) if isinstance(answer, Listen) else answer)


def log_in(user: str = "ecki") -> list[Step]:
    return [f"USER {user}\r\n".encode(), b"PASS geheim\r\n"]


PASV, PORT, RNFR = b"PASV\r\n", b"PORT 127,0,0,1,4,1\r\n", b"RNFR notes.txt\r\n"

# What leads into a state, after the server's greeting and, from ready on, the login.
INTO: dict[str, list[Step]] = {
    "connected": [],
    "named": [b"USER ecki\r\n"],
    "account": log_in("audit"),
    "ready": [],
    "renaming": [RNFR],
    "passive": [PASV],
    "active": [PORT],
    "transfer": [PASV],
}

# What comes after the verb for one of its answers, whatever the verb.
_ARGUMENTS = {
    "bad-name": "a\x00b",
    "name-too-long": "a" * 256,
    "path-too-long": "/".join(["a" * 200] * 3),
    "no-such-directory": "nowhere/x",
    "not-a-directory": "notes.txt/x",
    "permission-denied": "/locked/x",
    "no-such-file": "nothing",
    "is-a-directory": "empty",
    "exists": "empty",
    "not-empty": "full",
    "root-stays": "/",
    "account-reads-only": "readme.txt",
    "too-many-files": "new",
    "port-bad": "127,0,0,1,4",
    "eprt-bad": "|1|127.0.0.1|",
    "third-party": "10,0,0,99,4,1",
    "low-port": "127,0,0,1,0,25",
    "network-protocol": "2",
    "epsv-all": "all",
    "epsv-bad": "now",
    "type-ok": "a n",
    "type-ebcdic": "E N",
    "type-format": "A T",
    "type-byte-size": "L 36",
    "type-bad": "X",
    "structure-ok": "f",
    "structure-record": "R",
    "structure-page": "P",
    "structure-bad": "X",
    "mode-ok": "s",
    "mode-block": "B",
    "mode-compressed": "C",
    "mode-bad": "X",
    "restart-at": "2",
    "restart-bad": "two",
    "restart-beyond": "notes.txt",
    "allocated": "100 R 10",
    "allocate-bad": "much",
    "opts-ok": "utf8 on",
    "facts-chosen": "MLST size;nonsense;Type;",
    "opts-unknown": "UTF8 OFF",
    "status-of": "/pub",
    "help-on-verb": "stor",
    "no-help-on-that": "me",
    "site-help": "help",
    "no-site-command": "CHMOD 777 notes.txt",
    "user-guest": "anonymous",
    "login-wrong": "wrong",
    "argument-unwanted": "now",
    "control-octets": "a\x01b",
    "line-too-long": "a" * limits.FTP_COMMAND_LINE,
}
_OF_VERBS = {
    ("CWD", "no-such-directory"): "nowhere",
    ("CWD", "not-a-directory"): "notes.txt",
    ("RMD", "no-such-directory"): "nowhere",
    ("MLSD", "lists-directories"): "notes.txt",
    ("EPRT", "third-party"): "|1|10.0.0.99|1025|",
    ("EPRT", "low-port"): "|1|127.0.0.1|25|",
    ("EPRT", "network-protocol"): "|2|::1|1025|",
    ("RNTO", "root-stays"): "root",
    ("RNTO", "into-itself"): "full/x",
}
# What comes after the verb where all is well.
_WELL = {
    **dict.fromkeys(("SIZE", "MDTM", "MLST", "DELE", "RETR", "APPE", "RNFR"), "notes.txt"),
    **dict.fromkeys(("MKD", "STOR", "RNTO"), "new"),
    **dict.fromkeys(("CWD", "RMD"), "empty"),
    **dict.fromkeys(("LIST", "NLST", "MLSD"), "/pub"),
    "PORT": "127,0,0,1,4,1",
    "EPRT": "|1|127.0.0.1|1025|",
    "TYPE": "I",
    "STRU": "F",
    "MODE": "S",
    "REST": "0",
    "ALLO": "1",
    "OPTS": "UTF8 ON",
    "SITE": "HELP",
    "USER": "ecki",
    "PASS": "geheim",
    "ACCT": "ledger",
}
_NO_COMMAND = {
    "unknown-command": "XYZZY",
    "empty-line": "",
    "line-too-long": "WHAT " + "a" * limits.FTP_COMMAND_LINE,
    "control-octets": "WHAT\x00",
    "not-offered": "AUTH TLS",
    "http-spoken": "GET / HTTP/1.1",
    "other-protocol": "HELO mx.halva.fr",
    "client-command": "ls -l",
    "reply-from-client": "200 Ok",
    "glued-verb": "PORT127,0,0,1,4,1",
    "leading-space": " PWD",
}
_IN_TRANSFER = {"STOR": "file-1", "APPE": "file-1", "RETR": "../notes.txt"}  # file-1 is what STOU makes
_HOMES = {"no-such-directory": "lost", "not-a-directory": "odd", "permission-denied": "shut", "path-too-long": "far"}


def line_for(row: Row) -> bytes | None:
    """What the client says for the server to answer with `row`; None where the row is not about what it says."""
    verb, why = row.verb, row.why
    if verb == "" or why in ("local-error", "too-many-commands"):
        return None
    if verb == "?":
        return _ended(_NO_COMMAND[why])
    if why in ("argument-missing", "user-missing", "status", "help", "no-passive-port"):
        return _ended(verb)
    if verb in ("CDUP", "STOU") and why not in ("control-octets", "line-too-long", "argument-unwanted"):
        return _ended(verb)
    argument = _OF_VERBS.get((verb, why), _ARGUMENTS.get(why, _WELL.get(verb, "")))
    return _ended(f"{verb} {argument}".rstrip(" "))


def before(row: Row) -> list[Step]:
    """What is done before, for that answer: the login, the way into the state, and what the cause needs."""
    need = _need(row)
    if row.state == "renaming" and row.why == "after-epsv-all":
        return [*_login(row), *need, *_way(row)]  # any command ends a renaming
    return [*_login(row), *_way(row), *need]


def into(state: str) -> list[Step]:
    """What is done to get into a state."""
    steps = INTO[state] if state in ("connected", "named", "account") else [*log_in(), *INTO[state]]
    return [*steps, b"RETR notes.txt\r\n"] if state == "transfer" else steps


def _login(row: Row) -> list[Step]:
    if row.state in ("connected", "named", "account"):
        return []
    if row.verb in ("CDUP", "STOU") and row.why in _HOMES and row.state != "transfer":
        return log_in(_HOMES[row.why])
    return log_in("anonymous" if row.why == "account-reads-only" else "ecki")


def _way(row: Row) -> list[Step]:
    if row.why == "account-needed":
        return [b"USER audit\r\n"]
    if row.state == "transfer":
        verb = row.verb if row.verb in TRANSFERS else "RETR"
        return [b"CWD empty\r\n", PASV, _ended(f"{verb} {_IN_TRANSFER.get(verb, '')}".strip(" "))]
    if row.verb == "RNTO" and row.state in ("renaming", "passive", "active"):
        arranged = INTO[row.state] if row.state != "renaming" else []
        old = {
            "root-stays": "/",
            "into-itself": "full",
            "not-a-directory": "full",
            "account-reads-only": "readme.txt",
        }.get(row.why, "notes.txt")
        return arranged if row.why == "rnto-before-rnfr" else [*arranged, _ended(f"RNFR {old}")]
    if row.state == "renaming":
        return [b"RNFR /\r\n"]
    return INTO[row.state]


def _need(row: Row) -> list[Step]:
    if row.why == "after-epsv-all":
        return [b"EPSV ALL\r\n"]
    if row.why == "restart-beyond":
        return [b"REST 1000\r\n"]
    if row.why == "already-open":
        return [None]
    if row.why == "too-many-files":
        return [Full(entries=0)]
    if row.verb == "RNTO" and row.why == "no-such-file":
        return [lambda files: files.remove(None, f"{HOME}/notes.txt")]
    return []


def _ended(text: str) -> bytes:
    return text.encode("latin-1") + b"\r\n"
