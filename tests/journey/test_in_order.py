"""The same way without a browser, on both databases: every form as a phone without scripts sends it."""

import asyncio
import re

import pytest
from flask import Flask

from app.notifications import postman
from tests.cast import PASSWORD, a_moderator
from tests.conftest import Clock
from tests.journey.phones import link_in
from tests.mailbox import Mailbox
from tests.offers.desk import Desk, drafted, introduced

STUDIO = "studio@example.org"


@pytest.fixture
def environ(mailbox: Mailbox) -> dict[str, str]:
    return {"POBACH_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}", "POBACH_DEFAULT_LANGUAGE": "en"}


def test_from_a_haircut_given_to_a_haircut_had(app: Flask, clock: Clock, mailbox: Mailbox) -> None:
    studio, nina = Desk(app.test_client()), Desk(app.test_client())
    signs_up(studio, mailbox)
    offer = drafted(introduced(studio))
    studio.go(f"{offer}/submission")
    assert "Being checked" in studio.get("/my/offers")

    olga, marek = (Desk(a_moderator(app, f"{who}@example.org")) for who in ("olga", "marek"))
    for moderator in (olga, marek):
        says_yes(moderator, "provider:1", note="Called them.")
    says_yes(marek, "offer:1")
    assert "Visible" in studio.get("/my/offers")

    comes_in(nina, card_of(olga))
    ticket, code = books(nina)
    nina.go(f"{ticket}/cancellation")
    assert "Take it back" in nina.get(ticket)
    assert nina.go(f"{ticket}/return") == ticket
    mine = nina.get("/bookings")
    assert code in mine
    assert "Studio Lipa, 1.3 km" in mine

    asyncio.run(deliver(app, mailbox))
    told = mailbox.wait_for_several(STUDIO, 2)
    assert not any(code in letter or "Haircut" in letter for letter in told)

    clock.turn(days=1)
    came_and_was_marked(studio, code)
    clock.turn(hours=78)
    assert code not in studio.get("/today?day=2026-11-24"), "three days later nobody sees it"


def signs_up(studio: Desk, mailbox: Mailbox) -> None:
    studio.get("/sign-up")
    answer = studio.post("/sign-up", email=STUDIO, password=PASSWORD)
    assert answer.location == "/sign-up/letter"
    answer.close()  # the letter leaves once the answer has gone out
    link = link_in(mailbox.wait_for(STUDIO)).removeprefix("http://localhost")
    studio.get(link)
    assert studio.post(link).location == "/my/offers"
    studio.get("/my/business")


def says_yes(moderator: Desk, subject: str, **note: str) -> None:
    assert f"/queue/{subject}/claim" in moderator.get("/queue")
    moderator.go(f"/queue/{subject}/claim")
    assert moderator.go(f"/queue/{subject}/publication", **note).startswith("/queue")


def card_of(moderator: Desk) -> str:
    moderator.get("/invitations")
    shown = re.search(r'class="mono"[^>]*>(.+?)</p>', moderator.post("/invitations").text)
    assert shown is not None
    return shown[1].replace("<br>", " ")


def comes_in(nina: Desk, letters: str) -> None:
    page = nina.get("/card")
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce is not None
    assert nina.go("/card", invitation=letters, nonce=nonce[1]) == "/place"
    assert nina.go("/place", district="warsaw") == "/nearby"


def books(nina: Desk) -> tuple[str, str]:
    """The first time of the first offer nearby; the ticket's address and the code on it."""
    offer = re.search(r'href="(/offers/\d+)"', nina.get("/nearby"))
    assert offer is not None
    page = nina.get(offer[1])
    slots = re.findall(r'name="slot" value="(\d+)"', page)
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    ticket = nina.go(f"{offer[1]}/bookings", slot=slots[-1], once=once[1])
    code = re.search(r'class="num">([\d\u00a0]+)<', nina.get(ticket))
    assert code is not None
    return ticket, code[1]


async def deliver(app: Flask, mailbox: Mailbox) -> None:
    """What the worker does, until the business has its letter about the booking."""
    stopping = asyncio.Event()
    work = asyncio.create_task(postman.deliver(app, stopping))
    for _ in range(400):
        if len(mailbox.letters[STUDIO]) >= 2:
            break
        await asyncio.sleep(0.05)
    stopping.set()
    await work


def came_and_was_marked(studio: Desk, code: str) -> None:
    page = studio.get("/today")
    assert code in page
    mark = re.search(r'action="(/today/[^"]+)" class="duo"', page)
    assert mark is not None
    studio.go(mark[1], outcome="came")
    assert "Came</span>" in studio.get("/today")
