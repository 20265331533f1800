"""Signing in and out, and a new password."""

from playwright.sync_api import expect

from tests.browser.conftest import sign_in


def test_a_stranger_is_asked_to_sign_in(portal, chromium):
    page = chromium.new_page()
    page.goto(f"{portal.url}/courses/nwen243/")
    expect(page.get_by_label("Username")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_visible()
    page.close()


def test_a_wrong_password_is_said_in_a_sentence(portal, chromium):
    page = chromium.new_page()
    page.goto(f"{portal.url}/accounts/login/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("password")
    expect(page.get_by_label("Username")).to_have_value("alice")
    page.close()


def test_sign_out_ends_the_session(portal, chromium):
    context = chromium.new_context()
    page = context.new_page()
    sign_in(page, portal, "bob")
    page.goto(f"{portal.url}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto(f"{portal.url}/")
    expect(page.get_by_label("Username")).to_be_visible()
    context.close()
