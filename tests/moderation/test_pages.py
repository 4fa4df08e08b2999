"""The moderator's pages as a browser sees them: one tap to publish, what differs, what to look at."""

import re

import pytest
import sqlalchemy as sa

from app.db import db
from app.moderation.models import Decision
from app.offers.models import Category, Offer, Provider, State
from tests.moderation.cast import MINUTE, NOW, new_business, new_change, new_moderator, new_offer


@pytest.fixture
def stage(app, clock):
    """`stage(new_offer, …)`: make something on an approved business; its subject."""
    clock.set(NOW)

    def make(**more):
        with app.app_context():
            lipa = db.session.scalar(sa.select(Provider).where(Provider.name == "Studio Lipa"))
            return f"offer:{new_offer(lipa or new_business(), **more).id}"

    return make


def state_of(app, subject):
    with app.app_context():
        return db.session.get_one(Offer, int(subject.partition(":")[2])).state


def page(answer):
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


def test_one_tap_publishes_and_the_page_after_it_offers_to_take_it_back(app, desk, stage):
    subject, olga = stage(), desk("Olga")
    answer = olga.post(f"/queue/{subject}/publication")
    assert (answer.status_code, state_of(app, subject)) == (303, State.APPROVED)
    after = page(olga.get(answer.location))
    assert "Take back, until 10:00:10" in after
    undo = re.search(r'action="(/decisions/\d+/reversal)"', after)[1]
    assert olga.post(undo).status_code == 303
    assert state_of(app, subject) is State.PENDING


def test_the_undo_is_gone_after_ten_seconds_and_for_others(app, desk, stage, clock):
    olga, marek = desk("Olga"), desk("Marek")
    after = olga.post(f"/queue/{stage()}/publication").location
    assert "Take back" not in page(marek.get(after))
    clock.turn(seconds=11)
    assert "Take back" not in page(olga.get(after))


def test_a_tap_on_a_card_claims_it_in_sight_of_the_others(desk, stage, clock):
    subject, olga, marek = stage(), desk("Olga"), desk("Marek")
    opened = olga.post(f"/queue/{subject}/claim")
    assert opened.location == f"/queue/{subject}"
    assert "yours until 10:20" in page(olga.get(opened.location))
    assert "Olga is looking" in page(marek.get("/queue"))
    clock.set(NOW + 21 * MINUTE)
    assert "Olga is looking" not in page(marek.get("/queue"))


def test_looking_changes_nothing(app, desk, stage):
    subject, olga = stage(), desk("Olga")
    for path in ("", "/fix-request", "/refusal", "/pin"):
        assert olga.get(f"/queue/{subject}{path}").status_code == 200
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 0
    assert "yours until" not in page(olga.get("/queue"))


def test_the_card_shows_what_members_will_see_and_what_differs(app, desk, stage):
    subject = stage(state=State.APPROVED)
    with app.app_context():
        offer = db.session.get_one(Offer, int(subject.partition(":")[2]))
        new_change(offer, price_minor=3000, currency="PLN", meets="Ewa albo Marta")
    shown = page(desk("Olga").get(f"/queue/{subject}"))
    assert "Changed offer" in shown
    assert "Farbowanie włosów" in shown
    assert "ul. Lipowa 7, Warszawa" in shown
    assert re.search(r"<del><i>was</i>Free</del><ins><i>now</i>(PLN|zł).?30|30.?(PLN|zł)", shown)
    assert "<ins><i>now</i>Ewa albo Marta</ins>" in shown
    assert "symbolic?" in shown
    assert "Tuesday, 10:00" in shown or "Today" in shown or "Tomorrow" in shown


def test_phone_numbers_and_links_are_pointed_out(app, desk, stage):
    subject = stage(title="Zadzwoń +48 601 234 567")
    assert "There is a phone number or a link" in page(desk("Olga").get(f"/queue/{subject}"))
    assert "No phone number" in page(desk("Olga").get(f"/queue/{stage()}"))


def test_ready_phrases_are_in_the_language_of_the_business(app, desk, stage):
    subject, olga = stage(), desk("Olga")
    form = page(olga.get(f"/queue/{subject}/fix-request"))
    assert "reads Polish" in form
    assert "Make the price smaller or zero" in form
    assert "Czy cena może być niższa albo zerowa?" in form
    answer = olga.post(
        f"/queue/{subject}/fix-request", {"why": ["price", "length"], "own": "Miło!"}
    )
    assert answer.status_code == 303
    with app.app_context():
        offer = db.session.get_one(Offer, int(subject.partition(":")[2]))
        assert offer.state is State.DRAFT
        assert "Czy cena może być niższa albo zerowa?" in offer.review_note
        assert "Miło!" in offer.review_note


