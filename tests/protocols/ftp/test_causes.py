import re

from protocols import limits
from protocols.ftp.causes import CAUSES, about, data, files, login, parameters, refusals, session, unknown
from protocols.ftp.states import MACHINE


def test_every_cause_has_its_words_its_sentences_and_its_sources():
    for cause in CAUSES.values():
        assert cause.words, cause.why
        assert cause.references, cause.why
        assert cause.says.endswith("."), cause.why
        assert cause.help.endswith(".") if cause.code[0] in "45" else cause.help == "", cause.why


def test_every_cause_can_be_said_and_nothing_else_is():
    assert {row.why for row in MACHINE.rows} == set(CAUSES)
    assert all(row.code == CAUSES[row.why].code for row in MACHINE.rows)


def test_no_two_causes_share_a_text():
    for texts in (
        [cause.says for cause in CAUSES.values()],
        [cause.help for cause in CAUSES.values() if cause.code[0] in "45"],
        [cause.words for cause in CAUSES.values()],
    ):
        assert len(texts) == len(set(texts))


def test_a_cause_is_listed_once():
    groups = (session, login, parameters, data, files, refusals, about, unknown)
    assert sum(len(group.CAUSES) for group in groups) == len(CAUSES)


def test_the_voice_blames_nobody():
    for cause in CAUSES.values():
        assert not re.search(r"\b(invalid|illegal|error|oops|please|sorry|simply)\b", cause.says + cause.help, re.I), (
            cause
        )


def test_what_words_must_have_they_may_have_and_the_servers_own_have_it():
    for cause in CAUSES.values():
        assert cause.needs <= cause.knows, cause.why
        assert all(f"{{{name}}}" in cause.words for name in cause.needs), cause.why


def test_limits_in_the_texts_are_the_limits():
    assert str(limits.PASSIVE_SECONDS) in CAUSES["cannot-connect"].says
    assert str(limits.DATA_IDLE_SECONDS) in CAUSES["transfer-idle"].says
    assert str(limits.FILE_NAME) in CAUSES["name-too-long"].says
    assert str(limits.FILE_PATH) in CAUSES["path-too-long"].words
    assert "10 MB" in CAUSES["lab-full"].says
    assert str(limits.FILE_ENTRIES) in CAUSES["too-many-files"].says
