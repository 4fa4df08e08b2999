"""The same million offers in PostgreSQL: for our own code, and in a PostGIS table to stand beside it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from app.db import EPOCH, TICK, UTCDateTime, db
from app.offers.models import Location, Offer, Provider, Slot
from tests import postgres as servers
from tests.bench.stage import crowded, inside
from tests.databases import kept, migrate

# A server of some size; nothing here must outlive a power cut.
SETTINGS = (
    "shared_buffers=1GB",
    "maintenance_work_mem=512MB",
    "max_wal_size=8GB",
    "random_page_cost=1.1",
)
COPIED = (Provider, Location, Offer, Slot)
TABLE = """CREATE TABLE beside AS SELECT o.id, o.category, o.languages, o.facts, o.price_minor,
 ST_SetSRID(ST_MakePoint(l.lon, l.lat), 4326)::geography AS g
 FROM offer o JOIN location l ON l.id = o.location_id"""
BESIDE = (
    "CREATE EXTENSION postgis",
    TABLE,
    "CREATE INDEX ON beside USING gist (g)",
    "VACUUM ANALYZE beside",
    "CHECKPOINT",
)


@contextmanager
def crowd(count: int) -> Iterator[str]:
    """A server with so many offers, and PostGIS where it is installed; its URL. Filled once a day, then kept."""
    installed = servers.programs()
    if installed is None:
        raise RuntimeError("PostgreSQL is not installed")
    cold = kept() / f"postgres-{crowded(count).stem}"
    if not cold.exists():
        _fill(installed, cold, count)
    folder = servers.new_folder()
    shutil.move(cold, folder / "data")
    leash = servers.launch(installed, folder, (*servers.HASTY, *SETTINGS))
    try:
        yield servers.Postgres(folder).url(servers.TEMPLATE)
    finally:
        leash.terminate()
        leash.wait(60)
        shutil.move(folder / "data", cold)
        shutil.rmtree(folder, ignore_errors=True)


def _fill(installed: Path, cold: Path, count: int) -> None:
    ready = kept() / "postgres"
    if not ready.exists():
        servers.found(installed, ready, migrate)
    folder = servers.copied(ready)
    leash = servers.launch(installed, folder, (*servers.HASTY, *SETTINGS))
    try:
        url = servers.Postgres(folder).url(servers.TEMPLATE)
        _copy(crowded(count), url)
        _beside(url)
    finally:
        leash.terminate()
        leash.wait(60)
    for old in cold.parent.glob(f"postgres-crowd-{count}-*"):
        shutil.rmtree(old)
    shutil.move(folder / "data", cold)
    shutil.rmtree(folder, ignore_errors=True)


def _copy(file: Path, url: str) -> None:
    """Row by row as they stand in the SQLite file, so that both hold the very same offers."""
    with inside(f"sqlite:///{file}", file.parent), psycopg.connect(url) as target:
        target.execute("SET session_replication_role = replica")
        for table in (model.__table__ for model in COPIED):
            rows = db.session.connection().exec_driver_sql("SELECT * FROM " + table.name)
            columns = list(rows.keys())
            turn, names = [_turned(table.c[name].type) for name in columns], ", ".join(columns)
            with target.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([f(v) if f else v for f, v in zip(turn, row, strict=True)])
    with psycopg.connect(url, autocommit=True) as target:
        target.execute("VACUUM ANALYZE")


def _turned(kind: sa.types.TypeEngine[Any]) -> Any:
    if isinstance(kind, UTCDateTime):
        return lambda value: None if value is None else (EPOCH + value * TICK).isoformat()
    return bool if isinstance(kind, sa.Boolean) else None


def _beside(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as target:
        known = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
        if target.execute(known).fetchone():
            for statement in BESIDE:
                target.execute(statement)


def has_postgis(url: str) -> bool:
    with psycopg.connect(url) as asked:
        return asked.execute("SELECT to_regclass('beside')").fetchone() != (None,)
