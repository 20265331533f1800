import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import limits
from protocols.dns.zone import Record, ZoneError, next_serial, parse_zone
from tests.protocols.dns.small import LENTIL

HEAD = "$TTL 3600\n@ SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\nns1 A 10.2.0.53\n"  # four lines
MISTAKES = [
    ("www A 10.2.0.256", "Line 5: A wants an IPv4 address, as in A 130.195.86.18."),
    ("www A", "Line 5: A wants an IPv4 address, as in A 130.195.86.18."),
    ("www A 10.2.0.1 10.2.0.2", "Line 5: A wants an IPv4 address, as in A 130.195.86.18."),
    ("www AAAA 10.2.0.1", "Line 5: AAAA wants an IPv6 address, as in AAAA 2001:db8::18."),
    ("@ MX mail", "Line 5: MX wants a number and a name, as in MX 10 mail.vuw.ac.nz."),
    ("@ MX 70000 mail", "Line 5: MX wants a number and a name, as in MX 10 mail.vuw.ac.nz."),
    ("@ NS a b", "Line 5: NS wants the name of a name server, as in NS ns1.vuw.ac.nz."),
    ("w CNAME", "Line 5: CNAME wants one name, as in CNAME www2.vuw.ac.nz."),
    ("w PTR", "Line 5: PTR wants one name, as in PTR www2.vuw.ac.nz."),
    ("w SRV 1 2 x", "Line 5: SRV wants three numbers and a name, as in SRV 0 5 5060 sip.vuw.ac.nz."),
    ("w TXT " + "a" * 256, 'Line 5: TXT wants texts of at most 255 octets each, as in TXT "v=spf1 mx -all".'),
    ("w LOC here", "Line 5: LOC wants other data than this; RFC 3597 section 5 has a form for every type."),
    ("w CNAME münchen.nz.", "Line 5: CNAME wants one name, as in CNAME www2.vuw.ac.nz."),
    ("w CNAME " + "a" * 64, "Line 5: a label has at most 63 octets, and the record's data has a longer one."),
    (
        "w CNAME " + "a." * 128,
        "Line 5: a name has at most 255 octets on the wire, and the record's data has a longer one.",
    ),
    (
        "\n\nwww AA 10.2.0.1",
        "Line 7: 'AA' is no type; after a name stand a type and its data, as in www A 130.195.86.18.",
    ),
    ("www", "Line 5: after the name stand a type and its data, as in www A 130.195.86.18."),
    ('www "A" 10.2.0.1', "Line 5: after the name stand a type and its data, as in www A 130.195.86.18."),
    ("w CH A 10.2.0.1", "Line 5: a zone is of the class IN here; leave CH out."),
    ("w ANY 1", "Line 5: ANY is a type of questions and messages; no zone has records of it."),
    ("w AXFR 1", "Line 5: AXFR is a type of questions and messages; no zone has records of it."),
    ("w OPT 1", "Line 5: OPT is a type of questions and messages; no zone has records of it."),
    ("w DNAME x", "Line 5: DNAME is not answered here; give each name a CNAME record."),
    ("w RRSIG x", "Line 5: zones are not signed here; leave RRSIG out."),
    (
        "w 2147483648 A 10.2.0.1",
        "Line 5: '2147483648' is no time to live: that is 0 to 2147483647 seconds, as in 3600 or 1h.",
    ),
    ("w 5x A 10.2.0.1", "Line 5: '5x' is no time to live: that is 0 to 2147483647 seconds, as in 3600 or 1h."),
    ("$TTL ²", "Line 5: '²' is no time to live: that is 0 to 2147483647 seconds, as in 3600 or 1h."),
    ("$TTL", "Line 5: $TTL wants something after it, as in $TTL 3600."),
    ("$ORIGIN", "Line 5: $ORIGIN wants something after it, as in $ORIGIN vuw.ac.nz."),
    ("$TTL 1 2", "Line 5: $TTL wants one thing after it and nothing more on its line."),
    ("$INCLUDE /etc/passwd", "Line 5: $INCLUDE is not obeyed here, only $ORIGIN and $TTL are; write the records out."),
    (
        "$GENERATE 1-9 h$ A 10.2.0.$",
        "Line 5: $GENERATE is not obeyed here, only $ORIGIN and $TTL are; write the records out.",
    ),
    ("a" * 64 + " A 10.2.0.1", "Line 5: a label has at most 63 octets, and '" + "a" * 40 + "...' has 64."),
    ("a..b A 10.2.0.1", "Line 5: between two dots of a name stands a label, and 'a..b' has one with nothing in it."),
    ("www.halva.fr. A 10.0.0.1", "Line 5: www.halva.fr. is not within lentil.edu.; leave it to its own zone."),
    ("w SOA a b 1 2 3 4 5", "Line 5: SOA belongs to the zone's own name; write @ for w.lentil.edu."),
    ("@ SOA a b 1 2 3 4 5", "Line 5: lentil.edu. has its SOA record in line 2; it has only one."),
    ("w CNAME a\nw CNAME b", "Line 6: w.lentil.edu. has its CNAME record in line 5; it has only one."),
    (
        "ns1 CNAME a",
        "Line 5: ns1.lentil.edu. has other records, as in line 4, and cannot be an alias (CNAME) too "
        "(RFC 1034 section 3.6.2).",
    ),
    (
        "w CNAME a\nw A 10.2.0.1",
        "Line 6: w.lentil.edu. is an alias by its CNAME in line 5, and an alias has nothing else "
        "(RFC 1034 section 3.6.2).",
    ),
    (
        "ns1 300 A 10.2.0.54",
        "Line 5: the A records of ns1.lentil.edu. may be kept 300 seconds here and 3600 in line 4; "
        "give them one time to live (RFC 2181 section 5.2).",
    ),
    ("*.w NS ns1", "Line 5: a wildcard delegates nothing (RFC 4592 section 4.2); name each zone by itself."),
    ('w TXT "a\nb"', "Line 5: a quotation mark is opened here, and its partner is not on the same line."),
    ('w TXT "a', "Line 5: a quotation mark is opened here, and its partner is not on the same line."),
    ("w TXT ( a\nb", "Line 5: a parenthesis is opened here and not closed before the file ends."),
    ("w A ) 10.2.0.1", "Line 5: A wants an IPv4 address, as in A 130.195.86.18."),
    (") A 10.2.0.1", "Line 5: the quotation marks or parentheses here have no partners."),
]


