"""A fault at every statement of a deed: all of it happened, or nothing did."""

import pytest
import sqlalchemy as sa

from app.db import Base, db
from app.offers.models import Kind
from tests.bookings.cast import DAY, HOUR, NOW, new_offer, new_provider, new_slot
from tests.cast import a_card

WHOLE = "SELECT * FROM "
MOST = 120  # statements; a deed of more is a fault of its own


class Broken(Exception):
    """The process met something nobody expected."""


class Trap:
    """Breaks at the n-th statement of what follows, the commit being the last."""

    def __init__(self, engine: sa.Engine, kind: str) -> None:
        self.engine, self.kind = engine, kind
        self.left = -1
        sa.event.listen(engine, "before_cursor_execute", self._statement)
        sa.event.listen(engine, "commit", self._commit)

    def _statement(self, _c, _cursor, statement, parameters, *_):
        self._count(statement, parameters)

    def _commit(self, _connection):
        self._count("COMMIT", ())

    def _count(self, statement, parameters):
        self.left -= 1
        if self.left != 0:
            return
        if self.kind == "the database":
            raise sa.exc.OperationalError(statement, parameters, OSError("gone"))
        raise Broken


@pytest.fixture
def slots(app, clock):
    """Two times of one offer, two seats each; tomorrow."""
    clock.set(NOW)
    with app.app_context():
        offer = new_offer(new_provider(), kind=Kind.SESSION)
        return [new_slot(offer, NOW + DAY + n * HOUR, seats=2).id for n in range(2)]


class Phone:
    """A member's program, with its session's token."""

    def __init__(self, app):
        self.client = app.test_client()
        given = self.client.post("/api/v1/session", json={"invitation": a_card(app)})
        self.headers = {"X-CSRFToken": given.json["csrf_token"], "Idempotency-Key": "k"}

    def post(self, path, **json):
        return self.client.post("/api/v1" + path, headers=self.headers, json=json or None)


@pytest.fixture
def nina(app, slots):
    return Phone(app)


def everything(app):
    """Every row of every table, as it is stored."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.exec_driver_sql(WHOLE + table.name)))
            for table in Base.metadata.sorted_tables
        }


def booked(nina, slots):
    return nina.post(f"/slots/{slots[0]}/booking").json["id"]


def cancelled(nina, slots):
    return nina.post(f"/bookings/{booked(nina, slots)}/cancellation").json["id"]


DEEDS = {
    "book": lambda nina, slots: f"/slots/{slots[0]}/booking",
    "cancel": lambda nina, slots: f"/bookings/{booked(nina, slots)}/cancellation",
    "move": lambda nina, slots: f"/bookings/{booked(nina, slots)}/move",
    "undo": lambda nina, slots: f"/bookings/{cancelled(nina, slots)}/return",
}


@pytest.mark.parametrize(
    ("deed", "kind"), [("book", "our own code"), *((deed, "the database") for deed in DEEDS)]
)
def test_broken_at_any_statement_a_deed_has_not_happened_at_all(app, nina, slots, deed, kind):
    path = DEEDS[deed](nina, slots)
    body = {"slot": str(slots[1])} if deed == "move" else {}
    before = everything(app)
    with app.app_context():
        trap = Trap(db.engine, kind)

    for number in range(1, MOST):
        trap.left = number
        answer = nina.post(path, **body)
        if trap.left > 0:
            break  # it ended before the trap: this time all of it happened
        assert answer.status_code == (503 if kind == "the database" else 500)
        assert everything(app) == before, f"statement {number}"

    trap.left = -1
    assert number > 5
    assert answer.status_code in (200, 201)
    assert everything(app) != before
