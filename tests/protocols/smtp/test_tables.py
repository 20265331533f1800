import pytest

from protocols.smtp import tables, wire
from protocols.smtp.states import COURSE, MACHINE
from protocols.world import Mail, WorldError


def mail(**words: str) -> Mail:
    return Mail(("lentil.edu",), ("bob@lentil.edu",), {key.replace("_", "-"): text for key, text in words.items()})


def test_known_words_with_known_placeholders_are_taken():
    tables.check_words(
        mail(ready="{host} is here", recipient_ok="{recipient} from {sender} by {client} at {host} {{x}}")
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"redy": "x"}, "An SMTP server's words have no key 'redy'; did you mean 'ready'?"),
        ({"zzz": "x"}, "An SMTP server's words have no key 'zzz'."),
        ({"ready": "{client}"}, "The SMTP server's words for 'ready' have {client}, and only {host} exist there."),
        ({"bye": "{host.name}"}, "The SMTP server's words for 'bye' have {host.name}, and only {host} exist there."),
        ({"bye": "{host!r}"}, "The SMTP server's words for 'bye' have {host!r}, and only {host} exist there."),
        ({"bye": "{}"}, "The SMTP server's words for 'bye' have {}, and only {host} exist there."),
        ({"bye": "{host"}, "The SMTP server's words for 'bye' have a brace without its partner."),
    ],
)
def test_other_words_are_refused_with_a_sentence(words, sentence):
    with pytest.raises(WorldError) as caught:
        tables.check_words(mail(**words))
    assert str(caught.value) == sentence


def test_the_servers_own_words_stand_the_same_check():
    tables.check_words(mail(**{why: cause.words for why, cause in tables.CAUSES.items()}))
    assert all(cause.words.isascii() for cause in tables.CAUSES.values())


def test_every_code_has_a_meaning_digit_by_digit():
    for cause in tables.CAUSES.values():
        enhanced = [cause.enhanced, cause.enhanced_rcpt]
        for one in filter(None, enhanced):
            assert len(tables.digits(cause.code, one)) == 4, cause.why
        assert len(tables.digits(cause.code, "")) == 3, cause.why


def test_every_verb_is_in_the_table_and_has_its_meaning():
    assert set(tables.VERBS) == {*wire.KNOWN, wire.DOT}
    for verb, known in tables.VERBS.items():
        assert known.meaning.endswith("."), verb
        assert known.references, verb


def test_the_usual_course_is_made_of_arrows():
    assert set(COURSE) <= set(MACHINE.arrows())


def test_what_is_out_of_order_is_refused_in_its_state_and_cannot_succeed_there():
    for state in MACHINE.states:
        for verb in wire.KNOWN:
            if MACHINE.forbids(state.name, verb):
                assert verb not in MACHINE.allowed(state.name)
