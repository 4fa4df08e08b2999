"""What leaves the building: that there is news, and a random address. Nothing of what, where or when.

The shape is Declarative Web Push (https://www.w3.org/TR/push-api/, "web_push": 8030), so Safari
shows it without a script and our service worker reads the same.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from functools import lru_cache

from flask_babel import force_locale

from app.notifications.kinds import NEWS
from app.seal import lookup

LONGEST_STAY = timedelta(days=3)
WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache
def generic_title(language: str) -> str:
    """All that a locked screen shows, in the language of the device's owner."""
    with force_locale(language):
        return str(NEWS)


def push_message(title: str, language: str, navigate: str, tag: str, *, details: bool) -> bytes:
    """The plaintext of one push. `details` asks the phone to fetch the words itself, by its cookie."""
    notification: dict[str, object] = {
        "title": title,
        "lang": language,
        "navigate": navigate,
        "tag": tag,
    }
    if details:
        notification["data"] = {"details": True}
    message = {"web_push": 8030, "notification": notification}
    return WRITE(message).encode()


def topic(device: str, subject: str) -> str:
    """32 characters for this device and thing, alike on every try: the newer replaces the older.

    Keyed, so that a push service cannot tell which devices hear of the same thing.
    """
    keyed = lookup("push topic", f"{device}|{subject}")[:24]
    return base64.urlsafe_b64encode(keyed).decode()


def push_headers(
    expires_at: datetime, now: datetime, topic: str, *, urgent: bool
) -> dict[str, str]:
    """TTL in seconds (RFC 8030 5.2): at most three days, never past the event. Urgency (5.3)."""
    stay = max(min(expires_at - now, LONGEST_STAY), timedelta(0))
    return {
        "TTL": str(int(stay.total_seconds())),
        "Urgency": "high" if urgent else "normal",
        "Topic": topic,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }
