import pytest

from protocols.goals.fields import FIELDS
from protocols.goals.reader import VOCABULARY, read_goals
from protocols.goals.vocabulary import EXAMPLES, MEANINGS, list_words
from protocols.world.parts import Parts
from protocols.world.plain import read_plain


def test_every_key_is_explained_and_has_an_example():
    assert list(MEANINGS) == list(EXAMPLES) == list(VOCABULARY) == [word.key for word in list_words()]


@pytest.mark.parametrize("word", list_words(), ids=VOCABULARY)
def test_an_example_is_a_goal_that_has_its_key(word):
    values, _ = read_plain(word.example, "an example", 1_000)
    assert read_goals(Parts({}), values, ("goals",))
    assert f"{word.key}:" in word.example


def test_what_stands_under_a_key_is_what_the_reader_takes():
    for word in list_words():
        fields = FIELDS.get(word.key)
        assert {each.name: each.is_needed for each in word.fields} == (
            {key: key in fields.needed for key in (*fields.needed, *fields.known)} if fields else {}
        )
