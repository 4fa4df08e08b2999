"""Every kind of notice: what the inbox says, who hears of it by default, and an example to look at.

These are inbox texts. What leaves the building says only that there is news (`payload.py`, `mail.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.i18n import _l, clock_time, day_and_time
from app.notifications import decided
from app.notifications.audiences import ABOUT, About
from app.notifications.examples import ASKED, OFFER, VISIT
from app.notifications.models import Values

NEWS = _l("You have news")


@dataclass(frozen=True)
class Kind:
    """One kind of notice. A text (or a title) may hang on one of its values, named by `by`."""

    name: str
    about: tuple[str, ...]
    icon: str
    tone: str
    title: Any
    text: Any
    example: Values
    mail: Any = NEWS
    by: str = ""
    urgent: bool = False
    label: Any = None

    @property
    def called(self) -> str:
        """What the page of choices calls it: its title; of one with several, what they are about."""
        title = self.mail if isinstance(self.title, dict) else self.title
        return str(self.label or title)

    def choices(self, audience: str) -> About:
        """The row of choices this kind belongs to, for this audience ("member", "provider", …)."""
        rows = [row for row in ABOUT if row.name in self.about]
        return next((row for row in rows if row.audience == audience), rows[0])


@dataclass(frozen=True)
class Told:
    """What a person reads in the inbox."""

    title: str
    text: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "booking_confirmed", ("changes",), "calendar-check", "corn",
            _l("You are booked"), "%(visit)s", VISIT,
        ),
        Kind(
            "booking_new", ("bookings",), "calendar-plus", "corn",
            _l("A new booking"), _l("%(visit)s Code %(code)s."), ASKED,
            mail=_l("A new booking"),
        ),
        Kind(
            "booking_pending", ("bookings",), "calendar-clock", "rye",
            _l("Somebody asks for a time"), _l("%(visit)s Please answer yes or no."), ASKED,
            mail=_l("Somebody asks for a time"),
        ),
        Kind(
            "booking_waits", ("bookings",), "calendar-clock", "rye",
            _l("Somebody still waits for your answer"), _l("%(visit)s Please answer yes or no."), ASKED,
            mail=_l("Somebody asks for a time"),
        ),
        Kind(
            "booking_declined", ("changes",), "calendar-x", "mist",
            _l("This time does not work out"), _l("%(visit)s Other times are open."), VISIT,
        ),
        Kind(
            "booking_changed", ("changes", "bookings"), "calendar-clock", "mist",
            _l("The time has moved"),
            _l("%(title)s. Now: %(when)s. Does it not suit? It can be changed."), VISIT,
        ),
        Kind(
            "booking_cancelled", ("changes", "bookings"), "calendar-x", "mist",
            _l("The visit is cancelled"), _l("%(visit)s It will not take place."), VISIT,
        ),
        Kind(
            "move_proposed", ("changes",), "calendar-sync", "rye",
            _l("Could you come at another time?"),
            _l("%(visit)s Instead: %(other)s. Nothing changes unless you say yes."),
            {**VISIT, "other": "2026-11-25T15:30:00+00:00"},
        ),
        Kind(
            "move_declined", ("bookings",), "calendar-check", "mist",
            _l("The time stays as it was"), _l("%(visit)s The other time did not suit."), ASKED,
            mail=_l("The time stays as it was"),
        ),
        Kind(
            "booked_for_you", ("changes",), "calendar-heart", "moss",
            _l("A volunteer has booked for you"), _l("%(visit)s If it does not suit, take it back."), VISIT,
        ),
        Kind(
            "visit_word", ("changes", "bookings"), "message-square", "rye",
            {
                "member-late": _l("About 15 minutes late"),
                "member-lost": _l("They cannot find the place"),
                "member-here": _l("They are at the door"),
                "provider-late": _l("They are about 15 minutes late"),
                "provider-door": _l("A door code for your visit"),
                "provider-wait": _l("Please wait a moment"),
                "thanks": _l("Understood, thank you."),
            },
            "%(visit)s", {**VISIT, "said": "provider-late"}, by="said", mail=_l("A word about a visit"),
        ),
        Kind(
            "thanked", ("bookings",), "hand-heart", "moss",
            {
                "warm": _l("“Thank you, it was lovely”"),
                "helped": _l("“It has helped me a lot”"),
                "kind": _l("“Thank you for your kindness”"),
                "own": _l("A thank-you for you"),
            },
            "%(words)s %(title)s.", {"title": "Стрыжка і ўкладка", "ready": "warm", "words": ""},
            by="ready", mail=_l("A thank-you for you"),
        ),
        Kind(
            "still_true", ("offers",), "badge-check", "rye",
            {
                "ask": _l("Is your offer still true?"),
                "warning": _l("In a week your offer will be paused"),
                "paused": _l("Your offer is paused"),
            },
            _l("%(title)s. One tap is enough."), {"title": "Стрыжка і ўкладка", "stage": "ask"},
            by="stage", mail=_l("News about your offer"), label=_l("Is your offer still true?"),
        ),
        Kind(
            "slot_cancelled", ("changes",), "calendar-x", "mist",
            _l("This time is not possible any more"), _l("%(visit)s Please choose another time."), VISIT,
        ),
        Kind(
            "reminder_day", ("reminders",), "bell", "corn",
            {"today": _l("A visit today"), "tomorrow": _l("A visit tomorrow"), "later": _l("A visit soon")},
            "%(visit)s", VISIT, by="day", urgent=True, label=_l("A visit tomorrow"),
        ),
        Kind(
            "reminder_soon", ("reminders",), "bell", "corn",
            _l("A visit soon"), "%(visit)s", VISIT, urgent=True,
        ),
        Kind(
            "place_freed", ("changes",), "hourglass", "rye",
            _l("A place is free"), _l("%(visit)s We hold it for you until %(until)s."),
            {**VISIT, "until": "2026-11-23T15:40:00+00:00"}, urgent=True,
        ),
        Kind(
            "offer_nearby", ("nearby",), "map-pin", "moss",
            _l("Something new nearby"), "%(title)s.", {"title": "Масаж спіны"},
        ),
        Kind(
            "offer_decided", ("offers",), "badge-check", "moss",
            decided.OFFER,
            "%(title)s. %(words)s", OFFER, by="ruling", mail=_l("News about your offer"),
        ),
        Kind(
            "report_decided", ("changes",), "megaphone", "moss",
            decided.REPORT,
            _l("%(title)s. Thank you for telling us."), {"title": "Стрыжка і ўкладка", "decision": "upheld"},
            by="decision", label=decided.REPORT["put_back"],
        ),
        Kind(
            "account_decided", ("changes",), "hand", "rye",
            decided.ACCOUNT,
            "%(words)s", {"decision": "stopped", "words": "Калі ласка, прачытайце, чаму."},
            by="decision", label=_l("Decisions about your account"),
        ),
        Kind(
            "new_way_in", ("changes",), "log-in", "rye",
            decided.WAY_IN,
            _l("If it was not you, open this and end it there."), {"way": "screen"},
            by="way", label=_l("A new way into your account"),
        ),
        Kind(
            "new_review", ("review",), "inbox", "rye",
            _l("Something waits for a look"), "%(title)s.", {"title": "Стрыжка і ўкладка"},
            mail=_l("Something waits for a look"),
        ),
        Kind(
            "push_refused", ("review",), "circle-alert", "rye",
            _l("A push service refuses us"), _l("%(title)s answers %(code)s. Please tell the operator."),
            {"title": "fcm.googleapis.com", "code": "403"}, mail=_l("Something waits for a look"),
        ),
    )
}  # fmt: skip
REMINDERS = ("reminder_day", "reminder_soon")


def tell(kind_name: str, values: Values, *, now: datetime) -> Told:
    """Title and text in the language now being spoken; days are said as seen from `now`."""
    kind = KINDS[kind_name]
    fields = _fields(values, now)
    title = kind.title
    if isinstance(title, dict):
        title = title.get(fields.get(kind.by)) or next(reversed(title.values()))
    return Told(str(title) % fields, (str(kind.text) % fields).strip())


def _fields(values: Values, now: datetime) -> dict[str, str]:
    fields = dict.fromkeys(
        ("title", "place", "code", "alias", "when", "until", "visit", "words"), ""
    )
    fields |= {name: str(value) for name, value in values.items()}
    zone = fields.get("timezone") or "Europe/Warsaw"
    if "starts_at" in values:
        starts_at = datetime.fromisoformat(fields["starts_at"])
        fields["when"] = day_and_time(starts_at, zone, now)
        fields["day"] = _day(starts_at, zone, now)
    if "other" in values:
        fields["other"] = day_and_time(datetime.fromisoformat(fields["other"]), zone, now)
    if fields["until"]:
        fields["until"] = clock_time(datetime.fromisoformat(fields["until"]), zone)
    of_whom = "business_" if fields.get("what") == "business" else ""
    fields["ruling"] = of_whom + fields.get("decision", "")
    fields["code"] = _in_threes(fields["code"])
    where = ", ".join(part for part in (fields["when"], fields["place"] or fields["alias"]) if part)
    fields["visit"] = ". ".join(part for part in (fields["title"], where) if part) + "."
    return fields


def _day(starts_at: datetime, zone: str, now: datetime) -> str:
    here = ZoneInfo(zone)
    away = starts_at.astimezone(here).date() - now.astimezone(here).date()
    return {timedelta(0): "today", timedelta(days=1): "tomorrow"}.get(away, "later")


def _in_threes(code: str) -> str:
    """481206 is said as 481 206."""
    return f"{code[:3]}\u00a0{code[3:]}" if len(code) == 6 else code
