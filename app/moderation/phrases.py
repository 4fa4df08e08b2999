"""Ready phrases for asking a business to change something: what the moderator picks, what the business reads."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import force_locale

from app.i18n import _, _l


class Phrase(NamedTuple):
    """`label` is read by the moderator, `request` by the business, each in their own language."""

    label: Any
    request: Any


FOR_AN_OFFER: dict[str, Phrase] = {
    "price": Phrase(
        _l("Make the price smaller or zero"), _l("Could the price be smaller, or zero?")
    ),
    "who": Phrase(
        _l("Say who will be there"), _l("Please write who will be there to meet people.")
    ),
    "length": Phrase(_l("Say how long it takes"), _l("Please write how long the visit takes.")),
    "papers": Phrase(
        _l("Ask for no documents"), _l("Please do not ask for documents, or about the past.")
    ),
    "step": Phrase(
        _l("Say if there is a step"), _l("Please write whether there is a step at the door.")
    ),
    "contact": Phrase(
        _l("Take out phone numbers and links"),
        _l("Please take phone numbers and links out of the text: people book here."),
    ),
}
FOR_A_BUSINESS: dict[str, Phrase] = {
    "about": Phrase(_l("Say who they are"), _l("Please write in a sentence who you are.")),
    "address": Phrase(
        _l("Give the whole address"), _l("Please give the whole address, with the entrance.")
    ),
    "name": Phrase(
        _l("Give the real name"), _l("Please use the name that is written on your door.")
    ),
}
PHRASES = FOR_AN_OFFER | FOR_A_BUSINESS


def message(why: list[str], own: str, language: str) -> str:
    """The whole request in the business's language; `own` words stand as they were typed."""
    with force_locale(language):
        asks = [str(PHRASES[code].request) for code in why] + ([own] if own else [])
        thanks = _("Thank you for what you offer. We ask for a little more:")
        return "\n".join([thanks, *asks, _("Then we show it at once.")])


def offered(about_business: bool, language: str) -> list[tuple[str, str, str]]:
    """Code, label for the moderator, request as the business reads it."""
    ready = FOR_A_BUSINESS if about_business else FOR_AN_OFFER
    with force_locale(language):
        requests = {code: str(phrase.request) for code, phrase in ready.items()}
    return [(code, str(phrase.label), requests[code]) for code, phrase in ready.items()]


def in_the_log(reason: str) -> str:
    """A kept reason as the log shows it: the picked phrases by their labels, then the moderator's words."""
    codes, _line, own = reason.partition("\n")
    said = [str(PHRASES[code].label) for code in codes.split() if code in PHRASES]
    return " · ".join([*said, own] if own else said)
