"""Listings stay true: asked every thirty days, warned, paused after two silences, back with one tap."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.db import db, writing
from app.notifications.models import Notice
from app.offers import pause_rules, truth_rules
from app.offers.models import State
from tests.bookings.cast import NOW, new_offer, new_provider

DAY = timedelta(days=1)


def lives(offer, days, *, yes_on=()):
    """So many days pass, the worker looking every day; the stages told, by day."""
    for day in range(days + 1):
        with writing():
            truth_rules.ask_all(NOW + day * DAY)
            if day in yes_on:
                truth_rules.confirm(offer, now=NOW + day * DAY)
    told = db.session.scalars(sa.select(Notice).order_by(Notice.id))
    return [((n.made_at - NOW).days, n.values["stage"]) for n in told if n.kind == "still_true"]


def test_two_silences_and_a_warning_pause_it(context: Flask) -> None:
    offer = new_offer(new_provider())

    assert lives(offer, 100) == [(30, "ask"), (60, "ask"), (67, "warning"), (74, "paused")]
    assert offer.state is State.PAUSED


def test_one_tap_and_nobody_asks_for_thirty_days(context: Flask) -> None:
    offer = new_offer(new_provider())

    assert lives(offer, 80, yes_on=[31, 68]) == [(30, "ask"), (61, "ask"), (68, "ask")][:2]
    assert offer.state is State.APPROVED


def test_a_yes_takes_up_what_silence_has_paused(context: Flask) -> None:
    offer = new_offer(new_provider())
    lives(offer, 80)

    with writing():
        truth_rules.confirm(offer, now=NOW + 80 * DAY)

    assert (offer.state, offer.asked, offer.true_on) == (
        State.APPROVED,
        0,
        (NOW + 80 * DAY).date(),
    )


def test_whoever_paused_it_themselves_is_not_asked(context: Flask) -> None:
    offer = new_offer(new_provider())
    with writing():
        pause_rules.pause(offer)

    assert lives(offer, 70) == []


def test_nobody_is_asked_where_nobody_signs_in(context: Flask) -> None:
    studio = new_provider()
    offer = new_offer(studio)
    with writing():
        studio.account_id = None

    assert lives(offer, 70) == []
    assert offer.state is State.APPROVED
