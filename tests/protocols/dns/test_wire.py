from contextlib import suppress

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import limits
from protocols.dns.answer import Answer
from protocols.dns.lookup import look_up
from protocols.dns.wire import (
    Edns,
    WireError,
    check_name,
    read_message,
    read_query,
    refuse_format,
    respond,
)
from tests.protocols.dns.mutations import heavy
from tests.protocols.dns.small import EDU, LENTIL, ask, exchange, load, texts

HEAD = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"  # RD, one question
WITH_ONE_MORE = HEAD[:-1] + b"\x01"
QUESTION = b"\x06LenTil\x03edu\x00\x00\x10\x00\x01"  # TXT, IN
OPT = b"\x00\x00\x29\x10\x00\x00\x00\x80\x00\x00\x00"  # 4096 octets, version 0, DO
NO_ERROR = Answer(dns.rcode.NOERROR, "authoritative")


def test_a_query_is_read_with_all_that_a_server_looks_at():
    query = read_query(WITH_ONE_MORE + QUESTION + OPT)
    assert (query.id, query.opcode, query.recursion_desired, query.checking_disabled) == (0x1234, 0, True, False)
    assert query.name.labels == (b"LenTil", b"edu", b"")
    assert (query.rdtype, query.rdclass) == (dns.rdatatype.TXT, 1)
    assert query.edns == Edns(4096, 0, True)
    assert read_query(HEAD + QUESTION).edns is None


@pytest.mark.parametrize(
    ("octets", "what", "answered"),
    [
        (b"", "header", False),
        (HEAD[:11], "header", False),
        (HEAD[:2] + b"\x81" + HEAD[3:] + QUESTION, "response", False),
        (HEAD[:5] + b"\x00" + HEAD[6:], "question-count", True),  # RFC 9619
        (HEAD[:5] + b"\x02" + HEAD[6:] + QUESTION * 2, "question-count", True),
        (HEAD, "short", True),
        (HEAD + QUESTION[:-1], "short", True),
        (HEAD + QUESTION[:5], "short", True),
        (HEAD + b"\xc0\x0c\x00\x01\x00\x01", "pointer", True),
        (HEAD + b"\x40a\x00\x00\x01\x00\x01", "label", True),
        (HEAD + b"\x80a\x00\x00\x01\x00\x01", "label", True),
        (HEAD + (b"\x3f" + b"a" * 63) * 4 + b"\x00\x00\x01\x00\x01", "name", True),
        (HEAD + b"\x01a" * 128 + b"\x00\x00\x01\x00\x01", "name", True),
        (WITH_ONE_MORE + QUESTION, "short", True),
        (WITH_ONE_MORE + QUESTION + OPT[:-1], "short", True),
        (WITH_ONE_MORE + QUESTION + OPT[:-1] + b"\x04abc", "short", True),
        (WITH_ONE_MORE + QUESTION + b"\x99a" + OPT, "label", True),
        (HEAD[:-1] + b"\x02" + QUESTION + OPT * 2, "opt", True),  # RFC 6891 section 6.1.1
        (WITH_ONE_MORE + QUESTION + b"\x01a" + OPT, "opt", True),
        (HEAD[:9] + b"\x01\x00\x00" + QUESTION + OPT, "opt", True),
        (WITH_ONE_MORE + QUESTION + OPT[:-1] + b"\x03abc", "option", True),
        (WITH_ONE_MORE + QUESTION + OPT[:-1] + b"\x06\x00\x03\x00\x03ab", "option", True),
        (HEAD[:10] + b"\xff\xff" + QUESTION, "record-count", True),
    ],
)
def test_what_is_no_query_is_told_apart_and_gets_formerr_or_nothing(octets, what, answered):
    with pytest.raises(WireError) as caught:
        read_query(octets)
    assert caught.value.what == what
    assert str(caught.value).endswith(".")
    refusal = refuse_format(octets)
    assert (refusal is not None) == answered
    if refusal is not None:
        said = read_message(refusal)
        assert (said.id, said.rcode(), said.flags & ~0xF) == (0x1234, dns.rcode.FORMERR, dns.flags.QR | dns.flags.RD)


