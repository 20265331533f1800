"""The vocabulary of goals as an author is told of it: what each key means, what stands under it, and an example."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.goals.fields import FIELDS
from protocols.goals.reader import VOCABULARY


@dataclass(frozen=True, slots=True)
class Field:
    """A key within a key of the vocabulary. `words` say what it can be, `choices` are all that it can be, where those
    are few."""

    name: str
    is_needed: bool
    words: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A key of the vocabulary. `example` is a goal that has it, in YAML."""

    key: str
    meaning: str
    fields: tuple[Field, ...]
    example: str


def list_words() -> list[Word]:
    """The vocabulary, in the order in which it is told."""
    return [Word(key, MEANINGS[key], _list_fields(key), EXAMPLES[key]) for key in VOCABULARY]


def _list_fields(key: str) -> tuple[Field, ...]:
    if key not in FIELDS:
        return ()
    kinds = [(True, *item) for item in FIELDS[key].needed.items()]
    kinds += [(False, *item) for item in FIELDS[key].known.items()]
    return tuple(Field(name, is_needed, kind.words, kind.choices) for is_needed, name, kind in kinds)


MEANINGS = {
    "command": "The student's client sends a command: one of these verbs, with such an argument.",
    "reply": "The server replies with such a code; to one of these verbs, where you name some; with such a text.",
    "state": "A session comes into this state. The lab's page draws the states of each protocol.",
    "delivered": "A message is put into a mailbox.",
    "stored": "A file is on a host, new or anew.",
    "fetched": "A file has gone to the client over a data connection, to its end.",
    "listed": "A list of files has gone to the client over a data connection, to its end.",
    "gone": "A file or directory is removed, or has another name now.",
    "data connection": "A data connection is opened: active, by the server; passive, by the client.",
    "answer": "A name server answers a question. by is how it was asked: recursion has the RD bit, iteration has not.",
    "record": "A zone that was edited in the lab has this record.",
    "secret in the clear": "A password goes over a connection that is not secured.",
    "question": "You ask, and the student answers. What is right is read in the student's own transcript.",
    "all": "Each of these is met.",
    "any": "One of these is met.",
    "in order": "Each of these is met by what comes after that which met the one before.",
    "on one connection": "It is met within one connection, its data connections included.",
    "never": "It must not happen: kept so far, and settled when the attempt is submitted.",
}

EXAMPLES = {
    "command": """\
- title: Greet the server
  needs:
    command: {verb: [HELO, EHLO]}
""",
    "reply": """\
- title: Be refused as an unknown recipient
  needs:
    reply: {code: 55*, to: RCPT}
""",
    "state": """\
- title: Log in
  needs:
    state: {protocol: ftp, state: ready}
""",
    "delivered": """\
- title: Deliver a message to Bob
  points: 2
  needs:
    delivered:
      to: bob@lentil.edu
      from: alice@halva.fr
      header: {Subject: "*dahl*"}
""",
    "stored": """\
- title: Store soup.txt in binary
  needs:
    stored: {path: /pub/soup.txt, type: I}
""",
    "fetched": """\
- title: Fetch the recipe
  needs:
    fetched: {path: "*/recipe.txt"}
""",
    "listed": """\
- title: List the files over a connection that the server opens
  needs:
    listed: {mode: active}
""",
    "gone": """\
- title: Remove the old menu
  needs:
    gone: {path: /pub/menu.txt}
""",
    "data connection": """\
- title: Let the server open the data connection
  needs:
    data connection: {mode: active}
""",
    "answer": """\
- title: Ask a root server without recursion
  needs:
    answer: {name: www.vuw.ac.nz, server: a.root-servers.net, by: iteration}
""",
    "record": """\
- title: Give naan an address
  needs:
    record: {zone: lentil.edu, name: naan.lentil.edu, type: A, data: 10.2.0.77}
""",
    "secret in the clear": """\
- title: Send no password in the clear
  needs:
    never: {secret in the clear: {}}
""",
    "question": """\
- title: Which port did the server open?
  key: port
  needs:
    question:
      ask: Which port did the server open for the list?
      answer: data port
      of: {data connection: {mode: passive}}
""",
    "all": """\
- title: Name sender and recipient
  needs:
    all:
      - command: {verb: MAIL}
      - command: {verb: RCPT}
""",
    "any": """\
- title: Open a data connection, either way
  needs:
    any:
      - command: {verb: [PASV, EPSV]}
      - command: {verb: [PORT, EPRT]}
""",
    "in order": """\
- title: Be refused, then accepted
  needs:
    in order:
      - reply: {code: 5*, to: RCPT}
      - reply: {code: 250, to: RCPT}
""",
    "on one connection": """\
- title: Do both on one connection
  needs:
    on one connection:
      all:
        - command: {verb: LIST}
        - command: {verb: RETR}
""",
    "never": """\
- title: Make no mistake
  needs:
    never:
      reply: {code: 5*}
""",
}
