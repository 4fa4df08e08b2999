"""Runs migrations on the app's own engine, encrypted SQLite and PostgreSQL alike."""

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


def belongs_to_the_models(_object, name, kind, _reflected, _compare_to):
    """Tables that full-text search keeps for itself are not models."""
    return not (kind == "table" and name.startswith("offer_words"))


def run() -> None:
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Batch mode rebuilds tables by dropping them: with foreign keys on, that deletes their children.
            # The switch is ignored inside a transaction, so it is said to the driver itself.
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            include_object=belongs_to_the_models,
            render_as_batch=sqlite,
            compare_type=True,
            render_item=in_plain_words,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite:
            connection.commit()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(
                    f"This migration leaves rows without their parents: {broken[:3]}"
                )


def in_plain_words(kind, item, _autogen):
    """Our own column types are written as what the database sees."""
    from app.db import UTCDateTime

    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


run()
