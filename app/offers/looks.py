"""How categories, facts and languages are said and drawn: one place for cards, forms and filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.i18n import _l
from app.offers.models import Category, Fact, Kind, Tongue


@dataclass(frozen=True)
class Look:
    """A word, a drawing (a Lucide name) and a tone of the stylesheet; `title` begins an offer."""

    word: Any
    picture: str
    tone: str
    title: Any = ""


CATEGORIES: dict[Category, Look] = {
    Category.HAIR: Look(_l("Hair"), "scissors", "corn", _l("Haircut and styling")),
    Category.CARE: Look(_l("Care"), "hand", "rye", _l("Manicure")),
    Category.MASSAGE: Look(_l("Massage"), "hand-heart", "moss", _l("Back massage")),
    Category.DOCTOR: Look(_l("Doctor"), "stethoscope", "mist", _l("A doctor's visit")),
    Category.PSYCHOLOGIST: Look(
        _l("Psychologist"), "message-circle-heart", "mist", _l("A first talk with a psychologist")
    ),
    Category.THINGS: Look(_l("Things and gifts"), "gift", "moss", _l("A gift")),
    Category.TEETH: Look(_l("Teeth"), "smile", "corn", _l("A dentist's check-up")),
    Category.EYES: Look(_l("Eyes"), "glasses", "mist", _l("An eye test")),
    Category.MOVEMENT: Look(_l("Movement"), "footprints", "clay", _l("Exercises in a group")),
    Category.LEARNING: Look(_l("Learning"), "book-open", "rye", _l("A language lesson")),
    Category.PAPERS: Look(_l("Papers"), "file-text", "mist", _l("Help with papers")),
    Category.OTHER: Look(_l("Something else"), "leaf", "moss", ""),
}
BIG_SIX = tuple(CATEGORIES)[:6]

FACTS: dict[Fact, Look] = {
    Fact.STEP_FREE: Look(_l("Step-free entrance"), "accessibility", "mist"),
    Fact.NO_DOCUMENT: Look(_l("No document needed"), "id-card", "mist"),
    Fact.WOMAN: Look(_l("A woman receives"), "user-round", "mist"),
    Fact.MAN: Look(_l("A man receives"), "user-round", "mist"),
    Fact.BRING_SOMEONE: Look(_l("You may bring someone close"), "users-round", "mist"),
    Fact.BY_VIDEO: Look(_l("Possible by video"), "video", "mist"),
    Fact.CHILDREN: Look(_l("Children are welcome"), "baby", "mist"),
}

# How one speaks: "in Belarusian". The names of the languages themselves are in i18n.LANGUAGES.
TONGUES: dict[Tongue, Any] = {
    Tongue.BE: _l("in Belarusian"),
    Tongue.RU: _l("in Russian"),
    Tongue.PL: _l("in Polish"),
    Tongue.EN: _l("in English"),
    Tongue.DE: _l("in German"),
    Tongue.UK: _l("in Ukrainian"),
    Tongue.LT: _l("in Lithuanian"),
}

KINDS: dict[Kind, Look] = {
    Kind.APPOINTMENT: Look(_l("One person at a time"), "user-round", "corn"),
    Kind.SESSION: Look(_l("Several people together"), "users-round", "corn"),
    Kind.GIFT: Look(_l("A thing to pick up"), "gift", "moss"),
}


def look_of(category: int) -> Look:
    """The look of a category as tables keep it."""
    return CATEGORIES[Category(category)]


def languages_said(languages: int) -> str:
    """'In Belarusian, in Polish', in the language now being spoken; empty where none is given."""
    words = ", ".join(str(TONGUES[one]) for one in Tongue(languages))
    return words[:1].upper() + words[1:]


def facts_said(facts: int, but: int = 0) -> list[str]:
    """The facts in words, without those in `but`."""
    return [str(FACTS[one].word) for one in Fact(facts) & ~but]
