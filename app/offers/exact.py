"""What a phone needs to say distances itself: it alone knows the exact place, we know it to a kilometre."""

from __future__ import annotations

from typing import Any

from babel import Locale
from babel.numbers import get_decimal_symbol
from flask import request, session

from app.i18n import WALKING_METRES_PER_MINUTE, distance, language, minutes_on_foot
from app.offers.looking import PLACE

SAMPLES = (1, 2, 5, 10)
"""Together these meet every plural form that whole numbers have in our languages."""


def exact_words() -> dict[str, Any] | None:
    """How distances are said now, '#' for the number; None unless this visit looks from where the phone is."""
    if not session.get(PLACE, "").endswith("|") or "near" in request.args:
        return None
    return distance_words()


def distance_words() -> dict[str, Any]:
    """Metres, kilometres, and minutes on foot by CLDR's name of the plural form."""
    form = Locale.parse(language()).plural_form
    return {
        "metres": distance(50).replace("50", "#"),
        "kilometres": distance(20_000).replace("20", "#"),
        "minutes": {form(n): _minutes(n).replace(str(n), "#") for n in SAMPLES},
        "pace": WALKING_METRES_PER_MINUTE,
        "point": get_decimal_symbol(language()),
    }


def _minutes(number: int) -> str:
    return minutes_on_foot(number * WALKING_METRES_PER_MINUTE)
