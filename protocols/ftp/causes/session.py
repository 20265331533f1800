"""Causes about the session as a whole: its opening, its end, its limits."""

from __future__ import annotations

from protocols import limits
from protocols.ftp.causes.cause import USER, Cause

CAUSES = (
    Cause(
        why="ready",
        code="220",
        words="{host} FTP server ready",
        says="The server greets whoever connects. This is the control connection: commands and replies go over it, and "
        "no file ever does.",
        references=((959, "5.4"), (959, "2.3")),
    ),
    Cause(
        why="too-many-connections",
        code="421",
        words="{host} has too many connections, try again later",
        says=f"This host serves {limits.CONNECTIONS} connections at once, and all of them are taken. It says so "
        "instead of a greeting and closes the connection.",
        help="Close a connection with QUIT, then connect again.",
        references=((959, "4.2.1"), (959, "5.4")),
    ),
    Cause(
        why="idle",
        code="421",
        words="{host} waited too long, closing connection",
        says=f"The server heard nothing for {limits.IDLE_SECONDS // 60} minutes. It says so and closes the connection, "
        "so that forgotten sessions do not pile up.",
        help="Connect again and log in. Files that were stored are still there.",
        references=((1123, "4.1.3.2"), (959, "4.2.1")),
    ),
    Cause(
        why="lab-ends",
        code="421",
        words="{host} is going down, closing connection",
        says="The lab ends, and its server says so before it closes the connection.",
        help="Open the lab again to go on; the files are kept.",
        references=((959, "4.2.1"),),
    ),
    Cause(
        why="server-failed",
        code="421",
        words="{host} failed, closing connection",
        says="The server failed in a way that is not your doing, and cannot tell any more where the session stands. So "
        "it closes the connection.",
        help="Connect again and log in. If it stays, tell your instructor.",
        references=((959, "4.2.1"),),
    ),
    Cause(
        why="too-many-commands",
        code="421",
        words="{host} has heard enough commands, closing connection",
        says=f"A session may have {limits.COMMANDS:,} commands, and this one had them. The server closes the "
        "connection.",
        help="Connect again and go on there.",
        references=((959, "4.2.1"),),
    ),
    Cause(
        why="local-error",
        code="451",
        words="Something went wrong here, try again",
        says="The server failed at something that is not your doing. 451 tells a client that the same command may work "
        "later; the session goes on.",
        help="Try once more. If it stays, tell your instructor: the fault is in the lab, not in your line.",
        references=((959, "4.2.1"), (959, "5.4")),
    ),
    Cause(
        why="bye",
        code="221",
        words="Goodbye",
        says="You said QUIT, and the server takes its leave. After this line it closes the control connection. A "
        "transfer that was running has come to its end before.",
        references=((959, "4.1.1"), (959, "5.4")),
        knows=USER,
    ),
    Cause(
        why="reinitialized",
        code="220",
        words="{host} is ready for a new user",
        says="REIN logs you out and puts everything back as it was after the greeting: type, structure, mode, "
        "directory, and what was arranged for data. The connection stays, and with it a promise of EPSV ALL.",
        references=((959, "4.1.1"), (959, "5.4")),
    ),
)
