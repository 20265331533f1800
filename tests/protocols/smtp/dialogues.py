"""What to say to an SMTP server to get it into each state, and to get each of its answers."""

from protocols import limits
from protocols.machine import Row
from protocols.smtp.states import MACHINE
from protocols.world import Host, Mail, World

MX = Host(
    "mx.lentil.edu",
    "127.0.0.25",
    Mail(
        domains=("lentil.edu",),
        mailboxes=("alice@lentil.edu", "bob@lentil.edu", "postmaster@lentil.edu"),
        words={
            "ready": "{host} ESMTP ready",
            "hello": "{host} Hello {client}, pleased to meet you",
            "sender-ok": "{sender}... Sender ok",
            "recipient-ok": "{recipient}... Recipient ok",
            "enter-mail": 'Enter mail, end with "." on a line by itself',
            "accepted": "Message accepted for delivery",
            "bye": "{host} closing connection",
        },
    ),
)
WORLD = World(
    "A test's Internet", "mx.halva.fr", (Host("mx.halva.fr", "127.0.0.1"), MX, Host("www.lentil.edu", "127.0.0.80"))
)

CLASSIC = [
    ("S", b"220 mx.lentil.edu ESMTP ready\r\n"),
    ("C", b"HELO mx.halva.fr\r\n"),
    ("S", b"250 mx.lentil.edu Hello mx.halva.fr, pleased to meet you\r\n"),
    ("C", b"MAIL FROM: <alice@halva.fr>\r\n"),
    ("S", b"250 2.1.0 alice@halva.fr... Sender ok\r\n"),
    ("C", b"RCPT TO: <bob@lentil.edu>\r\n"),
    ("S", b"250 2.1.5 bob@lentil.edu... Recipient ok\r\n"),
    ("C", b"DATA\r\n"),
    ("S", b'354 Enter mail, end with "." on a line by itself\r\n'),
    ("C", b"Do you like dahl?\r\n"),
    ("C", b"How about with naan?\r\n"),
    ("C", b".\r\n"),
    ("S", b"250 2.0.0 Message accepted for delivery\r\n"),
    ("C", b"QUIT\r\n"),
    ("S", b"221 2.0.0 mx.lentil.edu closing connection\r\n"),
]

EHLO, HELO = b"EHLO mx.halva.fr\r\n", b"HELO mx.halva.fr\r\n"
MAIL, RCPT, DATA = b"MAIL FROM:<alice@halva.fr>\r\n", b"RCPT TO:<bob@lentil.edu>\r\n", b"DATA\r\n"

# What leads into a state, after the server's greeting.
INTO = {
    "connected": [],
    "greeted": [EHLO],
    "sender": [EHLO, MAIL],
    "recipients": [EHLO, MAIL, RCPT],
    "data": [EHLO, MAIL, RCPT, DATA],
}

