"""How long each table lives; export and erase across the rooms. A table without a line here is a red build."""

from __future__ import annotations

# table -> how long a row lives (safety.md, "Life of data")
LIFETIMES: dict[str, str] = {
    "member": "120 days without a visit",
    "provider_account": "while the business stays",
    "moderator": "while the volunteer stays",
    "session": "120 days (members), 30 days (businesses), 8 hours (staff)",
    "invitation": "14 days unused, 14 days used",
    "failure": "20 minutes",
    "daily_key": "1 day",
    "provider": "while the business stays",
    "location": "while the business stays",
    "offer": "while the business stays",
    "offer_text": "with its offer",
    "offer_change": "until decided",
    "schedule": "with its offer",
    "closed_day": "7 days after",
    "slot": "7 days after",
    "booking": "7 days after the visit",
    "decision": "while the installation stays; names staff only",
    "queue_claim": "20 minutes",
}
