"""Is it alive, is it ready: for the operator's tools, never for people."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app.access import may
from app.db import clock, db
from app.errors import NotFound
from app.settings import settings

bp = Blueprint("health", __name__)
# By name: this file knows the tables as an operator does, and no room (tests/test_house_rules.py).
WATCHED = {
    "booking": "Bookings kept, by state",
    "offer": "Offers, by state",
    "planned": "Notices with their time to be told, by state",
    "delivery": "Messages to devices and addresses, by state",
}


@bp.get("/healthz")
@may("be probed")
def alive() -> Response:
    """The process lives."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@may("be probed")
def ready() -> Response:
    """The database answers and its migrations are current."""
    try:
        db.session.execute(sa.text("SELECT 1"))
        current = migrations_are_current()
    except SQLAlchemyError:
        return Response("the database does not answer\n", status=503, mimetype="text/plain")
    return Response(
        "ready\n" if current else "migrations are due\n",
        200 if current else 503,
        mimetype="text/plain",
    )


def migrations_are_current() -> bool:
    """True when the database stands at the newest migration in the code."""
    directory = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    here = MigrationContext.configure(db.session.connection()).get_current_heads()
    return set(here) == set(directory.get_heads())


@bp.get("/metrics")
@may("be probed")
def metrics() -> Response:
    """Figures for Prometheus, read from the database, so that web and worker speak with one voice."""
    asked = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings().metrics_token
    # Behind a proxy everybody comes from loopback: only the token opens this.
    if not token or not hmac.compare_digest(asked.encode(), token.encode()):
        raise NotFound()
    registry = CollectorRegistry()
    registry.register(Figures())
    return Response(generate_latest(registry), mimetype="text/plain")


class Figures(Collector):
    """Counts only: nothing here speaks of one person, place or business."""

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """One gauge for each table worth watching, by state."""
        for table, words in WATCHED.items():
            gauge = GaugeMetricFamily(f"pobach_{table}_rows", words, labels=["state"])
            state = db.metadata.tables[table].c.state
            for word, number in db.session.execute(
                sa.select(state, sa.func.count()).group_by(state)
            ):
                gauge.add_metric([str(word)], number)
            yield gauge
        yield _ended()
        late = "How late the oldest waiting notice is"
        yield GaugeMetricFamily("pobach_overdue_seconds", late, _overdue())


def _ended() -> CounterMetricFamily:
    """Tries since the beginning; "due" were tried again later."""
    words = "Messages tried, by outcome and by what the other side said"
    counter = CounterMetricFamily("pobach_deliveries", words, labels=["outcome", "reason"])
    table = db.metadata.tables["delivery_count"].c
    for outcome, reason, number in db.session.execute(
        sa.select(table.outcome, table.reason, table.number)
    ):
        counter.add_metric([outcome, reason], number)
    return counter


def _overdue() -> float:
    planned = db.metadata.tables["planned"].c
    oldest = db.session.scalar(
        sa.select(sa.func.min(planned.due_at)).where(planned.state == "waiting")
    )
    return max(0.0, (clock() - oldest).total_seconds()) if oldest else 0.0
