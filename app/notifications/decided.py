"""What the inbox says of decisions, about an offer or a business, a report, an account; and of ways in."""

from __future__ import annotations

from app.i18n import _l

OFFER = {
    "published": _l("Your offer is published"),
    "asked_to_fix": _l("Your offer needs a small change"),
    "declined": _l("Your offer was not published"),
    "business_published": _l("Your name is checked"),
    "business_asked_to_fix": _l("Your entry needs a small change"),
    "business_declined": _l("Your business was not published"),
    "hidden": _l("Your offer is hidden until a volunteer has looked"),
    "upheld": _l("Your offer was taken down"),
    "put_back": _l("Your offer can be seen again"),
    "again": _l("Your offer is looked at once more"),
    "stays": _l("We looked again: the decision stays"),
    "business_suspended": _l("Your offers are hidden for now"),
    "business_put_back": _l("Your offers can be seen again"),
    "business_again": _l("Your entry is looked at once more"),
    "business_stays": _l("We looked again: the decision stays"),
}
WAY_IN = {
    "screen": _l("Another screen came in to your account"),
    "passkey": _l("A passkey to your account was made"),
}
REPORT = {
    "upheld": _l("You were right: it is not shown any more"),
    "put_back": _l("We have looked at what you told us"),
}
ACCOUNT = {
    "stopped": _l("Booking is stopped for you for now"),
    "open": _l("You can book again"),
    "stays": _l("We looked again: the decision stays"),
}