def test_a_message_that_stands_for_much_more_than_it_is_is_refused_and_a_large_one_is_read():
    refused = {"labels": heavy()[3], "texts": heavy()[2], "options": heavy()[4], "octets of labels": heavy()[1]}
    for octets in refused.values():
        with pytest.raises(WireError, match="more than 10,000 labels, texts and options"):
            read_message(octets)
    large = LENTIL + "".join(
        f"many.hosts A 10.8.{n // 250}.{n % 250}\nmany MX {n} h{n}.hosts\n" for n in range(limits.RRSET)
    )
    for name, rdtype in (("many.hosts", "A"), ("many", "MX")):
        query = ask(f"{name}.lentil.edu", rdtype)
        octets = respond(query, look_up(query, load(lentil_edu=large)), recursion_available=False, transport="tcp")
        assert len(read_message(octets).answer[0]) == limits.RRSET


def test_what_stands_among_the_records_beside_opt_is_passed_over():
    tsig = b"\xc0\x0c\x00\xfa\x00\xff\x00\x00\x00\x00\x00\x02ab"
    assert read_query(HEAD[:-1] + b"\x02" + QUESTION + tsig + OPT).edns is not None


def test_the_question_comes_back_as_it_came():
    said = respond(read_query(HEAD + QUESTION), NO_ERROR, recursion_available=False, transport="udp")
    assert said[12:] == QUESTION
    servers = exchange(HEAD + QUESTION[:-4] + b"\x00\x02\x00\x01")
    assert texts(servers.answer)[0].startswith("LenTil.edu. NS")


@pytest.mark.parametrize(
    ("recursion_available", "is_authoritative", "flags"),
    [
        (False, True, dns.flags.QR | dns.flags.RD | dns.flags.AA),
        (True, True, dns.flags.QR | dns.flags.RD | dns.flags.AA | dns.flags.RA),
        (True, False, dns.flags.QR | dns.flags.RD | dns.flags.RA | dns.flags.CD),
        (False, False, dns.flags.QR | dns.flags.RD),
    ],
)
def test_a_response_has_the_bits_of_its_server_and_of_its_query(recursion_available, is_authoritative, flags):
    query = read_query(HEAD[:3] + b"\x30" + HEAD[4:] + QUESTION)  # AD and CD
    content = Answer(dns.rcode.NOERROR, "authoritative", is_authoritative=is_authoritative)
    said = respond(query, content, recursion_available=recursion_available, transport="udp")
    assert read_message(said).flags == flags


def test_an_extended_error_goes_with_a_query_that_has_edns_and_not_without():
    content = Answer(dns.rcode.SERVFAIL, "unreachable", extended_error=(22, "no server of lentil.edu answers"))
    said = read_message(respond(ask("lentil.edu"), content, recursion_available=True, transport="udp"))
    assert [(option.code, option.text) for option in said.extended_errors()] == [
        (22, "no server of lentil.edu answers")
    ]
    plain = read_message(respond(ask("lentil.edu", use_edns=False), content, recursion_available=True, transport="udp"))
    assert (plain.edns, plain.rcode()) == (-1, dns.rcode.SERVFAIL)


def test_an_extended_rcode_has_its_upper_bits_in_the_opt_record():
    said = respond(
        ask("lentil.edu"), Answer(dns.rcode.BADVERS, "bad-version"), recursion_available=False, transport="udp"
    )
    assert said[3] & 0xF == 0
    assert read_message(said).rcode() == dns.rcode.BADVERS


LONG = (
    LENTIL
    + "".join(f'many TXT "{number:0100}"\n' for number in range(9))
    + "few MX 10 many.hosts\n"
    + "".join(f"many.hosts A 10.9.0.{number}\n" for number in range(100))
)


@pytest.mark.parametrize(
    ("name", "rdtype", "payload", "transport", "size", "truncated", "counts"),
    [
        ("many", "TXT", None, "udp", limits.DATAGRAM, True, (0, 0, 0)),
        ("many", "TXT", 512, "udp", limits.DATAGRAM, True, (0, 0, 0)),
        ("many", "TXT", 100, "udp", limits.DATAGRAM, True, (0, 0, 0)),
        ("many", "TXT", 1100, "udp", 1100, False, (9, 0, 0)),
        ("many", "TXT", 65535, "udp", limits.DATAGRAM_EDNS, False, (9, 0, 0)),
        ("many.hosts", "A", 65535, "udp", limits.DATAGRAM_EDNS, True, (0, 0, 0)),
        ("many.hosts", "A", None, "tcp", limits.DNS_MESSAGE, False, (100, 0, 0)),
        # RFC 2181 section 9: what is only useful is left out, and nobody has to ask again for it
        ("few", "MX", None, "udp", limits.DATAGRAM, False, (1, 0, 0)),
        ("few", "MX", None, "tcp", limits.DNS_MESSAGE, False, (1, 0, 100)),
    ],
)
def test_a_response_is_cut_to_what_its_way_carries(name, rdtype, payload, transport, size, truncated, counts):
    query = ask(f"{name}.lentil.edu", rdtype, use_edns=0 if payload else False, payload=payload or 512)
    octets = respond(query, look_up(query, load(lentil_edu=LONG)), recursion_available=False, transport=transport)
    said = read_message(octets)
    assert len(octets) <= size
    assert bool(said.flags & dns.flags.TC) == truncated
    assert tuple(sum(map(len, section)) for section in (said.answer, said.authority, said.additional)) == counts


