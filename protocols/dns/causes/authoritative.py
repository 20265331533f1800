"""Causes of what an authoritative server answers, and of what any server refuses."""

from __future__ import annotations

from protocols.dns.causes.cause import Cause

_OWN = "{server} is authoritative for {zone}"

CAUSES = (
    Cause(
        why="authoritative",
        about=("zone",),
        tone="done",
        says=f"{_OWN}, and these are all {{type}} records that {{name}} has.",
        references=((1034, "4.3.2"), (1035, "4.1.1")),
    ),
    Cause(
        why="alias",
        about=("zone", "target"),
        tone="done",
        says=f"{_OWN}. {{name}} is an alias there, so the server goes on with {{target}}, and answers with both: the "
        "alias, and the records of its target.",
        references=((1034, "3.6.2"), (1034, "4.3.2")),
    ),
    Cause(
        why="alias-out",
        about=("zone", "target"),
        tone="done",
        says=f"{_OWN}. {{name}} is an alias of {{target}}, which is in none of the server's zones: who asked has to go "
        "on with that name elsewhere.",
        references=((1034, "3.6.2"), (1034, "5.2.2")),
    ),
    Cause(
        why="alias-dangling",
        about=("zone", "target"),
        tone="trouble",
        says=f"{_OWN}. {{name}} is an alias of {{target}}, and that name does not exist. The rcode is about the last "
        "name of the chain.",
        help="{name} exists, but its alias leads to {target}, which does not. Whoever keeps the zone has to mend it.",
        references=((6604, "3"), (1034, "3.6.2")),
    ),
    Cause(
        why="wildcard",
        about=("zone", "owner"),
        tone="done",
        says=f"{_OWN}. {{name}} stands nowhere in it; the records are made of the wildcard {{owner}}, which stands for "
        "every name in its place that does not exist.",
        references=((1034, "4.3.3"), (4592, "3.3.1")),
    ),
    Cause(
        why="referral",
        about=("zone", "*servers"),
        tone="go-on",
        says="{server} does not answer for {name}, but it knows who does: {zone} is delegated to {servers}. It hands "
        "those names down, and their addresses as glue where it has them.",
        references=((1034, "4.2.1"), (1034, "4.3.2"), (9499, "4")),
    ),
    Cause(
        why="no-data",
        about=("zone", "name", "type"),
        tone="done",
        says=f"{_OWN}. {{name}} exists there, itself or as a part of longer names, but it has no {{type}} record. That "
        "is no error: the rcode is NOERROR, and the answer section is empty.",
        references=((2308, "2.2"), (4592, "2.2.2")),
    ),
    Cause(
        why="no-name",
        about=("zone", "encloser"),
        tone="trouble",
        says=f"{_OWN}, and {{name}} does not exist in it, nor does any name below it. The closest name that exists is "
        "{encloser}. The SOA record says how long that may be remembered.",
        help="There is no {name}. Compare it letter by letter; the closest name that exists is {encloser}.",
        references=((2308, "2.1"), (8020, "2"), (4592, "3.3.1")),
    ),
    Cause(
        why="any",
        about=("zone",),
        tone="done",
        says=f"{_OWN}. To ANY it gives one of the sets of records that {{name}} has, not all of them: whole answers to "
        "ANY are large, and have been used to flood others.",
        references=((8482, "4.1"),),
    ),
    Cause(
        why="not-here",
        about=("*zones",),
        tone="trouble",
        says="{rcode} says nothing of whether {name} exists. The name is in no zone of {server}, which is "
        "authoritative for {zones}. To find out it would have to ask other servers. One that does so for whoever comes "
        "can be made to flood others with answers, so this one does it for nobody.",
        help="{server} is authoritative for {zones} and does not recurse. Ask your resolver, or a server of the zone "
        "that {name} is in.",
        references=((1034, "4.3.1"), (5358, "4"), (1035, "4.1.1")),
    ),
    Cause(
        why="opcode",
        about=("opcode",),
        tone="trouble",
        says="{rcode}: the message's opcode is {opcode}, and {server} knows how to QUERY only.",
        help="Ask a question: a message with opcode QUERY, 0.",
        references=((8906, "3.1.4"), (1035, "4.1.1")),
    ),
    Cause(
        why="class",
        about=("class",),
        tone="trouble",
        says="{rcode}: the question is about class {class}, and {server} has names of class IN only, the Internet.",
        help="Ask in class IN, which is what programs do unless you say otherwise.",
        references=((1035, "3.2.4"),),
    ),
    Cause(
        why="bad-version",
        about=("version",),
        tone="trouble",
        says="{rcode}: the query speaks version {version} of EDNS. There is version 0 only, and the server says so in "
        "the OPT record of its response.",
        help="Ask again with EDNS version 0, or without EDNS.",
        references=((6891, "6.1.3"), (6891, "9")),
    ),
    Cause(
        why="format",
        about=("format",),
        tone="trouble",
        says="{rcode}: {server} cannot read this query: {format}.",
        help="The query cannot be read: {format}.",
        references=((1035, "4.1.1"),),
    ),
    Cause(
        why="meta-type",
        about=("type",),
        tone="trouble",
        says="{rcode}: {type} is no type of record that a name could have, and {server} does not do what it asks for.",
        help="Ask for a type that names have, such as A, MX or TXT.",
        references=((1035, "3.2.3"), (8906, "3.1.2")),
    ),
)