@pytest.mark.parametrize(("lines", "sentence"), MISTAKES, ids=[lines.strip()[:30] for lines, _ in MISTAKES])
def test_a_mistake_is_named_by_its_line_and_says_what_to_do(lines, sentence):
    with pytest.raises(ZoneError) as caught:
        parse_zone("lentil.edu", HEAD + lines + "\n")
    assert str(caught.value) == sentence
    assert sentence.startswith(f"Line {caught.value.line}: ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Line 1: the zone has no SOA record; add one, as in @ SOA ns1.lentil.edu. hostmaster.lentil.edu. 1 7200"),
        ("@ 60 SOA a b 1 2 3 4 5", "Line 1: the zone names no server of its own; add one, as in @ NS ns1.lentil.edu."),
        ("@ NS ns1", "Line 1: nothing says how long this record may be kept; begin the file with $TTL 3600."),
        (
            " 60 NS ns1",
            "Line 1: the first record has no name before it; begin its line with one, or with @ for the zone's own.",
        ),
        (";" * (limits.ZONE_FILE + 1), "Line 1: a zone's file has at most 65,536 octets; leave some records out."),
        ("é" * (limits.ZONE_FILE // 2 + 1), "Line 1: a zone's file has at most 65,536 octets; leave some records out."),
    ],
)
def test_what_a_zone_lacks_is_said(text, sentence):
    with pytest.raises(ZoneError) as caught:
        parse_zone("lentil.edu", text)
    assert str(caught.value).startswith(sentence)


