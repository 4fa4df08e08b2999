"""A house to break things in: the web server of `make run`, on a database whose disk is real."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from app import create_app
from app.db import db
from app.settings import Settings
from tests import postgres
from tests.browsers import Server, prepared
from tests.databases import KEYS

# What an operator has: nothing is answered before it is on the disk.
DURABLE = ("fsync=on", "synchronous_commit=on", "max_connections=100", "shared_buffers=32MB")


@dataclass
class Engine:
    """A PostgreSQL that can be killed and started again on what its disk holds."""

    installed: Path
    folder: Path
    settings: tuple[str, ...] = DURABLE
    leash: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return postgres.Postgres(self.folder).url(postgres.TEMPLATE)

    def start(self) -> None:
        self.leash = postgres.launch(self.installed, self.folder, self.settings)

    def processes(self) -> list[int]:
        return below(self.leash.pid) if self.leash else []

    def kill(self) -> None:
        """As a power cut ends it: postmaster and backends at once, nobody asked."""
        if self.leash:
            kill_below(self.leash.pid)
            self.leash.wait(20)

    def restart(self) -> None:
        """As an operator does it: whoever is connected is thrown out, then it comes back."""
        if self.leash:
            os.kill(self.processes()[0], signal.SIGINT)
            self.leash.wait(20)
        self.start()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class House:
    """A web server that can be killed, the settings it runs on, and the PostgreSQL below, if it has one."""

    server: Server
    settings: Settings
    engine: Engine | None

    @contextmanager
    def web(self) -> Iterator[int]:
        """The server, up and answering; the process below which all of its own are."""
        with self.server.web() as leash:
            yield leash.pid

    @contextmanager
    def inside(self) -> Iterator[Flask]:
        """The same database, looked at from here."""
        app = create_app(self.settings)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def build(folder: Path, template: Path, engine: Engine | None, **environ: str) -> House:
    """A house on an empty database; nothing of the web runs yet."""
    given = {"POBACH_WEB_WORKERS": "2", **environ}
    if engine:
        given["POBACH_DATABASE_URL"] = engine.url
    server = prepared(folder, template, **given)
    ours = {name: value for name, value in server.environ.items() if name.startswith("POBACH_")}
    return House(server, Settings.from_environ(KEYS | ours), engine)


def below(pid: int) -> list[int]:
    """All processes under this one, parents first."""
    found: list[int] = []
    with suppress(OSError):
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, tasks.read_text().split()):
                found += [child, *below(child)]
    return found


def kill_below(pid: int) -> None:
    """`kill -9` of everything under this process, parents first, so that nobody is replaced."""
    while found := [one for one in below(pid) if _lives(one)]:
        kill(found)


def kill(pids: list[int]) -> None:
    """`kill -9`, all of them."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False
