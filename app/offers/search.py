"""Search by words in titles, descriptions and names of businesses, in any of our alphabets.

SQLite keeps the words in an FTS5 table, PostgreSQL in a tsvector; both are called `offer_words` and
both are given words already folded here, so that they agree on what a word is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.offers.models import Offer

FEW = 2_000
"""Up to so many matches are ranked by distance one by one; more are met along the curve."""
# Letters that Unicode does not take apart.
_PLAIN = str.maketrans("łđøıħŋґ", "ldoihnг", "'’ʼ`´")
_WORD = re.compile(r"[^\W_]+")
_MOST_TERMS = 8

_FTS5 = sa.table("offer_words", sa.column("rowid"), sa.column("offer_words"), sa.column("words"))
_TSVECTOR = sa.table("offer_words", sa.column("offer_id"), sa.column("words"))
_ASKED = sa.bindparam("words", type_=sa.Text)

MATCHING: dict[str, sa.Select[Any]] = {
    "sqlite": sa.select(_FTS5.c.rowid).where(_FTS5.c.offer_words.op("MATCH")(_ASKED)),
    "postgresql": sa.select(_TSVECTOR.c.offer_id).where(
        _TSVECTOR.c.words.op("@@")(sa.text("CAST(:words AS tsquery)").bindparams(_ASKED))
    ),
}
"""The ids of the offers that hold the bound `words`, by the name of the database."""
_FORGET = {
    "sqlite": sa.delete(_FTS5).where(_FTS5.c.rowid == sa.bindparam("id")),
    "postgresql": sa.delete(_TSVECTOR).where(_TSVECTOR.c.offer_id == sa.bindparam("id")),
}
_REMEMBER = {
    "sqlite": sa.text("INSERT INTO offer_words (rowid, words) VALUES (:id, :words)"),
    "postgresql": sa.text(
        "INSERT INTO offer_words (offer_id, words)"
        " VALUES (:id, array_to_tsvector(string_to_array(CAST(:words AS text), ' ')))"
    ),
}


def fold(text: str) -> list[str]:
    """The words of a text without case, accents and apostrophes: 'Łódź, сям’я' -> lodz, сямя."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return _WORD.findall("".join(c for c in apart if not unicodedata.combining(c)))


def asked(text: str, database: str) -> str | None:
    """The value of `words` for what somebody typed: every word is a beginning, all must be there.

    None when there is no letter or digit in it.
    """
    terms = fold(text)[:_MOST_TERMS]
    if not terms:
        return None
    if database == "sqlite":
        return " ".join('"' + term + '"*' for term in terms)
    return " & ".join("'" + term + "':*" for term in terms)


def matching_offers(text: str, limit: int = FEW) -> list[int]:
    """At most that many ids of offers with all these words (or words that begin so); none for no words."""
    connection = db.session.connection()
    database = connection.dialect.name
    words = asked(text, database)
    if words is None:
        return []
    found = connection.execute(MATCHING[database].limit(limit), {"words": words})
    return list(found.scalars())


def words_of(offer: Offer) -> str:
    """What an offer can be found by, folded."""
    spoken = [offer.provider.name, offer.provider.about, offer.meets]
    for text in offer.texts:
        spoken += [text.title, text.description]
    if offer.location:
        spoken += [offer.location.address, offer.location.city]
    return " ".join(sorted(set(fold(" ".join(filter(None, spoken))))))


def remember(offer: Offer) -> None:
    """Make an offer findable by its words as they are now; for whenever it is published or renamed."""
    db.session.flush()
    remember_many([{"id": offer.id, "words": words_of(offer)}])


def remember_many(rows: list[dict[str, object]]) -> None:
    """The same for many at once: `id` and folded `words`, separated by one space."""
    connection = db.session.connection()
    database = connection.dialect.name
    connection.execute(_FORGET[database], [{"id": row["id"]} for row in rows])
    connection.execute(_REMEMBER[database], rows)


def forget(offer_id: int) -> None:
    """Make an offer unfindable by words."""
    connection = db.session.connection()
    connection.execute(_FORGET[connection.dialect.name], {"id": offer_id})
