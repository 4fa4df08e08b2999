"""What a change would change: each field that differs, as it was and as it would be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.i18n import LANGUAGES, _, money
from app.offers.looks import CATEGORIES, FACTS, TONGUES
from app.offers.models import Category, Fact, Tongue
from app.offers.texts import Wanted, Words


class Difference(NamedTuple):
    """`language` is that of the two values, where it is not the reader's."""

    label: str
    was: str
    now: str
    language: str = ""


def differences(was: Wanted, now: Wanted) -> list[Difference]:
    """In the language now being spoken; nothing for what stays as it is."""
    return [one for one in _compared(was, now) if one.was != one.now]


def _compared(was: Wanted, now: Wanted) -> Iterator[Difference]:
    yield from _texts(was["texts"], now["texts"])
    yield Difference(_("Price"), _price(was), _price(now))
    yield Difference(_("Who meets you"), was["meets"] or "–", now["meets"] or "–")
    yield Difference(_("What it is"), _kind(was), _kind(now))
    yield Difference(_("Languages"), _tongues(was), _tongues(now))
    yield Difference(_("Good to know"), _facts(was), _facts(now))


def _texts(was: list[Words], now: list[Words]) -> Iterator[Difference]:
    before, after = ({words["language"]: words for words in texts} for texts in (was, now))
    for language in dict.fromkeys([*before, *after]):
        old, new = before.get(language), after.get(language)
        for field, label in (("title", _("Title")), ("description", _("Description"))):
            yield Difference(
                f"{label}, {LANGUAGES[language]}" if len(before | after) > 1 else label,
                str(old[field]) if old else "–",  # type: ignore[literal-required]
                str(new[field]) if new else "–",  # type: ignore[literal-required]
                language,
            )


def _price(wanted: Wanted) -> str:
    return money(wanted["price_minor"], wanted["currency"])


def _kind(wanted: Wanted) -> str:
    return str(CATEGORIES[Category[wanted["category"].upper()]].word)


def _tongues(wanted: Wanted) -> str:
    return ", ".join(str(TONGUES[Tongue[one.upper()]]) for one in wanted["languages"]) or "–"


def _facts(wanted: Wanted) -> str:
    return ", ".join(str(FACTS[Fact[one.upper()]].word) for one in wanted["facts"]) or "–"
