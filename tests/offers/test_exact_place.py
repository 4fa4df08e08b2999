"""The exact place stays on the phone: it makes distances exact there, and is in no request, file or row (T4)."""

import re

import pytest
import sqlalchemy as sa
from geopy.distance import geodesic
from playwright.sync_api import Page, expect

from app import create_app
from app.db import db
from app.settings import Settings
from tests.browsers import PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAT, LON = 52.2371943, 21.0168257
HERE = {"latitude": LAT, "longitude": LON, "accuracy": 12}
TOO_MUCH = re.compile(r"52[.,]?237|21[.,]?016|371943|168257")


class Overheard(list[str]):
    """Everything a browser sends: address, headers, body."""

    def listen(self, page: Page) -> None:
        page.context.on("request", self._note)

    def _note(self, request) -> None:
        self.append("\n".join([request.url, *map(str, request.headers.items())]))
        if request.post_data_buffer:
            self.append(request.post_data_buffer.decode("utf-8", "replace"))

    def too_much(self) -> list[str]:
        return [said for said in self if TOO_MUCH.search(said)]


@pytest.fixture
def phone(chromium, live_server, faults):
    live_server.flask("seed")
    with visitor(
        chromium, live_server, faults, PHONE, geolocation=HERE, permissions=["geolocation"]
    ) as page:
        page.goto(live_server.flask("invite").split()[-1])
        with page.expect_navigation():
            page.locator("form button").first.tap()
        yield page


def on_the_server(server) -> str:
    """Every row, opened with the server's own keys, and every file of the data folder and of the log."""
    app = create_app(Settings.from_environ(server.environ))
    with app.app_context():
        rows = [
            str(db.session.execute(sa.select(sa.text("*")).select_from(sa.table(name))).fetchall())
            for name in sa.inspect(db.engine).get_table_names()
            if not name.startswith("offer_words_")
        ]
        db.session.remove()
        db.engine.dispose()
    files = [f.read_bytes().decode("latin-1") for f in server.data_dir.rglob("*") if f.is_file()]
    return "\n".join(rows + files)


def on_the_phone(page: Page) -> str:
    return page.evaluate(
        """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href,
        await Promise.all((await caches.keys()).map(async (name) => [name, ...(await (await caches.open(name)).keys())
          .map((kept) => kept.url)])), await indexedDB.databases()])"""
    )


def away(page: Page) -> list[tuple[float, str]]:
    """How far each card's spot truly is from the phone, and what the card says."""
    spots = page.locator(".cards [data-at]").evaluate_all(
        "all => all.map(spot => [spot.dataset.at, spot.textContent])"
    )
    return [(geodesic((LAT, LON), tuple(map(float, at.split(",")))).m, said) for at, said in spots]


def said_m(text: str) -> float:
    number, unit = re.match(r"([\d,\s]+?)\s(к?м)", text).groups()
    return float(number.replace(",", ".")) * (1000 if unit == "км" else 1)


def test_the_exact_place_makes_distances_exact_and_never_leaves_the_phone(phone, live_server):
    overheard = Overheard()
    overheard.listen(phone)
    phone.goto("/place")
    with phone.expect_navigation():
        phone.locator("[data-here] button").tap()
    phone.wait_for_url("**/nearby")
    _until_exact(phone)

    shown = away(phone)
    assert len(shown) >= 5
    assert [true for true, _ in shown] == sorted(true for true, _ in shown)
    for true, said in shown:
        assert abs(said_m(said) - true) <= max(10, true * 0.02, 60 if true > 995 else 0), said

    order = phone.locator(".cards a[href^='/offers/']").evaluate_all("all => all.map(a => a.href)")
    phone.get_by_role("link", name="Мапа").tap()
    phone.wait_for_url("**/map*")
    expect(phone.locator(".map .me")).to_have_count(1)
    cards = phone.locator(".cards a[href^='/offers/']").evaluate_all("all => all.map(a => a.href)")
    numbers = phone.locator(".cards .no").all_inner_texts()
    assert cards == order
    assert numbers == [str(n) for n in range(1, len(cards) + 1)]
    phone.goto(cards[0])
    _until_exact(phone, ".facts [data-at]")
    nearest = away_of(phone, ".facts [data-at]")
    assert nearest == shown[0][1]

    assert any("near=52.24%2C21.02" in said for said in overheard), "the control: the rounded one"
    assert overheard.too_much() == []
    kept = on_the_server(live_server)
    assert "Studio Lipa" in kept, "the control: rows are read"
    assert not TOO_MUCH.search(kept)
    assert not TOO_MUCH.search(on_the_phone(phone))

    phone.evaluate("() => fetch('/help?at=52.2371943')")
    assert len(overheard.too_much()) == 1, "the control: the exact place would have been heard"


def away_of(page: Page, where: str) -> str:
    return page.locator(where).first.inner_text()


def _until_exact(page: Page, where: str = ".cards [data-at]") -> None:
    """The phone marks what it has said itself."""
    expect(page.locator(f"{where}[data-exact]").first).to_be_attached()


def test_a_phone_that_was_not_asked_is_not_asked_by_the_list(phone):
    phone.goto("/place?city=warsaw")
    with phone.expect_navigation():
        phone.locator("button[value='warsaw.wola']").tap()
    phone.wait_for_load_state("networkidle")

    assert phone.locator("[data-words]").count() == 0
    assert phone.locator("[data-exact]").count() == 0
