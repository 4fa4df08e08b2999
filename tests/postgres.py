"""A throw-away PostgreSQL: on a Unix socket of its own, nothing on the network, never as root.

Its data is copied from a server that was migrated once; it runs on a leash, so it ends with the tests,
however they end.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "pobach_template"
USER = "postgres" if os.geteuid() == 0 else None
# Nothing here must outlive a power cut; the proofs of durability start servers of their own.
HASTY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
EMPTY = """
DO $$ DECLARE name text; used boolean; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
              AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO used;
    IF used THEN EXECUTE format('TRUNCATE %I RESTART IDENTITY CASCADE', name); END IF;
  END LOOP;
END $$"""
_number = count(1)


@dataclass(frozen=True)
class Postgres:
    """The run's PostgreSQL server: a folder with its socket, nothing on the network."""

    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={quote(str(self.folder), safe='')}"

    def do(self, *statements: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """A new database, dropped afterwards; its URL."""
        name = f"test_{os.getpid()}_{next(_number)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def empty(url: str) -> None:
    """Leave no row but the version of the schema, whoever still holds a connection."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        # The decision log refuses even this; only a superuser may switch its trigger off, for this session.
        connection.execute("SET session_replication_role = replica")
        connection.execute(EMPTY)


def programs() -> Path | None:
    """Where the newest installed PostgreSQL keeps its programs; None where there is none."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    found = shutil.which("initdb")
    return known[0].parent if known else Path(found).parent if found else None


def _version(initdb: Path) -> int:
    return int(initdb.parts[-3])


def start(installed: Path, cold: Path, migrate: Callable[[str, Path], None]) -> Path:
    """A server of this run's own, from a copy of the migrated data in `cold`, made when missing."""
    if not cold.exists():
        found(installed, cold, migrate)
    folder = copied(cold)
    launch(installed, folder, HASTY, "--remove", str(folder))
    return folder


def copied(cold: Path) -> Path:
    """A folder of its own with the migrated data in it."""
    folder = new_folder()
    subprocess.run(["cp", "-a", cold, folder / "data"], check=True)
    return folder


def launch(
    installed: Path, folder: Path, settings: Sequence[str], *leash: str
) -> subprocess.Popen[bytes]:
    """Run a server on the data in this folder, on a leash, and wait until it answers; the leash."""
    held = [sys.executable, "-m", "deploy.leash", "--stop", "QUIT", *leash]
    held += ["--user", USER] if USER else []
    with (folder / "log").open("ab") as log:
        command = [*held, "--", *_server(installed, folder, settings)]
        started = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    _wait_for(Postgres(folder))
    return started


def found(installed: Path, cold: Path, migrate: Callable[[str, Path], None]) -> None:
    """Make a server, migrate its template, stop it cleanly and put its data away for later runs."""
    folder = new_folder()
    initdb = [f"{installed}/initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust"]
    initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(initdb, user=USER, cwd=folder, check=True, capture_output=True)
    server = subprocess.Popen(
        _server(installed, folder), user=USER, cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        made = Postgres(folder)
        _wait_for(made)
        made.do(f"CREATE DATABASE {TEMPLATE}")
        migrate(made.url(TEMPLATE), folder)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    with suppress(OSError):  # another run was quicker
        (folder / "data").rename(cold)
    shutil.rmtree(folder)


def new_folder() -> Path:
    """PostgreSQL refuses to run as root: then it runs as `postgres`, in a folder of that user's."""
    folder = Path(tempfile.mkdtemp(prefix="pobach-pg-"))
    if USER:
        shutil.chown(folder, USER, USER)
    return folder


def _server(installed: Path, folder: Path, settings: Sequence[str] = HASTY) -> list[str]:
    server = [f"{installed}/postgres", "-D", f"{folder}/data", "-k", str(folder)]
    for setting in ("listen_addresses=", *settings):
        server += ["-c", setting]
    return server


def _wait_for(server: Postgres) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            return server.do("SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