def test_a_name_has_a_limit_of_records_of_a_type():
    many = [f"w A 10.3.{n // 250}.{n % 250}\n" for n in range(limits.RRSET + 1)]
    assert len(parse_zone("lentil.edu", HEAD + "".join(many[:-1])).records()) == limits.RRSET + 3
    with pytest.raises(ZoneError) as caught:
        parse_zone("lentil.edu", HEAD + "".join(many))
    what = "a name has at most 500 records of a type, and w.lentil.edu. has more here; leave some out."
    assert str(caught.value) == f"Line {limits.RRSET + 5}: {what}"


def test_the_records_are_listed_as_they_stand_in_the_file():
    zone = parse_zone("lentil.edu", HEAD + '\n; a comment\n$ORIGIN sub\nw 60 TXT ( "a b"\n  c )\n  IN 60 A 10.2.0.1\n')
    assert zone.serial == 7
    assert zone.records()[2:] == [
        Record(4, "ns1.lentil.edu.", 3600, "A", "10.2.0.53"),
        Record(8, "w.sub.lentil.edu.", 60, "TXT", '"a b" "c"'),
        Record(10, "w.sub.lentil.edu.", 60, "A", "10.2.0.1"),
    ]


def test_a_time_to_live_comes_from_ttl_or_the_record_before_or_the_soa():
    """RFC 2308 section 4, RFC 1035 section 5.1."""
    ttls = [
        record.ttl
        for record in parse_zone("x", "@ SOA a b 1 2 3 4 55\n@ NS a\na 7 A 10.0.0.1\nb A 10.0.0.2\n").records()
    ]
    assert ttls == [55, 55, 7, 7]
    ttls = [record.ttl for record in parse_zone("x", "$TTL 1h\n@ 9 SOA a b 1 2 3 4 55\n@ NS a\n").records()]
    assert ttls == [9, 3600]


def test_the_root_is_a_zone_with_names_right_below_it():
    zone = parse_zone(".", "$TTL 60\n@ SOA a.x hostmaster 1 2 3 4 5\n@ NS a.x\na.x A 10.0.0.1\nnz NS a.x\n")
    assert [record.name for record in zone.records()] == [".", ".", "a.x.", "nz."]
    assert zone.find_cut(dns.name.from_text("www.nz")) == dns.name.from_text("nz")


def test_the_outermost_cut_counts_and_the_names_between_exist():
    zone = parse_zone("lentil.edu", HEAD + "b.a NS ns1\nc.b.a NS ns1\n")
    assert zone.find_cut(dns.name.from_text("d.c.b.a.lentil.edu")) == dns.name.from_text("b.a.lentil.edu")
    assert zone.at(dns.name.from_text("a.lentil.edu")) == {}
    assert zone.at(dns.name.from_text("z.lentil.edu")) is None
    assert zone.find_encloser(dns.name.from_text("z.y.a.lentil.edu")) == dns.name.from_text("a.lentil.edu")


@pytest.mark.parametrize(("serial", "following"), [(0, 1), (2026112401, 2026112402), (2**32 - 1, 1)])
def test_a_serial_has_a_next_one(serial, following):
    assert next_serial(serial) == following


PIECES = [*'@ \n\t;()"$.\\', "A ", "10.2.0.1", "NS ", "TXT ", "w ", "60 ", "IN ", "\\#", "é"]


@given(st.text(max_size=120) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_a_zone_or_a_mistake_with_its_line(text):
    try:
        parse_zone("lentil.edu", HEAD + text)
    except ZoneError as error:
        lines = (HEAD + text).count("\n") + (HEAD + text).count("\r") + 1
        if not (1 <= error.line <= lines and str(error).startswith(f"Line {error.line}: ") and str(error)[-1] == "."):
            raise


def test_a_zone_written_from_its_records_is_the_same_zone():
    zone = parse_zone("lentil.edu", LENTIL)
    text = "".join(f"{each.name} {each.ttl} IN {each.type} {each.data}\n" for each in zone.records())
    again = parse_zone("lentil.edu", text)
    assert [(r.name, r.ttl, r.type, r.data) for r in again.records()] == [
        (r.name, r.ttl, r.type, r.data) for r in zone.records()
    ]
