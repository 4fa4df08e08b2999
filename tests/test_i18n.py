"""Prices, distances and plural forms as people say them."""

import pytest
from flask import g

from app.i18n import distance, minutes_on_foot, money


@pytest.fixture
def belarusian(context):
    g.language = "be"


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (75, "1 хвіліна пешшу"),
        (150, "2 хвіліны пешшу"),
        (600, "8 хвілін пешшу"),
        (1600, "21 хвіліна пешшу"),
    ],
)
def test_minutes_take_the_right_belarusian_form(belarusian, metres, said):
    assert minutes_on_foot(metres) == said


@pytest.mark.parametrize(
    ("metres", "said"), [(3, "10 м"), (601, "600 м"), (1102, "1,1 км"), (15_400, "15 км")]
)
def test_distances_are_round(belarusian, metres, said):
    assert distance(metres) == said


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [(0, "PLN", "Бясплатна"), (500, "PLN", "5\u00a0zł"), (1250, "EUR", "12,50\u00a0€")],
)
def test_prices_are_said_with_the_sign_people_know(belarusian, minor, currency, said):
    assert money(minor, currency) == said
