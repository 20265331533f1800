"""Causes about how data are represented and sent: TYPE, STRU, MODE, OPTS."""

from __future__ import annotations

from protocols.ftp.causes.cause import USER, Cause

TYPE = USER | {"type"}

CAUSES = (
    Cause(
        why="type-ok",
        code="200",
        words="Type set to {type}",
        says="The representation type is agreed on, and holds for every transfer until you change it. A is text, whose "
        "lines end in CR LF on the wire whatever they end in at either side; I, and L 8, are octets that nobody "
        "touches.",
        references=((959, "3.1.1"), (959, "4.1.2")),
        knows=TYPE,
    ),
    Cause(
        why="type-ebcdic",
        code="504",
        words="EBCDIC is not implemented here",
        says="TYPE E is text in EBCDIC, the character code of IBM's mainframes. This server's files are in ASCII or "
        "UTF-8, and it does not convert them.",
        help="Say TYPE A for text, or TYPE I for octets as they are.",
        references=((959, "3.1.1.2"), (959, "4.1.2")),
    ),
    Cause(
        why="type-format",
        code="504",
        words="Only the format Non-print is implemented here",
        says="The second letter says how text moves a printer's paper: N not at all, T by control characters, C by the "
        "first column as Fortran has it. Here nothing is printed, so there is N only.",
        help="Say TYPE A or TYPE A N, which is the same.",
        references=((959, "3.1.1.5"), (959, "3.1.1.5.1")),
    ),
    Cause(
        why="type-byte-size",
        code="504",
        words="Only bytes of 8 bits are implemented here",
        says="TYPE L gives the size of a logical byte in bits: there were machines with bytes of 6, 7, 9 or 36. This "
        "one has octets, so 8 is the only size that it takes.",
        help="Say TYPE L 8 or TYPE I.",
        references=((959, "3.1.1.4"), (1123, "4.1.2.1")),
    ),
    Cause(
        why="type-bad",
        code="501",
        words="TYPE is A, E, I or L",
        says="After TYPE comes A, E, I, or L with a byte size; after A and E also N, T or C. Yours is none of these.",
        help="Most files go well with TYPE A, which is text, or TYPE I, which is octets.",
        references=((959, "5.3.2"), (959, "4.1.2")),
    ),
    Cause(
        why="structure-ok",
        code="200",
        words="Structure set to F",
        says="File structure means that a file is a run of octets without an inner structure. It is what a session "
        "begins with.",
        references=((959, "3.1.2.1"), (959, "4.1.2")),
        knows=USER,
    ),
    Cause(
        why="structure-record",
        code="504",
        words="Record structure is not implemented here",
        says="STRU R sees a file as a sequence of records, as mainframes keep them. This server's files have no "
        "records.",
        help="Say STRU F; text lines go well with it and TYPE A.",
        references=((959, "3.1.2.2"), (1123, "4.1.2.13")),
    ),
    Cause(
        why="structure-page",
        code="504",
        words="Page structure is not implemented here",
        says="STRU P sends a file as numbered pages, with holes between them. It was made for the system TOPS-20, and "
        "later standards advise against it.",
        help="Say STRU F to go on.",
        references=((959, "3.1.2.3"), (1123, "4.1.2.3")),
    ),
    Cause(
        why="structure-bad",
        code="501",
        words="STRU is F, R or P",
        says="After STRU comes one letter: F for file, R for record, P for page. Yours is none of these.",
        help="Say STRU F.",
        references=((959, "4.1.2"), (959, "5.3.2")),
    ),
    Cause(
        why="mode-ok",
        code="200",
        words="Mode set to S",
        says="Stream mode sends a file's octets as they are, one after the other. Nothing in them marks the end: the "
        "end of the data connection does.",
        references=((959, "3.4.1"), (959, "4.1.2")),
        knows=USER,
    ),
    Cause(
        why="mode-block",
        code="504",
        words="Block mode is not implemented here",
        says="MODE B sends a file in blocks, each with a header that says how long it is and whether it is the last. "
        "With it a data connection can stay open for the next file. This server has stream mode only.",
        help="Say MODE S, or leave MODE out: a session begins with S.",
        references=((959, "3.4.2"), (959, "4.1.2")),
    ),
    Cause(
        why="mode-compressed",
        code="504",
        words="Compressed mode is not implemented here",
        says="MODE C sends an octet that repeats as a count and the octet, so that runs of spaces take less time. This "
        "server has stream mode only.",
        help="Stay with MODE S, with which a session begins.",
        references=((959, "3.4.3"), (959, "4.1.2")),
    ),
    Cause(
        why="mode-bad",
        code="501",
        words="MODE is S, B or C",
        says="After MODE comes one letter: S for stream, B for block, C for compressed. Yours is none of these.",
        help="Say MODE S and no more.",
        references=((959, "4.1.2"), (959, "5.3.2")),
    ),
    Cause(
        why="opts-ok",
        code="200",
        words="Option is set",
        says="OPTS tells the server how a command is to behave from now on. The server knows this option and has set "
        "it. UTF8 ON changes nothing here: names are always in UTF-8.",
        references=((2389, "4"), (3659, "7.9")),
        knows=USER,
    ),
    Cause(
        why="facts-chosen",
        needs=frozenset({"facts"}),
        code="200",
        words="MLST OPTS{facts}",
        says="OPTS MLST chooses the facts that MLST and MLSD tell from now on. The reply names those that the server "
        "knows; what it does not know it leaves out.",
        references=((3659, "7.9"), (3659, "7.8")),
        knows=USER | {"facts"},
    ),
    Cause(
        why="opts-unknown",
        code="501",
        words="That option is not known here",
        says="OPTS sets options of a command, and this server has two of them: UTF8 ON, and MLST with the facts that "
        "it is to list. Yours is neither.",
        help="Say FEAT to see what the server offers; its line MLST names the facts.",
        references=((2389, "4"), (3659, "7.9")),
    ),
)
