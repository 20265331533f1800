import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import dns.edns
import dns.message
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocols import explain, limits
from protocols.dns.causes import CAUSES
from protocols.dns.fields import RECORDS_SHOWN
from protocols.dns.states import MACHINE
from protocols.events import Cached, Console, Unkept, ZoneEdited
from protocols.transcript import show
from tests.protocols.dns.messages import (
    LENTIL,
    NZ,
    RESOLVER,
    ROOT,
    STUDENT,
    VUW,
    answer,
    ask,
    described,
    fields,
    line,
    query_of,
    response_of,
)

TYPED = Console(seq=1, at=0, console=1, action="typed", raw=b"dig www.vuw.ac.nz", client_id="page-1")
ASKED = ask("www.vuw.ac.nz")
TO_NZ = ask("www.vuw.ac.nz", client=RESOLVER, server=NZ, rd=False, use_edns=0)
TO_VUW = ask("www.vuw.ac.nz", client=RESOLVER, server=VUW, rd=False, use_edns=0)
TO_VUW_BY_TCP = ask("www.vuw.ac.nz", client=RESOLVER, server=VUW, rd=False, use_edns=0, transport="tcp")
REFERRAL = answer(
    TO_NZ,
    "referral",
    "vuw.ac.nz.",
    "ns1.vuw.ac.nz.",
    authority="vuw.ac.nz. 86400 NS ns1.vuw.ac.nz.",
    additional="ns1.vuw.ac.nz. 86400 A 130.195.85.10",
)
ALIAS = answer(
    TO_VUW,
    "alias",
    "vuw.ac.nz.",
    "www2.vuw.ac.nz.",
    flags="AA",
    answer="www.vuw.ac.nz. 3600 CNAME www2.vuw.ac.nz.\nwww2.vuw.ac.nz. 3600 A 130.195.86.18",
)
SOA = "vuw.ac.nz. 900 SOA ns1.vuw.ac.nz. hostmaster.vuw.ac.nz. 1 3600 900 604800 900"
TRUNCATED = answer(TO_VUW, "authoritative", "vuw.ac.nz.", flags="AA TC")
REFUSED = answer(ask("www.vuw.ac.nz", server=LENTIL), "not-here", "lentil.edu.", rcode=5)


def says(shown: Any) -> str:
    return " ".join(shown.explanation.says)


def test_a_query_is_its_type_and_name():
    shown = described(ASKED, TYPED)
    assert shown.parts == (("verb", "A?"), ("text", " "), ("argument", "www.vuw.ac.nz"))
    assert shown.aside == "recursion desired"
    assert shown.route == (STUDENT, RESOLVER)
    assert shown.client_id == "page-1"
    assert shown.explanation.title == "A query, from student.vuw.ac.nz"
    assert "You typed “dig www.vuw.ac.nz”." in shown.explanation.says


def test_a_query_for_more_than_records_is_no_query_for_records():
    assert "for AXFR of vuw.ac.nz. AXFR: asks for the transfer" in says(described(ask("vuw.ac.nz", "AXFR")))


def test_a_query_in_another_class_says_so():
    assert line(described(ask("version.bind", "TXT", rdclass="CH"))) == "CH TXT? version.bind"


def test_a_message_with_another_opcode_is_called_by_it():
    query = dns.message.make_query("vuw.ac.nz", "SOA")
    query.set_opcode(dns.opcode.NOTIFY)
    shown = described(query_of(query.to_wire()))
    assert line(shown) == "NOTIFY vuw.ac.nz"
    assert "opcode is 4" in says(shown)


