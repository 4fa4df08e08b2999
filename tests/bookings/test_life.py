"""Thousands of steps of human life against the rules, on both databases; SQL is asked after every one."""

import os
import time

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.bookings import rules
from app.db import db
from tests.bookings.machine import Cast
from tests.bookings.machine_hours import LifeWithHours as Life

STEPS = int(os.environ.get("POBACH_TEST_STEPS", "5000"))
A_STORY = 50
SOAK_STEPS, A_CHAPTER = 1_000_000, 10_000
SOAK_MINUTES = float(os.environ.get("POBACH_SOAK_MINUTES", "120"))  # for each database


@pytest.fixture
def hasty(context, now):
    """Nothing here must outlive a power cut, so SQLite need not wait for the disk."""
    if context.extensions["settings"].sqlite:
        db.engine.dispose()
        sa.event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))


def live(steps, phases=tuple(Phase)):
    Life.cast = Cast()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=max(1, steps // A_STORY),
            stateful_step_count=A_STORY,
            deadline=None,
            derandomize=steps <= 5000,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_whatever_people_do_the_rules_hold(hasty):
    live(STEPS)


@pytest.mark.soak
def test_whatever_people_do_the_rules_hold_for_long(hasty, capsys):
    """A million steps, or as many as the time given allows; how many is said."""
    lived, until = 0, time.monotonic() + 60 * SOAK_MINUTES
    while lived < SOAK_STEPS and time.monotonic() < until:
        live(A_CHAPTER)
        lived += A_CHAPTER
    with capsys.disabled():
        print(f"\n{lived:,} steps of {SOAK_STEPS:,}")
    assert lived


@pytest.mark.slow
def test_control_without_the_overlap_rule_the_machine_finds_out(context, hasty, monkeypatch):
    if context.extensions["settings"].sqlite:
        monkeypatch.setattr(rules, "check", lambda *_, **__: None)

        with pytest.raises(AssertionError):
            live(2000, phases=[Phase.generate])
