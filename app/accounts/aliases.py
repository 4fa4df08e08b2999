"""Two-word aliases: drawn at random, said in the reader's alphabet, and meaning nothing.

The words are Slavic names of trees, birds and weather that a hairdresser in Warsaw can read aloud and a
member can recognise; `alias_words.txt` holds each in Latin and in Cyrillic letters. Stored in Latin.
"""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

IN_CYRILLIC = {"be", "ru", "uk"}


@cache
def _words() -> dict[str, str]:
    lines = (Path(__file__).parent / "alias_words.txt").read_text("utf-8").splitlines()
    return dict(line.split() for line in lines)


def draw_alias() -> str:
    """Two different words at random: 'Lipa Recka'. Given nobody, it can tell nothing of anybody."""
    chooser, words = secrets.SystemRandom(), sorted(_words())
    return " ".join(chooser.sample(words, 2))


def say_alias(alias: str, language: str) -> str:
    """A stored alias as people of this language read it: 'Ліпа Рэчка' where Cyrillic is read."""
    if language not in IN_CYRILLIC:
        return alias
    return " ".join(_words().get(word, word) for word in alias.split())
