"""Houses to break things in, on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres as servers
from tests.databases import kept
from tests.faults.house import Engine, House, build
from tests.postgres import Postgres


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    """A PostgreSQL of this test's own that syncs as in production; empty, migrated."""
    installed = servers.programs()
    assert installed, postgres  # whose data was made for the whole run
    made = Engine(installed, servers.copied(kept() / "postgres"))
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_template: Path) -> House:
    return build(tmp_path, sqlite_template, None)


@pytest.fixture
def on_postgres(tmp_path: Path, sqlite_template: Path, engine: Engine) -> House:
    return build(tmp_path, sqlite_template, engine)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest) -> House:
    """Either of them: what is proved must hold on both."""
    name = {"sqlite": "on_sqlite", "postgresql": "on_postgres"}[request.param]
    return request.getfixturevalue(name)
