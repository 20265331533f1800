import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.goals.model import Pattern

PATTERNS = [
    ("*", "", True),
    ("", "", True),
    ("", "a", False),
    ("a", "A", True),
    ("a*", "ab", True),
    ("*b", "ab", True),
    ("a*a", "a", False),
    ("a*a", "aa", True),
    ("*a*b*", "xxaxxbxx", True),
    ("*a*b*", "ba", False),
    ("/tmp/*.txt", "/tmp/x.txt", True),
    ("/tmp/*.txt", "/tmp/.txt", True),
    ("/tmp/*.txt", "/tmp/x.text", False),
]


@pytest.mark.parametrize(("pattern", "text", "matches"), PATTERNS)
def test_a_star_stands_for_anything(pattern, text, matches):
    assert Pattern.of(pattern).matches(text) is matches


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_it_finds_what_a_regular_expression_finds(pattern, text):
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    assert Pattern.of(pattern).matches(text) is (re.fullmatch(expression, text) is not None)