def test_an_empty_request_keeps_the_page_and_says_why(desk, stage):
    answer = desk("Olga").post(f"/queue/{stage()}/fix-request", {"own": "  "})
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert "Choose what to change, or write it." in answer.text


def test_a_refusal_needs_a_reason_and_keeps_what_was_typed(app, desk, stage):
    subject, olga = stage(), desk("Olga")
    assert olga.post(f"/queue/{subject}/refusal", {"reason": ""}).status_code == 422
    long = olga.post(f"/queue/{subject}/refusal", {"reason": "b" * 401})
    assert "b" * 401 in long.text
    assert olga.post(f"/queue/{subject}/refusal", {"reason": "Asks for papers"}).status_code == 303
    assert state_of(app, subject) is State.DENIED
    assert "Asks for papers" in page(olga.get("/decisions"))


def test_a_business_is_approved_by_two_with_a_note_of_how_they_checked(app, desk, clock):
    clock.set(NOW)
    with app.app_context():
        klon = new_business("Gabinet Klon", state=State.PENDING).id
    olga, marek = desk("Olga"), desk("Marek")
    path = f"/queue/provider:{klon}/publication"
    empty = olga.post(path, {"note": ""})
    assert empty.status_code == 422
    assert "how you checked" in empty.text
    assert olga.post(path, {"note": "Called them"}).status_code == 303
    assert olga.post(path, {"note": "Called again"}).status_code == 403
    assert "Olga said yes" in page(marek.get("/queue"))
    assert marek.post(path, {"note": "In the register"}).status_code == 303
    told = page(olga.get("/decisions"))
    assert "Published by two" in told
    assert "Olga, then Marek" in told


@pytest.mark.parametrize(
    ("point", "status"),
    [("52.2297, 21.0122", 303), ("52.2297 21.0122", 303), ("100, 21", 422), ("here", 422), ("", 422), ("52, 181", 422)],
)  # fmt: skip
def test_a_pin_is_two_numbers_on_this_earth(desk, stage, point, status):
    answer = desk("Olga").post(f"/queue/{stage()}/pin", {"point": point})
    assert answer.status_code == status
    if status == 422:
        assert f'value="{point}"' in answer.text


def test_ones_own_listing_is_not_there(app, desk, stage):
    subject = stage()
    with app.app_context():
        new_moderator("Ewa", "studio.lipa@example.org")
    ewa = desk("Ewa")
    assert "Nothing waits" in page(ewa.get("/queue"))
    assert ewa.get(f"/queue/{subject}").status_code == 404
    refused = ewa.post(f"/queue/{subject}/publication")
    assert refused.status_code == 403
    assert "Nobody decides on their own" in refused.text


def test_two_who_publish_at_once_decide_once(app, desk, stage):
    subject, olga, marek = stage(), desk("Olga"), desk("Marek")
    assert olga.post(f"/queue/{subject}/publication").status_code == 303
    assert marek.post(f"/queue/{subject}/publication").status_code == 404
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 1


def test_an_empty_queue_and_an_empty_log_are_calm(desk):
    olga = desk("Olga")
    assert "Nothing waits" in page(olga.get("/queue"))
    assert "No decisions yet" in page(olga.get("/decisions"))


def test_a_doctors_offer_says_that_it_needs_two(desk, stage):
    subject, olga = stage(category=Category.DOCTOR), desk("Olga")
    assert "needs two" in page(olga.get("/queue"))
    olga.post(f"/queue/{subject}/publication")
    assert "You have said yes. Somebody else says the second." in page(
        olga.get(f"/queue/{subject}")
    )


@pytest.mark.parametrize(
    "odd", ["%00", "a%00b", "%ED%A0%80", "9" * 20, "9" * 18, "%C2%B2", "%D9%A3"]
)
def test_an_address_with_anything_in_it_is_no_fault_of_ours(desk, odd):
    olga = desk("Olga")
    kinds = ("visit", "appeal", "report", "business")
    for path in (*(f"/cases/{kind}:{odd}" for kind in kinds), f"/queue/offer:{odd}"):
        assert 400 <= olga.get(path).status_code < 500, path
    assert olga.get(f"/businesses?q={odd}").status_code < 500