PATHS = {
    "no-address": "",
    "missing-bracket": "bob@lentil.edu",
    "unclosed-bracket": "<bob@lentil.edu",
    "name-before-bracket": "Bob <bob@lentil.edu>",
    "text-after-path": "<bob@lentil.edu>x",
    "several-addresses": "<bob@lentil.edu>,<alice@lentil.edu>",
    "empty-path": "< >",
    "no-domain": "<bob>",
    "no-local-part": "<@lentil.edu>",
    "bad-local-part": "<bob..b@lentil.edu>",
    "empty-domain": "<bob@>",
    "bad-domain": "<bob@lentil..edu>",
    "bad-address-literal": "<bob@[10.2.0.256]>",
    "bad-route": "<@a,b:bob@lentil.edu>",
    "local-part-too-long": f"<{'b' * 65}@lentil.edu>",
    "path-too-long": f"<bob@{'a.' * 130}edu>",
    "bad-parameter": "<bob@lentil.edu> =1",
    "parameter-twice": "<bob@lentil.edu> SIZE=1 SIZE=1",
    "unknown-parameter": "<bob@lentil.edu> NOTIFY=NEVER",
}
MAIL_ONLY = {
    "sender-ok": "FROM:<alice@halva.fr> SIZE=100 BODY=8BITMIME",
    "missing-from": "alice@halva.fr",
    "mail-to": "TO:<bob@lentil.edu>",
    "missing-colon": "FROM <alice@halva.fr>",
    "bad-size": "FROM:<alice@halva.fr> SIZE=big",
    "size-too-large": f"FROM:<alice@halva.fr> SIZE={limits.MESSAGE + 1}",
    "bad-body": "FROM:<alice@halva.fr> BODY=9BIT",
    "parameters-without-ehlo": "FROM:<alice@halva.fr> SIZE=100",
}
RCPT_ONLY = {
    "recipient-ok": "TO:<bob@lentil.edu>",
    "missing-to": "bob@lentil.edu",
    "rcpt-from": "FROM:<alice@halva.fr>",
    "missing-colon": "TO <bob@lentil.edu>",
    "unknown-mailbox": "TO:<carol@lentil.edu>",
    "relay-denied": "TO:<alice@halva.fr>",
    "parameters-without-ehlo": "TO:<bob@lentil.edu> NOTIFY=NEVER",
    "too-many-recipients": "TO:<alice@lentil.edu>",
}
NO_COMMAND = {
    "unknown-command": "HELLO mx.halva.fr",
    "no-word": "42",
    "empty-line": "",
    "leading-space": " MAIL FROM:<alice@halva.fr>",
    "header-before-data": "Subject: dahl",
    "text-before-data": "Do you like dahl?",
    "reply-from-client": "250 Ok",
    "textbook-side": "C: HELO mx.halva.fr",
    "glued-verb": "MAILFROM:<alice@halva.fr>",
    "verb-left-out": "TO:<bob@lentil.edu>",
    "http-spoken": "GET / HTTP/1.1",
    "other-protocol": "USER alice",
    "client-program": "telnet mx.lentil.edu 25",
    "no-expn": "EXPN staff",
    "no-starttls": "STARTTLS",
    "no-auth": "AUTH PLAIN",
    "no-bdat": "BDAT 10 LAST",
    "obsolete-verb": "SOML FROM:<alice@halva.fr>",
    "no-such-extension": "ETRN lentil.edu",
}
OTHERS = {
    ("HELO", "hello"): "HELO mx.halva.fr",
    ("EHLO", "hello-extended"): "EHLO mx.halva.fr",
    ("HELO", "hello-without-name"): "HELO",
    ("EHLO", "hello-without-name"): "EHLO",
    ("HELO", "hello-with-bad-name"): "HELO mx halva",
    ("EHLO", "hello-with-bad-name"): "EHLO -.fr",
    ("DATA", "enter-mail"): "DATA",
    ("RSET", "reset"): "RSET",
    ("QUIT", "bye"): "QUIT",
    ("NOOP", "nothing-done"): "NOOP whatever",
    ("VRFY", "not-verified"): "VRFY bob",
    ("VRFY", "verify-whom"): "VRFY",
    ("HELP", "help"): "HELP",
    ("HELP", "help-on-verb"): "help mail",
    ("HELP", "no-help-on-that"): "HELP me",
    (".", "dot-outside-data"): ".",
    (".", "accepted"): ".",
    (".", "message-too-large"): "x" * limits.TEXT_LINE + "\r\n.",
    (".", "text-line-too-long"): "x" * limits.TEXT_LINE + "\r\n.",
}


def line_for(row: Row) -> bytes | None:
    """What the client says for the server to answer with `row`; None where the row is not about what it says."""
    verb, why = row.verb, row.why
    if verb == "" or why in ("local-error", "too-many-commands"):
        return None
    if why == "not-ascii":
        return _ended(f"{_word(verb)} caf\xe9")
    if why == "control-octets":
        return _ended(f"{_word(verb)} \x00")
    if why == "line-too-long":
        return _ended(f"{_word(verb)} {'a' * 600}")
    if why == "argument-unwanted":
        return _ended(f"{verb} now")
    if row.code == "503":
        return {"MAIL": MAIL, "RCPT": RCPT, "DATA": DATA}[verb]
    if verb in ("MAIL", "RCPT"):
        own = (MAIL_ONLY if verb == "MAIL" else RCPT_ONLY).get(why)
        path = PATHS.get(why)
        return _ended(f"{verb} {own if own is not None else ('FROM:' if verb == 'MAIL' else 'TO:') + (path or '')}")
    return _ended(NO_COMMAND[why] if verb == "?" else OTHERS[verb, why])


def into(row: Row) -> list[bytes]:
    """What the client says before, to be in the row's state."""
    lines = INTO[row.state]
    return [HELO, *lines[1:]] if row.why == "parameters-without-ehlo" else lines


def rows() -> list[Row]:
    return list(MACHINE.rows)


def _word(verb: str) -> str:
    return "WHAT" if verb == "?" else verb


def _ended(text: str) -> bytes:
    return text.encode("latin-1") + b"\r\n"
