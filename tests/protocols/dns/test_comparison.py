"""The console's programs beside Debian's, in a lab of the lecture's world: the same names, types, data and
rcodes for the same questions."""

import json
from pathlib import Path

import pytest

from tests.protocols.dns.outputs import rcode_of, read_dig, read_nslookup, read_trace
from tests.protocols.runs import LECTURE, PYTHON, ROOT, protocols

RESOLVER, ROOT_SERVER, GTLD, NZ, VUW = "130.195.85.25", "198.41.0.4", "192.5.6.30", "202.46.190.130", "130.195.85.10"
LENTIL, HALVA, FIRM, DEAD, NO_SERVER = "10.2.0.53", "10.0.0.53", "192.0.47.53", "203.97.8.1", "10.2.0.80"

DIG = {  # what is asked, and the rcode of the answer
    # through the resolver
    "www.vuw.ac.nz": "NOERROR",
    "www2.vuw.ac.nz A": "NOERROR",
    "library.vuw.ac.nz": "NOERROR",  # a chain of aliases
    "www.vuw.ac.nz CNAME": "NOERROR",
    "vuw.ac.nz MX": "NOERROR",
    "lentil.edu mx": "NOERROR",
    "lentil.edu NS": "NOERROR",
    "vuw.ac.nz SOA": "NOERROR",
    "lentil.edu TXT": "NOERROR",
    "_ldap._tcp.vuw.ac.nz SRV": "NOERROR",
    "friends.lentil.edu": "NOERROR",  # an alias out of its zone
    "-x 130.195.86.18": "NOERROR",
    "-x 10.2.0.25": "NOERROR",
    "-x 10.9.9.9": "NXDOMAIN",
    "": "NOERROR",  # the root's name servers
    "nobody.lentil.edu": "NXDOMAIN",
    "nowhere": "NXDOMAIN",
    "gone.lentil.edu": "NXDOMAIN",  # an alias of nothing
    "www2.vuw.ac.nz MX": "NOERROR",  # no data
    "www2.vuw.ac.nz AAAA": "NOERROR",
    "floor2.halva.fr": "NOERROR",  # an empty non-terminal
    "anybody.guest.halva.fr": "NOERROR",  # a wildcard
    "bob.guest.halva.fr": "NOERROR",
    "ftp.eckenfels.net": "NOERROR",  # delegated without glue
    "www.otago.ac.nz": "NOERROR",  # one of two servers is dead
    "www.sunk.co.nz": "SERVFAIL",  # both are
    "archive.govt.nz": "SERVFAIL",  # lame
    "egg.kiwi.nz": "SERVFAIL",
    "tick.lentil.edu": "SERVFAIL",
    "www.vuw.ac.nz +tcp": "NOERROR",
    "www.vuw.ac.nz +noedns": "NOERROR",
    "www.vuw.ac.nz +dnssec": "NOERROR",
    "story.lentil.edu TXT": "NOERROR",  # longer than a datagram carries
    "story.lentil.edu TXT +ignore": "NOERROR",
    "story.lentil.edu TXT +bufsize=512 +ignore": "NOERROR",
    "www.vuw.ac.nz ANY": "NOERROR",
    "www.vuw.ac.nz +norecurse": "NOERROR",  # at the resolver, which knows it by now
    "www.tsinghua.edu.cn +norecurse": "NOERROR",  # and which it does not
    # at the servers of zones
    f"@{ROOT_SERVER} www.vuw.ac.nz +norecurse": "NOERROR",  # a referral
    f"@{NZ} www.vuw.ac.nz +norecurse": "NOERROR",
    f"@{VUW} www.vuw.ac.nz +norecurse": "NOERROR",
    f"@{VUW} www.vuw.ac.nz": "NOERROR",  # recursion is asked for and not to be had
    f"@{VUW} vuw.ac.nz ANY +norecurse": "NOERROR",
    f"@{VUW} www.lentil.edu +norecurse": "REFUSED",
    f"@{LENTIL} nobody.lentil.edu +norecurse": "NXDOMAIN",
    f"@{LENTIL} friends.lentil.edu +norecurse": "NOERROR",
    f"@{LENTIL} story.lentil.edu TXT +norecurse": "NOERROR",
    f"@{LENTIL} story.lentil.edu TXT +norecurse +noedns +ignore": "NOERROR",
    f"@{LENTIL} version.bind TXT CH +norecurse": "REFUSED",
    f"@{HALVA} x.y.guest.halva.fr +norecurse": "NOERROR",
    f"@{HALVA} floor2.halva.fr MX +norecurse": "NOERROR",
    f"@{GTLD} ftp.eckenfels.net +norecurse": "NOERROR",
    "@ns.dahl.org www.pita.com +norecurse": "NOERROR",
    # and where none is
    f"@{DEAD} www.sunk.co.nz +norecurse": "silence",
    f"@{NO_SERVER} www.lentil.edu": "silence",
}
SHORT = ["www.vuw.ac.nz +short", "lentil.edu MX +short", "nobody.lentil.edu +short"]
TRACE = ["+trace www.vuw.ac.nz", "+trace ftp.eckenfels.net", "+trace nobody.lentil.edu MX"]
ELSEWHERE = ["@8.8.8.8 www.vuw.ac.nz", "@8.8.8.8 www.vuw.ac.nz +tcp"]
NSLOOKUP = {
    "www.vuw.ac.nz": {"A www2.vuw.ac.nz 130.195.86.18", "alias www.vuw.ac.nz"},
    "130.195.86.18": {"A www2.vuw.ac.nz 130.195.86.18"},
    "-type=mx lentil.edu": {"MX 10 mx.lentil.edu"},
    "-type=ns lentil.edu": {"NS ns1.lentil.edu"},
    "-type=txt lentil.edu": {'TXT "v=spf1 mx -all"'},
    "ecs.vuw.ac.nz": {f"A ecs.vuw.ac.nz 130.195.86.{last}" for last in (31, 32, 33)},
    "nobody.lentil.edu": {"NXDOMAIN"},
    "-type=mx www2.vuw.ac.nz": {"NODATA"},
    "www.sunk.co.nz": {"SERVFAIL"},
    f"www.lentil.edu {VUW}": {"REFUSED"},
    f"-norecurse www.lentil.edu {LENTIL}": {"A www.lentil.edu 10.2.0.80"},
    f"www.lentil.edu {DEAD}": {"silence"},
}