@pytest.mark.parametrize(
    ("response", "shown_line", "aside", "tone", "title"),
    [
        (
            REFERRAL,
            "NOERROR referral: vuw.ac.nz → ns1.vuw.ac.nz",
            "glue 130.195.85.10",
            "go-on",
            "A referral, from ns1.dns.net.nz",
        ),
        (
            ALIAS,
            "NOERROR CNAME www2.vuw.ac.nz · A 130.195.86.18",
            "authoritative",
            "done",
            "An answer, from ns1.vuw.ac.nz",
        ),
        (
            answer(ask("vuw.ac.nz", "MX", server=VUW), "no-data", "vuw.ac.nz.", "vuw.ac.nz.", "MX", authority=SOA),
            "NOERROR no MX there",
            None,
            "done",
            "No such record, from ns1.vuw.ac.nz",
        ),
        (
            answer(ask("nope.vuw.ac.nz"), "recursed-no-name", "3", rcode=3, authority=SOA),
            "NXDOMAIN no such name",
            "found with 3 queries",
            "trouble",
            "No such name, from vuwwincodc00001.vuw.ac.nz",
        ),
        (REFUSED, "REFUSED not answered here", None, "trouble", "No answer, from ns1.lentil.edu"),
        (
            answer(ASKED, "unreachable", "vuw.ac.nz.", "ns1.vuw.ac.nz.", rcode=2),
            "SERVFAIL no answer could be found",
            None,
            "passing",
            "No answer, from vuwwincodc00001.vuw.ac.nz",
        ),
        (
            TRUNCATED,
            "NOERROR truncated",
            "ask again by TCP · authoritative",
            "go-on",
            "A truncated answer, from ns1.vuw.ac.nz",
        ),
        (
            answer(ASKED, "cached", "3412", answer="www.vuw.ac.nz. 3412 A 130.195.86.18"),
            "NOERROR A 130.195.86.18",
            "from the cache, 3,412 s left",
            "done",
            "An answer, from vuwwincodc00001.vuw.ac.nz",
        ),
        (
            answer(
                TO_VUW,
                "alias-dangling",
                "vuw.ac.nz.",
                "gone.vuw.ac.nz.",
                rcode=3,
                answer="www.vuw.ac.nz. 60 CNAME gone.vuw.ac.nz.",
                authority=SOA,
            ),
            "NXDOMAIN CNAME gone.vuw.ac.nz · no such name",
            None,
            "trouble",
            "No such name, from ns1.vuw.ac.nz",
        ),
    ],
)
def test_a_response_is_its_code_and_what_it_comes_to(response, shown_line, aside, tone, title):
    shown = described(response, ASKED)
    assert shown.parts[0] == ("code", shown_line.split()[0])
    assert (line(shown), shown.aside, shown.tone, shown.explanation.title) == (shown_line, aside, tone, title)
    assert shown.route == (response.server, response.client)


def test_a_refusal_is_explained_from_the_evidence():
    shown = described(REFUSED, ASKED)
    assert "REFUSED says nothing of whether www.vuw.ac.nz exists" in says(shown)
    assert "which is authoritative for lentil.edu only" in says(shown)
    assert shown.help.startswith("ns1.lentil.edu is authoritative for lentil.edu only and does not recurse.")


@pytest.mark.parametrize("how", ["recursed", "cached"])
def test_what_does_not_exist_at_the_end_of_an_alias_is_its_last_name(how):
    chain = "www.vuw.ac.nz. 60 CNAME old.vuw.ac.nz.\nold.vuw.ac.nz. 60 CNAME gone.vuw.ac.nz."
    shown = described(answer(ASKED, f"{how}-no-name", "3", rcode=3, answer=chain, authority=SOA), ASKED)
    assert "that gone.vuw.ac.nz does not exist" in says(shown)
    assert "RFC 6604 §3" in [source.label for source in shown.explanation.references]
    assert shown.help.startswith("www.vuw.ac.nz is an alias of gone.vuw.ac.nz, and ")
    shown = described(answer(ASKED, f"{how}-no-data", "3", answer=chain, authority=SOA), ASKED)
    assert "that gone.vuw.ac.nz exists and has no A record" in says(shown)


def test_aliases_in_a_circle_end_somewhere():
    circle = "www.vuw.ac.nz. 60 CNAME a.vuw.ac.nz.\na.vuw.ac.nz. 60 CNAME www.vuw.ac.nz."
    shown = described(answer(ASKED, "recursed-no-name", "3", rcode=3, answer=circle), ASKED)
    assert "that www.vuw.ac.nz does not exist" in says(shown)


