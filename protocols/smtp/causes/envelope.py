"""Causes about the mail transaction: sender, recipients, the message."""

from __future__ import annotations

from protocols import limits
from protocols.smtp.causes.cause import RECIPIENT, SENDER, Cause

CAUSES = (
    Cause(
        why="sender-ok",
        code="250",
        enhanced="2.1.0",
        words="{sender} Sender ok",
        says="MAIL opens a new mail transaction, and the server takes this reverse-path as the envelope's sender. It "
        "is where reports go if the message cannot be delivered. Nobody checks that it is really yours.",
        references=((5321, "4.1.1.2"), (5321, "3.3"), (5321, "7.1")),
        knows=SENDER,
    ),
    Cause(
        why="nested-mail",
        code="503",
        enhanced="5.5.1",
        words="The sender is already given",
        says="A mail transaction has one sender, and this one has it already. MAIL is allowed again after the message, "
        "after RSET, or after a new greeting.",
        help="Go on with RCPT TO, or say RSET to start over with another sender.",
        references=((5321, "4.1.4"), (5321, "3.3")),
    ),
    Cause(
        why="parameters-without-ehlo",
        code="555",
        enhanced="5.5.4",
        words="Parameters need EHLO",
        says="Parameters after the address belong to extensions, and a session greeted with HELO has none.",
        help="Leave out what follows the >, or greet with EHLO instead of HELO.",
        references=((5321, "4.1.1.2"), (5321, "4.1.1.3"), (5321, "4.1.1.11")),
    ),
    Cause(
        why="unknown-parameter",
        code="555",
        enhanced="5.5.4",
        words="That parameter is not known here",
        says="A parameter may be used only if the server's answer to EHLO offered its extension. With MAIL this server "
        "takes SIZE and BODY, with RCPT none.",
        help="Leave that parameter out.",
        references=((5321, "4.1.1.11"), (5321, "4.1.1.3")),
    ),
    Cause(
        why="bad-size",
        code="501",
        enhanced="5.5.4",
        words="SIZE is a number of octets",
        says="SIZE tells the message's size in octets: 1 to 20 digits, and nothing else.",
        help="Write it like SIZE=500, or leave it out.",
        references=((1870, "3"), (1870, "6")),
    ),
    Cause(
        why="size-too-large",
        code="552",
        enhanced="5.3.4",
        words=f"A message is at most {limits.MESSAGE} octets",
        says=f"You announced with SIZE more than the {limits.MESSAGE:,} octets that this server takes, so it refuses "
        "before you send them in vain. That is what SIZE is for.",
        help="Send a smaller message; the limit stands in the answer to EHLO.",
        references=((1870, "6.1"), (5321, "4.5.3.1.7")),
    ),
    Cause(
        why="bad-body",
        code="501",
        enhanced="5.5.4",
        words="BODY is 7BIT or 8BITMIME",
        says="BODY tells what kind of octets the message has. It knows two values, 7BIT and 8BITMIME.",
        help="Write BODY=8BITMIME, or leave it out.",
        references=((6152, "2"),),
    ),
    Cause(
        why="recipient-ok",
        code="250",
        enhanced="2.1.5",
        words="{recipient} Recipient ok",
        says="RCPT adds one recipient to the envelope. The mailbox is here, and the server will put the message into "
        "it. What the message's own To field says makes no difference.",
        references=((5321, "4.1.1.3"), (5321, "3.3"), (5321, "7.2")),
        knows=RECIPIENT,
    ),
    Cause(
        why="rcpt-before-mail",
        code="503",
        enhanced="5.5.1",
        words="Need MAIL before RCPT",
        says="RCPT is allowed after MAIL only.",
        help="The envelope starts with its sender. Say MAIL FROM first, then RCPT TO.",
        references=((5321, "3.3"), (5321, "4.1.4")),
    ),
    Cause(
        why="unknown-mailbox",
        code="550",
        enhanced="5.1.1",
        words="{recipient} No such user here",
        says="This server is responsible for the domain, and has no mailbox of that name in it. The envelope is as "
        "it was before.",
        help="Check the part before the @: the domain is right, but no mailbox in it has that name.",
        references=((5321, "4.1.1.3"), (5321, "3.3")),
        knows=RECIPIENT,
    ),
    Cause(
        why="relay-denied",
        code="550",
        enhanced="5.7.1",
        words="{recipient} Relaying denied",
        says="The recipient's domain is not one of those that this server takes mail for, and it does not carry "
        "strangers' mail elsewhere: an open relay is soon found, and used for spam.",
        help="Name a recipient in this server's own domain, or connect to the server of the recipient's domain.",
        references=((5321, "3.6.2"), (5321, "3.3")),
        knows=RECIPIENT,
    ),
    Cause(
        why="too-many-recipients",
        code="452",
        enhanced="4.5.3",
        words="Too many recipients, send the message to these first",
        says=f"An envelope holds {limits.RECIPIENTS} recipients here, and this one is full. Those accepted so far "
        "stay; the others can get the message in a second transaction.",
        help="Go on with DATA, then send the message again to the rest.",
        references=((5321, "4.5.3.1.8"), (5321, "4.5.3.1.10")),
    ),
    Cause(
        why="enter-mail",
        code="354",
        enhanced="",
        words="Enter mail, end with <CRLF>.<CRLF>",
        says="The envelope is complete, and the server waits for the message. From here on your lines are text and "
        "not commands, until a line that holds nothing but a dot.",
        references=((5321, "4.1.1.4"), (5321, "3.3")),
    ),
    Cause(
        why="data-before-mail",
        code="503",
        enhanced="5.5.1",
        words="Need MAIL and RCPT before DATA",
        says="DATA is allowed once the envelope has a sender and a recipient. Yours has neither.",
        help="An envelope before its letter: say MAIL FROM, then RCPT TO, then DATA.",
        references=((5321, "3.3"), (5321, "4.1.4")),
    ),
    Cause(
        why="data-before-rcpt",
        code="503",
        enhanced="5.5.1",
        words="Need RCPT before DATA",
        says="DATA is allowed once a recipient was accepted. The envelope has a sender and nobody to go to; a refused "
        "RCPT does not count.",
        help="Name somebody who gets the message. Say RCPT TO first, then DATA.",
        references=((5321, "3.3"), (5321, "4.1.4")),
    ),
    Cause(
        why="accepted",
        code="250",
        enhanced="2.0.0",
        words="Message accepted for delivery",
        says="The dot ended the message, and with this line the server takes the responsibility for it: it is in every "
        "recipient's mailbox. The envelope is empty again.",
        references=((5321, "4.1.1.4"), (5321, "4.2.5")),
    ),
    Cause(
        why="message-too-large",
        code="552",
        enhanced="5.3.4",
        words="The message is too large",
        says=f"The message had more than the {limits.MESSAGE:,} octets that this server takes. It read to the dot, "
        "delivered nothing and emptied the envelope.",
        help="Start again with MAIL FROM and send a smaller message.",
        references=((5321, "4.5.3.1.9"), (5321, "4.5.3.1.7"), (1870, "4")),
    ),
    Cause(
        why="text-line-too-long",
        code="500",
        enhanced="5.6.0",
        words="A line of the message is too long",
        says=f"A line of a message has at most {limits.TEXT_LINE:,} octets with its CRLF, and yours had a longer one. "
        "Nothing was delivered, and the envelope is empty.",
        help="Start again with MAIL FROM and break the long lines.",
        references=((5321, "4.5.3.1.6"), (5321, "4.5.3.1.9")),
    ),
)
