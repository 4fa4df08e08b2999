"""Pages that no link leads to until something has happened: made to happen, then named and visited.

Each role's function answers name -> path. They write through the rules, beside the running server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa
from playwright.sync_api import Page

from app.accounts import address_rules
from app.accounts.address_models import AddressChange
from app.accounts.demo import confirmed_business
from app.accounts.models import Member, ProviderAccount
from app.accounts.proofs import make_proof, make_word
from app.db import clock, db, writing
from app.moderation.case_models import Reason
from app.moderation.report_rules import report
from app.offers.models import Category, Offer, Provider, State
from tests.moderation.cast import new_business, new_change, new_offer

if TYPE_CHECKING:
    from tests.quality.town import Town

Paths = dict[str, str]


def of_the_street(town: Town) -> Paths:
    """What letters lead to, and what is said to somebody who may not come in."""
    with town.app.app_context():
        with writing():
            account = confirmed_business("new@example.org", "-", "pl", now=clock())
            account.confirmed_at = None
        confirm, password = (make_proof(what, account) for what in ("confirm", "password"))
    return {
        **of_two_letters(town),
        "letter": "/sign-up/letter",
        "unconfirmed": "/sign-up/unconfirmed",
        "confirm": f"/confirm/{confirm}",
        "confirm-too-late": "/confirm/old",
        "new-password": f"/new-password/{password}",
        "not-for-you": "/queue",
        "not-there": "/no-such-page",
    }


def of_two_letters(town: Town) -> Paths:
    """A business has asked for another address: what the letters to both lead to."""
    with town.app.app_context(), writing():
        account = confirmed_business("moves@example.org", "-", "pl", now=clock())
        change = address_rules.ask_for(account, "new-one@example.org", True, now=clock())
        assert isinstance(change, AddressChange)
        name = change.public_id
    with town.app.app_context():
        new, keep = (make_word(what, name) for what in ("address", "keep"))
    return {"new-address": f"/new-address/{new}", "keep-address": f"/keep-address/{keep}"}


def of_a_member(town: Town) -> Paths:
    """Two visits ahead, one of them just cancelled."""
    with town.walker("member") as phone:
        page = phone.new_page()
        book_a_visit(page, town.offers()[0])
        cancelled = cancel(page, book_a_visit(page, town.offers()[1]))
        ahead = book_a_visit(page, town.offers()[2])
    return {
        "cancelled": cancelled,
        "booked": ahead,
        "thanks": f"{ahead}/thanks",
        "told": "/told",
        "wishes": "/wishes",
        "email-given": "/reminders/email/thanks",
        "email-asked": "/reminders/email/a-word-nobody-sent",
        "city-without-offers": "/place?city=tbilisi",
        "nothing-found": "/nearby?q=qqqq",
        "search": "/nearby?q=a",
        "step-free": "/nearby?step_free=1",
        "wrong-place": "/nearby?near=1.234567,2",
        "not-for-you": "/queue",
        "nobodys-offer": "/offers/999999",
    }


def of_a_newcomer(town: Town) -> Paths:
    """Nothing has happened yet."""
    return {
        "bookings": "/bookings",
        "news": "/inbox",
        "nearby": "/nearby",
        "offer": town.offers()[0],
    }


def of_a_business(town: Town) -> Paths:
    """A visit to come, and the corners of the own offers."""
    with town.walker("member") as phone:
        book_a_visit(phone.new_page(), town.offers()[0])
    mine = f"/my{town.offers()[0]}"
    with town.app.app_context():
        giver = db.session.get_one(Offer, int(mine.rpartition("/")[2])).provider
        denied = new_offer(giver, "Zapomniane", state=State.DENIED).id
    return {
        "objection": f"/my/objections/offer:{denied}",
        "breaks": f"{mine}/breaks",
        "closed-days": f"/my/closed-days?offer={mine.rpartition('/')[2]}",
        "days": f"{mine}/days",
        "removal": f"{mine}/removal",
        "pin": "/my/location/pin",
        "still-true": f"{mine}/still-true",
        "validity": f"{mine}/validity",
        "conflicts": f"{mine}/conflicts",
        "calendar": "/today/calendar",
        "no-such-code": "/today?code=000000",
        "not-for-you": "/queue",
    }


def of_a_beginner(town: Town) -> Paths:
    """An address is confirmed, and nothing is given yet."""
    del town
    return {
        "today": "/today",
        "offers": "/my/offers",
        "new-offer": "/my/offers/new",
        "location": "/my/location",
        "business": "/my/business",
        "news": "/inbox",
    }


def of_a_reviewer(town: Town) -> Paths:
    """A new business, an offer of it, a change, a place without a pin, and an offer for two pairs of eyes."""
    with town.app.app_context():
        fresh = new_business("Pracownia Rana", state=State.PENDING)
        offer = new_offer(new_business("Salon Lipowy"))
        doctor = new_offer(new_business("Klinika Mokra"), "Internista", Category.DOCTOR)
        changed = new_offer(new_business("Nozyczki"), "Strzyzenie", state=State.APPROVED)
        new_change(changed, price_minor=1000)
        lost = new_offer(new_business("Daleko"), "Spacer", Category.OTHER)
        with writing():
            pinless = db.session.get_one(Provider, lost.provider_id).locations[0]
            pinless.lat = pinless.lon = None
        told = a_case(changed.id)
        subject, two, change, pin = (f"/queue/offer:{o.id}" for o in (offer, doctor, changed, lost))
        business = f"/queue/provider:{fresh.id}"
    return {
        "queue": "/queue",
        "told": told,
        "a-business": f"/cases/business:{changed.provider_id}",
        "business-by-name": "/businesses?q=a",
        "for-someone-with-a-code": "/for-someone/1",
        "thanks": "/thanks",
        "offer": subject,
        "for-two": two,
        "change": change,
        "business": business,
        "without-pin": pin,
        "fix": f"{subject}/fix-request",
        "refusal": f"{change}/refusal",
        "set-pin": f"{pin}/pin",
    }


def a_case(offer_id: int) -> str:
    """Somebody has told of this offer."""
    with writing() as session:
        member = session.scalars(sa.select(Member)).first() or Member(
            alias="Lipa Recka",
            language="be",
            month_created=clock().date(),
            week_last_seen=clock().date(),
        )
        session.add(member)
        session.flush()
        report(offer_id, member, Reason.PAPERS, "Ля стойкі", now=clock())
    return f"/cases/report:{offer_id}"


def of_a_stopped_member(town: Town) -> Paths:
    """Two moderators have stopped booking."""
    town.cookies("stopped")
    return {"my-case": "/my-case", "closed": "/nearby", "data": "/my-data"}


def of_half_a_moderator(town: Town) -> Paths:
    """The password was right; the code of the device is asked."""
    del town
    return {"second-factor": "/second-factor"}


def book_a_visit(page: Page, offer: str) -> str:
    """From the offer to the ticket; the ticket's path."""
    page.goto(offer)
    page.locator(".slot:not(.gone)").first.click()
    page.locator(".bar .btn").click()
    page.locator(".ticket .num").wait_for()
    return re.sub(r"^https?://[^/]+|[?#].*", "", page.url)


def cancel(page: Page, booking: str) -> str:
    """Two taps; the path stays the same."""
    page.goto(f"{booking}/cancellation")
    page.locator("main form button").first.click()
    page.wait_for_url(f"**{booking}*")
    return booking


def first_offers(count: int) -> list[str]:
    """Offers with times to choose, the demo business's first; one of each kind of thing."""
    wish = (
        sa.select(sa.func.min(Offer.id))
        .where(Offer.ask_first.is_(False), Offer.state == State.APPROVED)
        .group_by(Offer.category)
        .order_by(sa.func.min(Offer.id))
        .limit(count)
    )
    return [f"/offers/{number}" for number in db.session.scalars(wish)]


def a_beginner() -> ProviderAccount:
    """Call inside `writing()`."""
    return confirmed_business("beginner@example.org", "-", "pl", now=clock())


MOMENTS = {
    "street": of_the_street,
    "member": of_a_member,
    "newcomer": of_a_newcomer,
    "business": of_a_business,
    "beginner": of_a_beginner,
    "moderator": lambda town: {},
    "reviewer": of_a_reviewer,
    "stopped": of_a_stopped_member,
    "half": of_half_a_moderator,
}
