"""Who may rule on what, and how: every ruling is a row, two people look where one is not enough."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.models import Moderator
from app.db import db
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.moderation import news, queue
from app.moderation.cards import Asked, Card
from app.moderation.models import Decision, QueueClaim, Ruling
from app.offers import offer_rules, provider_rules
from app.offers.models import Location, State
from app.offers.news import tell_reviewers
from app.offers.places import Place, nearest_city
from app.offers.texts import Wanted

CLAIM_LASTS = timedelta(minutes=20)


class NobodyDecidesOnTheirOwn(Refusal):
    """A moderator's own listing, or a second yes by whoever said the first."""

    status = 403
    type = "own-decision"
    sentence = _l("Nobody decides on their own.")
    kept = _l("Nothing was changed.")
    what_now = _l("Somebody else will look at it.")


class PinFirst(Refusal):
    """Without a point on the map nobody nearby would find it."""

    type = "pin-first"
    sentence = _l("This offer has no place on the map yet.")
    kept = _l("Nothing was changed.")
    what_now = _l("Please set the pin first.")


class NobodyToAsk(Refusal):
    """An imported business nobody has claimed: there is no one to read a request."""

    type = "nobody-to-ask"
    sentence = _l("Nobody reads for this business yet.")
    kept = _l("Nothing was changed.")
    what_now = _l("It can be published or declined.")


def claim(subject: str, by: Moderator, *, now: datetime) -> Card:
    """Tell the others that I am looking, for 20 minutes. Whoever holds a live claim keeps it.

    `NotFound`: decided meanwhile, unknown, or one's own.
    """
    card = queue.find(subject, by, now=now)
    hold(subject, by, now=now)
    return card


def hold(subject: str, by: Moderator, *, now: datetime) -> None:
    """Mark anything as looked at by this moderator, unless somebody else is."""
    claim = db.session.get(QueueClaim, subject)
    if claim is None or claim.until <= now or claim.moderator_id == by.id:
        db.session.merge(QueueClaim(subject=subject, moderator_id=by.id, until=now + CLAIM_LASTS))


def let_go(subject: str) -> None:
    """Decided: nobody looks at it any more."""
    db.session.execute(sa.delete(QueueClaim).where(QueueClaim.subject == subject))


def publish(subject: str, by: Moderator, note: str = "", *, now: datetime) -> Decision:
    """Say yes. Where two are needed the first yes waits for the second, by somebody else.

    `note` says how a business was checked outside. Refused: `NobodyDecidesOnTheirOwn`, `BusinessUnknown`,
    `PinFirst`, `NotFound`.
    """
    card = _mine_to_decide(subject, by, now)
    if card.needs_business:
        raise offer_rules.BusinessUnknown()
    if card.needs_pin:
        raise PinFirst()
    if card.first_yes is not None and card.first_yes.moderator_id == by.id:
        raise NobodyDecidesOnTheirOwn()
    if card.needs_two and card.first_yes is None:
        tell_reviewers(card.subject, card.title, but=by, now=now)
        return _write(card, by, Ruling.FIRST_YES, card.state, note, now)
    replaced = _let_it_be_seen(card, now)
    decision = _write(card, by, Ruling.PUBLISHED, State.APPROVED, note, now)
    decision.replaced = dict(replaced) if replaced else None
    news.tell_business(card, "published", now=now)
    return decision


def _let_it_be_seen(card: Card, now: datetime) -> Wanted | None:
    """Publish; for a change, give back what the published version said until now."""
    if card.offer is None:
        provider_rules.approve(card.provider)
        return None
    if card.asked is Asked.OFFER:
        offer_rules.publish(card.offer, now=now)
        return None
    replaced = offer_rules.as_published(card.offer)
    offer_rules.apply_change(card.offer, now=now)
    return replaced


def ask_to_fix(
    subject: str, by: Moderator, why: list[str], own: str, words: str, *, now: datetime
) -> Decision:
    """Give it back with a request. `why` names ready phrases, `own` is what was typed besides;
    `words` is all of it as the business reads it. Refused: `NobodyToAsk` and as in `publish`.
    """
    card = _mine_to_decide(subject, by, now)
    if not card.has_reader:
        raise NobodyToAsk()
    if card.offer is None:
        provider_rules.ask_to_fix(card.provider, words)
    else:
        offer_rules.ask_to_fix(card.offer, words, now=now)
    reason = " ".join(why) + "\n" + own
    decision = _write(card, by, Ruling.ASKED_TO_FIX, State.DRAFT, reason, now)
    news.tell_business(card, "asked_to_fix", words, now=now)
    return decision


def decline(subject: str, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """Say no, with the reason the business reads. A declined change leaves the published version up."""
    card = _mine_to_decide(subject, by, now)
    after = card.state if card.asked is Asked.CHANGE else State.DENIED
    if card.offer is None:
        provider_rules.decline(card.provider, reason)
    else:
        offer_rules.decline(card.offer, reason, now=now)
    decision = _write(card, by, Ruling.DECLINED, after, reason, now)
    news.tell_business(card, "declined", reason, now=now)
    return decision


def pin(subject: str, by: Moderator, lat: float, lon: float, *, now: datetime) -> Decision:
    """Give an imported offer its point (degrees, WGS84), so that it can be found nearby."""
    card = _mine_to_decide(subject, by, now, keep_claim=True)
    if card.offer is None:
        raise NotFound()
    if card.offer.location is None:
        card.offer.location = _a_place(card, lat, lon)
    offer_rules.pin(card.offer, lat, lon, now=now)
    return _write(card, by, Ruling.PINNED, card.state, "", now)


def _a_place(card: Card, lat: float, lon: float) -> Location:
    """The import knew no address: the point is all there is, with the clock of the nearest city we know."""
    near = nearest_city(Place(round(lat, 2), round(lon, 2)))
    place = Location(address="", city="", country=near.country, timezone=near.timezone)
    card.provider.locations.append(place)
    db.session.flush()
    return place


def _mine_to_decide(
    subject: str, by: Moderator, now: datetime, *, keep_claim: bool = False
) -> Card:
    """The card, if this moderator may rule on it. Own listings refuse by name, others as nothing does."""
    if queue.is_own(subject, by):
        raise NobodyDecidesOnTheirOwn()
    card = queue.find(subject, by, now=now)
    if card.claim is not None and not keep_claim:
        db.session.delete(card.claim)
    return card


def _write(
    card: Card, by: Moderator, ruling: Ruling, after: State, reason: str, now: datetime
) -> Decision:
    decision = Decision(
        subject=card.subject,
        title=card.title,
        was=card.state,
        now=after,
        ruling=ruling,
        reason=reason,
        moderator_id=by.id,
        waited_minutes=int((now - card.since).total_seconds() // 60),
        at=now,
    )
    db.session.add(decision)
    return decision
