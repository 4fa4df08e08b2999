"""Prices, distances and plural forms as people say them."""

import pytest
from flask import g

from app.i18n import distance, minutes_on_foot, money, ngettext


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


@pytest.mark.parametrize(
    ("language", "one", "two", "five", "twenty_one"),
    [
        ("be", "1 хвіліна", "2 хвіліны", "5 хвілін", "21 хвіліна"),
        ("ru", "1 минута", "2 минуты", "5 минут", "21 минута"),
        ("pl", "1 minuta", "2 minuty", "5 minut", "21 minut"),
        ("en", "1 minute", "2 minutes", "5 minutes", "21 minutes"),
        ("de", "1 Minute", "2 Minuten", "5 Minuten", "21 Minuten"),
        ("uk", "1 хвилина", "2 хвилини", "5 хвилин", "21 хвилина"),
        ("lt", "1 minutė", "2 minutės", "5 minutės", "21 minutė"),
    ],
)
def test_numbers_take_the_right_form_in_every_language(
    context, language, one, two, five, twenty_one
):
    g.language = language
    said = [minutes(number) for number in (1, 2, 5, 21)]

    assert said == [one, two, five, twenty_one]


def test_ten_is_a_form_of_its_own_in_lithuanian(context):
    g.language = "lt"
    assert minutes(10) == "10 minučių"


def minutes(number: int) -> str:
    return ngettext("%(num)d minute", "%(num)d minutes", number).replace("\u00a0", " ")
