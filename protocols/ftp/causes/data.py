"""Causes about data connections: how they are arranged, opened and ended."""

from __future__ import annotations

from protocols import limits
from protocols.ftp.causes.cause import PATH, PORT, USER, Cause

CAUSES = (
    Cause(
        why="port-ok",
        code="200",
        words="PORT command successful",
        says="Active mode is arranged: the server knows where you listen. It opens the data connection from its port "
        "20 to that place when a transfer begins, and not before.",
        references=((959, "4.1.2"), (959, "3.2")),
        knows=PORT,
    ),
    Cause(
        why="eprt-ok",
        code="200",
        words="EPRT command successful",
        says="Active mode is arranged by EPRT, which says the same as PORT for any kind of address. The server "
        "connects from its port 20 when a transfer begins.",
        references=((2428, "2"), (959, "3.2")),
        knows=PORT,
    ),
    Cause(
        why="port-bad",
        code="501",
        words="PORT is six numbers from 0 to 255, with commas between them",
        says="PORT takes six numbers: four are your address, and two are the port, the first of them times 256 plus "
        "the second. Yours are not that.",
        help="Write them like PORT 10,0,0,1,4,1, which is port 4*256+1 = 1025 of 10.0.0.1.",
        references=((959, "4.1.2"), (959, "5.3.2")),
    ),
    Cause(
        why="eprt-bad",
        code="501",
        words="EPRT is a protocol, an address and a port, each between bars",
        says="EPRT takes a number for the network protocol, the address and the port, with the same sign before, "
        "between and after them. Yours is written otherwise.",
        help="Write it like EPRT |1|10.0.0.1|1025|, where 1 stands for IPv4.",
        references=((2428, "2"),),
    ),
    Cause(
        why="epsv-bad",
        code="501",
        words="EPSV is followed by nothing, by a network protocol, or by ALL",
        says="EPSV needs no argument. It may have the number of a network protocol, which is 1 for IPv4, or ALL. Yours "
        "is neither.",
        help="Say EPSV alone.",
        references=((2428, "3"), (2428, "4")),
    ),
    Cause(
        why="third-party",
        code="504",
        words="Data goes to the address that you connect from, and to no other",
        says="The address is not the one that your control connection comes from. A server that sends files wherever "
        "it is told to can be used to attack a third party in its name, the bounce attack. So this one refuses.",
        help="Give the address of your own host, which is the one you are connected from.",
        references=((2577, "3"), (2577, "2")),
        knows=PORT,
    ),
    Cause(
        why="low-port",
        code="504",
        words="Ports below 1024 are not for data",
        says="Below port 1024 the well-known services listen, mail on 25 for one. A file sent there could be read as "
        "commands, so the server connects to none of these ports.",
        help="Listen on a port from 1024 up: the last two numbers of PORT are then at least 4,0.",
        references=((2577, "3"), (2577, "2")),
        knows=PORT,
    ),
    Cause(
        why="network-protocol",
        code="522",
        words="Network protocol not supported, use (1)",
        says="The first number is the network protocol: 1 is IPv4, 2 is IPv6. This Internet has IPv4 only, and the "
        "reply lists in parentheses what the server can use.",
        help="Use protocol 1 with an IPv4 address.",
        references=((2428, "2"), (2428, "3")),
    ),
    Cause(
        why="passive",
        needs=frozenset({"host_port"}),
        code="227",
        words="Entering Passive Mode ({host_port})",
        says="Passive mode is arranged: the server listens, and you open the data connection to it. The six numbers "
        "say where.",
        references=((959, "4.1.2"), (1123, "4.1.2.6")),
        knows=PORT,
    ),
    Cause(
        why="extended-passive",
        needs=frozenset({"port"}),
        code="229",
        words="Entering Extended Passive Mode (|||{port}|)",
        says="The server listens, and you open the data connection to it. EPSV is answered with the port alone: the "
        "address is the one that you are connected to, whatever its kind.",
        references=((2428, "3"), (959, "4.1.2")),
        knows=PORT,
    ),
    Cause(
        why="epsv-all",
        code="200",
        words="EPSV only from now on",
        says="With EPSV ALL you promise to arrange data connections with EPSV and in no other way for the rest of this "
        "session. A network address translator on the way may rely on it, and stop looking for addresses.",
        references=((2428, "4"), (2428, "3")),
        knows=USER,
    ),
    Cause(
        why="after-epsv-all",
        code="503",
        words="After EPSV ALL there is only EPSV",
        says="You said EPSV ALL before, and that holds for the whole session: the server must refuse {verb} from then "
        "on.",
        help="Say EPSV. To be free again, connect anew.",
        references=((2428, "4"),),
    ),
    Cause(
        why="no-passive-port",
        code="425",
        words="No port is free to listen on",
        says="The server listens on a few ports only, and all of them are taken by transfers of others.",
        help="Try again in a moment, or use PORT.",
        references=((959, "4.2.1"), (1123, "4.1.2.6")),
    ),
    Cause(
        why="no-data-connection",
        code="425",
        words="Use PORT or PASV first",
        says="{verb} needs a data connection, and none is arranged. The standard would let the server connect to the "
        "port that your control connection comes from, but hardly anything works that way today.",
        help="Say PASV to have the server listen, or PORT to listen yourself, before each transfer.",
        references=((959, "3.2"), (959, "3.3"), (1123, "4.1.2.5")),
    ),
    Cause(
        why="cannot-connect",
        code="425",
        words="Cannot open the data connection",
        says="The data connection did not come about. After PORT or EPRT nobody listened at the place that you named; "
        f"after PASV or EPSV nobody connected within {limits.PASSIVE_SECONDS} seconds. Nothing was transferred.",
        help="Arrange it again with PASV or PORT; after PORT listen on that port before you ask for the transfer.",
        references=((959, "3.2"), (959, "4.2.1")),
        knows=PATH,
    ),
    Cause(
        why="opening",
        code="150",
        words="Opening data connection for {path}",
        says="The first digit is 1: the server has begun, and a second reply follows when it is done. Now the data "
        "connection opens and the octets go over it.",
        references=((959, "4.2"), (959, "5.4"), (959, "3.2")),
        knows=PATH,
    ),
    Cause(
        why="already-open",
        code="125",
        words="Data connection already open, starting the transfer",
        says="You opened the data connection before you asked for the transfer, so it only has to begin. A second "
        "reply follows when it is done.",
        references=((959, "4.2"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="transfer-complete",
        code="226",
        words="Transfer complete",
        says="The whole of it went over the data connection, and the connection is closed: in stream mode that is how "
        "the end of a file is told. The next transfer needs a new one.",
        references=((959, "3.4.1"), (959, "3.3"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="connection-lost",
        code="426",
        words="Data connection lost, transfer broken off",
        says="The data connection broke before the transfer was complete. Of what you sent nothing is stored, and the "
        "file that was there before is as it was.",
        help="Arrange a new data connection and ask for the transfer again.",
        references=((959, "4.2.1"), (959, "3.3")),
        knows=PATH,
    ),
    Cause(
        why="transfer-idle",
        code="426",
        words="Data connection idle for too long, transfer broken off",
        says=f"No octet went over the data connection for {limits.DATA_IDLE_SECONDS} seconds, so the server closed it. "
        "Nothing of an unfinished file is stored.",
        help="Arrange a data connection, and send or read at once when it is open.",
        references=((959, "4.2.1"), (959, "3.2")),
        knows=PATH,
    ),
    Cause(
        why="transfer-aborted",
        code="426",
        words="Transfer broken off, as you asked",
        says="This answers the transfer command, which ABOR broke off: the data connection is closed. Nothing of an "
        "unfinished file is stored. The answer to ABOR itself comes next.",
        help="This is what you asked for. Arrange a data connection to begin the transfer again.",
        references=((959, "4.1.3"), (959, "4.2.1")),
        knows=PATH,
    ),
    Cause(
        why="aborted",
        code="226",
        words="Abort successful",
        says="ABOR has done its work: the transfer is over and its data connection closed. The control connection "
        "stays, and so do the login and the settings.",
        references=((959, "4.1.3"), (959, "5.4")),
        knows=USER,
    ),
    Cause(
        why="nothing-to-abort",
        code="226",
        words="There is no transfer to abort",
        says="No transfer was running, or it had ended before ABOR arrived. That is no failure: nothing is left to do.",
        references=((959, "4.1.3"), (959, "5.4")),
        knows=USER,
    ),
)
