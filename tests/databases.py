"""Throw-away databases, both kinds: migrated once, kept by the text of the migrations, copied for every test.

SQLite: the migrated, encrypted file is copied. PostgreSQL: one server a run, shared by all workers, on a
Unix socket of its own; every worker has a database made from the migrated template, emptied between
tests. The server is on a leash: it ends with the test run, however that ends.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask_migrate import upgrade

from app import create_app
from app.db import db
from app.settings import Settings
from tests.postgres import HASTY, TEMPLATE, Postgres, empty, programs, start

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"
KEYS = {
    "POBACH_DATABASE_KEY": "1d" * 32,
    "POBACH_SECRET_KEY": "2e" * 32,
    "POBACH_SEAL_KEYS": "k1:" + "3f" * 32,
}


@dataclass(frozen=True)
class Database:
    """A migrated, empty database of one test's own."""

    kind: str
    url: str
    folder: Path


def migrate(url: str, data_dir: Path) -> None:
    """Bring a database up to date as `flask db upgrade` does."""
    environ = {**KEYS, "POBACH_DATABASE_URL": url, "POBACH_DATA_DIR": str(data_dir)}
    app = create_app(Settings.from_environ(environ))
    with app.app_context():
        upgrade()
        db.engine.dispose()


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
    shape = hashlib.sha256(repr((KEYS, HASTY, programs())).encode())
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
    installed = programs()
    if installed is None:
        if IN_CI:
            pytest.fail("PostgreSQL is not installed, and with CI=true nothing may be skipped.")
        pytest.skip("PostgreSQL is not installed")
    note = run_folder / "postgres.folder"

    def make() -> None:
        note.write_text(str(start(installed, kept() / "postgres", migrate)))

    once(run_folder / "postgres", make)
    return Postgres(Path(note.read_text()))


@pytest.fixture(scope="session")
def postgres_database(postgres: Postgres) -> Iterator[str]:
    """One database a worker, emptied between tests: making one for each costs 0.2 s and more."""
    with postgres.database(TEMPLATE) as url:
        yield url


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder: always the same one for a worker, always empty."""
    folder = tmp_path_factory.getbasetemp() / "data"
    folder.mkdir(exist_ok=True)
    for left in folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[Database]:
    """Every test that asks for it, directly or through `app`, runs on both."""
    if request.param == "sqlite":
        file = data_dir / "pobach.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield Database("sqlite", f"sqlite:///{file}", data_dir)
        return
    url = request.getfixturevalue("postgres_database")
    yield Database("postgresql", url, data_dir)
    empty(url)
