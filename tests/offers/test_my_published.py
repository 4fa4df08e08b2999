"""What a business does with an offer that members see, and with its place and name."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import clock, db, writing
from app.offers import offer_rules
from app.offers.models import ClosedDay, Fact, Offer, Slot, State
from tests.offers.desk import (
    Desk,
    approve,
    drafted,
    errors,
    introduced,
    published,
    sit_down,
    the_offer,
)


def test_a_change_of_words_waits_and_the_hours_hold_at_once(app: Flask, desk: Desk) -> None:
    at = published(app, desk)
    desk.go(f"{at}/words", language="en", title="A better cut", languages=["pl"], price="free")
    desk.go(f"{at}/hours", hours=["mon-10"])
    offer = the_offer(app)
    assert (offer.texts[0].title, offer.change is not None) == ("Haircut", True)
    assert "A better cut" in desk.get(at)
    with app.app_context():
        times = db.session.scalars(sa.select(Slot.starts_at).where(~Slot.closed))
        assert {moment.weekday() for moment in times} == {0}


def test_a_booked_time_outside_new_hours_is_listed(app: Flask, desk: Desk) -> None:
    at = published(app, desk)
    with app.app_context(), writing():
        wednesday = next(
            s for s in db.session.scalars(sa.select(Slot)) if s.starts_at.weekday() == 2
        )
        wednesday.seats_taken = 1
    desk.go(f"{at}/hours", hours=["mon-10"])
    page = desk.get(at)
    assert "Booked outside your hours" in page
    assert "Wednesday, 10:00" in page


def test_a_closed_day_and_holidays_close_the_times(app: Flask, desk: Desk) -> None:
    at = published(app, desk)
    page = desk.get("/my/closed-days")
    assert "2026-12-25" in page
    desk.go("/my/closed-days", day=["2026-12-25", "2026-11-24"])
    with app.app_context():
        assert len(list(db.session.scalars(sa.select(ClosedDay)))) == 2
        open_times = db.session.scalars(sa.select(Slot.starts_at).where(~Slot.closed))
        assert "2026-11-24" not in {f"{moment:%Y-%m-%d}" for moment in open_times}
    assert "24 November, 25 December" in desk.get(f"{at}/hours")
    desk.go("/my/closed-days/removal", day="2026-11-24")
    assert "Tuesday, 24 November" in desk.get("/my/closed-days")


def test_one_day_has_other_hours(app: Flask, desk: Desk) -> None:
    at = drafted(desk)
    desk.go(f"{at}/days", day="2026-11-24", opens="8:00", closes="9:30")
    assert "8:00–9:30" in desk.get(f"{at}/days")
    desk.go(f"{at}/days", day="2026-11-25", closed="1")
    desk.go(f"{at}/days/removal", day="2026-11-24")
    assert "8:00–9:30" not in desk.get(f"{at}/days")


def test_three_more_places_on_a_day(app: Flask, desk: Desk) -> None:
    at = published(app, desk)
    desk.get(f"{at}/places")
    desk.go(f"{at}/places", day="2026-11-27", number="3")
    with app.app_context():
        times = db.session.scalars(sa.select(Slot.starts_at).where(~Slot.closed))
        assert [f"{t:%Y-%m-%d}" for t in times].count("2026-11-27") == 5 + 3


def test_all_offers_are_paused_and_resumed_with_one_tap(app: Flask, desk: Desk) -> None:
    published(app, desk)
    desk.go("/my/offers/pause")
    assert the_offer(app).state is State.PAUSED
    desk.go("/my/offers/resumption")
    assert the_offer(app).state is State.APPROVED


def test_the_reviewers_words_are_shown_and_the_offer_is_sent_again(app: Flask, desk: Desk) -> None:
    at = drafted(desk)
    desk.go(f"{at}/submission")
    with app.app_context(), writing():
        offer = db.session.get_one(Offer, the_offer(app).id)
        offer_rules.ask_to_fix(offer, "Please say who will be there.", now=clock())
    assert "See the remarks" in desk.get("/my/offers")
    assert "Please say who will be there." in desk.get(f"{at}/words")
    desk.go(f"{at}/submission")
    assert the_offer(app).state is State.PENDING


def test_a_second_language_is_marked_and_kept(app: Flask, desk: Desk) -> None:
    at = drafted(desk)
    desk.go(f"{at}/texts", language="be", title="Стрыжка", description="Як захочаце")
    assert [text.language for text in the_offer(app).texts] == ["en", "be"]
    desk.go(f"{at}/words", language="en", title="Cut", languages=["pl"], price="free")
    assert [text.title for text in the_offer(app).texts] == ["Cut", "Стрыжка"]


def test_step_free_is_told_once_and_said_by_every_offer(app: Flask, desk: Desk) -> None:
    desk.go("/my/location", address="ul. Lipowa 7", city="warsaw", step_free="1")
    desk.go("/my/offers", category="hair")
    assert the_offer(app).facts & Fact.STEP_FREE


def test_the_place_is_set_by_district_where_nothing_better_is_known(app: Flask, desk: Desk) -> None:
    drafted(desk)
    desk.get("/my/location/pin")
    desk.go("/my/location/pin", district="wola")
    place = the_offer(app).location
    assert place is not None
    assert (place.lat, place.lon) == (52.24, 20.97)


@pytest.mark.parametrize("point", ["", "here", "52.24", "95, 20", "52.24, 200"])
def test_a_point_that_is_none_is_refused(desk: Desk, point: str) -> None:
    answer = desk.post("/my/location/pin", point=point)
    assert (answer.status_code, len(errors(answer.text))) == (422, 1)


def test_another_town_is_named_by_hand(app: Flask, desk: Desk) -> None:
    assert desk.post("/my/location", address="Rynek 1", city="other-PL").status_code == 422
    desk.go("/my/location", address="Rynek 1", city="other-PL", town="Sejny")
    desk.go("/my/offers", category="care")
    place = the_offer(app).location
    assert place is not None
    assert (place.city, place.country, place.lat) == ("Sejny", "PL", None)


def test_nobody_sees_or_touches_somebody_elses_offer(app: Flask, desk: Desk) -> None:
    at = drafted(desk)
    stranger = introduced(sit_down(app, "other@example.org"))
    for path in ("", "/words", "/visit", "/hours", "/breaks", "/days", "/places", "/texts"):
        assert stranger.client.get(f"{at}{path}").status_code == 404
        assert stranger.client.get(f"/my/offers/999999{path}").status_code == 404
    for path in ("/submission", "/pause", "/removal"):
        assert stranger.post(f"{at}{path}").status_code == 404


def test_an_approved_name_is_not_changed_behind_the_reviewers_backs(app: Flask, desk: Desk) -> None:
    approve(app)
    assert desk.post("/my/business", name="Another name").status_code == 409


def test_a_draft_is_thrown_away_after_asking(app: Flask, desk: Desk) -> None:
    at = drafted(desk)
    desk.get(f"{at}/removal")
    desk.go(f"{at}/removal")
    assert desk.client.get(at).status_code == 404
