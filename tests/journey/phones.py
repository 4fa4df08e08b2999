"""The phones of everybody on the way from an offer to a visit: each in a browser of its own, 360 px wide."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pyotp
from playwright.sync_api import Page, expect

from app.assets import qr_svg
from app.offers.schemas import DAYS
from tests.browsers import Server
from tests.cast import PASSWORD
from tests.databases import ROOT
from tests.mailbox import Mailbox

SCREENS = ROOT / "build" / "screens"
WARSAW = ZoneInfo("Europe/Warsaw")
LINK = re.compile(r"http\S+")


@dataclass
class Phone:
    """One person's. Every step leaves its picture in build/screens."""

    who: str
    page: Page
    steps: int = 0

    def at(self, path: str) -> "Phone":
        """Where a tap has led; nothing hangs over the edge."""
        self.page.wait_for_url(re.compile(path + r"(\?.*)?$"))
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 360, self.page.url
        self.steps += 1
        SCREENS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^a-z]+", "-", re.sub(r"\\.", "", path)).strip("-")
        picture = f"journey-{self.who}-{self.steps:02}-{name}.png"
        self.page.screenshot(path=SCREENS / picture, full_page=True)
        return self

    def write(self, **fields: str) -> "Phone":
        for name, text in fields.items():
            self.page.locator(f"[name={name}]").fill(text)
        return self

    def choose(self, name: str, *values: str) -> "Phone":
        for value in values:
            self.page.locator(f'[name={name}][value="{value}"]').check(force=True)
        return self

    def tap(self, word: str | re.Pattern[str], role: str = "button") -> "Phone":
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=word, exact=True).tap()
        return self

    def sees(self, *words: str) -> "Phone":
        for word in words:
            expect(self.page.locator("main")).to_contain_text(word)
        return self

    def opens(self, address: str) -> "Phone":
        self.page.goto(address)
        return self


def hours_ahead() -> list[str]:
    """Fields of the week, by Warsaw's clock: late enough to be booked and cancelled, near enough to be marked."""
    ahead = [datetime.now(WARSAW) + timedelta(hours=hours) for hours in range(3, 12)]
    return [f"{DAYS[at.weekday()]}-{at.hour}" for at in ahead if at.hour >= 6]


def link_in(letter: str) -> str:
    found = LINK.search(letter)
    assert found, letter
    return found[0]


def signs_up(phone: Phone, email: str, mailbox: Mailbox) -> None:
    phone.opens("/").tap("I want to give something", "link").at("/sign-up")
    phone.write(email=email, password=PASSWORD).tap("Continue").at("/sign-up/letter")
    phone.opens(link_in(mailbox.wait_for(email))).at("/confirm/.*")
    phone.tap("This is my address").at("/my/business")


def gives_a_haircut(phone: Phone, hours: Iterable[str]) -> None:
    """Who, where, what, how long, when; the card as people will see it; sent."""
    phone.write(name="Studio Lipa", about="Hairdresser").tap("Next").at("/my/location")
    phone.write(address="ul. Lipowa 7")
    phone.page.locator("[name=city]").select_option("warsaw")
    phone.tap("Next").at("/my/location/pin")
    phone.write(point="52.2401, 21.0205").tap("Set the place").at("/my/offers")
    phone.tap("New offer", "link").at("/my/offers/new")
    phone.tap("Hair")
    phone.at(r"/my/offers/\d+/words")
    phone.write(title="Haircut", description="Wash, cut, tea.", meets="Ewa")
    phone.choose("languages", "be", "pl").tap("It is free").at(r"/my/offers/\d+/visit")
    phone.tap("45 min").at(r"/my/offers/\d+/hours")
    phone.tap("Mon–Fri 10–14").at(r"/my/offers/\d+/hours")
    phone.sees("20 hours").tap("Clear").at(r"/my/offers/\d+/hours")
    phone.tap("Earlier and later hours").at(r"/my/offers/\d+/hours")
    phone.choose("hours", *hours).tap("Next").at(r"/my/offers/\d+")
    phone.sees("Haircut", "Studio Lipa", "Ewa", "Free").tap("Send to check").at("/my/offers")
    phone.sees("Being checked")


def signs_in_as_staff(phone: Phone, server: Server) -> None:
    """By the sign-in the operator made: password, then the code of the moderator's own device."""
    email = f"{phone.who}@example.org"
    said = server.flask("staff", "invite", email, "--name", phone.who.title())
    drawn = re.search(r"password (.+?)  second factor (\S+)", said)
    assert drawn, said
    phone.opens("/sign-in").write(email=email, password=drawn[1]).tap("Sign in")
    phone.at("/second-factor").write(code=pyotp.TOTP(drawn[2]).now()).tap("Continue").at("/queue")


def says_yes(phone: Phone, title: str, word: str, note: str = "") -> None:
    phone.opens("/queue").page.get_by_role("button", name=title).first.tap()
    phone.at("/queue/.*")
    if note:
        phone.write(note=note)
    phone.tap(word).at("/queue")


def shows_a_card(phone: Phone) -> str:
    """The link in the square code on this moderator's screen: the letters under it say the same."""
    phone.opens("/invitations").tap("Show one").at("/invitations")
    letters = "".join(phone.page.locator(".mono").inner_text().split())
    link = phone.page.url.replace("/invitations", "/card#") + letters
    drawn = re.search(r' d="(.+?)"', qr_svg(link))
    assert drawn is not None
    assert phone.page.locator(".qr path").get_attribute("d") == drawn[1]
    return link
