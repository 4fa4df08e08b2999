"""Migrations alone make the schema, on both databases, and it is the one the models speak of."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Moderator
from app.db import db, writing
from app.moderation.models import Decision, Ruling
from app.offers.models import Provider
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


def test_times_kept_as_text_become_numbers_and_back(context: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    at = datetime(2026, 11, 23, 9, 30, 15, 250_000, tzinfo=UTC)
    with writing() as session:
        session.add(Provider(name="Studio Lipa", created_at=at))
        olga = Moderator(name="Olga", email_lookup=b"", email_sealed=b"", language="be")
        olga.created_at = at
        session.add(olga)
        session.flush()
        words = {"subject": "offer:1", "title": "Haircut", "was": "pending", "now": "approved"}
        ruling = Decision(**words, ruling=Ruling.PUBLISHED, moderator_id=olga.id, at=at)
        session.add(ruling)
    downgrade(revision="0004")
    told = text("SELECT created_at FROM provider UNION ALL SELECT at FROM decision")
    assert db.session.scalars(told).all() == ["2026-11-23 09:30:15.250000"] * 2
    db.session.rollback()
    upgrade()
    assert db.session.scalars(select(Provider.created_at)).one() == at
    assert db.session.scalars(select(Decision.at)).one() == at
    with pytest.raises(IntegrityError, match="only ever added"):
        db.session.execute(text("UPDATE decision SET reason = 'x'"))
