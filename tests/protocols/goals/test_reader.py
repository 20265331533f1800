import pytest

from protocols.goals import model
from protocols.goals.model import ANYTHING, Goal, Pattern
from protocols.goals.reader import VOCABULARY, read_goals
from protocols.world import WorldError
from protocols.world.parts import Parts

NEEDS = {
    "command": ({"verb": "helo", "argument": "mx*"}, model.Command(("HELO",), Pattern.of("mx*"))),
    "reply": (
        {"code": 250, "to": ["MAIL", "RCPT"], "text": "2.1.*"},
        model.Reply(Pattern.of("250"), ("MAIL", "RCPT"), Pattern.of("2.1.*")),
    ),
    "state": ({"protocol": "smtp", "state": "greeted"}, model.Reached("smtp", "greeted")),
    "delivered": (
        {"to": "bob@lentil.edu", "from": "", "header": {"Subject": "*dahl*"}, "body": "*"},
        model.Delivered(Pattern.of("bob@lentil.edu"), Pattern.of(""), (("subject", Pattern.of("*dahl*")),), ANYTHING),
    ),
    "stored": (
        {"path": "/tmp/*", "host": "*", "size": 5, "sha256": "AB" * 32, "type": "I", "mode": "active"},
        model.Stored(Pattern.of("/tmp/*"), ANYTHING, 5, "ab" * 32, "I", "active"),
    ),
    "fetched": (None, model.Fetched()),
    "listed": ({"mode": "passive"}, model.Listed("passive")),
    "gone": ({"path": "/a"}, model.Gone(Pattern.of("/a"))),
    "data connection": ({"mode": "active"}, model.DataConnection("active")),
    "answer": (
        {
            "name": "*.nz",
            "type": "mx",
            "rcode": "nxdomain",
            "to": "mx*",
            "by": "iteration",
            "cached": "true",
            "queries": 3,
        }
        | {"authoritative": "false"},
        model.Answered(
            *(Pattern.of("*.nz"), "MX", "NXDOMAIN"),
            to=Pattern.of("mx*"),
            by="iteration",
            authoritative=False,
            cached=True,
            queries=3,
        ),
    ),
    "record": (
        {"zone": "lentil.edu", "name": "soup.lentil.edu", "type": "A"},
        model.Record("lentil.edu", Pattern.of("soup.lentil.edu"), "A"),
    ),
    "secret in the clear": ({}, model.SecretInTheClear()),
    "question": (
        {"ask": "Which port?", "answer": "data port", "of": {"data connection": {"mode": "active"}}},
        model.Question("Which port?", "data port", model.DataConnection("active")),
    ),
    "all": ([{"gone": {}}, {"fetched": {}}], model.All((model.Gone(), model.Fetched()))),
    "any": ([{"gone": {}}], model.AnyOf((model.Gone(),))),
    "in order": ([{"gone": {}}], model.InOrder((model.Gone(),))),
    "on one connection": ({"never": {"gone": {}}}, model.OnOneConnection(model.Never(model.Gone()))),
    "never": ({"secret in the clear": {}}, model.Never(model.SecretInTheClear())),
}

NESTED: dict[str, object] = {"gone": {}}
for _ in range(6):
    NESTED = {"all": [NESTED]}

