"""Worlds as they are kept."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.worlds.models import NEWEST, Mailbox, Message, World
from protocols.world import WorldError, parse_world
from tests.portal.conftest import LECTURE, deliver, with_hashes


def mailbox(world: World, address: str = "bob@lentil.edu") -> Mailbox:
    return world.mailboxes.get(address=address)


def test_a_template_has_the_mailboxes_that_its_document_names(activity):
    assert activity.world.document().hosts == with_hashes(parse_world(LECTURE).hosts)


def test_making_mailboxes_again_keeps_those_that_are_there(activity):
    deliver(activity.world, b"kept")
    activity.world.make_mailboxes()
    assert mailbox(activity.world).messages.count() == 1
    assert activity.world.mailboxes.count() == 3


def test_a_copy_is_a_labs_own(activity):
    deliver(activity.world, b"of the template")
    copy = activity.world.copy_for_lab()
    assert copy.document() == activity.world.document()
    assert (copy.activity, copy.copied_from) == (None, activity.world)
    deliver(copy, b"of the copy")
    assert [bytes(m.raw) for m in mailbox(copy).messages.all()] == [b"of the template", b"of the copy"]
    assert mailbox(activity.world).messages.count() == 1


def test_the_document_has_the_mailboxes_of_the_models(activity):
    mailbox(activity.world).delete()
    Mailbox.objects.create(world=activity.world, address="carol@lentil.edu")
    Mailbox.objects.create(world=activity.world, address="dora@elsewhere.example")
    document = activity.world.document()
    assert document.host("mx.lentil.edu").smtp.mailboxes == (
        "alice@lentil.edu",
        "postmaster@lentil.edu",
        "carol@lentil.edu",
    )


def test_a_delivered_message_keeps_its_octets_and_is_numbered(activity):
    raw = b"Subject: x\x00y\r\n\r\n" + bytes(range(256))
    for seq in (1, 2):
        message = deliver(activity.world, raw)
        assert (message.seq, message.size) == (seq, len(raw))
    stored = Message.objects.all()[0]
    assert bytes(stored.raw) == raw
    assert "\0" not in stored.subject


def test_a_list_shows_the_newest_first_without_reading_octets(activity):
    for number in range(NEWEST + 5):
        deliver(activity.world, b"Subject: %d\r\n\r\n" % number)
    with CaptureQueriesContext(connection) as queries:
        listed = {box.address: box.newest for box in activity.world.list_mailboxes()}
    assert len(queries) == 2
    assert not any('"raw"' in query["sql"] for query in queries)
    assert [message.seq for message in listed["bob@lentil.edu"]] == list(range(NEWEST + 5, 5, -1))
    assert listed["alice@lentil.edu"] == []


def test_a_mistake_in_a_document_is_named_by_line(activity):
    before, found, after = LECTURE.partition("address: 10.2.0.25")
    assert found
    activity.world.source = f"{before}address: nowhere{after}"
    with pytest.raises(ValidationError, match=f"Line {before.count(chr(10)) + 1}: "):
        activity.world.full_clean()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("readyy: hello", "An SMTP server's words have no key 'readyy'; did you mean 'ready'?"),
        ('ready: "{client}"', "The SMTP server's words for 'ready' have {client}, and only {host} exist there."),
    ],
)
def test_words_that_no_server_can_say_are_refused_with_a_sentence(activity, words, sentence):
    activity.world.source = LECTURE.replace('ready: "{host} ESMTP ready"', words)
    with pytest.raises(ValidationError) as refused:
        activity.world.full_clean()
    assert refused.value.messages == [sentence]
    for use in (activity.world.document, activity.world.make_mailboxes):
        with pytest.raises(WorldError) as caught:
            use()
        assert str(caught.value) == sentence