def test_a_truncated_answer_is_not_said_to_be_all():
    shown = described(TRUNCATED, TO_VUW)
    assert "these are all" not in says(shown)
    assert says(shown).startswith("The whole of it does not fit")


def test_a_resolver_without_servers_says_whether_it_waited_for_them():
    failed = answer(ASKED, "unreachable", "vuw.ac.nz.", "ns1.vuw.ac.nz.", rcode=2)
    assert "It waited for none of them: nothing listens at their addresses" in says(described(failed, ASKED))
    late = replace(failed, at=int(limits.QUERY_SECONDS * 1_000_000))
    assert f"waits up to {limits.QUERY_SECONDS} seconds for one that is silent" in says(described(late, ASKED))


def test_many_records_are_counted():
    records = "\n".join(f"www.vuw.ac.nz. 60 A 10.0.0.{number}" for number in range(1, 9))
    shown = described(answer(ASKED, "authoritative", "vuw.ac.nz.", answer=records))
    assert line(shown) == "NOERROR A 10.0.0.1 · A 10.0.0.2 · A 10.0.0.3 · 5 more"


@pytest.mark.parametrize(
    ("query", "cause", "word"),
    [
        (ask("www.vuw.ac.nz", client=RESOLVER, server=ROOT, rd=False, use_edns=0), ASKED, "begins at the root"),
        (TO_VUW, ASKED, "begins at ns1.vuw.ac.nz, a server of the closest zone that it knows"),
        (TO_VUW, REFERRAL, "follows the referral of ns1.dns.net.nz: vuw.ac.nz is delegated to ns1.vuw.ac.nz"),
        (
            ask("ns1.vuw.ac.nz", client=RESOLVER, server=ROOT, rd=False, use_edns=0),
            REFERRAL,
            "named ns1.vuw.ac.nz as a server of vuw.ac.nz without its address",
        ),
        (
            ask("www2.vuw.ac.nz", client=RESOLVER, server=ROOT, rd=False, use_edns=0),
            ALIAS,
            "www.vuw.ac.nz is another name for www2",
        ),
        (
            TO_VUW_BY_TCP,
            TRUNCATED,
            "the same is asked again by TCP",
        ),
        (TO_VUW, answer(TO_NZ, "not-here", "nz.", rcode=5), "ns1.dns.net.nz could not say, so the next server"),
        (
            TO_VUW,
            TO_NZ,
            "it was silent for too long. So the next server is asked",
        ),
        (TO_VUW, TO_VUW, "So it is asked once more"),
        (
            TO_VUW,
            answer(
                ask("ns1.vuw.ac.nz", client=RESOLVER, server=NZ, rd=False, use_edns=0),
                "authoritative",
                "vuw.ac.nz.",
                answer="ns1.vuw.ac.nz. 60 A 130.195.85.10",
            ),
            "The address of ns1.vuw.ac.nz is known now",
        ),
    ],
)
def test_a_query_says_what_led_to_it(query, cause, word):
    shown = described(query, cause)
    assert word in says(shown)


@pytest.mark.parametrize(
    ("query", "cause", "state"),
    [
        (TO_NZ, ASKED, "asking"),  # a resolver's first
        (TO_VUW, REFERRAL, None),  # it goes on asking, or dig +trace does
        (TO_VUW, TO_NZ, None),
        (TO_VUW_BY_TCP, TRUNCATED, "retrying"),
        (TO_VUW, answer(TO_VUW_BY_TCP, "referral", "vuw.ac.nz."), "asking"),
        (TO_NZ, answer(ask(".", "NS"), "recursed", "1"), None),  # dig +trace
        (ask("www.vuw.ac.nz", transport="tcp"), answer(ASKED, "recursed", "1", flags="TC"), None),
        (ASKED, ASKED, None),  # dig asks again
    ],
)
def test_a_query_tells_a_resolutions_state_only_where_it_is_one(query, cause, state):
    assert described(query, cause).explanation.after == state


