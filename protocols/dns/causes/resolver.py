"""Causes of what a resolver answers, and the failure of any server."""

from __future__ import annotations

from protocols.dns.causes.cause import Cause

_ALIAS = "{name} is an alias, and {target} is the name at its end"

CAUSES = (
    Cause(
        why="recursed",
        about=("queries",),
        tone="done",
        says="{server} found it for who asked: it made {queries} of its own, from server to server, and gives the "
        "result. It is not authoritative for it.",
        references=((1034, "4.3.1"), (1034, "5.3.3")),
    ),
    Cause(
        why="recursed-no-name",
        about=("queries",),
        tone="trouble",
        says="{server} made {queries} of its own, and an authoritative server said that {name} does not exist.",
        help="There is no {name}. Compare it letter by letter.",
        references=((2308, "2.1"), (1034, "5.3.3")),
    ),
    Cause(
        why="recursed-no-data",
        about=("queries",),
        tone="done",
        says="{server} made {queries} of its own, and an authoritative server said that {name} exists and has no "
        "{type} record.",
        references=((2308, "2.2"), (1034, "5.3.3")),
    ),
    Cause(
        why="cached",
        about=("seconds",),
        tone="done",
        says="{server} asked nobody: it has the answer in its cache, where it stays for another {seconds}. The times "
        "to live in the records are what is left of them.",
        references=((1034, "5.3.3"), (1035, "7.4"), (2181, "8")),
    ),
    Cause(
        why="cached-no-name",
        about=("seconds",),
        tone="trouble",
        says="{server} asked nobody: its cache says, for another {seconds}, that {name} does not exist.",
        help="There is no {name}, as far as the resolver's cache knows. If it was made just now, the resolver asks "
        "again in {seconds}.",
        references=((2308, "5"), (2308, "6")),
    ),
    Cause(
        why="cached-no-data",
        about=("seconds",),
        tone="done",
        says="{server} asked nobody: its cache says, for another {seconds}, that {name} exists and has no {type} "
        "record.",
        references=((2308, "5"), (2308, "6")),
    ),
    Cause(
        why="cached-referral",
        about=("zone",),
        tone="go-on",
        says="Recursion is not desired, so {server} asks nobody. The answer is not in its cache, and it hands out the "
        "closest delegation that it knows: that of {zone}.",
        references=((1034, "4.3.1"), (1034, "4.3.2")),
    ),
    Cause(
        why="unreachable",
        about=("zone", "*servers"),
        tone="passing",
        says="{rcode}: no server of {zone} answered. {server} tried {servers}. {waited}",
        help="{servers} did not answer for {zone}. Look whether they run; until then nothing below it can be found.",
        references=((2308, "7.2"), (8914, "4.23")),
    ),
    Cause(
        why="lame",
        about=("zone", "*servers"),
        tone="passing",
        says="{rcode}: {zone} is delegated to {servers}, and what is asked there is not authoritative for it. That is "
        "called a lame delegation.",
        help="The delegation of {zone} is lame: {servers} answered, but not for it. Whoever keeps the zone above it, "
        "or that server, has to mend it.",
        references=((9499, "7"), (8914, "4.23")),
    ),
    Cause(
        why="server-failed",
        about=("zone", "*servers"),
        tone="passing",
        says="{rcode}: {server} asked {servers} for {zone}, and got nothing that it could use.",
        help="{servers} answered with an error of their own. Ask there yourself with dig to see which.",
        references=((2308, "7.1"), (8914, "4.23")),
    ),
    Cause(
        why="no-address",
        about=("zone", "*servers"),
        tone="passing",
        says="{rcode}: {zone} is delegated to {servers}, and no address of a server of it can be found.",
        help="The name servers of {zone} have no address. Look at its NS records, and at the glue in the zone above.",
        references=((1034, "4.2.1"), (8914, "4.23")),
    ),
    Cause(
        why="alias-loop",
        about=("name",),
        tone="trouble",
        says="{rcode}: the aliases of {name} lead in a circle, so there is nothing at their end.",
        help="{name} is an alias that leads back to itself. Whoever keeps its zone has to mend it.",
        references=((1034, "3.6.2"),),
    ),
    Cause(
        why="delegation-loop",
        about=("name",),
        tone="trouble",
        says="{rcode}: to find the servers of {name}, {server} would have to know them already: the names of its name "
        "servers are resolved by one another, and no glue breaks the circle.",
        help="The delegation of {name} leads in a circle. It needs glue: an address beside a name server's name.",
        references=((1034, "4.2.1"), (9499, "7")),
    ),
    Cause(
        why="too-much-work",
        about=("limit",),
        tone="trouble",
        says="{rcode}: {server} gave up after {limit}. The work for one query is bounded, or a badly made zone "
        "could keep a server busy for ever.",
        help="This name takes more than {limit}. Ask for its parts, one by one, to see where the chain goes.",
        references=((1034, "5.3.3"), (1035, "7.1")),
    ),
    Cause(
        why="too-slow",
        about=("seconds",),
        tone="passing",
        says="{rcode}: {server} gave up after {seconds}, before it had found the answer.",
        help="The servers on the way to {name} are slow or silent. Ask once more: what was found is in the cache.",
        references=((1034, "5.3.3"), (2308, "7.1")),
    ),
    Cause(
        why="server-error",
        tone="passing",
        says="{rcode}: something in {server} failed that is not your doing.",
        help="{server} failed at it. Ask once more.",
        references=((1035, "4.1.1"), (2308, "7.1")),
    ),
)

# These instead, where an alias leads to what there is not: the rcode is about the last name of the chain.
OF_ALIASES = (
    Cause(
        why="recursed-no-name",
        about=("queries",),
        tone="trouble",
        says=f"{_ALIAS}. {{server}} made {{queries}} of its own, and an authoritative server said that {{target}} does "
        "not exist. The rcode is about the last name of the chain.",
        help="{name} is an alias of {target}, and {target} does not exist. Whoever keeps the zone of {name} has to "
        "mend it.",
        references=((6604, "3"), (1034, "3.6.2"), (1034, "5.3.3")),
    ),
    Cause(
        why="recursed-no-data",
        about=("queries",),
        tone="done",
        says=f"{_ALIAS}. {{server}} made {{queries}} of its own, and an authoritative server said that {{target}} "
        "exists and has no {type} record.",
        references=((2308, "2.2"), (1034, "3.6.2"), (1034, "5.3.3")),
    ),
    Cause(
        why="cached-no-name",
        about=("seconds",),
        tone="trouble",
        says=f"{_ALIAS}. {{server}} asked nobody: its cache says, for another {{seconds}}, that {{target}} does not "
        "exist. The rcode is about the last name of the chain.",
        help="{name} is an alias of {target}, and the resolver's cache knows that {target} does not exist. If it was "
        "made just now, the resolver asks again in {seconds}.",
        references=((6604, "3"), (2308, "5"), (2308, "6")),
    ),
    Cause(
        why="cached-no-data",
        about=("seconds",),
        tone="done",
        says=f"{_ALIAS}. {{server}} asked nobody: its cache says, for another {{seconds}}, that {{target}} exists and "
        "has no {type} record.",
        references=((2308, "5"), (2308, "6"), (1034, "3.6.2")),
    ),
)
