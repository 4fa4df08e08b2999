"""A part of a page is made once for all who ask the same, and never outlives what it tells of."""

from datetime import date

import pytest

from app.accounts.models import DailyKey
from app.db import db, writing
from app.offers.parts import kept
from tests.offers.world import NOW


@pytest.fixture
def made(context):
    """How often the part was made."""
    return []


def ask(made, key="wola", now=NOW):
    return kept(key, now, lambda: made.append(key) or f"{key} {len(made)}")


def test_asked_again_it_is_the_same_and_nobody_made_it_anew(made):
    assert ask(made) == ask(made) == "wola 1"
    assert ask(made, "praga") == "praga 2"


def test_after_anything_was_written_it_is_made_anew(made):
    ask(made)
    with writing():
        db.session.add(DailyKey(day=date(2026, 11, 1), secret=b"s" * 32))

    assert ask(made) == "wola 2"


def test_after_some_seconds_it_is_made_anew(made):
    ask(made)

    assert ask(made, now=NOW.replace(second=4)) == "wola 1"
    assert ask(made, now=NOW.replace(second=5)) == "wola 2"
