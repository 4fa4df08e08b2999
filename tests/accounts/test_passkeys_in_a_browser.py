"""A real browser with a keychain of its own (WebAuthn by the DevTools protocol)."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import Server

pytestmark = [pytest.mark.slow, pytest.mark.browser]
KEYCHAIN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
GO = "[data-passkey] button"


def test_a_member_makes_a_passkey_signs_out_and_comes_back_with_one_tap(
    phone: Page, live_server: Server
) -> None:
    devtools = phone.context.new_cdp_session(phone)
    devtools.send("WebAuthn.enable")
    keychain = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEYCHAIN})
    phone.goto(live_server.flask("invite", "--city", "warsaw").split()[-1])
    phone.get_by_role("button", name="Працягнуць").tap()
    phone.wait_for_url("**/nearby")
    phone.goto("/settings")
    phone.locator('a[href="/settings/passkeys"]').tap()
    phone.locator(GO).tap()
    expect(phone.locator('form[action$="/removal"]')).to_have_count(1)
    held = devtools.send("WebAuthn.getCredentials", keychain)["credentials"]
    assert [(key["rpId"], key["isResidentCredential"]) for key in held] == [("localhost", True)]

    phone.goto("/settings")
    phone.locator('form[action="/sign-out"] button').first.tap()
    phone.wait_for_url("**/")
    phone.goto("/card")
    phone.locator('a[href="/passkey"]').tap()
    phone.locator(GO).tap()
    phone.wait_for_url("**/nearby")


def test_a_phone_that_does_not_answer_is_told_so_and_another_way_stands_there(
    phone: Page, live_server: Server
) -> None:
    devtools = phone.context.new_cdp_session(phone)
    devtools.send("WebAuthn.enable")
    unsure = KEYCHAIN | {"isUserVerified": False}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": unsure})
    phone.goto("/passkey")
    phone.locator(GO).tap()
    expect(phone.locator("[data-passkey] .wrong")).to_be_visible()
    expect(phone.locator('a[href="/way-back"]')).to_be_visible()


def test_without_scripts_the_page_says_so(phone_without_scripts: Page) -> None:
    phone_without_scripts.goto("/passkey")
    expect(phone_without_scripts.locator(GO)).to_be_hidden()
    expect(phone_without_scripts.locator("[data-without]")).to_be_visible()
