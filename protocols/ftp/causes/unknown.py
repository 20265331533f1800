"""Causes about lines that are no command of this server, or lack what their verb needs."""

from __future__ import annotations

from protocols import limits
from protocols.ftp.causes.cause import Cause

CAUSES = (
    Cause(
        why="unknown-command",
        code="500",
        words="Command not understood",
        says="A command starts with one of FTP's verbs, and {verb} is none of them.",
        help="Check the spelling, or say HELP to see the verbs.",
        references=((959, "4.2.1"), (959, "5.3.1")),
    ),
    Cause(
        why="empty-line",
        code="500",
        words="The line is empty",
        says="Every line on the control connection is a command, and an empty one commands nothing.",
        help="Type a command, such as PWD.",
        references=((959, "5.3"), (959, "4.1")),
    ),
    Cause(
        why="line-too-long",
        code="500",
        words="The line is too long",
        says=f"A command line has at most {limits.FTP_COMMAND_LINE:,} octets here, its CR LF included. The server read "
        "yours to its end and did nothing with it.",
        help="Send a shorter command.",
        references=((959, "4.2.1"), (959, "5.3.1")),
    ),
    Cause(
        why="control-octets",
        code="500",
        words="Commands are printable",
        says="Your line has an octet that cannot be printed, such as NUL, a backspace or a bare CR. A terminal sends "
        "one when a cursor key or the delete key reaches the wire.",
        help="Type the command again without cursor or delete keys.",
        references=((959, "5.3.1"), (959, "5.3")),
    ),
    Cause(
        why="not-offered",
        code="502",
        words="Not implemented here",
        says="{verb} is a verb of FTP or of one of its extensions, and this server does not have it: it does without "
        "TLS, without other languages, without virtual hosts and without mounting. Here you are meant to read what "
        "goes over the wire.",
        help="Say FEAT or HELP to see what the server has, and use no real password in a lab.",
        references=((959, "4.2.1"), (2389, "3.2"), (2228, "3")),
    ),
    Cause(
        why="http-spoken",
        code="500",
        words="This is an FTP server, not a web server",
        says="{verb} is a request of HTTP. This port speaks FTP, where a file is fetched with RETR over a connection "
        "of its own.",
        help="Say USER and a user's name to speak FTP.",
        references=((959, "4.2.1"), (9110, "9.1")),
    ),
    Cause(
        why="other-protocol",
        code="500",
        words="That is a command of another protocol",
        says="{verb} belongs to another protocol, such as SMTP, POP3 or IMAP. FTP carries files and knows neither "
        "senders nor mailboxes.",
        help="Say HELP to see what an FTP server understands.",
        references=((959, "4.1"), (959, "4.2.1")),
    ),
    Cause(
        why="client-command",
        code="500",
        words="That is a command for your client, not for the server",
        says="{verb} is what people type to their FTP program. The program makes commands of the protocol of it, such "
        "as RETR for get, and only those go over the wire. Yours went to the server as it is.",
        help="Type ls, dir, get, put or cd in lower case, and your client takes it; or say what it would: NLST, LIST, "
        "RETR, STOR, CWD, and QUIT for bye.",
        references=((959, "2.3"), (959, "4.1")),
    ),
    Cause(
        why="reply-from-client",
        code="500",
        words="Replies are the server's part",
        says="Your line starts with a reply code. Codes are what the server says; a client says commands.",
        help="Type the client's lines only, the ones that begin with a verb.",
        references=((959, "4.2"), (959, "2.3")),
    ),
    Cause(
        why="glued-verb",
        code="500",
        words="A space follows the verb",
        says="The verb ends at a space. In your line something else follows it, so the server does not see a verb that "
        "it knows.",
        help="Put a space after the verb, as in PORT 10,0,0,1,4,1 or USER anonymous.",
        references=((959, "5.3.1"), (959, "5.3")),
    ),
    Cause(
        why="leading-space",
        code="500",
        words="A command starts in the first column",
        says="The verb is the first thing on a command line. Yours starts with a space.",
        help="Take away the space at the beginning of the line.",
        references=((959, "5.3"), (959, "5.3.1")),
    ),
    Cause(
        why="argument-missing",
        code="501",
        words="Something has to follow that verb",
        says="{verb} needs an argument, and your line ends behind the verb.",
        help="Say HELP {verb} to see what comes after it.",
        references=((959, "5.3.1"), (959, "4.2.1")),
    ),
    Cause(
        why="argument-unwanted",
        code="501",
        words="Nothing may follow that verb",
        says="{verb} takes no argument, and something follows it on your line. The server did not act on it.",
        help="Say {verb} alone on its line.",
        references=((959, "5.3.1"), (959, "4.2.1")),
    ),
)
