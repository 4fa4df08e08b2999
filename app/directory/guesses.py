"""What an imported row does not say outright, guessed for the moderator to look at: never published unseen."""

from __future__ import annotations

from typing import Any

from babel.core import get_global
from babel.numbers import get_territory_currencies

from app.offers.models import Category, Tongue

# English words of taxonomies and titles; the first that is found decides.
FILED_UNDER: tuple[tuple[str, Category], ...] = (
    ("counsel", Category.PSYCHOLOGIST),
    ("psych", Category.PSYCHOLOGIST),
    ("mental", Category.PSYCHOLOGIST),
    ("dent", Category.TEETH),
    ("optic", Category.EYES),
    ("physio", Category.MOVEMENT),
    ("massage", Category.MASSAGE),
    ("hair", Category.HAIR),
    ("clinic", Category.DOCTOR),
    ("medic", Category.DOCTOR),
    ("health", Category.DOCTOR),
    ("legal", Category.PAPERS),
    ("advice", Category.PAPERS),
    ("course", Category.LEARNING),
    ("class", Category.LEARNING),
    ("language", Category.LEARNING),
    ("sport", Category.MOVEMENT),
    ("clothes", Category.THINGS),
    ("food", Category.THINGS),
)


def category(service: dict[str, Any]) -> Category:
    """By our own word where there is one, else by the words it is filed under, else by its title."""
    named = str(service["category"]).upper()
    if named in Category.__members__:
        return Category[named]
    terms = [str((a.get("taxonomy_term") or {}).get("name", "")) for a in service["attributes"]]
    words = " ".join([*terms, service["name"]]).lower()
    return next((kind for word, kind in FILED_UNDER if word in words), Category.OTHER)


def languages(service: dict[str, Any]) -> int:
    """Those of ours that are spoken there, as `Tongue` bits; 0 where none is named."""
    spoken = Tongue(0)
    for said in service["languages"]:
        code = said["code"].upper()[:2]
        spoken |= Tongue[code] if code in Tongue.__members__ else Tongue(0)
    return int(spoken)


def price(service: dict[str, Any], country: str) -> tuple[int, str]:
    """The highest price anybody is asked, in minor units, and its currency; 0 where none is named."""
    dearest = max(service["cost_options"], key=lambda cost: float(cost["amount"]), default=None)
    currencies = get_territory_currencies(country) if country else []
    usual = currencies[0] if currencies else "EUR"
    if dearest is None:
        return 0, usual
    return round(dearest["amount"] * 100), (dearest["currency"] or usual).upper()


def timezone(country: str) -> str:
    """The clock of a country that has one; UTC for one that has several."""
    zones = get_global("territory_zones").get(country, ())
    return str(zones[0]) if len(zones) == 1 else "UTC"
