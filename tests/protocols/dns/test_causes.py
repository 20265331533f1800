import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import protocols
from protocols import limits
from protocols.dns.causes import CAUSES, OF_ALIASES, count_of, plain
from protocols.dns.causes.cause import FORMATS
from protocols.dns.states import MACHINE

KNOWN = {
    "server": "ns1.lentil.edu",
    "name": "www.lentil.edu",
    "type": "MX",
    "rcode": "REFUSED",
    "target": "www2.nz",
    "waited": "It waits.",
}
ALL = [*CAUSES.values(), *OF_ALIASES.values()]
IN_THE_CONTRACT = {
    *("authoritative", "alias", "alias-out", "alias-dangling", "wildcard", "referral", "no-data", "no-name", "any"),
    *("not-here", "opcode", "class", "bad-version", "format", "meta-type"),
    *("recursed", "recursed-no-name", "recursed-no-data", "cached", "cached-no-name", "cached-no-data"),
    *("cached-referral", "unreachable", "lame", "server-failed", "no-address", "alias-loop", "delegation-loop"),
    *("too-much-work", "too-slow", "server-error"),
}


def sentences(cause, *about: str) -> list[str]:
    return [cause.fill(template, about, KNOWN) for template in (cause.says, cause.help)]


def test_every_cause_that_servers_use_has_its_sentences_and_no_other():
    assert set(CAUSES) == IN_THE_CONTRACT


def test_every_end_of_a_resolution_has_a_sentence():
    ends = {row.why for row in MACHINE.rows if row.then in ("answered", "failed")}
    assert ends <= set(CAUSES)


@pytest.mark.parametrize("cause", ALL, ids=lambda cause: cause.why)
def test_a_cause_names_only_what_is_there(cause):
    known = set(KNOWN) | {key.removeprefix("*") for key in cause.about}
    for template in (cause.says, cause.help):
        assert {key for _, key, _, _ in Formatter().parse(template) if key} <= known


@pytest.mark.parametrize("cause", ALL, ids=lambda cause: cause.why)
def test_a_cause_is_a_whole_sentence_with_its_sources(cause):
    for text in sentences(cause, "one.", "two.", "three."):
        assert not re.search(r"[{}]|None|  ", text)
        assert text == "" or text.endswith(".")
    assert cause.references
    assert bool(cause.help) is (cause.tone in ("trouble", "passing"))


@pytest.mark.parametrize("cause", ALL, ids=lambda cause: cause.why)
def test_a_cause_without_its_arguments_is_still_a_sentence(cause):
    for text in sentences(cause):
        assert not re.search(r"[{}]|None|  ", text)


def test_no_two_causes_share_a_text():
    for texts in ([cause.says for cause in ALL], [cause.help for cause in ALL if cause.help]):
        assert len(texts) == len(set(texts))


def test_the_voice_blames_nobody():
    for cause in ALL:
        assert not re.search(r"\b(invalid|illegal|oops|please|sorry|simply)\b", cause.says + cause.help, re.I), cause


@pytest.mark.parametrize(
    ("why", "about", "part"),
    [
        ("not-here", ("lentil.edu.",), "in no zone of ns1.lentil.edu, which is authoritative for lentil.edu only. To"),
        ("not-here", ("a.nz.", "b.nz."), "authoritative for a.nz and b.nz only"),
        ("not-here", ("a.nz.", "b.nz.", "c.nz.", "d.nz.", "e.nz."), "for a.nz, b.nz, c.nz and 2 more only"),
        ("not-here", ("2.10.in-addr.arpa.", "lentil.edu."), "for lentil.edu and 2.10.in-addr.arpa only"),
        ("not-here", (), "authoritative for no zone. To"),
        ("referral", ("nz.", "ns1.dns.net.nz."), "nz is delegated to ns1.dns.net.nz."),
        ("cached-referral", (".",), "that of the root"),
        ("recursed", ("1",), "it made 1 query of its own"),
        ("recursed", ("3",), "it made 3 queries of its own"),
        ("cached", ("3412",), "another 3,412 seconds"),
        ("format", ("question-count",), "it has not exactly one question"),
        ("format", ("what-is-that",), "its octets make no message"),
        ("too-much-work", ("aliases",), f"gave up after {limits.ALIASES} aliases"),
        ("no-name", ("nz.", "vuw.ac.nz."), "The closest name that exists is vuw.ac.nz."),
    ],
)
def test_a_sentence_is_filled_from_what_the_cause_is_about(why, about, part):
    assert part in sentences(CAUSES[why], *about)[0]


@pytest.mark.parametrize(
    ("name", "shown"), [("nz.", "nz"), (".", "the root"), ("a\\.", "a\\."), ("", ""), ("www.nz", "www.nz")]
)
def test_a_name_is_written_as_people_write_it(name, shown):
    assert plain(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1", "1 query"), ("0", "0 queries"), ("1204", "1,204 queries"), ("", "some queries"), ("²", "some queries")],
)
def test_what_is_counted_is_counted(number, shown):
    assert count_of(number, "query") == shown


def test_limits_in_the_texts_are_the_limits():
    assert f"{limits.LABEL} octets" in FORMATS["label"]
    assert f"{limits.NAME} octets" in FORMATS["name"]


def said_by(function: str, position: int) -> set[str]:
    """The texts that stand as the argument at `position` of every call of `function` in the servers' code."""
    calls = [
        node
        for path in (Path(protocols.__file__).parent / "dns").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == function
    ]
    arguments = [call.args[position] for call in calls if len(call.args) > position]
    return {str(argument.value) for argument in arguments if isinstance(argument, ast.Constant)}


def test_every_cause_that_the_servers_name_is_known():
    used = said_by("Answer", 1) | said_by("_found", 0) | said_by("_answer", 2)
    assert {"not-here", "referral", "any", "alias-out"} <= used <= set(CAUSES)


def test_every_way_in_which_a_query_cannot_be_read_has_its_words():
    used = said_by("WireError", 1) - {"response", "message"}  # which get no answer, and words for anything else
    assert {"short", "opt"} <= used <= set(FORMATS)