@pytest.mark.parametrize(
    ("query", "cause", "words"),
    [
        (
            ask("a.root-servers.net"),
            answer(ask(".", "NS"), "recursed", "1", answer=". 60 NS a.root-servers.net."),
            "named a.root-servers.net as a server of the root, and to ask it its address has to be known.",
        ),
        (
            ask("www.vuw.ac.nz", "AAAA"),
            answer(ASKED, "recursed", "1", answer="www.vuw.ac.nz. 60 A 130.195.86.18"),
            "The A records of www.vuw.ac.nz were asked for before; now it is the AAAA records.",
        ),
        (
            ask("www.lentil.edu"),
            answer(ASKED, "recursed", "1", answer="www.vuw.ac.nz. 60 A 130.195.86.18"),
            "student.vuw.ac.nz had the response of vuwwincodc00001.vuw.ac.nz before it, and asks this next.",
        ),
    ],
)
def test_a_programs_next_query_says_what_came_before_it(query, cause, words):
    assert words in says(described(query, cause))


def test_advice_stands_where_the_response_goes_to_a_person():
    def refused(**how: Any) -> Any:
        query = ask("www.vuw.ac.nz", server=LENTIL, **how)
        return described(answer(query, "not-here", "lentil.edu.", rcode=5), query)

    assert refused().help
    assert refused(use_edns=0).help
    assert refused(rd=False).help  # nslookup, which has no EDNS
    to_a_resolver = refused(rd=False, use_edns=0, client=RESOLVER)
    assert (to_a_resolver.help, to_a_resolver.tone) == (None, "trouble")
    assert "which is authoritative for lentil.edu only" in says(to_a_resolver)


def test_a_program_that_a_resolver_told_a_servers_address_resolves_nothing_itself():
    told = answer(ask("ns1.lentil.edu"), "recursed", "3", answer="ns1.lentil.edu. 60 A 10.2.0.53")
    for wants_recursion in (True, False):
        shown = described(ask("www.vuw.ac.nz", server=LENTIL, rd=wants_recursion), told)
        assert "The address of ns1.lentil.edu is known now" in says(shown)
        assert shown.explanation.after is None


def test_a_query_of_an_outside_program_claims_no_reason():
    shown = described(TO_VUW, None)
    assert len(shown.explanation.says) == 2
    assert shown.explanation.after is None


@pytest.mark.parametrize(
    ("why", "state"),
    [("recursed", "answered"), ("cached-no-name", "answered"), ("lame", "failed"), ("authoritative", None)],
)
def test_a_response_tells_the_resolutions_end_only_where_it_is_one(why, state):
    assert described(answer(ASKED, why, "1"), ASKED).explanation.after == state


def test_every_field_of_the_header_has_its_meaning_and_the_header_its_source():
    shown = described(ALIAS, TO_VUW)
    header = next(each for each in shown.explanation.sections if each.title == "Header")
    bits = ["aa", "tc", "rd", "ra", "z", "ad", "cd"]
    counts = ["qdcount", "ancount", "nscount", "arcount"]
    assert [field.name for field in header.fields] == ["id", "qr", "opcode", *bits, "rcode", *counts]
    assert all(field.meaning for field in header.fields)
    assert header.reference.label == "RFC 1035 §4.1.1"
    assert {field.name: field.reference.label for field in header.fields if field.reference} == {
        "tc": "RFC 2181 §9",
        "ad": "RFC 4035 §3.2.3",
        "cd": "RFC 4035 §3.2.2",
    }
    values = fields(shown, "Header")
    assert (values["qr"], values["aa"], values["rcode"], values["ancount"]) == ("1", "1", "0 NOERROR", "2")


def test_what_is_asked_and_told_stands_before_the_header():
    titles = [section.title for section in described(REFERRAL, TO_NZ).explanation.sections]
    assert titles == ["Question", "Authority section", "Additional section", "Header", "EDNS"]


