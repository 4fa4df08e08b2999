"""The catalogues, one per room: `python -m deploy.words update [ROOM …] | compile`.

A string belongs to the room whose folder it stands in (`app/<room>/`, `templates/<room>/`); what stands
outside the rooms belongs to `pobach`. English strings are the keys, so `en` fills itself.
"""

import sys
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "app/translations"
ROOMS = ("accounts", "notifications", "offers", "bookings", "moderation")
DOMAINS = ("pobach", *ROOMS)
LANGUAGES = ("be", "ru", "pl", "en", "de", "uk", "lt")
COMPLETE = LANGUAGES
"""Languages in which nothing may be missing: all; `tests/test_words.py` holds us to it."""

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def room_of(path: Path) -> str:
    """The catalogue a source file's strings belong to."""
    return next((part for part in path.relative_to(ROOT).parts[1:-1] if part in ROOMS), "pobach")


def sources() -> Iterator[tuple[Path, str]]:
    """Every file that may hold words, with the way to read it."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        yield path, "python"
    for pattern in ("*.html", "*.txt", "*.xml", "*.ics"):
        for path in sorted((ROOT / "templates").rglob(pattern)):
            yield path, "jinja2.ext:babel_extract"


def extract() -> dict[str, Catalog]:
    """All strings, by catalogue, each with the files it was found in (no line numbers: quiet diffs)."""
    found = {domain: Catalog(charset="utf-8", fuzzy=False) for domain in DOMAINS}
    for path, method in sources():
        for _, message, comments, context in extract_from_file(
            method, path, keywords=KEYWORDS, comment_tags=("words:",), options={"silent": "false"}
        ):
            found[room_of(path)].add(
                message,
                locations=[(str(path.relative_to(ROOT)), 0)],
                auto_comments=comments,
                context=context,
            )
    return found


def catalogue(language: str, domain: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str) -> Catalog:
    path = catalogue(language, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def update(*rooms: str) -> None:
    """Add new strings, drop those nobody says any more; translations stay. All rooms, or those named."""
    for domain, strings in extract().items():
        for language in LANGUAGES if domain in (rooms or DOMAINS) else ():
            if not catalogue(language, domain).exists() and (
                language not in COMPLETE or not len(strings)
            ):
                continue
            kept = read(language, domain)
            # A copy for each language: the catalogue keeps the very messages it is handed.
            kept.update(deepcopy(strings), no_fuzzy_matching=True, update_creation_date=False)
            kept.obsolete.clear()
            if language == "en":
                _say_the_key(kept)
            _write(kept, catalogue(language, domain))


def _say_the_key(english: Catalog) -> None:
    for message in english:
        if message.id:
            message.string = message.id


def _write(words: Catalog, path: Path) -> None:
    words.header_comment = ""
    text = BytesIO()
    write_po(text, words, width=100, sort_output=True, include_lineno=False, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {words.locale}\\n"\n'
    head += '"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += f'"Plural-Forms: {words.plural_forms}\\n"\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + "\n" + text.getvalue().decode().strip() + "\n")


def compile_all() -> None:
    """`.po` into `.mo`, fuzzy entries left out."""
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            words = read_po(file, locale=path.parts[-3], domain=path.stem)
        target = path.with_suffix(".mo")
        fresh = BytesIO()
        write_mo(fresh, words)
        target.write_bytes(fresh.getvalue())


if __name__ == "__main__":
    {"update": update, "compile": compile_all}[sys.argv[1]](*sys.argv[2:])
