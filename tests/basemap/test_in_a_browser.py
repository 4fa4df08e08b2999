"""The map in a real browser under the real CSP: drawn without a script, and one that moves after a tap."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app import create_app
from app.assets import LIBRARIES
from app.db import clock, db, writing
from app.offers.models import Kind, Location, Offer, OfferText, Provider, State
from app.offers.offer_rules import publish
from app.offers.schedule_rules import Window, set_week
from app.settings import Settings
from tests.browsers import PHONE, Server, serve, visitor
from tests.databases import IN_CI, ROOT
from tests.offers.desk import Desk, sit_down

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("basemap")]

SCREENS = ROOT / "build" / "screens"
DOORS = {
    "Kampaamo": (60.1712, 24.9415),
    "Hieroja": (60.1695, 24.9468),
    "Apteekki": (60.1726, 24.9475),
    "Neuvonta": (60.1688, 24.9395),
    "Kirjasto": (60.1688, 24.9395),
}


CITIES = """
[[city]]
id = "helsinki"
country = "FI"
currency = "EUR"
timezone = "Europe/Helsinki"
near = [60.17, 24.94]
names = { local = "Helsinki", be = "Хельсінкі" }
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, sqlite_template, helsinki: Path):
    folder = tmp_path_factory.mktemp("helsinki")
    cities = folder / "cities.toml"
    cities.write_text(CITIES, encoding="utf-8")
    own = {"POBACH_BASEMAP": str(helsinki), "POBACH_CITIES": str(cities)}
    with serve(folder, sqlite_template, **own) as server:
        app = create_app(Settings.from_environ(server.environ))
        with app.app_context():
            with writing():
                for name, door in DOORS.items():
                    settle(name, door)
            db.session.remove()
            db.engine.dispose()
        yield server


def settle(name: str, door: tuple[float, float]) -> None:
    now = clock()
    business = Provider(name=name, state=State.APPROVED, created_at=now)
    business.locations = [
        Location(address=name, city="Helsinki", country="FI", lat=door[0], lon=door[1], timezone="Europe/Helsinki")
    ]  # fmt: skip
    offer = Offer(provider=business, location=business.locations[0], category=0, kind=Kind.APPOINTMENT,
                  minutes=45, state=State.PENDING, created_at=now, submitted_at=now)  # fmt: skip
    offer.texts = [OfferText(language="en", title=f"At {name}")]
    set_week(offer, [Window(day, 600, 840) for day in range(7)], today=(now + timedelta(0)).date())
    db.session.add(offer)
    db.session.flush()
    publish(offer, now=now)


def come_in(page: Page, server: Server) -> Page:
    page.goto(server.flask("invite").split()[-1])
    with page.expect_navigation():
        page.locator("form button").first.tap()
    page.goto("/map?near=60.17,24.94&radius_km=1")
    return page


def picture(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png")


def test_streets_are_drawn_and_every_pin_is_reached_by_keyboard(chromium, server, faults):
    with visitor(chromium, server, faults, PHONE) as page:
        come_in(page, server)
        expect(page.locator(".map image").first).to_be_visible()
        expect(page.locator(".credit")).to_have_text("© OpenStreetMap contributors")
        loaded = page.evaluate(
            "performance.getEntriesByType('resource').filter(r => r.name.endsWith('.svg') && r.name.includes('/basemap/')).length"
        )
        assert loaded == page.locator(".map image").count() > 0
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            picture(page, f"map-drawn-{colours}")

        page.locator(".seg a").last.focus()
        reached = []
        for _ in range(len(DOORS) + 6):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
        pins = page.locator(".pin").evaluate_all("all => all.map(pin => pin.getAttribute('href'))")
        assert len(pins) == len(DOORS)
        assert [one for one in reached if one and one.startswith("#o")] == pins
        page.locator(".pin").last.focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"{pins[-1]}:target")).to_be_in_viewport()


