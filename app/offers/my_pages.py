"""A business's offers: the list, one of them as members will see it, sent to check, paused, taken up again."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from app.access import may
from app.db import clock, writing
from app.errors import BadInput
from app.i18n import LANGUAGES, language
from app.offers import (
    business_pages,
    days_pages,
    hours_pages,
    location_pages,
    offer_rules,
    pause_rules,
    truth_rules,
    week,
    words_pages,
)
from app.offers.drafts import first_words
from app.offers.form_schemas import NewOfferForm
from app.offers.looks import CATEGORIES
from app.offers.mine import (
    blueprint,
    first_steps,
    my_business,
    my_offer,
    my_offers,
    my_own_business,
    title_of,
    to,
)
from app.offers.models import Offer, State
from app.offers.news import tell_reviewers
from app.offers.offer_rules import what_is_missing
from app.offers.schemas import read
from app.offers.shown import Shown, shown
from app.offers.slot_rules import conflicts, first_time
from app.offers.texts import wished
from app.settings import settings

bp = blueprint("my_offers", "/my/offers")
KINDS_SHOWN = {"big": list(CATEGORIES.items())[:6], "others": list(CATEGORIES.items())[6:]}


@bp.get("")
@may("list offers")
def offers() -> ResponseReturnValue:
    """All my offers with their standing; who has not said who they are and where goes there first."""
    business = my_business()
    if business is None or not business.locations:
        return first_steps()
    offers = my_offers(business)
    states = {offer.state for offer in offers}
    return render_template(
        "offers/my/offers.html",
        business=business,
        offers=offers,
        place=business.locations[-1],
        asked=[offer for offer in offers if truth_rules.is_asked(offer)],
        any_visible=State.APPROVED in states,
        all_paused=State.PAUSED in states and State.APPROVED not in states,
    )


@bp.get("/new")
@may("list offers")
def new_offer() -> ResponseReturnValue:
    """Step 1: what do you give?"""
    business = my_business()
    if business is None or not business.locations:
        return first_steps()
    return render_template("offers/my/new.html", errors={}, **KINDS_SHOWN)


@bp.post("")
@may("list offers")
def make_draft() -> ResponseReturnValue:
    """A draft from one tap; it is kept from here on."""
    try:
        category = read(NewOfferForm, request.form)["category"]
    except BadInput as why:
        return render_template("offers/my/new.html", **why.more, **KINDS_SHOWN), 422
    with writing():
        business = my_own_business()
        place = business.locations[-1] if business.locations else None
        last = next(reversed(my_offers(business)), None)
        words = first_words(category, place, last, settings().cities)
        offer = offer_rules.start(business, words, now=clock())
    return to("my_words.words", offer_id=offer.id)


@bp.get("/<int:offer_id>")
@may("list offers")
def offer(offer_id: int) -> str:
    """Step 5, and ever after: the offer as members see it, and what can be done with it."""
    return _preview(my_offer(offer_id))


def _preview(offer: Offer, missing: tuple[str, ...] = ()) -> str:
    now = clock()
    reader = request.args.get("in", "")
    reader = reader if reader in LANGUAGES else language()
    return render_template(
        "offers/my/offer.html",
        offer=offer,
        seen=_seen(offer, reader),
        reader=reader,
        readers=dict.fromkeys([*(t.language for t in offer.texts), "be", reader]),
        missing=what_is_missing(offer) if offer.state in offer_rules.UNSENT else missing,
        conflicts=conflicts(offer, now),
        now=now,
    )


def _seen(offer: Offer, reader: str) -> Shown:
    first, now = first_time(offer, clock()), clock()
    with force_locale(reader):
        return shown(wished(offer), first, now)


@bp.post("/<int:offer_id>/submission")
@may("list offers")
def submit(offer_id: int) -> ResponseReturnValue:
    """Send to check."""
    now = clock()
    with writing():
        offer = my_offer(offer_id)
        offer_rules.submit(offer, now=now)
        tell_reviewers(f"offer:{offer_id}", title_of(offer), now=now)
    return to("my_offers.offers", sent=1)


@bp.post("/<int:offer_id>/pause")
@may("list offers")
def pause(offer_id: int) -> ResponseReturnValue:
    """Take no new bookings; agreed visits stay."""
    with writing():
        pause_rules.pause(my_offer(offer_id))
    return to("my_offers.offers")


@bp.post("/<int:offer_id>/resumption")
@may("list offers")
def resume(offer_id: int) -> ResponseReturnValue:
    """Be visible again."""
    with writing():
        pause_rules.resume(my_offer(offer_id), now=clock())
    return to("my_offers.offers")


@bp.get("/<int:offer_id>/still-true")
@may("list offers")
def ask_truth(offer_id: int) -> str:
    """Is all this still so? One tap."""
    offer = my_offer(offer_id)
    return render_template(
        "offers/my/still_true.html",
        offer=offer,
        hours=week.hours_said(offer),
        seen=_seen(offer, language()),
    )


@bp.post("/<int:offer_id>/still-true")
@may("list offers")
def still_true(offer_id: int) -> ResponseReturnValue:
    """Yes, all of it."""
    with writing():
        truth_rules.confirm(my_offer(offer_id), now=clock())
    return to("my_offers.offers")


@bp.post("/pause")
@may("list offers")
def pause_all() -> ResponseReturnValue:
    """Pause whatever is visible."""
    with writing():
        pause_rules.pause_all(my_offers(my_own_business()))
    return to("my_offers.offers")


@bp.post("/resumption")
@may("list offers")
def resume_all() -> ResponseReturnValue:
    """Take up whatever is paused."""
    with writing():
        pause_rules.resume_all(my_offers(my_own_business()), now=clock())
    return to("my_offers.offers")


@bp.get("/<int:offer_id>/removal")
@may("list offers")
def ask_removal(offer_id: int) -> str:
    """Really throw this draft away?"""
    return render_template("offers/my/removal.html", offer=my_offer(offer_id))


@bp.post("/<int:offer_id>/removal")
@may("list offers")
def remove(offer_id: int) -> ResponseReturnValue:
    """Throw a draft away. Refused: `NotNow` for anything ever sent to members."""
    with writing():
        offer_rules.remove(my_offer(offer_id))
    return to("my_offers.offers")


BLUEPRINTS = (
    bp,
    words_pages.bp,
    hours_pages.bp,
    days_pages.bp,
    business_pages.bp,
    location_pages.bp,
)
