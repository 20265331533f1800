"""Causes about the server itself: what it is, what it can, how things stand."""

from __future__ import annotations

from protocols.ftp.causes.cause import PATH, USER, Cause

CAUSES = (
    Cause(
        why="system",
        code="215",
        words="UNIX Type: L8",
        says="SYST asks what kind of system this is. Clients guess from it how LIST is written. Most servers say that "
        "they are Unix, whatever they are, since every client can read the lists of Unix.",
        references=((959, "4.1.3"), (959, "4.2.1")),
        knows=USER,
    ),
    Cause(
        why="status",
        code="211",
        words="{host} FTP server status:\nEnd of status",
        says="STAT alone asks how the session stands: who is logged in, which type, structure and mode hold, and what "
        "is arranged for data.",
        references=((959, "4.1.3"), (959, "5.4")),
        knows=USER,
    ),
    Cause(
        why="status-of-transfer",
        code="211",
        words="Status of the transfer:\nThe transfer goes on",
        says="A transfer runs, and STAT is one of the few commands that are answered meanwhile. It names the "
        "transfer. How much of it went over already it does not say.",
        references=((959, "4.1.3"), (959, "3.3")),
        knows=PATH,
    ),
    Cause(
        why="help",
        code="214",
        words="This server understands:\nSay HELP and a verb to see how it is written",
        says="HELP lists the verbs that this server understands. HELP and a verb shows how that one is written.",
        references=((959, "4.1.3"), (959, "4.2.1")),
    ),
    Cause(
        why="help-on-verb",
        code="214",
        words="It is written so:\nEnd",
        says="HELP and a verb shows the form in which the server expects it. What stands in angle brackets you fill "
        "in, and what stands in square ones you may leave out.",
        references=((959, "4.1.3"), (959, "5.3.1")),
    ),
    Cause(
        why="no-help-on-that",
        code="504",
        words="There is no help on that",
        says="HELP takes one of this server's own verbs, or nothing at all. It knows nothing about what you asked for.",
        help="Say HELP alone to see the verbs it can explain.",
        references=((959, "4.1.3"), (959, "4.2.1")),
    ),
    Cause(
        why="nothing-done",
        code="200",
        words="Nothing done, as you asked",
        says="NOOP does nothing but get this answer. The server is there and listens.",
        references=((959, "4.1.3"), (959, "5.4")),
        knows=USER,
    ),
    Cause(
        why="features",
        code="211",
        words="Extensions supported:\nEnd",
        says="FEAT lists what the server can beyond RFC 959, one feature on each line, each with a space before it. A "
        "client asks this first and uses only what is listed.",
        references=((2389, "3.2"), (2389, "3")),
    ),
    Cause(
        why="site-help",
        code="214",
        words="SITE has no commands here but HELP",
        says="SITE is for what one server has and others do not. This one has nothing of the kind.",
        references=((959, "4.1.3"), (1123, "4.1.2.8")),
    ),
    Cause(
        why="no-site-command",
        code="504",
        words="There is no such SITE command",
        says="What follows SITE is different on every server, and this one has SITE HELP only. Others may change "
        "permissions with SITE CHMOD, for one.",
        help="Say SITE HELP to see what there is.",
        references=((959, "4.1.3"), (1123, "4.1.2.8")),
    ),
)