def test_bits_that_say_nothing_in_a_query_are_not_read_as_a_responses():
    def meanings(shown: Any) -> dict[str, str]:
        header = next(each for each in shown.explanation.sections if each.title == "Header")
        return {field.name: field.meaning for field in header.fields}

    assert {meanings(described(ASKED))[bit] for bit in ("aa", "ra")} == {"says nothing in a query"}
    assert meanings(described(REFERRAL))["aa"] == "not authoritative for the answer"


def test_every_record_stands_in_its_section_with_what_it_means():
    shown = described(REFERRAL, TO_NZ)
    assert fields(shown, "Question") == {"www.vuw.ac.nz.": "IN A"}
    assert fields(shown, "Authority section") == {"vuw.ac.nz.": "86400 IN NS ns1.vuw.ac.nz."}
    assert fields(shown, "Additional section") == {"ns1.vuw.ac.nz.": "86400 IN A 130.195.85.10"}
    field = next(each for each in shown.explanation.sections if each.title == "Authority section").fields[0]
    assert field.meaning == "A name server that is authoritative for the zone. It may be kept for 1 day"
    assert field.reference.label == "RFC 1035 §3.3.11"


def test_edns_and_its_options_are_fields_too():
    options = [
        dns.edns.EDEOption("NO_REACHABLE_AUTHORITY", "no server answered"),
        dns.edns.GenericOption("65001", b"abc"),
    ]
    query = ask("www.vuw.ac.nz", use_edns=0, payload=1232, want_dnssec=True, options=options)
    shown = described(query)
    assert fields(shown, "EDNS") == {
        "payload": "1232",
        "extended rcode": "0",
        "version": "0",
        "do": "1",
        "extended error": '22 "no server answered"',
        "option 65001": "3 octets",
    }


def test_an_extended_rcode_is_read_from_the_opt_record():
    query = ask("www.vuw.ac.nz", use_edns=0)
    shown = described(answer(query, "bad-version", "1", rcode=16), query)
    assert shown.parts[0] == ("code", "BADVERS")
    assert fields(shown, "Header")["rcode"] == "16 BADVERS"


def test_a_section_lists_a_bounded_number_of_records():
    many = "\n".join(f"www.vuw.ac.nz. 60 TXT {number}" for number in range(RECORDS_SHOWN + 7))
    shown = described(answer(ask("www.vuw.ac.nz", "TXT"), "authoritative", "vuw.ac.nz.", answer=many))
    section = next(each for each in shown.explanation.sections if each.title == "Answer section")
    assert len(section.fields) == RECORDS_SHOWN + 1
    assert section.fields[-1].value == "7 more"


@pytest.mark.parametrize("raw", [b"", b"\x00", ASKED.raw[:12], ASKED.raw[:-1], b"\xff" * 40])
def test_octets_that_are_no_message_are_said_to_be_none(raw):
    for event in (query_of(raw), response_of(raw, ASKED, "format", "short")):
        shown = described(event, ASKED)
        assert shown.parts
        assert shown.help
        assert shown.explanation.title.startswith("Octets that are no message")


def test_a_query_that_breaks_after_its_question_still_shows_it():
    broken = bytearray(ask("www.vuw.ac.nz", use_edns=0).raw)
    shown = described(query_of(bytes(broken[:-3])))
    assert line(shown) == "A? www.vuw.ac.nz"
    assert shown.help


