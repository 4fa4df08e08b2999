"""Steps 2 and 3 of an offer: its words in one or more languages, its price, how long and for how many."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.access import may
from app.db import clock, writing
from app.errors import BadInput
from app.i18n import language
from app.offers import offer_rules
from app.offers.drafts import wanted_from
from app.offers.form_schemas import OfferForm, PriceForm, TextForm, VisitForm
from app.offers.looks import FACTS, KINDS, TONGUES
from app.offers.manner_rules import MANNER, set_manner
from app.offers.mine import blueprint, my_offer, to
from app.offers.models import Offer, State
from app.offers.news import tell_of_change
from app.offers.offer_rules import as_wished
from app.offers.schemas import read, wanted

bp = blueprint("my_words", "/my/offers/<int:offer_id>")
TYPED = dict[str, Any]


def after(offer: Offer, next_step: str) -> ResponseReturnValue:
    """A draft goes on to the next step, anything else back to its page."""
    draft = offer.state is State.DRAFT
    return to(next_step if draft else "my_offers.offer", offer_id=offer.id)


@bp.get("/words")
@may("list offers")
def words(offer_id: int) -> str:
    """Title, description, who meets, languages, facts; the button says free or symbolic."""
    offer = my_offer(offer_id)
    before = as_wished(offer)
    first = before["texts"][0] if before["texts"] else {"language": language()}
    amount = f"{before['price_minor'] / 100:g}" if before["price_minor"] else ""
    return _words_page(offer, {**before, **first, "amount": amount}, {})


def _words_page(offer: Offer, typed: TYPED, errors: TYPED) -> str:
    return render_template(
        "offers/my/words.html",
        offer=offer,
        typed=typed,
        errors=errors,
        facts=[(str(fact.name).lower(), look.word) for fact, look in FACTS.items()],
        tongues={str(one.name).lower(): word for one, word in TONGUES.items()},
        currency=offer.currency,
    )


@bp.post("/words")
@may("list offers")
def write_words(offer_id: int) -> ResponseReturnValue:
    """Kept at once in a draft; of a published offer it waits for a reviewer."""
    try:
        form = read(OfferForm, request.form)
        price = read(PriceForm, request.form)["amount"] if form["price"] == "symbolic" else 0
    except BadInput as why:
        return _words_page(my_offer(offer_id), as_typed(request.form), why.more["errors"]), 422
    with writing():
        offer = my_offer(offer_id)
        before = as_wished(offer)
        body = wanted_from(form, before, price)
        offer_rules.want(offer, wanted(body, before["location"]), now=clock())
        tell_of_change(offer, now=clock())
    return after(offer, "my_words.visit")


def as_typed(form: MultiDict[str, str]) -> TYPED:
    """The form as it came, to be shown again; lists stay lists."""
    lists = {name: form.getlist(name) for name in ("languages", "facts")}
    return {**form.to_dict(), **lists}


@bp.get("/texts")
@may("list offers")
def texts(offer_id: int) -> str:
    """The same offer in one more language."""
    offer = my_offer(offer_id)
    chosen = request.args.get("language", "")
    kept = next((t for t in as_wished(offer)["texts"] if t["language"] == chosen), None)
    return _texts_page(offer, dict(kept or {"language": chosen}), {})


def _texts_page(offer: Offer, typed: TYPED, errors: TYPED) -> str:
    said = {text["language"]: text["title"] for text in as_wished(offer)["texts"]}
    return render_template(
        "offers/my/texts.html", offer=offer, typed=typed, errors=errors, said=said
    )


@bp.post("/texts")
@may("list offers")
def write_text(offer_id: int) -> ResponseReturnValue:
    """One language more, or one said better."""
    try:
        text = read(TextForm, request.form)
    except BadInput as why:
        return _texts_page(my_offer(offer_id), request.form, why.more["errors"]), 422
    with writing():
        offer = my_offer(offer_id)
        before = as_wished(offer)
        there = {one["language"]: one for one in before["texts"]} | {text["language"]: text}
        body = {**before, "texts": list(there.values())}
        body.pop("location")
        offer_rules.want(offer, wanted(body, before["location"]), now=clock())
        tell_of_change(offer, now=clock())
    return to("my_offers.offer", offer_id=offer_id, **{"in": text["language"]})


@bp.get("/visit")
@may("list offers")
def visit(offer_id: int) -> str:
    """How long, for how many."""
    offer = my_offer(offer_id)
    names = ("minutes", "seats", "gap_minutes", "lead_minutes", "horizon_days")
    typed = {name: str(getattr(offer, name)) for name in names} | {"kind": offer.kind.value}
    typed["ask_first"] = "1" if offer.ask_first else ""
    typed["at_desk"] = "1" if offer.at_desk else ""
    return _visit_page(offer, typed, {})


def _visit_page(offer: Offer, typed: TYPED, errors: TYPED) -> str:
    return render_template(
        "offers/my/visit.html",
        offer=offer,
        typed=typed,
        errors=errors,
        kinds=[(kind.value, look.word) for kind, look in KINDS.items()],
    )


@bp.post("/visit")
@may("list offers")
def set_visit(offer_id: int) -> ResponseReturnValue:
    """One tap on a usual length, or all of it by hand. Times follow at once; booked ones stay."""
    form = request.form.copy()
    for quick, name in (("length", "minutes"), ("pieces", "seats")):
        if form.get(quick):
            form[name] = form[quick]
    try:
        kept = read(VisitForm, form)
    except BadInput as why:
        return _visit_page(my_offer(offer_id), form, why.more["errors"]), 422
    with writing():
        offer = my_offer(offer_id)
        manner = {name: kept.pop(name) for name in MANNER}
        set_manner(offer, **manner)
        offer_rules.set_visit(offer, **kept, now=clock())
    return after(offer, "my_hours.hours")
