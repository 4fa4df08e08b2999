"""Is it alive, is it ready: for the operator's tools, never for people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from app.access import may
from app.db import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@may("be probed")
def alive() -> Response:
    """The process lives."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@may("be probed")
def ready() -> Response:
    """The database answers and its migrations are current."""
    try:
        db.session.execute(sa.text("SELECT 1"))
        current = migrations_are_current()
    except SQLAlchemyError:
        return Response("the database does not answer\n", status=503, mimetype="text/plain")
    return Response(
        "ready\n" if current else "migrations are due\n",
        200 if current else 503,
        mimetype="text/plain",
    )


def migrations_are_current() -> bool:
    """True when the database stands at the newest migration in the code."""
    directory = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    here = MigrationContext.configure(db.session.connection()).get_current_heads()
    return set(here) == set(directory.get_heads())