WIRES = [
    event.raw
    for event in (ASKED, REFERRAL, ALIAS, TRUNCATED, REFUSED, ask("a.nz", "ANY", use_edns=0, want_dnssec=True))
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    octets = bytearray(draw(st.sampled_from(WIRES)))
    for _ in range(draw(st.integers(1, 6))):
        octets[draw(st.integers(0, len(octets) - 1))] = draw(st.integers(0, 255))
    return bytes(octets[: draw(st.integers(0, len(octets)))]) if draw(st.booleans()) else bytes(octets)


@given(
    raw=st.binary(max_size=200) | mutated(),
    cause=st.none() | mutated(),
    side=st.sampled_from("CS"),
    why=st.none() | st.sampled_from(sorted(CAUSES)) | st.text(max_size=5),
    about=st.lists(st.text(max_size=8), max_size=4),
)
@example(raw=WIRES[1], cause=WIRES[2], side="C", why=None, about=[])
def test_any_octets_are_described_and_can_be_sent_to_a_page(raw, cause, side, why, about):
    asked = None if cause is None else response_of(cause, ASKED) if side == "C" else query_of(cause)
    event = query_of(raw) if side == "C" else response_of(raw, ASKED, why, *about)
    shown = described(event, asked)
    plain = json.loads(json.dumps(shown.to_json()))
    assert plain["parts"]
    assert all(text.isprintable() for _, text in plain["parts"])
    for section in plain["explanation"].get("sections", []):
        for field in section["fields"]:
            assert field["name"].isprintable()
            assert field["value"].isprintable()
    for source in shown.explanation.references:
        assert urlsplit(source.url).netloc == "www.rfc-editor.org"


def test_what_a_resolver_keeps_is_a_note():
    event = Cached(
        seq=3, at=0, host=RESOLVER.host, records=("nz. 172800 NS", "www.nz. 900 A NODATA", "x.nz. 60 NXDOMAIN")
    )
    shown = described(event)
    assert shown.note == (
        "The resolver vuwwincodc00001 keeps nz. NS for 2 days, that www.nz. has no A for 15 minutes and that there is "
        "no x.nz. for 1 minute."
    )
    assert shown.facts == {
        "host": RESOLVER.host,
        "cached": [["nz.", 172800, "NS"], ["www.nz.", 900, "A", "NODATA"], ["x.nz.", 60, "", "NXDOMAIN"]],
    }


def test_what_was_not_kept_is_counted():
    event = Unkept(
        seq=1,
        at=0,
        protocol="dns",
        count=1204,
        names=("a.nz. A", "b.nz. A", "c.nz. A", "d.nz. A"),
        rcodes=("NOERROR 1204",),
    )
    note = described(event).note
    assert note.startswith("1,204 more exchanges were answered and not written down")
    assert f"{limits.EXCHANGES_KEPT} a second" in note
    assert "a.nz. A, b.nz. A, c.nz. A and others." in note
    assert note.endswith("The answers: NOERROR 1204.")


@pytest.mark.parametrize(("why", "has_help"), [("loaded", False), ("stale", True), ("broken", True)])
def test_an_edit_of_a_zone_says_what_became_of_it(why, has_help):
    shown = described(ZoneEdited(seq=1, at=0, zone="vuw.ac.nz", serial=7, why=why, raw=b"", client_id="page-2"))
    assert "vuw.ac.nz" in shown.note
    assert bool(shown.help) is has_help
    assert shown.client_id == "page-2"
    assert shown.facts == {"zone": "vuw.ac.nz", "serial": 7, "why": why}


def test_the_lesson_names_every_state_of_a_resolution():
    lesson = explain.lesson("dns")
    assert json.loads(json.dumps(lesson)) == lesson
    assert [state["name"] for state in lesson["states"]] == [state.name for state in MACHINE.states]
    assert any(arrow["usual"] for arrow in lesson["arrows"])


def test_a_terminal_shows_a_message_with_its_way_and_a_programs_output_as_it_is():
    shown = list(show(described(REFERRAL, TO_NZ)))
    assert shown == [
        "   2  S  NOERROR referral: vuw.ac.nz → ns1.vuw.ac.nz   "
        "[ns1.dns.net.nz → vuwwincodc00001.vuw.ac.nz; glue 130.195.85.10]"
    ]
    output = Console(seq=9, at=0, because=1, console=1, action="printed", raw=b"Server: a\nName: b\n", why="output")
    assert list(show(described(output, TYPED))) == ["         Server: a\n         Name: b"]
