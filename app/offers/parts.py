"""Pages, or parts of them, that are the same for everybody who asks the same: kept for seconds, in this process alone.

Nothing of one person may stand in such a part: it is made of its key and of what is published.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from flask import current_app
from markupsafe import Markup

from app.db import version

LASTS = timedelta(seconds=5)
MOST = 400
_Part = tuple[datetime, Hashable, Markup]


def kept(key: Hashable, now: datetime, make: Callable[[], str]) -> Markup:
    """The part of this key, made anew after five seconds or after anything was written (see `db.version`)."""
    parts: dict[Hashable, _Part] = current_app.extensions.setdefault("parts", {})
    written = version()
    found = parts.get(key)
    if found and found[1] == written and timedelta(0) <= now - found[0] < LASTS:
        return found[2]
    if len(parts) >= MOST:
        parts.clear()
    made = Markup(make())  # noqa: S704 (a rendered part of a template)
    parts[key] = (now, written, made)
    return made
