"""The indexes of the nearby page: what it asks for stands in them, so no row is read to reject another."""

import sqlalchemy as sa

LOOKED_AT = ("price_minor", "languages", "facts", "days", "ex", "ey", "ez")


def published(name: str, *columns: str) -> sa.Index:
    """Over published offers alone. SQLite keeps the id in every index, PostgreSQL must be asked."""
    where = sa.text("state = 'approved'")
    return sa.Index(
        name,
        *columns,
        *LOOKED_AT,
        sqlite_where=where,
        postgresql_where=where,
        postgresql_include=["id"],
    )


def still_free(name: str, *columns: str) -> sa.Index:
    """Over the times that are open and have a seat left."""
    return sa.Index(
        name,
        *columns,
        sqlite_where=sa.text("seats_taken < seats AND closed = 0"),
        postgresql_where=sa.text("seats_taken < seats AND NOT closed"),
    )
