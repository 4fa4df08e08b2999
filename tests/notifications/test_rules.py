"""What is promised, when it is due, and what becomes of a promise that is taken back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from app.db import db, writing
from app.notifications import reminders, rules
from app.notifications.models import (
    Channel,
    Delivery,
    EmailAddress,
    Notice,
    Planned,
    PlannedState,
    Preference,
)
from app.notifications.rules import Recipient, call_off, notify, plan_reminders

NINA = Recipient("member:1")
SALON = Recipient("provider:1")
WARSAW = "Europe/Warsaw"


def at(text, zone=WARSAW):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def visit(starts_at):
    return {
        "title": "Haircut",
        "starts_at": starts_at.astimezone(UTC).isoformat(),
        "timezone": WARSAW,
        "place": "Studio Lipa",
    }


def remind(starts_at, now, subject="booking:a", who=NINA):
    return plan_reminders(
        who, subject=subject, link="/bookings/a", values=visit(starts_at),
        starts_at=starts_at, timezone=WARSAW, now=now,
    )  # fmt: skip


def tell(kind="booking_confirmed", subject="booking:a", who=NINA, **more):
    starts_at = at("2026-11-24 16:30")
    return notify(
        who, kind, subject=subject, link="/bookings/a", values=visit(starts_at), **more
    )  # fmt: skip


def dues():
    return {
        notice.kind: notice.planned.due_at.astimezone(ZoneInfo(WARSAW)).strftime("%d %H:%M")
        for notice in db.session.scalars(sa.select(Notice))
    }


def test_a_deed_that_is_undone_promises_nothing(context, clock):
    def book_and_fail():
        with writing():
            tell(now=clock.now)
            raise LookupError

    with pytest.raises(LookupError):
        book_and_fail()
    assert db.session.scalar(sa.select(sa.func.count(Notice.id))) == 0
    assert db.session.scalar(sa.select(sa.func.count(Planned.id))) == 0


def test_news_is_due_at_once_and_keeps_what_its_text_needs(context, clock):
    with writing():
        made = tell(now=clock.now)
    notice = db.session.scalars(sa.select(Notice)).one()
    assert notice.planned.due_at == clock.now
    assert notice.values == visit(at("2026-11-24 16:30"))
    assert b"Haircut" not in notice.values_sealed
    assert notice.public_id == made.public_id


@pytest.mark.parametrize(
    ("visit_at", "day", "soon"),
    [
        ("2026-11-26 16:30", "25 16:30", "26 14:30"),
        ("2026-11-26 09:30", "25 09:30", "26 08:00"),
        ("2026-11-26 09:00", "25 09:00", "26 08:00"),
        ("2026-11-26 08:30", "25 08:30", "25 20:30"),
        ("2026-11-26 07:30", "25 08:00", "25 20:30"),
        ("2026-11-26 22:00", "26 08:00", "26 20:00"),
        ("2026-11-26 23:30", "26 08:00", "26 20:30"),
        ("2026-11-26 00:30", "25 08:00", "25 20:30"),
    ],
)
def test_reminders_come_a_day_and_two_hours_before_but_never_at_night(
    context, clock, visit_at, day, soon
):
    with writing():
        remind(at(visit_at), clock.now)
    assert dues() == {"reminder_day": day, "reminder_soon": soon}


@given_settings(max_examples=300, deadline=None)
@given(
    minutes=st.integers(0, 3 * 365 * 24 * 60),
    kind=st.sampled_from(list(reminders.BEFORE)),
    zone=st.sampled_from(["Europe/Warsaw", "Europe/Vilnius", "Europe/Lisbon"]),
)
def test_no_reminder_is_ever_due_at_night_or_after_its_visit(minutes, kind, zone):
    starts_at = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minutes)
    due = reminders.due_at(kind, starts_at, zone)
    assert not reminders.is_quiet(due.astimezone(ZoneInfo(zone)).time())
    assert starts_at - timedelta(hours=34) < due < starts_at


def test_a_reminder_whose_moment_has_passed_is_not_planned(context, clock):
    with writing():
        made = remind(clock.now + timedelta(hours=5), clock.now)
        none = remind(clock.now + timedelta(hours=1), clock.now, subject="booking:b")
    assert [notice.kind for notice in made] == ["reminder_soon"]
    assert none == []


def test_two_visits_on_one_day_are_reminded_of_together_the_day_before(context, clock):
    with writing():
        remind(at("2026-11-26 16:30"), clock.now, "booking:a")
        remind(at("2026-11-26 11:00"), clock.now, "booking:b")
        remind(at("2026-11-26 12:00"), clock.now, "booking:c", who=Recipient("member:2"))
        remind(at("2026-11-27 11:00"), clock.now, "booking:d")
    rows = db.session.execute(
        sa.select(Notice.subject, Planned.due_at, Planned.together)
        .join(Planned.notice)
        .where(Notice.kind == "reminder_day")
    ).all()
    due = {subject: due_at for subject, due_at, _ in rows}
    groups = {subject: together for subject, _, together in rows}
    assert due["booking:a"] == due["booking:b"] == at("2026-11-25 11:00")
    assert groups["booking:a"] == groups["booking:b"]
    assert len(set(groups.values())) == 3


def test_cancelling_takes_the_reminders_back_and_leaves_the_inbox_alone(context, clock):
    with writing():
        tell(now=clock.now)
        remind(at("2026-11-26 16:30"), clock.now)
        remind(at("2026-11-27 16:30"), clock.now, "booking:b")
    with writing():
        call_off("booking:a")
    states = {
        (notice.subject, notice.kind): notice.planned.state
        for notice in db.session.scalars(sa.select(Notice))
    }
    assert states == {
        ("booking:a", "booking_confirmed"): PlannedState.CALLED_OFF,
        ("booking:b", "reminder_day"): PlannedState.WAITING,
        ("booking:b", "reminder_soon"): PlannedState.WAITING,
    }


def test_only_the_named_kinds_are_called_off(context, clock):
    with writing():
        remind(at("2026-11-26 16:30"), clock.now)
    with writing():
        call_off("booking:a", kinds=["reminder_day"])
    assert list(dues()) == ["reminder_soon"]


def test_what_waits_can_be_moved(context, clock):
    with writing():
        remind(at("2026-11-26 16:30"), clock.now)
    with writing():
        later = at("2026-11-28 12:00")
        rules.reschedule("booking:a", "reminder_day", later, later + timedelta(days=1))
    assert dues()["reminder_day"] == "28 12:00"


def test_a_business_may_hear_of_its_bookings_once_in_the_morning(context, clock):
    with writing() as session:
        session.add(
            Preference(recipient=SALON.key, kind="booking_new", channel=Channel.SUMMARY, on=True)
        )
    with writing():
        tell("booking_new", "booking:a", SALON, now=clock.now)
        tell("booking_new", "booking:b", SALON, now=clock.now + timedelta(hours=1))
        tell("booking_cancelled", "booking:b", SALON, now=clock.now)
    planned = db.session.scalars(sa.select(Planned).order_by(Planned.id)).all()
    assert [row.due_at for row in planned] == [at("2026-11-24 08:00")] * 2 + [clock.now]
    assert planned[0].together == planned[1].together != planned[2].together


def test_an_unknown_kind_is_a_mistake(context, clock):
    with pytest.raises(KeyError), writing():
        tell("nonsense", now=clock.now)


def test_an_address_for_mail_is_kept_sealed_and_replaced(context, clock):
    with writing():
        rules.set_email(SALON.key, "old@example.org", clock.now)
    with writing():
        rules.set_email(SALON.key, "lipa@example.org", clock.now, "pl")
    kept = db.session.scalars(sa.select(EmailAddress)).one()
    assert (kept.address, kept.language) == ("lipa@example.org", "pl")
    assert b"example" not in kept.address_sealed


def test_who_is_forgotten_leaves_nothing_behind(context, clock):
    with writing() as session:
        tell(now=clock.now)
        remind(at("2026-11-26 16:30"), clock.now)
        rules.set_email(NINA.key, "n@example.org", clock.now)
        session.add(Preference(recipient=NINA.key, kind="reminder_day", channel="push", on=False))
        tell("booking_new", who=SALON, now=clock.now)
    with writing():
        rules.forget(NINA.key)
    left = {table: db.session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (Notice, Planned, Delivery, Preference, EmailAddress)}  # fmt: skip
    assert left == {Notice: 1, Planned: 1, Delivery: 0, Preference: 0, EmailAddress: 0}
