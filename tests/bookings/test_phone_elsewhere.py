"""A phone that still lives in Minsk time shows the hour on the wall of the place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from app import create_app
from app.accounts.invitation_rules import mint
from app.db import db, writing
from app.settings import Settings
from tests.bookings.cast import new_offer, new_provider, new_slot
from tests.browsers import PHONE, Server

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PLACES = {"Europe/Warsaw": "Studio Lipa", "Europe/Vilnius": "Kirpykla"}


def a_time_in(server: Server, zone: str) -> tuple[int, str, str]:
    """An offer there, its time the day after tomorrow, and a card: (offer, hour on that wall, card)."""
    app = create_app(Settings.from_environ(server.environ))
    with app.app_context():
        studio = new_provider(PLACES[zone])
        with writing():
            studio.locations[0].timezone = zone
        starts = datetime.now(UTC).replace(hour=13, minute=30, second=0, microsecond=0)
        starts += timedelta(days=2)
        offer = new_offer(studio)
        new_slot(offer, starts)
        with writing():
            card = mint(None, now=datetime.now(UTC)).token
        told = offer.id, f"{starts.astimezone(ZoneInfo(zone)):%-H:%M}", card
        db.session.remove()
        db.engine.dispose()
    return told


@pytest.mark.parametrize("zone", PLACES)
def test_a_phone_in_minsk_time_shows_the_hour_of_the_place(
    chromium: Browser, live_server: Server, zone: str
) -> None:
    offer, hour, card = a_time_in(live_server, zone)
    phone = chromium.new_context(
        base_url=live_server.url, viewport=PHONE, timezone_id="Europe/Minsk", locale="be-BY"
    )
    entered = phone.request.post("/api/v1/session", data={"invitation": card})
    assert entered.status == 201
    page = phone.new_page()
    page.goto(f"/offers/{offer}")

    page.locator(".slot", has_text=hour).click()
    page.locator(".bar .btn").click()

    expect(page.locator(".ticket .when .big")).to_contain_text(hour)
    told = page.request.get(page.url + ".ics").text()
    assert "DTSTART:" in told
    assert "T133000Z" in told
    phone.close()
