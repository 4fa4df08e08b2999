"""Two screens of one person: the scanner's browser is in, the installed app shows a code."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsers import PHONE, Faults, Server, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def be_in(phone: Page, server: Server) -> None:
    phone.goto(server.flask("invite", "--city", "warsaw").split()[-1])
    phone.get_by_role("button", name="Працягнуць").tap()
    phone.wait_for_url("**/nearby")


def say_yes(phone: Page, code: str) -> None:
    """Everything on the screen that is in."""
    phone.goto("/settings")
    phone.locator('a[href="/hand-over/code"]').tap()
    phone.locator("#code").fill(code)
    phone.locator("main .btn:not(.quiet)").tap()
    expect(phone.locator(".calm .see")).to_be_visible()
    phone.locator("main form .btn:not(.quiet)").tap()
    phone.wait_for_url("**/hand-over/code?done=1")


@pytest.mark.parametrize("scripts", [True, False], ids=["by itself", "by its button"])
def test_the_app_shows_a_code_the_browser_types_it_and_the_app_is_in(
    chromium: Browser, live_server: Server, faults: Faults, scripts: bool
) -> None:
    with (
        visitor(chromium, live_server, faults, PHONE) as browser,
        visitor(chromium, live_server, faults, PHONE, java_script_enabled=scripts) as app,
    ):
        be_in(browser, live_server)
        app.goto("/")
        app.locator('a[href="/hand-over"]:visible').tap()
        app.locator("main form .btn:not(.quiet):not(.text)").tap()
        code = app.locator(".ticket .big").inner_text()
        say_yes(browser, code)
        if not scripts:
            app.locator('main a.btn[href="/hand-over"]').tap()
        app.locator('form[action="/hand-over/entry"] .btn').tap()
        app.wait_for_url("**/nearby")
        browser.goto("/settings")
        expect(browser.locator('form[action^="/settings/sign-outs/"]')).to_have_count(1)
