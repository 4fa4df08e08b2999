"""Language, time zone, dates, plural forms: how things are said.

Strings in the code are plain English; each room has a catalogue of its own under `app/translations`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _ngettext
from flask_login import current_user

from app.db import clock
from app.settings import settings

__all__ = ["_", "_l", "ngettext"]

LANGUAGES = {
    "be": "Беларуская",
    "ru": "Русский",
    "pl": "Polski",
    "en": "English",
    "de": "Deutsch",
    "uk": "Українська",
    "lt": "Lietuvių",
}
SHORT_NAMES = {
    "be": "БЕЛ",
    "ru": "РУС",
    "pl": "PL",
    "en": "EN",
    "de": "DE",
    "uk": "УКР",
    "lt": "LT",
}
# The last one lends its plural rule to all (Flask-Babel merges them in this order): it must be in every language.
DOMAINS = ("accounts", "notifications", "offers", "bookings", "moderation", "pobach")
SIGNS = {"PLN": "zł", "EUR": "€", "GEL": "₾"}
WALKING_METRES_PER_MINUTE = 75


def _(text: str, **values: object) -> str:
    """`text` in the language now being spoken, its %(names)s filled in."""
    return str(_gettext(text, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The right plural form for `number`, which fills %(num)d."""
    return str(_ngettext(one, many, number, **values))


def init_app(app: Flask) -> None:
    """Choose the language for every request and hand the words to the templates."""
    folder = Path(__file__).parent / "translations"
    babel = Babel()
    babel.init_app(
        app,
        default_locale=app.extensions["settings"].default_language,
        # The last one also gives the plural rule, and a catalogue that is missing would give a wrong one.
        default_domain=";".join((*DOMAINS[1:], DOMAINS[0])),
        default_translation_directories=";".join([str(folder)] * len(DOMAINS)),
        locale_selector=choose_language,
    )
    app.jinja_env.globals.update(
        language=language, LANGUAGES=LANGUAGES, SHORT_NAMES=SHORT_NAMES, money=money, distance=distance,
        minutes_on_foot=minutes_on_foot, clock_time=clock_time, day_word=day_word, day_and_time=day_and_time,
        long_date=long_date, short_date=short_date, language_name=language_name, today=today,
    )  # fmt: skip


def choose_language() -> str:
    """Asked for in the address, remembered by the person or this browser, wished by the browser; else the default."""
    if not has_request_context():
        return str(g.get("language") or settings().default_language)
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    kept = getattr(current_user, "language", None) or session.get("language")
    if kept in LANGUAGES:
        return str(kept)
    return request.accept_languages.best_match(LANGUAGES) or settings().default_language


def language() -> str:
    """The language now being spoken, as a key of `LANGUAGES`."""
    return str(get_locale())


def today() -> str:
    """The day on which this page says "tomorrow" (UTC, ISO 8601): a phone may show it again on another one."""
    return clock().date().isoformat()


def language_name(code: str) -> str:
    """What another language is called in the one now being spoken: "Polish", "польская"."""
    return str(Locale.parse(code).get_display_name(get_locale()))


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def clock_time(moment: datetime, zone: str) -> str:
    """16:30, in the zone of the place (24 hours in every language of ours)."""
    return _clock_time(_local(moment, zone).time(), language())


@lru_cache(1_000)
def _clock_time(there: time, spoken: str) -> str:
    return format_time(there, "H:mm", locale=spoken)


def day_word(moment: datetime, zone: str, now: datetime) -> str:
    """Today, tomorrow, a weekday within the week, else the date: 'Аўторак', '3 снежня'."""
    return _day_word(_local(moment, zone).date(), _local(now, zone).date(), language())


@lru_cache(1_000)
def _day_word(day: date, today: date, spoken: str) -> str:
    """Kept by what it is made of: a list says the same few words again and again."""
    if day == today:
        return _("Today")
    if day == today + timedelta(days=1):
        return _("Tomorrow")
    if timedelta(0) < day - today < timedelta(days=7):
        return str(
            get_day_names("wide", context="stand-alone", locale=spoken)[day.weekday()]
        ).capitalize()
    return short_date(day)


def short_date(day: date) -> str:
    """24 лістапада."""
    patterns = {"en": "d MMMM", "de": "d. MMMM", "lt": "MMMM d 'd'."}
    return format_date(day, patterns.get(language(), "d MMMM"), locale=language())


def long_date(moment: datetime, zone: str) -> str:
    """панядзелак, 23 лістапада."""
    day = _local(moment, zone).date()
    return f"{format_date(day, 'EEEE', locale=language())}, {short_date(day)}"


def day_and_time(moment: datetime, zone: str, now: datetime) -> str:
    """Заўтра, 16:30."""
    return f"{day_word(moment, zone, now)}, {clock_time(moment, zone)}"


def money(minor: int, currency: str) -> str:
    """A price from minor units: 0 is 'free', 500 PLN is '5 zł'."""
    if minor == 0:
        return _("Free")
    number = format_decimal(minor / 100, "#,##0" if minor % 100 == 0 else "#,##0.00", language())
    return f"{number}\u00a0{SIGNS.get(currency, currency)}"


def distance(metres: float) -> str:
    """600 м, 1,1 км: tens of metres below a kilometre, tenths of a kilometre to ten, then whole ones."""
    if metres < 995:
        return _metres(max(10, round(metres / 10) * 10), language())
    kilometres = metres / 1000
    return _kilometres(round(kilometres, 1 if kilometres < 10 else 0), language())


@lru_cache(1_000)
def _metres(number: int, spoken: str) -> str:
    return _("%(number)s m", number=format_decimal(number, locale=spoken))


@lru_cache(1_000)
def _kilometres(number: float, spoken: str) -> str:
    return _("%(number)s km", number=format_decimal(number, locale=spoken))


def minutes_on_foot(metres: float) -> str:
    """8 minutes on foot, at 75 metres a minute along the straight line."""
    return _on_foot(max(1, round(metres / WALKING_METRES_PER_MINUTE)), language())


@lru_cache(1_000)
def _on_foot(minutes: int, _spoken: str) -> str:
    return ngettext("%(num)d minute on foot", "%(num)d minutes on foot", minutes)
