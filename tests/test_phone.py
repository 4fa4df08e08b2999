"""The front door as it stands on the Procfile's own server, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_the_front_door_opens_in_belarusian_and_fits_a_phone(phone: Page) -> None:
    phone.goto("/")
    expect(phone.locator("html")).to_have_attribute("lang", "be")
    expect(phone.locator("h1")).to_be_visible()
    assert not phone.evaluate(TOO_WIDE)


def test_it_fits_the_narrowest_phone_too(small_phone: Page) -> None:
    small_phone.goto("/")
    assert not small_phone.evaluate(TOO_WIDE)


def test_it_needs_no_scripts(phone_without_scripts: Page) -> None:
    phone_without_scripts.goto("/")
    expect(phone_without_scripts.locator("h1")).to_be_visible()


def test_it_stands_on_a_desk_as_well(desktop: Page) -> None:
    desktop.goto("/")
    expect(desktop.locator("h1")).to_be_visible()
