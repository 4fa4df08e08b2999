"""Engines (encrypted SQLite, PostgreSQL), the session, time, public ids, and the one way to write.

Reads run in plain deferred transactions and never take the write lock. Every write happens inside one
`writing()` per request, entered last: slow work (argon2, the geocoder, mail) is done before it.
"""

from __future__ import annotations

import enum
import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from app import turns
from app.settings import Settings

# After our turn has come: for a program that is not ours and holds the file.
BUSY_TIMEOUT_MS = 5_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


class Base(DeclarativeBase):
    """Every table; constraints get names, so that migrations can speak of them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class _Microseconds(sqlite.DATETIME):
    """SQLite has no times. Whole microseconds since 1970 take a third of the room of text and compare faster."""

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        return lambda value: None if value is None else (value - EPOCH) // TICK

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        return lambda value: None if value is None else EPOCH + value * TICK


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out, on both databases. A naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_Microseconds())  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


def as_text(kind: type[enum.StrEnum], length: int) -> sa.Enum:
    """An enum kept as its own words, readable in both databases; other words are refused."""
    return sa.Enum(
        kind,
        native_enum=False,
        length=length,
        values_callable=lambda words: [w.value for w in words],
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)


_now = _utc_now


def clock() -> datetime:
    """Now, aware, in UTC. The one place time comes from; tests turn it."""
    return _now()


def public_id() -> str:
    """22 URL-safe characters of 128 random bits: says nothing of order or number."""
    return secrets.token_urlsafe(16)


def random_key() -> int:
    """A positive random 62-bit primary key, for rows whose order of arrival must not show."""
    return secrets.randbits(62) | 1


def init_app(app: Flask, settings: Settings) -> None:
    """Open the engine the settings name; nothing is created here, migrations do that."""
    app.config["SQLALCHEMY_DATABASE_URI"] = _with_driver(settings.database_url)
    hidden = {"hide_parameters": True}  # an error is written to the log: without what people typed
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings) | hidden
    db.init_app(app)
    with app.app_context():
        if settings.sqlite:
            _prepare_sqlite(db.engine, settings)


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _engine_options(settings: Settings) -> dict[str, Any]:
    if not settings.sqlite:
        limits = {"options": f"-c lock_timeout={turns.PATIENCE_S:g}s", "connect_timeout": 5}
        return {
            "pool_pre_ping": True,
            "pool_size": 8,
            "max_overflow": 8,
            "connect_args": limits,
        }
    import sqlcipher3.dbapi2

    return {"module": sqlcipher3.dbapi2, "pool_size": 8, "max_overflow": 56}


def _prepare_sqlite(engine: sa.Engine, settings: Settings) -> None:
    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # our own BEGIN below, never the driver's
        run = connection.execute
        # `Settings` always brings a key; without one (the tests that look for words in a file) it is plain.
        if settings.database_key:
            run("PRAGMA key = \"x'" + settings.database_key + "'\"")
        # First of all: after a crash the log is repaired under a lock, and whoever comes meanwhile has to wait.
        run("PRAGMA busy_timeout=" + str(BUSY_TIMEOUT_MS))
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
            "cache_size=-65536",
        ):
            run("PRAGMA " + pragma)

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        # A read that turns into a write inside one deferred transaction fails at once, whatever the timeout.
        immediate = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def writing() -> Iterator[Session]:
    """The one way to write: ends the read transaction, takes the write lock, commits, or undoes all.

    Rows read before are forgotten, so a rule inside re-reads what it decides on. Raises what the database
    raises (`OperationalError` becomes a 503 page); after an error nothing of the write is left.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("writing() was entered twice: one decision is one transaction.")
    session.rollback()
    session.expire_all()
    with _in_line():
        session.info["writing"] = True
        try:
            session.connection(execution_options={"writing": True})
            yield session
            _commit(session)
            current_app.extensions["writes"] = current_app.extensions.get("writes", 0) + 1
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)


class MaybeWritten(sa.exc.OperationalError):
    """The answer to a commit was lost. SQLite commits or does not; a server that went away may have done either."""


def _commit(session: Session) -> None:
    session.flush()
    try:
        session.commit()
    except sa.exc.OperationalError as why:
        if session.get_bind().dialect.name == "sqlite":
            raise
        raise MaybeWritten("commit", None, why.orig or why) from why


def version() -> tuple[int, ...]:
    """Changes with everything written: here, and on SQLite by any process (its log grows, or its time does)."""
    here = int(current_app.extensions.get("writes", 0))
    settings: Settings = current_app.extensions["settings"]
    if not settings.sqlite:
        return (here,)
    try:
        log = os.stat(settings.database_url.removeprefix("sqlite:///") + "-wal")
    except FileNotFoundError:
        return (here,)
    return here, log.st_size, log.st_mtime_ns


def _in_line() -> AbstractContextManager[None]:
    settings: Settings = current_app.extensions["settings"]
    if settings.sqlite:
        return turns.turn(settings.database_url.removeprefix("sqlite:///"))
    return nullcontext()


@sa.event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, *_: object) -> None:
    if not session.info.get("writing"):
        raise RuntimeError(
            "A write outside writing(): it would bypass the lock and the single commit."
        )


def fold_the_log() -> None:
    """SQLite: bring the write-ahead log into the file and cut it to nothing; PostgreSQL does its own.

    Until then what was deleted still stands in the log. Called outside any transaction; where a reader holds
    the log at that moment, the next call does it.
    """
    db.session.rollback()
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