WRONG = {
    "nothing is needed": ({}, "a goal needs one thing"),
    "two things at once": ({"gone": {}, "fetched": {}}, "a goal needs one thing"),
    "an unknown thing": ({"shout": {}}, "a goal cannot need 'shout'"),
    "an unknown key": ({"gone": {"when": "now"}}, "gone has no key 'when'"),
    "a command without a verb": ({"command": {"argument": "x"}}, "command needs the key verb"),
    "a state that is none": ({"state": {"protocol": "smtp", "state": "lost"}}, "smtp has the states connected, "),
    "a protocol that is none": ({"state": {"protocol": "http", "state": "lost"}}, "this is one of smtp, ftp"),
    "a size that is a word": ({"stored": {"size": "big"}}, "size is a number"),
    "a digest that is none": ({"stored": {"sha256": "ab"}}, "a SHA-256 is 64 hexadecimal digits"),
    "a type that is none": ({"fetched": {"type": "E"}}, "this is one of A, I"),
    "a record type that is none": ({"answer": {"type": "SOUP"}}, "'SOUP' is no type of resource record"),
    "a code that is none": ({"answer": {"rcode": "SAD"}}, "'SAD' is no code of a DNS response"),
    "a question about several things": (
        {"question": {"ask": "?", "answer": "queries", "of": {"all": [{"gone": {}}]}}},
        "what a question is about is one of these keys: command, ",
    ),
    "a question among others": ({"all": [{"question": {"ask": "?", "answer": "queries"}}]}, "a question stands alone"),
    "a question about nothing": ({"question": {"ask": "Why?", "answer": "why"}}, "this is one of data port"),
    "an empty list": ({"all": []}, "all is a list of 1 to 20"),
    "a pattern that is none": ({"gone": {"path": [1]}}, "this is a text"),
    "a header that is none": ({"delivered": {"header": "Subject"}}, "header is at most 20 pairs"),
    "never in order": ({"in order": [{"never": {"gone": {}}}]}, "what must never happen stands at the top"),
    "never never": ({"never": {"never": {"gone": {}}}}, "what must never happen stands at the top"),
    "too deep": (NESTED, "nested deeper than 6"),
}


def read(*goals: object) -> tuple[Goal, ...]:
    return read_goals(Parts({}), list(goals), ("goals",))


@pytest.mark.parametrize(("key", "value", "wish"), [(key, *row) for key, row in NEEDS.items()], ids=NEEDS)
def test_each_thing_that_a_goal_can_need_is_read(key, value, wish):
    assert read({"title": "It", "needs": {key: value}}) == (Goal("it", "It", wish),)


def test_the_table_has_the_whole_vocabulary():
    assert list(NEEDS) == list(VOCABULARY)


@pytest.mark.parametrize(("needs", "sentence"), WRONG.values(), ids=WRONG)
def test_it_refuses_in_a_sentence(needs, sentence):
    with pytest.raises(WorldError) as refused:
        read({"title": "It", "needs": needs})
    assert sentence in str(refused.value)


def test_a_name_without_data_is_asked_for_by_its_own_code():
    (goal,) = read({"title": "It", "needs": {"answer": {"rcode": "NODATA"}}})
    assert goal.wish == model.Answered(rcode="NODATA")


def test_a_mistake_is_named_by_its_line():
    lines = {("goals",): 3, ("goals", 0, "needs", "gone", "when"): 7}
    with pytest.raises(WorldError, match=r"^Line 7: gone has no key 'when'\.$"):
        read_goals(Parts(lines), [{"title": "It", "needs": {"gone": {"when": "x"}}}], ("goals",))


def test_a_goal_has_a_key_and_points():
    (goal,) = read({"title": "Grüße!", "key": "greet", "points": 3, "needs": {"gone": {}}})
    assert (goal.key, goal.points) == ("greet", 3)
    assert read({"title": "Name sender & recipient", "needs": {"gone": {}}})[0].key == "name-sender-recipient"


@pytest.mark.parametrize(
    "given",
    [
        {"title": "It" * 101},
        {"key": "Not A Key"},
        {"title": "???"},
        {"points": -1},
        {"title": ""},
        {"title": "a\nb"},
        {"needs": None},
        {"more": 1},
    ],
)
def test_a_goal_that_is_none_is_refused(given):
    with pytest.raises(WorldError):
        read({"title": "It", "needs": {"gone": {}}} | given)


def test_two_goals_of_one_key_are_refused():
    with pytest.raises(WorldError, match="two goals have the key it"):
        read({"title": "It", "needs": {"gone": {}}}, {"title": "It", "needs": {"fetched": {}}})
