"""Signing in and out, and the accounts that can."""

import pytest

from portal.accounts.models import User

PASSWORD = "pease-porridge"
LOGIN = "/accounts/login/"


def sign_in(client, name="alice", password=PASSWORD):
    return client.post(LOGIN, {"login": name, "password": password})


def is_signed_in(client) -> bool:
    return client.get("/").status_code == 200


def test_by_username_and_password(alice, client):
    assert sign_in(client)["Location"] == "/"
    assert is_signed_in(client)


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong"), ("carol", PASSWORD), ("alice", ""), ("", PASSWORD)])
def test_not_with_anything_else(name, password, alice, client):
    answer = sign_in(client, name, password)
    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_not_by_mail_address(alice, client):
    alice.email = "alice@halva.fr"
    alice.save()
    sign_in(client, "alice@halva.fr")
    assert not is_signed_in(client)


def test_guessing_is_slowed_down(alice, client):
    for _ in range(6):
        sign_in(client, password="wrong")
    sign_in(client)
    assert not is_signed_in(client)


def test_signing_out(alice, client):
    sign_in(client)
    assert client.get("/accounts/logout/").status_code == 200  # a link alone signs nobody out
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_a_new_password_replaces_the_old_one_and_ends_other_sessions(alice, client):
    from django.test import Client

    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    new = "split-pea-pottage"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    sign_in(elsewhere)
    assert not is_signed_in(elsewhere)
    sign_in(elsewhere, password=new)
    assert is_signed_in(elsewhere)


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"])
def test_nobody_signs_up_by_themselves(path, db, client):
    assert client.get(path).status_code == 404


def test_a_demo_account_signs_in_only_in_demo_mode(db, client, settings):
    User.objects.create_user("demo", password=PASSWORD, demo=True)
    settings.DEMO = False
    sign_in(client, "demo")
    assert not is_signed_in(client)
    settings.DEMO = True
    sign_in(client, "demo")
    assert is_signed_in(client)
    settings.DEMO = False
    assert not is_signed_in(client)


def test_the_sign_in_page_names_demo_accounts_only_in_demo_mode(db, client, settings):
    settings.DEMO = True
    assert client.get(LOGIN).context["demo"]
    settings.DEMO = False
    assert not client.get(LOGIN).context["demo"]


def test_the_admin_has_no_sign_in_of_its_own(db, client):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(LOGIN)


def test_the_admin_is_for_staff(alice, mallory, client):
    client.force_login(alice)
    assert client.get("/admin/").status_code in (302, 403)
    client.force_login(mallory)
    assert client.get("/admin/").status_code == 200


def test_the_admin_changes_no_log_and_shows_nothing_said(lab, mallory, client):
    from portal.labs import feed
    from tests.portal.conftest import make_line

    feed.append(lab.pk, 1, [make_line(1, b"NOOP beluga\r\n")])
    client.force_login(mallory)
    event = lab.events.get()
    for path in ("event/", f"event/{event.pk}/change/", "lab/", f"lab/{lab.pk}/change/", "visit/"):
        answer = client.get(f"/admin/labs/{path}")
        assert answer.status_code == 200
        assert b"beluga" not in answer.content
    for path in (f"event/{event.pk}/change/", f"event/{event.pk}/delete/", "event/add/", f"lab/{lab.pk}/delete/"):
        assert client.post(f"/admin/labs/{path}", {"post": "yes"}).status_code == 403


def test_a_whole_class_signs_in_from_one_address(alice):
    from django.test import Client

    for _ in range(100):
        client = Client()
        sign_in(client)
        assert is_signed_in(client)
