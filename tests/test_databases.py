"""The throw-away databases themselves."""

import sqlalchemy as sa
from flask import Flask

from app.db import db
from tests.databases import Database


def test_every_test_begins_on_a_migrated_empty_database_of_its_kind(
    context: Flask, database: Database
) -> None:
    assert db.engine.dialect.name == database.kind
    tables = sa.inspect(db.engine).get_table_names()
    assert set(tables) >= set(db.metadata.tables) | {"alembic_version"}
    for table in db.metadata.sorted_tables:
        assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_the_sqlite_file_reads_as_noise(context: Flask, database: Database) -> None:
    if database.kind == "sqlite":
        with open(database.url.removeprefix("sqlite:///"), "rb") as file:
            assert not file.read(16).startswith(b"SQLite format")
