"""Causes about what was done with files and directories, or can be done next."""

from __future__ import annotations

from protocols.ftp.causes.cause import PATH, USER, Cause

OCTETS = PATH | {"octets"}

CAUSES = (
    Cause(
        why="entered",
        code="250",
        words="Directory changed to {path}",
        says="CWD changes the working directory of your session. Names that do not begin with / are looked for in it.",
        references=((959, "4.1.1"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="entered-parent",
        code="200",
        words="Directory changed to its parent, {path}",
        says="CDUP goes one directory up. It is a command of its own because not every system calls the parent .. as "
        "Unix does. At the root it stays where it is.",
        references=((959, "4.1.1"), (959, "II")),
        knows=PATH,
    ),
    Cause(
        why="directory",
        needs=frozenset({"path"}),
        code="257",
        words='"{path}" is the current directory',
        says="PWD asks where you stand. The name is between quotation marks, so that a program can find it in the "
        "reply; a quotation mark within it is written twice.",
        references=((959, "4.1.3"), (959, "II")),
        knows=PATH,
    ),
    Cause(
        why="made",
        needs=frozenset({"path"}),
        code="257",
        words='"{path}" directory created',
        says="MKD made the directory, and it is yours. Its full name stands between quotation marks in the reply, so "
        "that a client can go there.",
        references=((959, "4.1.3"), (959, "II")),
        knows=PATH,
    ),
    Cause(
        why="removed",
        code="250",
        words="File {path} deleted",
        says="DELE removed the file from the server. There is no way back.",
        references=((959, "4.1.3"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="directory-removed",
        code="250",
        words="Directory {path} removed",
        says="RMD removed the directory, which was empty.",
        references=((959, "4.1.3"), (959, "II")),
        knows=PATH,
    ),
    Cause(
        why="rename-from",
        code="350",
        words="{path} exists, ready for the new name",
        says="RNFR names what is to be renamed, and it is there. The server waits for RNTO with the new name, which "
        "has to come at once.",
        references=((959, "4.1.3"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="renamed",
        code="250",
        words="Renamed to {path}",
        says="RNTO completes what RNFR began: the file or directory has its new name.",
        references=((959, "4.1.3"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="rnto-before-rnfr",
        code="503",
        words="Say RNFR before RNTO",
        says="RNTO gives the new name, and has to follow RNFR with the old one at once. The server knows no old name.",
        help="Say RNFR and the old name, then RNTO and the new one.",
        references=((959, "4.1.3"), (959, "5.4")),
    ),
    Cause(
        why="stored-as",
        needs=frozenset({"path"}),
        code="150",
        words="FILE: {path}",
        says="STOU leaves it to the server to find a name that no file has yet. This is it; the octets are stored "
        "under it when they have come.",
        references=((1123, "4.1.2.9"), (959, "4.1.3")),
        knows=PATH,
    ),
    Cause(
        why="restart-at",
        code="350",
        words="Restarting at {octets}, waiting for RETR or STOR",
        says="REST says how many octets of the file to skip: those that came over before the transfer broke off. It "
        "holds for the command that follows, and is forgotten if that is no transfer.",
        references=((3659, "5.3"), (959, "4.1.3")),
        knows=OCTETS,
    ),
    Cause(
        why="restart-bad",
        code="501",
        words="REST is a number of octets",
        says="In stream mode the marker of REST is a number: the octets that went over the wire already. Yours is not "
        "a number.",
        help="Write it in digits, like REST 1000.",
        references=((3659, "5.3"), (959, "4.1.3")),
    ),
    Cause(
        why="restart-beyond",
        code="554",
        words="The file is not that long",
        says="REST named a place behind the end of the file, so there is nothing to go on with.",
        help="Ask for the file's length with SIZE, and restart at a smaller number or at 0.",
        references=((1123, "4.1.3.4"), (3659, "5.3"), (3659, "4")),
        knows=PATH,
    ),
    Cause(
        why="allocated",
        code="202",
        words="No storage needs to be reserved here",
        says="ALLO was for systems that must reserve a file's place before it is stored. This one needs none, so it "
        "does nothing, and says so.",
        references=((959, "4.1.3"), (959, "4.2.1")),
        knows=USER,
    ),
    Cause(
        why="allocate-bad",
        code="501",
        words="ALLO is a number of octets",
        says="ALLO is followed by how much to reserve: a number, and perhaps R and the size of a record.",
        help="Write it like ALLO 1000, or leave it out: this server needs no ALLO.",
        references=((959, "4.1.3"), (959, "5.3.1")),
    ),
    Cause(
        why="size",
        needs=frozenset({"octets"}),
        code="213",
        words="{octets}",
        says="SIZE tells how many octets a transfer of the file would bring with the present type, structure and mode. "
        "With TYPE A each line end counts two, CR and LF, so the number can differ from that with TYPE I.",
        references=((3659, "4"), (3659, "4.1")),
        knows=OCTETS,
    ),
    Cause(
        why="modified",
        needs=frozenset({"time"}),
        code="213",
        words="{time}",
        says="MDTM tells when the file was last modified: year, month, day, hour, minute and second in one number, in "
        "universal time.",
        references=((3659, "3"), (3659, "2.3")),
        knows=PATH | {"time"},
    ),
    Cause(
        why="facts",
        code="250",
        words="Facts of {path}\nEnd",
        says="MLST tells the facts about one file or directory over the control connection, in a form made for "
        "programs. Each is a name and a value: what it is, its size, when it was modified, what you may do to it.",
        references=((3659, "7.2"), (3659, "7.5")),
        knows=PATH,
    ),
    Cause(
        why="lists-directories",
        code="501",
        words="{path}: MLSD lists directories only",
        says="MLSD lists what is in a directory, and that is a file. For the facts about a file itself there is MLST.",
        help="Say MLST and the name, or MLSD and a directory.",
        references=((3659, "7.2.1"), (3659, "7.1")),
        knows=PATH,
    ),
    Cause(
        why="status-of",
        code="213",
        words="Status of {path}\nEnd of status",
        says="STAT with a name is LIST over the control connection: no data connection is needed for a short list.",
        references=((959, "4.1.3"), (959, "5.4")),
        knows=PATH,
    ),
)