def commands() -> dict[str, str]:
    """Ours, and theirs."""
    plain = "dig +nocookie"
    return {f"dig {words}": f"{plain} {words}" for words in [*DIG, *SHORT, *TRACE, *ELSEWHERE]} | {
        f"nslookup {words}": f"nslookup {words}" for words in NSLOOKUP
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[str, str]]:
    """What is printed, by the line typed: by ours, and by theirs."""
    asked = commands()
    command = ("run", LECTURE, "--", PYTHON, "-m", "tests.protocols.dns.ask_all", LECTURE)
    done = protocols(*command, input=json.dumps(list(asked.items())))
    assert done.stderr == ""
    return dict(zip(asked, json.loads(done.stdout), strict=True))


def test_there_are_many_questions():
    assert len(commands()) >= 40


@pytest.mark.parametrize("words", DIG)
def test_dig_prints_the_records_and_the_rcode_of_debians_dig(answers, words):
    ours, theirs = answers[f"dig {words}"]
    assert read_dig(ours) == read_dig(theirs)
    assert rcode_of(ours) == DIG[words]


@pytest.mark.parametrize("words", SHORT)
def test_dig_prints_the_data_of_debians_dig(answers, words):
    ours, theirs = answers[f"dig {words}"]
    assert read_dig(ours) == read_dig(theirs)


@pytest.mark.parametrize("words", TRACE)
def test_dig_goes_the_way_of_debians_dig(answers, words):
    ours, theirs = answers[f"dig {words}"]
    assert len(read_trace(ours)) > 3
    assert read_trace(ours) == read_trace(theirs)


@pytest.mark.parametrize("words", ELSEWHERE)
def test_dig_says_of_an_address_elsewhere_what_debians_dig_says(answers, words):
    ours, theirs = answers[f"dig {words}"]
    assert len(set(read_dig(theirs))) == 2
    assert set(read_dig(theirs)) < set(read_dig(ours))


@pytest.mark.parametrize("words", NSLOOKUP)
def test_nslookup_says_what_debians_nslookup_says(answers, words):
    ours, theirs = answers[f"nslookup {words}"]
    assert (read_nslookup(ours), read_nslookup(theirs)) == (NSLOOKUP[words], NSLOOKUP[words])


IN_THE_LECTURE = """\
Server:  vuwwincodc00001.vuw.ac.nz
Address:  130.195.85.25

Non-authoritative answer:
Name:    www2.vuw.ac.nz
Address:  130.195.86.18
Aliases:  www.vuw.ac.nz"""
UNSERVED = """\
*** Can't find server name for address 130.195.85.25: Server failed
Server:  UnKnown
Address:  130.195.85.25

*** UnKnown can't find www.vuw.ac.nz: Server failed"""


def typed_in_a_lab(world: str, transcript: Path, *lines: str) -> list[str]:
    """What the console of a lab of that world prints of these lines."""
    done = protocols("run", world, "--transcript", str(transcript), input="".join(f"{line}\n" for line in lines))
    assert done.stderr == ""
    events = [json.loads(line) for line in transcript.read_text().splitlines()]
    printed = [event for event in events if event["kind"] == "console" and event["action"] == "printed"]
    return [event["raw"] if event["why"] == "output" else f"({event['why']})" for event in printed]


def test_a_labs_console_prints_the_form_of_the_lecture(tmp_path):
    lines = ("nslookup www.vuw.ac.nz", "nslookup", "set type=mx", "lentil.edu", "exit", "dig +short www.vuw.ac.nz")
    assert typed_in_a_lab(LECTURE, tmp_path / "events.jsonl", *lines) == [
        IN_THE_LECTURE,
        "Default Server:  vuwwincodc00001.vuw.ac.nz\nAddress:  130.195.85.25",
        "(nslookup-begins)",
        "Server:  vuwwincodc00001.vuw.ac.nz\nAddress:  130.195.85.25\n\nNon-authoritative answer:\n"
        "lentil.edu\tMX preference = 10, mail exchanger = mx.lentil.edu",
        "(nslookup-ends)",
        "www2.vuw.ac.nz.\n130.195.86.18",
    ]


def test_a_server_that_is_stopped_changes_the_resolvers_answer(tmp_path):
    serving = "dns: {zones: [vuw.ac.nz, 195.130.in-addr.arpa, 85.195.130.in-addr.arpa]}"
    text = (ROOT / LECTURE).read_text()
    assert serving in text
    world = tmp_path / "world.yaml"
    world.write_text(text.replace(serving, serving.replace("]}", "], down: true}")))
    assert typed_in_a_lab(str(world), tmp_path / "events.jsonl", "nslookup www.vuw.ac.nz") == [UNSERVED]
