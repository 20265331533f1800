import re

import dns.rdatatype
import pytest

from protocols.dns import tables
from protocols.dns.fields import refer
from tests.protocols.dns.sections import SECTIONS

OTHERS = [
    tables.OTHER_TYPE,
    tables.OTHER_CLASS,
    tables.OTHER_OPCODE,
    tables.OTHER_RCODE,
    tables.OTHER_OPTION,
    tables.OTHER_EXTENDED_ERROR,
]
MEANINGS = [
    *(meaning for table in (tables.TYPES, tables.CLASSES, tables.EDNS) for meaning in table.values()),
    *(
        meaning
        for table in (tables.OPCODES, tables.RCODES, tables.OPTIONS, tables.EXTENDED_ERRORS)
        for meaning in table.values()
    ),
    *OTHERS,
]
IN_SENTENCES = {(1034, "3.7.1"), (1035, "4.1"), (1035, "4.1.2"), (2181, "9"), (7766, "5"), (1034, "5.2.2"), (9499, "4")}


def cited() -> set[tuple[int, str]]:
    sources = {meaning.source for meaning in MEANINGS}
    sources |= {source for table in (tables.HEADER, tables.HEADER_OF_QUERY) for _, source in table.values()}
    causes = (*tables.CAUSES.values(), *tables.OF_ALIASES.values())
    return sources | {source for cause in causes for source in cause.references} | IN_SENTENCES


def test_what_is_cited_is_a_section_that_is_known():
    assert cited() == set(SECTIONS)


@pytest.mark.parametrize("source", sorted(cited()))
def test_every_reference_leads_to_a_section_of_an_rfc(source):
    found = refer(source)
    rfc, section = source
    assert found.label == (f"RFC {rfc} §{section}" if section else f"RFC {rfc}")
    assert re.fullmatch(rf"https://www\.rfc-editor\.org/rfc/rfc{rfc}(#section-[0-9.]+)?", found.url)


def test_every_type_is_a_type_and_is_explained_in_words_of_its_own():
    assert all(dns.rdatatype.from_text(name) for name in tables.TYPES)
    texts = [meaning.text for meaning in tables.TYPES.values()]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(("rcode", "name"), [(0, "NOERROR"), (3, "NXDOMAIN"), (16, "BADVERS"), (13, "RCODE13")])
def test_a_code_has_a_name(rcode, name):
    assert tables.rcode_name(rcode) == name


@pytest.mark.parametrize(("code", "name"), [(10, "cookie"), (65_001, "option 65001")])
def test_an_option_has_a_name(code, name):
    assert tables.option_name(code) == name


def test_an_extended_error_has_the_section_of_its_code():
    for code, meaning in tables.EXTENDED_ERRORS.items():
        assert meaning.source == (8914, f"4.{code + 1}")
