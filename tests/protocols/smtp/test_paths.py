import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.smtp import tables
from protocols.smtp.paths import (
    PathError,
    has_space_after_colon,
    is_host_name,
    parse_forward_path,
    parse_reverse_path,
)
from tests.protocols.smtp.dialogues import PATHS


@pytest.mark.parametrize(
    ("argument", "local", "domain"),
    [
        ("TO:<bob@lentil.edu>", "bob", "lentil.edu"),
        ("to: <Bob@Lentil.EDU>", "Bob", "Lentil.EDU"),
        ("TO :<bob@lentil.edu>", "bob", "lentil.edu"),
        ("TO:<b.o+b/x=y@a-b.c>", "b.o+b/x=y", "a-b.c"),
        ('TO:<"bob"@lentil.edu>', "bob", "lentil.edu"),
        ('TO:<"b o@b>, \\"x\\\\"@lentil.edu>', 'b o@b>, "x\\', "lentil.edu"),
        ("TO:<bob@[10.2.0.25]>", "bob", "[10.2.0.25]"),
        ("TO:<bob@[IPv6:2001:db8::25]>", "bob", "[IPv6:2001:db8::25]"),
        ("TO:<bob@localhost>", "bob", "localhost"),
        ("TO:<@one.fr,@two.fr:bob@lentil.edu>", "bob", "lentil.edu"),
        ("TO:<postmaster>", "postmaster", ""),
        ("TO:<Postmaster>", "Postmaster", ""),
        (f"TO:<{'b' * 64}@lentil.edu>", "b" * 64, "lentil.edu"),
    ],
)
def test_a_forward_path_is_read(argument, local, domain):
    path = parse_forward_path(argument)
    assert (path.local, path.domain) == (local, domain)


def test_a_reverse_path_may_be_null_and_have_parameters():
    path = parse_reverse_path("FROM:<> size=100 Body=8bitmime")
    assert (path.text, path.local, path.domain) == ("", "", "")
    assert path.parameters == {"SIZE": "100", "BODY": "8bitmime"}


def test_the_text_of_a_path_is_its_mailbox_as_written():
    assert parse_forward_path("TO:<@one.fr:Bob@Lentil.EDU>").text == "Bob@Lentil.EDU"


@pytest.mark.parametrize(("why", "path"), PATHS.items(), ids=str)
def test_each_way_of_being_wrong_has_its_cause(why, path):
    if why == "unknown-parameter":
        return
    for parse, keyword in ((parse_forward_path, "TO:"), (parse_reverse_path, "FROM:")):
        for space in ("", " "):
            with pytest.raises(PathError) as caught:
                parse(keyword + space + path)
            assert caught.value.why == why


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("", "missing-to"),
        ("<bob@lentil.edu>", "missing-to"),
        ("TOO:<bob@lentil.edu>", "missing-to"),
        ("TO <bob@lentil.edu>", "missing-colon"),
        ("TO", "missing-colon"),
        ("FROM:<bob@lentil.edu>", "rcpt-from"),
        ("TO:<>", "empty-path"),
        ("TO:<bob@lentil.edu", "unclosed-bracket"),
        ("TO:bob@lentil.edu>", "missing-bracket"),
        ("TO:<bob, alice@lentil.edu>", "several-addresses"),
        ("TO:<bob@lentil.edu, alice@lentil.edu>", "several-addresses"),
        ("TO:<bob@lentil.edu>;<alice@lentil.edu>", "several-addresses"),
        ("TO:<bob@lentil@edu>", "bad-domain"),
        ("TO:<bob @lentil.edu>", "bad-local-part"),
        ("TO:<.bob@lentil.edu>", "bad-local-part"),
        ("TO:<bob@-lentil.edu>", "bad-domain"),
        ("TO:<bob@lentil.edu.>", "bad-domain"),
        (f"TO:<bob@{'a' * 64}.edu>", "bad-domain"),
        ("TO:<bob@[IPv6:x]>", "bad-address-literal"),
        ("TO:<bob@[10.2.0.25>", "bad-address-literal"),
        ("TO:<bob@lentil.edu> SIZE=", "bad-parameter"),
    ],
)
def test_wrong_recipients_are_told_apart(argument, why):
    with pytest.raises(PathError) as caught:
        parse_forward_path(argument)
    assert caught.value.why == why


@given(
    st.sampled_from(["TO:", "FROM:", "TO: <", "FROM:<", "TO:<@", ""]),
    st.text(st.sampled_from(list('<>@,:;.[]"\\ ab1-=é\x00')) | st.characters(), max_size=40),
)
def test_no_text_makes_it_raise_anything_else(start, rest):
    for parse in (parse_forward_path, parse_reverse_path):
        why, path = None, None
        try:
            path = parse(start + rest)
        except PathError as error:
            why = error.why
        assert why in tables.CAUSES or (path and (path.domain or path.text.lower() in ("", "postmaster")))
    is_host_name(rest)


@pytest.mark.parametrize("argument", ["FROM: <a@b>", "TO:  <a@b>"])
def test_a_space_after_the_colon_is_noticed(argument):
    assert has_space_after_colon(argument)


@pytest.mark.parametrize("argument", ["FROM:<a@b>", "TO:<a@b> SIZE=1", "FROM: ", "FROM"])
def test_no_space_is_noticed_where_there_is_none(argument):
    assert not has_space_after_colon(argument)
