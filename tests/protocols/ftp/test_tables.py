import pytest

from protocols import limits
from protocols.ftp import tables, wire
from protocols.world import WorldError
from protocols.world.model import Account, Ftp


def ftp(**words: str) -> Ftp:
    return Ftp((Account("ecki"),), words={key.replace("_", "-"): text for key, text in words.items()})


def test_known_words_with_known_placeholders_and_several_lines_are_taken():
    tables.check_words(
        ftp(ready="{host} is here", logged_in="{user} is in\nWelcome, Jürgen\n{{x}}", passive="{user}: {host_port}")
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"redy": "x"}, "An FTP server's words have no key 'redy'; did you mean 'ready'?"),
        ({"zzz": "x"}, "An FTP server's words have no key 'zzz'."),
        ({"ready": "{user}"}, "The FTP server's words for 'ready' have {user}, and only {host} exist there."),
        ({"ready": "{host!r}"}, "The FTP server's words for 'ready' have {host!r}, and only {host} exist there."),
        ({"ready": "{host:9}"}, "The FTP server's words for 'ready' have {host:9}, and only {host} exist there."),
        ({"ready": "{host"}, "The FTP server's words for 'ready' have a brace without its partner."),
        ({"passive": "Go"}, "The FTP server's words for 'passive' need {host_port}: clients read it there."),
        ({"ready": "a\tb"}, "The FTP server's words for 'ready' have a control character, such as a tab."),
        ({"ready": "a\r\nb"}, "The FTP server's words for 'ready' have a control character, such as a tab."),
        (
            {"ready": "\n" * limits.REPLY_LINES},
            f"The FTP server's words for 'ready' have {limits.REPLY_LINES + 1} lines, and a reply has at most "
            f"{limits.REPLY_LINES}.",
        ),
    ],
)
def test_other_words_are_refused_with_a_sentence(words, sentence):
    with pytest.raises(WorldError) as caught:
        tables.check_words(ftp(**words))
    assert str(caught.value) == sentence


def test_a_reply_of_as_many_lines_as_there_may_be_is_taken():
    tables.check_words(ftp(ready="\n" * (limits.REPLY_LINES - 1)))


def test_the_servers_own_words_stand_the_same_check():
    tables.check_words(ftp(**{why: cause.words for why, cause in tables.CAUSES.items()}))
    assert all(cause.words.isascii() for cause in tables.CAUSES.values())


def test_every_code_has_a_meaning_digit_by_digit():
    for code in {*tables.CODES, *(cause.code for cause in tables.CAUSES.values())}:
        assert [digit for digit, _ in tables.digits(code)] == list(code), code


def test_a_code_that_nobody_knows_has_the_meanings_of_its_digits():
    assert tables.digits("399") == (("3", tables.FIRST_DIGIT["3"]),)


def test_every_verb_is_in_the_table_and_has_its_meaning():
    assert set(tables.VERBS) == set(wire.KNOWN)
    for verb, known in tables.VERBS.items():
        assert known.syntax.partition(" ")[0] == verb
        assert known.meaning.startswith(f"{verb} ")
        assert known.meaning.endswith(".")
        assert known.references


def test_a_verbs_syntax_says_whether_it_needs_an_argument():
    for verb, known in tables.VERBS.items():
        argument = known.syntax.partition(" ")[2]
        needs = bool(argument) and not argument.startswith("[")
        assert needs is (verb in wire.NEEDED or verb == "PASS"), verb
        assert argument or verb in (*wire.UNWANTED, "STOU", "NOOP"), verb


@pytest.mark.parametrize("table", [tables.TYPES, tables.FORMATS, tables.STRUCTURES, tables.MODES])
def test_every_letter_of_a_parameter_is_named_in_its_meaning(table):
    assert len({meaning.text for meaning in table.values()}) == len(table)
    for letter, meaning in table.items():
        assert meaning.text.startswith(f"{letter} is ")
        assert meaning.source[0] == 959
