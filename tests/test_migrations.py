"""Migrations alone make the schema, on both databases, and it is the one the models speak of."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app

from app.db import db
from tests.databases import ROOT


def test_the_models_are_what_the_migrations_made(context: Flask) -> None:
    # Full-text search keeps tables for itself, which no model names.
    options = {"include_object": lambda _, name, kind, *__: not str(name).startswith("offer_words")}
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(here, db.metadata) == []


def test_migrations_are_one_line_without_branches(context: Flask) -> None:
    line = ScriptDirectory(str(ROOT / "migrations"))
    assert len(line.get_heads()) == len(line.get_bases()) == 1
    assert current_app.extensions["migrate"].directory == str(ROOT / "migrations")


def test_foreign_keys_are_held(context: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
