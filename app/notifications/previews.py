"""Notices as examples: seen, and never sent."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale

from app.notifications.kinds import KINDS, Kind, Told, tell


def told_as_example(kind: Kind, lang: str) -> Told:
    """The notice as the inbox shows it, with example values: seen, not sent."""
    with force_locale(lang):
        return tell(
            kind.name, kind.example, now=datetime.fromisoformat("2026-11-23T15:10:00+00:00")
        )


def preview(kind_name: str, lang: str) -> str:
    """Title and text of an example, a line each."""
    told = told_as_example(KINDS[kind_name], lang)
    return f"{told.title}\n{told.text}"
