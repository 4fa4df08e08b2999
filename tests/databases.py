"""Throw-away databases, both kinds: migrated once, kept by the text of the migrations, copied for every test.

SQLite: the migrated, encrypted file is copied. PostgreSQL: one server a run, shared by all workers, on a
Unix socket of its own; every worker has a database made from the migrated template, emptied between
tests. The server is on a leash: it ends with the test run, however that ends.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from flask_migrate import upgrade

from app import create_app
from app.db import db
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"
TEMPLATE = "pobach_template"
USER = "postgres" if os.geteuid() == 0 else None
KEYS = {
    "POBACH_DATABASE_KEY": "1d" * 32,
    "POBACH_SECRET_KEY": "2e" * 32,
    "POBACH_SEAL_KEYS": "k1:" + "3f" * 32,
}
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
class Database:
    """A migrated, empty database of one test's own."""

    kind: str
    url: str


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


def migrate(url: str, data_dir: Path) -> None:
    """Bring a database up to date as `flask db upgrade` does."""
    environ = {**KEYS, "POBACH_DATABASE_URL": url, "POBACH_DATA_DIR": str(data_dir)}
    app = create_app(Settings.from_environ(environ))
    with app.app_context():
        upgrade()
        db.engine.dispose()


def empty(url: str) -> None:
    """Leave no row but the version of the schema, whoever still holds a connection."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(EMPTY)


def once(done: Path, make: Callable[[], None]) -> None:
    """Let one of all the workers do it, and the others wait for it. A failure is not repeated."""
    with done.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        failed = done.with_suffix(".failed")
        if failed.exists():
            raise RuntimeError(failed.read_text())
        if not done.exists():
            try:
                make()
            except Exception as why:
                failed.write_text(str(why))
                raise
            done.touch()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def kept() -> Path:
    """Where migrated databases wait for the next run: a folder named after everything that shapes them."""
    shape = hashlib.sha256(repr((KEYS, HASTY, _programs())).encode())
    for file in sorted((ROOT / "migrations").rglob("*.py")):
        shape.update(file.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"pobach-tests-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise RuntimeError(f"{folder} belongs to somebody else")
    (folder / shape.hexdigest()[:16]).mkdir(exist_ok=True)
    return folder / shape.hexdigest()[:16]


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    template = kept() / "template.db"

    def make() -> None:
        if not template.exists():
            fresh = run_folder / "fresh.db"
            migrate(f"sqlite:///{fresh}", run_folder)
            shutil.move(fresh, template)

    once(run_folder / "sqlite", make)
    return template


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> Postgres:
    """The server alone; skipped where PostgreSQL is not installed, unless `CI=true`."""
    programs = _programs()
    if programs is None:
        if IN_CI:
            pytest.fail("PostgreSQL is not installed, and with CI=true nothing may be skipped.")
        pytest.skip("PostgreSQL is not installed")
    note = run_folder / "postgres.folder"
    once(run_folder / "postgres", lambda: note.write_text(str(_start(programs))) and None)
    return Postgres(Path(note.read_text()))


@pytest.fixture(scope="session")
def postgres_database(postgres: Postgres) -> Iterator[str]:
    """One database a worker, emptied between tests: making one for each costs 0.2 s and more."""
    with postgres.database(TEMPLATE) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Every test that asks for it, directly or through `app`, runs on both."""
    if request.param == "sqlite":
        file = tmp_path / "pobach.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield Database("sqlite", f"sqlite:///{file}")
        return
    url = request.getfixturevalue("postgres_database")
    yield Database("postgresql", url)
    empty(url)


def _programs() -> Path | None:
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    found = shutil.which("initdb")
    return known[0].parent if known else Path(found).parent if found else None


def _version(initdb: Path) -> int:
    return int(initdb.parts[-3])


def _start(programs: Path) -> Path:
    """A server of this run's own, from a copy of the migrated one."""
    cold = kept() / "postgres"
    if not cold.exists():
        _found(programs, cold)
    folder = _folder()
    subprocess.run(["cp", "-a", cold, folder / "data"], check=True)
    leash = [sys.executable, "-m", "deploy.leash", "--stop", "QUIT", "--remove", str(folder)]
    leash += ["--user", USER] if USER else []
    with (folder / "log").open("wb") as log:
        command = [*leash, "--", *_server(programs, folder)]
        subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    _wait_for(Postgres(folder))
    return folder


def _found(programs: Path, cold: Path) -> None:
    """Make a server, migrate its template, stop it cleanly and put its data away for later runs."""
    folder = _folder()
    initdb = [f"{programs}/initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust"]
    initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(initdb, user=USER, cwd=folder, check=True, capture_output=True)
    server = subprocess.Popen(
        _server(programs, folder), user=USER, cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        made = Postgres(folder)
        _wait_for(made)
        made.do(f"CREATE DATABASE {TEMPLATE}")
        migrate(made.url(TEMPLATE), Path(tempfile.mkdtemp(prefix="pobach-keys-")))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    with suppress(OSError):  # another run was quicker
        (folder / "data").rename(cold)
    shutil.rmtree(folder)


def _folder() -> Path:
    """PostgreSQL refuses to run as root: then it runs as `postgres`, in a folder of that user's."""
    folder = Path(tempfile.mkdtemp(prefix="pobach-pg-"))
    if USER:
        shutil.chown(folder, USER, USER)
    return folder


def _server(programs: Path, folder: Path) -> list[str]:
    server = [f"{programs}/postgres", "-D", f"{folder}/data", "-k", str(folder)]
    for setting in ("listen_addresses=", *HASTY):
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