def test_a_tap_opens_a_map_that_moves_from_our_own_host_alone(chromium, server, faults):
    if not all(path.exists() for path in LIBRARIES.values()):
        assert not IN_CI
        pytest.skip("the browser libraries are not installed")
    with visitor(chromium, server, faults, PHONE) as page:
        come_in(page, server)
        asked: list[tuple[str, int]] = []
        page.context.on("response", lambda got: asked.append((got.url, got.status)))
        page.get_by_role("button", name="Рухаць мапу").tap()
        expect(page.locator(".moving .leaflet-marker-icon")).to_have_count(len(DOORS))
        expect(page.locator(".leaflet-control-attribution")).to_contain_text(
            "© OpenStreetMap contributors"
        )
        page.wait_for_load_state("networkidle")
        until_streets_are_painted(page)
        picture(page, "map-moving")

        pieces = [status for url, status in asked if url.endswith(".pmtiles")]
        assert pieces
        assert set(pieces) == {206}
        names = page.locator(".moving .leaflet-marker-icon").evaluate_all(
            "all => all.map(pin => pin.getAttribute('aria-label'))"
        )
        assert [re.match(r"\d+", name)[0] for name in names] == [
            str(n + 1) for n in range(len(DOORS))
        ]
        page.locator(".moving .leaflet-marker-icon").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".card:target")).to_have_count(1)


def until_streets_are_painted(page: Page) -> None:
    """More than one colour on the canvases; asked from here, for the CSP lets no script be made of words."""
    for _ in range(100):
        colours = page.evaluate(
            """() => { const seen = new Set();
              for (const canvas of document.querySelectorAll(".moving canvas")) {
                const { width, height } = canvas, dots = canvas.getContext("2d").getImageData(0, 0, width, height).data;
                for (let at = 0; at < dots.length; at += 404) seen.add(dots.slice(at, at + 3).join());
              }
              return seen.size; }"""
        )
        if colours > 3:
            return
        page.wait_for_timeout(100)
    pytest.fail("no streets")


def test_without_scripts_a_pin_leads_to_its_card_and_the_card_to_the_offer(
    chromium, server, faults
):
    with visitor(chromium, server, faults, PHONE) as page:
        cookies = come_in(page, server).context.cookies()
    with visitor(chromium, server, faults, PHONE, java_script_enabled=False) as plain:
        plain.context.add_cookies(cookies)
        plain.goto("/map?near=60.17,24.94&radius_km=1")
        assert plain.get_by_role("button", name="Рухаць мапу").count() == 0
        pin = plain.locator(".pin").nth(2)
        target = pin.get_attribute("href")
        pin.tap()
        assert plain.url.endswith(target)
        plain.locator(f"{target} a").tap()
        plain.wait_for_url("**/offers/*")


def test_a_business_finds_its_door_by_a_mistyped_address_and_by_a_tap(chromium, server, faults):
    desk, app = at_the_pin(server)
    cookies = [
        {"name": kept.key, "value": kept.decoded_value, "url": server.url}
        for kept in desk.client._cookies.values()
    ]
    with visitor(chromium, server, faults, PHONE, locale="en-GB") as page:
        page.context.add_cookies(cookies)
        page.goto("/my/location/pin")
        expect(page.locator("main form").first).to_contain_text("Mannerheimintie 5")
        page.get_by_role("button", name="Tap it on a map").tap()
        page.wait_for_load_state("networkidle")
        until_streets_are_painted(page)
        page.locator(".moving").scroll_into_view_if_needed()
        page.locator(".moving").tap(position={"x": 200, "y": 150})
        expect(page.locator("input[name=point]")).to_have_value(
            re.compile(r"60\.1\d{5}, 24\.9\d{5}")
        )
        picture(page, "pin-tapped")
        typed = page.locator("input[name=point]").input_value()
        page.get_by_role("button", name="Set the place").tap()
        page.wait_for_url("**/my/offers")
    with app.app_context():
        kept = db.session.scalars(
            db.select(Location).where(Location.address == "Manerheimintie 5")
        ).one()
        assert f"{kept.lat:.6f}, {kept.lon:.6f}" == typed
        db.session.remove()
        db.engine.dispose()


def at_the_pin(server: Server) -> tuple[Desk, Flask]:
    app = create_app(Settings.from_environ(server.environ))
    desk = sit_down(app)
    desk.go("/my/business", name="Studio Lipa", about="Hairdresser")
    assert (
        desk.go("/my/location", address="Manerheimintie 5", city="helsinki") == "/my/location/pin"
    )
    return desk, app
