"""The stage: an app on either database, a visitor, and a clock that tests turn."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db as house
from app.settings import Settings
from deploy.words import compile_all
from tests.databases import IN_CI, KEYS, Database
from tests.standing import Standing

pytest_plugins = ["tests.databases", "tests.browsers", "tests.mailbox", "tests.basemap.helsinki"]


class Clock:
    """Now, as the tests have it: stands still until turned."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def turn(self, **by: float) -> datetime:
        """Go on: `clock.turn(minutes=11)`."""
        self.now += timedelta(**by)
        return self.now

    def set(self, now: datetime) -> datetime:
        self.now = now
        return now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A Monday morning in winter time, the same in every run."""
    still = Clock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    monkeypatch.setattr(house, "_now", lambda: still.now)
    return still


@pytest.fixture
def environ() -> dict[str, str]:
    """Settings a test or a room wants changed; override it, or put something in before `app`."""
    return {}


@pytest.fixture
def settings(database: Database, environ: dict[str, str]) -> Settings:
    given = {
        **KEYS,
        "POBACH_DATA_DIR": str(database.folder),
        "POBACH_DATABASE_URL": database.url,
        "POBACH_BASE_URL": "http://localhost",
        "POBACH_VAPID_PRIVATE_KEY": "A" * 42 + "E",
    }
    return Settings.from_environ(given | environ)


@pytest.fixture
def app(settings: Settings, standing: Standing) -> Iterator[Flask]:
    """The whole app, on SQLite and again on PostgreSQL."""
    with standing.app(settings) as made:
        yield made


@pytest.fixture
def own_app(settings: Settings) -> Iterator[Flask]:
    """One that nobody used before, for tests that add pages: those come before the first request."""
    with Standing().app(settings) as made:
        yield made


@pytest.fixture(scope="session")
def standing() -> Standing:
    """The apps this worker has built: building one costs more than most tests do."""
    return Standing()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor. Never together with `context`: requests would share its `g` and so its sign-in."""
    return app.test_client()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """Inside the app, for tests of rules and models."""
    with app.app_context():
        yield app


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ["POBACH_OWNER"] = str(os.getpid())  # what the tests start ends with this process
        compile_all()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if IN_CI and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("With CI=true nothing may be skipped.", red=True)
