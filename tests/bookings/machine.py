"""Human life as a state machine: people book, cancel, think again, move; businesses answer and close; time goes on."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.bookings import change_rules, day_rules, line, proposal_rules, rules, times, waiting_rules
from app.bookings.models import OPEN, Booking, BookingState, Proposal, Side, WaitingPlace
from app.db import db, writing
from app.errors import Refusal
from app.notifications.kinds import REMINDERS
from app.notifications.models import Delivery, Notice, Planned, PlannedState
from app.offers.models import Category, ClosedDay, Kind, Slot
from tests.bookings.cast import HOUR, MINUTE, NOW, new_member, new_offer, new_provider
from tests.bookings.crowd import overbooked, overlapping

# (offer, hours from the start, minutes, seats): overlaps across offers, a whole-day gift, two days.
TIMES = [
    *((0, 3 + h, 45, 1) for h in (0, 1, 6, 24, 30)),
    *((1, 3.5 + h, 90, 2) for h in (0, 1, 24)),
    *((2, 3.25 + h, 60, 1) for h in (0, 2, 24, 200)),
    *((3, h, 480, 3) for h in (1, 25)),
    *((4, 4 + h, 45, 1) for h in (0, 24)),
]  # fmt: skip
one_of_many = st.integers(0, 40)
ANSWERS = [proposal_rules.accept, proposal_rules.refuse, proposal_rules.take_back]


class Cast:
    """Whoever stays the same from one story to the next: four members, five offers of two businesses."""

    def __init__(self) -> None:
        self.members = [new_member() for _ in range(4)]
        self.studio, klon = new_provider(), new_provider("Klon")
        hair = Category.HAIR
        self.offers = [
            new_offer(self.studio, "Haircut", hair),
            new_offer(klon, "Yoga", Category.MOVEMENT, kind=Kind.SESSION),
            new_offer(klon, "Talk", Category.PSYCHOLOGIST, ask_first=True),
            new_offer(self.studio, "Soap", Category.THINGS, kind=Kind.GIFT),
            new_offer(klon, "Colour", hair, lead_minutes=24 * 60),
        ]


class Life(RuleBasedStateMachine):
    """Every step is one deed in one transaction; a refusal must leave nothing behind."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        with writing() as session:
            for table in (
                Delivery,
                Planned,
                Notice,
                WaitingPlace,
                Proposal,
                Booking,
                Slot,
                ClosedDay,
            ):
                session.execute(sa.delete(table))
            self.slots = [
                Slot(offer_id=self.cast.offers[o].id, seats=n, seats_taken=0, starts_at=NOW + h * HOUR,
                     ends_at=NOW + h * HOUR + m * MINUTE)
                for o, h, m, n in TIMES
            ]  # fmt: skip
            session.add_all(self.slots)

    @rule(who=st.integers(0, 3), which=one_of_many)
    def book(self, who: int, which: int) -> None:
        slot, member = self.slots[which % len(self.slots)], self.cast.members[who]
        key = f"{self.now}-{who}-{which}"
        first = self.do(lambda: rules.book(slot.id, member, once=key, now=self.now))
        if first:
            again = self.do(lambda: rules.book(slot.id, member, once=key, now=self.now))
            assert again.id == first.id

    @rule(who=st.integers(0, 3), which=one_of_many)
    def wait(self, who: int, which: int) -> None:
        slot, member = self.slots[which % len(self.slots)], self.cast.members[who]
        place = self.do(lambda: waiting_rules.join(slot.id, member, now=self.now))
        assert place is None or self.nobody_new_came_before(place)

    @rule(who=st.integers(0, 3), which=one_of_many)
    def leave_the_line(self, who: int, which: int) -> None:
        slot, member = self.slots[which % len(self.slots)], self.cast.members[who]
        self.do(lambda: waiting_rules.leave(slot.id, member, now=self.now))

    @rule(which=one_of_many)
    def take_what_is_held(self, which: int) -> None:
        held = sa.select(WaitingPlace).where(WaitingPlace.hold_until > self.now)
        places = db.session.scalars(held.order_by(WaitingPlace.id)).all()
        if places:
            place = places[which % len(places)]
            who = next(m for m in self.cast.members if m.id == place.member_id)
            key = f"{self.now}-held-{which}"
            self.do(lambda: rules.book(place.slot_id, who, once=key, now=self.now))

    @rule(which=one_of_many, where=one_of_many)
    def propose(self, which: int, where: int) -> None:
        slot = self.slots[where % len(self.slots)].id
        self.of_one(which, lambda b: proposal_rules.propose(b, slot, now=self.now))

    @rule(which=one_of_many, answer=st.sampled_from(ANSWERS))
    def answer_the_proposal(self, which: int, answer) -> None:
        proposals = db.session.scalars(sa.select(Proposal).order_by(Proposal.booking_id)).all()
        if proposals:
            booking = proposals[which % len(proposals)].booking
            was = booking.slot_id
            done = self.do(lambda: answer(booking, now=self.now))
            assert done or db.session.get_one(Booking, booking.id).slot_id == was

    @rule(which=one_of_many)
    def cancel(self, which: int) -> None:
        self.of_one(which, lambda b: change_rules.cancel(b, Side.MEMBER, self.now))

    @rule(which=one_of_many)
    def call_off(self, which: int) -> None:
        self.of_one(which, lambda b: change_rules.cancel(b, Side.PROVIDER, self.now))

    @rule(which=one_of_many)
    def think_again(self, which: int) -> None:
        self.of_one(which, lambda b: change_rules.undo(b, self.now))

    @rule(which=one_of_many, where=one_of_many)
    def move(self, which: int, where: int) -> None:
        slot = self.slots[where % len(self.slots)].id
        self.of_one(which, lambda b: change_rules.move(b, slot, self.now))

    @rule(which=one_of_many, yes=st.booleans())
    def answer(self, which: int, yes: bool) -> None:
        reply = day_rules.confirm if yes else day_rules.decline
        self.of_one(which, lambda b: reply(b, self.now))

    @rule(which=one_of_many, came=st.booleans())
    def mark(self, which: int, came: bool) -> None:
        outcome = day_rules.attended if came else day_rules.no_show
        self.of_one(which, lambda b: outcome(b, self.now))

    @rule(days=st.integers(0, 2))
    def close(self, days: int) -> None:
        day = times.day_in(self.now, "Europe/Warsaw") + timedelta(days=days)
        self.do(lambda: day_rules.close_day(self.cast.studio, day, self.now))
        assert self.still_expected_on(day) == []

    @rule()
    def worker(self) -> None:
        self.do(lambda: line.keep(self.now))
        assert self.free_seats_somebody_waits_for() == []
        self.do(lambda: day_rules.decline_unanswered(self.now))

    @rule(minutes=st.sampled_from([1, 4, 9, 10, 11, 30, 60, 115, 240, 700]))
    def time_goes_on(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def of_one(self, which: int, deed) -> None:
        bookings = db.session.scalars(sa.select(Booking).order_by(Booking.id)).all()
        if bookings:
            self.do(lambda: deed(bookings[which % len(bookings)]))

    def do(self, deed):
        before = self.everything()
        try:
            with writing():
                return deed()
        except Refusal:
            assert self.everything() == before
            return None
        finally:
            db.session.rollback()

    def everything(self) -> list[tuple]:
        tables = [sa.select(t.__table__) for t in (Slot, Booking, WaitingPlace)]
        tables.append(sa.select(Proposal.__table__, Proposal.booking_id.label("id")))
        counts = sa.select(sa.func.count()).select_from(Planned)
        rows = [tuple(row) for t in tables for row in db.session.execute(t.order_by(sa.text("id")))]
        return [*rows, (db.session.scalar(counts),)]

    def free_seats_somebody_waits_for(self) -> list[int]:
        wish = sa.select(Slot).join(WaitingPlace, WaitingPlace.slot_id == Slot.id)
        wish = wish.where(WaitingPlace.hold_until.is_(None), Slot.seats_taken < Slot.seats)
        return [s.id for s in db.session.scalars(wish) if times.latest(s) > self.now]

    def nobody_new_came_before(self, place: WaitingPlace) -> bool:
        ids = sa.select(sa.func.max(WaitingPlace.id)).where(WaitingPlace.slot_id == place.slot_id)
        joined_now = db.session.scalar(ids) == place.id
        return joined_now or db.session.get(WaitingPlace, place.id) is not None

    def still_expected_on(self, day: date) -> list[Booking]:
        ahead = sa.select(Booking).join(Booking.slot).where(Booking.provider == self.cast.studio)
        ahead = ahead.where(Booking.state.in_(OPEN), Booking.starts_at > self.now)
        return [
            b
            for b in db.session.scalars(ahead)
            if times.day_in(b.starts_at, "Europe/Warsaw") == day
        ]

    @invariant()
    def no_seat_is_given_twice_or_lost(self) -> None:
        assert overbooked() == []

    @invariant()
    def places_are_held_strictly_in_order(self) -> None:
        one, other = sa.orm.aliased(WaitingPlace), sa.orm.aliased(WaitingPlace)
        passed_over = sa.select(one.id).where(
            one.slot_id == other.slot_id, one.hold_until.is_(None), other.hold_until.is_not(None)
        )
        assert db.session.scalar(passed_over.where(one.id < other.id)) is None

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        assert overlapping() == []

    @invariant()
    def everybody_has_a_fair_share(self) -> None:
        wish = sa.select(sa.func.count()).where(Booking.state.in_(OPEN), Booking.ends_at > self.now)
        counts = db.session.scalars(wish.group_by(Booking.member_id, Booking.category))
        assert max(counts, default=0) <= rules.OPEN_PER_KIND

    @invariant()
    def only_cancelled_seats_are_kept_for_an_undo(self) -> None:
        wish = sa.select(Booking).where(Booking.release_at.is_not(None))
        assert all(b.state is BookingState.CANCELLED for b in db.session.scalars(wish))

    @invariant()
    def a_booking_stands_where_its_slot_stands(self) -> None:
        apart = sa.or_(Booking.starts_at != Slot.starts_at, Booking.ends_at != Slot.ends_at)
        assert db.session.scalar(sa.select(Booking.id).join(Booking.slot).where(apart)) is None

    @invariant()
    def only_agreed_visits_are_reminded_of(self) -> None:
        waiting = sa.select(Notice.subject).join(Notice.planned)
        waiting = waiting.where(Notice.kind.in_(REMINDERS), Planned.state == PlannedState.WAITING)
        agreed = sa.select("booking:" + Booking.public_id).where(
            Booking.state.not_in(
                (BookingState.PENDING, BookingState.CANCELLED, BookingState.DECLINED)
            )
        )
        assert set(db.session.scalars(waiting)) <= set(db.session.scalars(agreed))
