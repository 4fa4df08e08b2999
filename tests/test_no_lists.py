"""No role can list people: fifty members, every door, every role (safety.md T1)."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from app.accounts.models import Member, Moderator, ProviderAccount, Session
from app.bookings import rules
from app.bookings.models import Booking
from app.db import db, writing
from app.moderation import report_rules, visit_rules
from app.moderation.case_models import Reason, VisitReason
from app.offers.models import Category, Provider
from app.seal import digest
from tests.bookings.cast import DAY, HOUR, NOW, new_offer, new_provider, new_slot
from tests.cast import a_business, a_member, a_moderator
from tests.test_access import doors

MANY = 50


@pytest.fixture
def town(app, clock):
    """Fifty members, each with two visits of today and tomorrow at one business; a moderator let them in."""
    clock.set(NOW)
    browsers = {
        "member": a_member(app),
        "business": a_business(app),
        "moderator": a_moderator(app),
        "street": app.test_client(),
    }
    with app.app_context():
        studio = new_provider()
        haircut = new_offer(studio)
        massage = new_offer(studio, "Massage", Category.MASSAGE)
        slots = [
            new_slot(haircut, NOW + 3 * HOUR, seats=MANY),
            new_slot(massage, NOW + DAY, seats=MANY),
        ]
        inviter = db.session.scalar(sa.select(Moderator.id))
        account = db.session.scalar(sa.select(ProviderAccount).order_by(ProviderAccount.id))
        with writing():
            members = [a_guest(number, inviter) for number in range(MANY)]
            db.session.add_all(members)
            db.session.flush()
            for number, member in enumerate(members):
                db.session.add(signed_in(member, number))
                for slot in slots:
                    rules.book(slot.id, member, once=f"{number}-{slot.id}", now=NOW)
            # Two of them have told of something, and one was told of.
            report_rules.report(haircut.id, members[0], Reason.OTHER, "Loud.", now=NOW)
            report_rules.report(haircut.id, members[1], Reason.OTHER, "Loud.", now=NOW)
            visit = db.session.scalar(sa.select(Booking).where(Booking.member_id == members[2].id))
            told = visit_rules.report_visit(visit, VisitReason.OTHER, "Loud.", now=NOW).public_id
            # The business that is signed in is the one they visit.
            db.session.execute(
                sa.update(Provider).where(Provider.id == studio.id)
                .values(account_id=account.id)
            )  # fmt: skip
        signs = [{m.alias, m.public_id, str(m.id), m.recovery_number} for m in members]
        ids = {"offer_id": haircut.id, "slot_id": slots[0].id, "cases": [
            f"report:{haircut.id}", f"visit:{told}", f"business:{studio.id}",
        ]}  # fmt: skip
    return browsers, signs, ids


def a_guest(number, inviter):
    return Member(
        alias=f"Znak{number:02} Reka{number:02}",
        language="en",
        city="warsaw",
        invited_by_id=inviter,
        month_created=date(2026, 11, 1),
        week_last_seen=date(2026, 11, 23),
        recovery_number=f"77700000{number:02}",
    )


def signed_in(member, number):
    today = NOW.date()
    return Session(
        id_hash=digest(f"s{number}"), here_hash=digest(f"h{number}"), member_id=member.id,
        made_on=today, seen_on=today, expires_on=today + 90 * DAY,
    )  # fmt: skip


def test_no_role_sees_anything_that_stays_with_a_member_at_any_door(app, town):
    browsers, signs, ids = town
    seen, opened = [], 0
    for role, browser in browsers.items():
        for door in doors(app):
            if door.method != "GET":
                continue
            path = filled(app, door.rule, ids)
            answer = browser.get(path, follow_redirects=False)
            opened += answer.status_code == 200
            words = set(re.findall(r"[\w-]+", answer.text)) | {answer.text}
            found = [n for n, signs_of in enumerate(signs) if shows(answer.text, words, signs_of)]
            seen += [(role, path, found)] if found else []

    assert seen == []
    assert opened > 60, "the walk did walk"


def test_a_case_shows_neither_who_told_nor_of_whom(town):
    browsers, signs, ids = town
    for case in ids["cases"]:
        page = browsers["moderator"].get(f"/cases/{case}")
        words = set(re.findall(r"[\w-]+", page.text))
        assert page.status_code == 200, case
        assert not [n for n, signs_of in enumerate(signs) if shows(page.text, words, signs_of)]


def shows(text, words, signs):
    return any(sign in words or (" " in sign and sign in text) for sign in signs)


def filled(app, rule, ids):
    with app.test_request_context():
        found = next(r for r in app.url_map.iter_rules() if r.rule == rule)
        given = {name: ids.get(name, 1) for name in found.arguments}
        return found.build(given, append_unknown=False)[1]


def test_the_business_does_see_fifty_visits(app, town):
    """The walk above would find nothing if Today were empty."""
    browsers, *_ = town
    today = browsers["business"].get("/today").text

    text = re.sub(r"<[^>]+>", " ", today)
    codes = re.findall(r"\b\d{3}\s\d{3}\b", text)
    assert len(set(codes)) == MANY
