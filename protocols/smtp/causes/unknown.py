"""Causes about lines that are no command of this server."""

from __future__ import annotations

from protocols import limits
from protocols.smtp.causes.cause import Cause

CAUSES = (
    Cause(
        why="unknown-command",
        code="500",
        enhanced="5.5.1",
        words="Command not recognized",
        says="A command starts with one of SMTP's verbs, and {verb} is none of them.",
        help="Check the spelling, or say HELP to see the verbs.",
        references=((5321, "4.2.4"), (5321, "4.1.1")),
    ),
    Cause(
        why="no-word",
        code="500",
        enhanced="5.5.2",
        words="A command starts with a verb",
        says="A command starts with a verb, and verbs are words of letters. Your line does not start with a letter.",
        help="Start with a verb, such as HELO or MAIL.",
        references=((5321, "4.1.1"), (5321, "2.4")),
    ),
    Cause(
        why="empty-line",
        code="500",
        enhanced="5.5.2",
        words="The line is empty",
        says="Outside a message every line is a command, and an empty one commands nothing.",
        help="Type a command. Empty lines belong in the message, after DATA.",
        references=((5321, "4.1.1"), (5321, "2.4")),
    ),
    Cause(
        why="leading-space",
        code="500",
        enhanced="5.5.2",
        words="A command starts in the first column",
        says="The verb is the first thing on a command line. Yours starts with a space.",
        help="Take away the space at the beginning of the line.",
        references=((5321, "4.1.1"),),
    ),
    Cause(
        why="not-ascii",
        code="500",
        enhanced="5.5.2",
        words="Commands are ASCII",
        says="Your line has octets above 127. Commands and addresses are ASCII, unless a server offers SMTPUTF8; this "
        "one does not.",
        help="Write the command without accents, typographic quotes or dashes.",
        references=((5321, "2.4"), (6531, "3.2")),
    ),
    Cause(
        why="control-octets",
        code="500",
        enhanced="5.5.2",
        words="Commands are printable",
        says="Your line has an octet that cannot be printed, such as NUL, a backspace or a bare CR. A terminal sends "
        "one when a cursor key or the delete key reaches the wire.",
        help="Type the command again without cursor or delete keys.",
        references=((5321, "4.1.2"), (5321, "2.3.8")),
    ),
    Cause(
        why="line-too-long",
        code="500",
        enhanced="5.5.2",
        words="The line is too long",
        says=f"A command line has at most {limits.COMMAND_LINE} octets with its CRLF; a MAIL with parameters a few "
        "more. The server read yours to its end and did nothing with it.",
        help="Send a shorter command.",
        references=((5321, "4.5.3.1.4"), (5321, "4.5.3.1.9")),
    ),
    Cause(
        why="dot-outside-data",
        code="500",
        enhanced="5.5.1",
        words="There is no message to end",
        says="A lone dot ends a message, and none is being sent: after DATA and its 354 it would mean something.",
        help="Say DATA first, then the message, then the dot.",
        references=((5321, "4.1.1.4"), (5321, "4.5.2")),
    ),
    Cause(
        why="header-before-data",
        code="500",
        enhanced="5.5.1",
        words="That is a header field, not a command",
        says="Your line looks like a header field. It belongs to the message, and the message begins after DATA; "
        "outside it the server reads commands.",
        help="Complete the envelope with MAIL FROM and RCPT TO, say DATA, wait for 354, then type header fields.",
        references=((5321, "3.3"), (5322, "2.2")),
    ),
    Cause(
        why="text-before-data",
        code="500",
        enhanced="5.5.1",
        words="That is text, not a command",
        says="Your line looks like text of a message. The message begins after DATA; until then the server takes every "
        "line for a command.",
        help="Complete the envelope with MAIL FROM and RCPT TO and say DATA; the text comes after 354.",
        references=((5321, "3.3"), (5321, "4.1.1.4")),
    ),
    Cause(
        why="reply-from-client",
        code="500",
        enhanced="5.5.1",
        words="Replies are the server's part",
        says="Your line starts with a reply code. Codes are what the server says; a client says commands.",
        help="Type the client's lines only, the ones that begin with a verb.",
        references=((5321, "4.2"), (5321, "2.3.7")),
    ),
    Cause(
        why="textbook-side",
        code="500",
        enhanced="5.5.1",
        words="Leave out the C: or S:",
        says="Books put C: and S: before the lines to tell who says them. They are not on the wire.",
        help="Type the line without its C: and leave the server's lines to the server.",
        references=((5321, "D.1"), (5321, "4.1.1")),
    ),
    Cause(
        why="glued-verb",
        code="500",
        enhanced="5.5.2",
        words="A space follows the verb",
        says="The verb ends at a space. In your line something else follows it, so the server does not see a verb that "
        "it knows.",
        help="Put a space after the verb, not a tab or a colon, as in HELO mx.halva.fr or MAIL FROM:<alice@halva.fr>.",
        references=((5321, "4.1.1"), (5321, "2.4")),
    ),
    Cause(
        why="verb-left-out",
        code="500",
        enhanced="5.5.2",
        words="The verb is missing",
        says="FROM and TO follow a verb. Your line has the address, but does not say what to do with it.",
        help="For the sender say MAIL FROM:, for a recipient RCPT TO:.",
        references=((5321, "4.1.1.2"), (5321, "4.1.1.3")),
    ),
    Cause(
        why="http-spoken",
        code="500",
        enhanced="5.5.1",
        words="This is a mail server, not a web server",
        says="{verb} is a request of HTTP. This port speaks SMTP. Some mail servers hang up on it at once, since "
        "web browsers have been tricked into sending mail.",
        help="Say HELO and your host's name to speak SMTP.",
        references=((5321, "4.2.4"), (9110, "9.1")),
    ),
    Cause(
        why="other-protocol",
        code="500",
        enhanced="5.5.1",
        words="That is a command of another protocol",
        says="{verb} belongs to another protocol, such as FTP, POP3 or IMAP. SMTP only takes mail in; it neither lists "
        "nor fetches anything.",
        help="Say HELP to see what an SMTP server understands.",
        references=((5321, "4.1.1"), (5321, "2.1")),
    ),
    Cause(
        why="client-program",
        code="500",
        enhanced="5.5.1",
        words="You are connected already",
        says="{verb} is for your own host, while nothing is connected. This connection is open, so your line went to "
        "the server, and SMTP has no such verb.",
        help="You are connected, so this went to the server. Say QUIT first, then type it again.",
        references=((5321, "4.2.4"), (5321, "3.1")),
    ),
    Cause(
        why="no-expn",
        code="502",
        enhanced="5.5.1",
        words="EXPN is not implemented here",
        says="EXPN would list the members of a mailing list. This server has no lists, so it does not have the "
        "command; most servers that have lists keep the members to themselves.",
        help="Name each recipient with RCPT TO.",
        references=((5321, "4.1.1.7"), (5321, "4.2.4"), (5321, "7.3")),
    ),
    Cause(
        why="no-starttls",
        code="502",
        enhanced="5.5.1",
        words="TLS is not offered here",
        says="STARTTLS would secure the connection. This server does not offer it: its answer to EHLO does not name "
        "it, and here you are meant to read what goes over the wire.",
        help="Go on without it, and use no real password in a lab.",
        references=((3207, "4"), (5321, "4.2.4")),
    ),
    Cause(
        why="no-auth",
        code="502",
        enhanced="5.5.1",
        words="Authentication is not offered here",
        says="AUTH would prove who you are. A server that takes mail for its own mailboxes takes it from strangers, so "
        "this one does not ask, and does not offer AUTH.",
        help="Go on with MAIL FROM; nobody has to sign in here.",
        references=((4954, "4"), (5321, "4.2.4")),
    ),
    Cause(
        why="no-bdat",
        code="502",
        enhanced="5.5.1",
        words="BDAT is not offered here",
        says="BDAT sends a message in chunks of a given length. The answer to EHLO does not name CHUNKING, so this "
        "server has only DATA.",
        help="Send the message with DATA.",
        references=((3030, "2"), (5321, "4.2.4")),
    ),
    Cause(
        why="obsolete-verb",
        code="502",
        enhanced="5.5.1",
        words="That command is long out of use",
        says="{verb} is in the older SMTP of 1982. It is obsolete, and hardly any server still has it.",
        help="Use MAIL FROM, RCPT TO and DATA.",
        references=((5321, "F.1"), (5321, "F.6")),
    ),
    Cause(
        why="no-such-extension",
        code="502",
        enhanced="5.5.1",
        words="That extension is not offered here",
        says="{verb} belongs to an extension of SMTP or to a relative of it. A client may use only what the answer to "
        "EHLO names, and this is not in it.",
        help="Say EHLO to see what the server offers.",
        references=((5321, "2.2.1"), (5321, "4.2.4")),
    ),
)