def test_a_referral_without_the_glue_that_it_needs_is_truncated():
    """RFC 9471 section 2: glue of the delegated zone is needed; that of its siblings may be left out."""
    many = "".join(f"ns{n}.sub A 10.1.{m}.{n}\nsub NS ns{n}.sub\n" for n in range(4) for m in range(12))
    few = "".join(f"ns{n}.halva A 10.1.{m}.{n}\nsub NS ns{n}.halva\n" for n in range(4) for m in range(12))
    for text, truncated in ((many, True), (few, False)):
        query = ask("a.sub.edu", use_edns=False)
        octets = respond(query, look_up(query, load(edu=EDU + text)), recursion_available=False, transport="udp")
        said = read_message(octets)
        assert len(octets) <= limits.DATAGRAM
        assert len(said.authority[0]) == 4
        assert bool(said.flags & dns.flags.TC) == truncated


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("a" * 64 + ".nz", "A label has at most 63 octets, and '" + "a" * 40 + "...' has 64."),
        (
            "a." * 128,
            "A name has at most 255 octets on the wire, so at most 127 levels below the root; "
            "'" + "a." * 20 + "...' has 257 octets in 128 levels.",
        ),
        (
            ("a" * 63 + ".") * 4,
            "A name has at most 255 octets on the wire, so at most 127 levels below the root; "
            "'" + "a" * 40 + "...' has 257 octets in 4 levels.",
        ),
        ("www..nz", "Between two dots of a name stands a label, and 'www..nz' has one with nothing in it."),
        (".nz", "Between two dots of a name stands a label, and '.nz' has one with nothing in it."),
        ("a\\999", "After a backslash stands one character or a number from 000 to 255, and 'a\\\\999' differs."),
        ("münchen.nz", "A name is ASCII here, and 'münchen.nz' has other characters; type its xn-- form."),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_limit_that_it_breaks(typed, sentence):
    with pytest.raises(WireError) as caught:
        check_name(typed)
    assert str(caught.value) == sentence


def test_the_longest_names_are_names():
    assert len(check_name("a." * limits.LEVELS)) == limits.LEVELS + 1
    assert len(check_name("a." * 126 + "a").to_digestable()) == limits.NAME
    assert check_name("a" * 63 + ".nz").labels[0] == b"a" * limits.LABEL
    assert check_name("\\a\\046\\\\.nz.").labels[0] == b"a.\\"
    with pytest.raises(WireError, match="256 octets in 6 levels"):
        check_name("a" * 63 + "." + "b" * 63 + "." + "c" * 63 + "." + "d" * 51, dns.name.from_text("lentil.edu"))


@given(st.text(max_size=80) | st.text(st.sampled_from("a.\\0129 é@"), max_size=300))
def test_whatever_is_typed_is_a_name_or_refused_in_a_sentence(typed):
    with suppress(WireError):
        assert check_name(typed).is_absolute()


@given(
    st.binary(max_size=80)
    | st.binary(max_size=600).map(HEAD.__add__)
    | st.binary(max_size=600).map((WITH_ONE_MORE + QUESTION).__add__)
)
def test_any_octets_are_a_query_or_a_wire_error(octets):
    try:
        query = read_query(octets)
    except WireError:
        refusal = refuse_format(octets)
        assert refusal is None or len(refusal) == 12
    else:
        assert octets[12:].startswith(query.question)
        assert respond(query, look_up(query, {}), recursion_available=False, transport="udp")[:2] == octets[:2]


@given(st.binary(max_size=200) | st.binary(max_size=600).map(HEAD.__add__))
def test_any_octets_are_a_message_or_a_wire_error(octets):
    with suppress(WireError):
        assert read_message(octets).id == int.from_bytes(octets[:2], "big")
