"""What benchmarks stand on: a migrated file, crowds of offers kept for the day, figures that say how they were taken."""

import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import create_app
from app.db import db, fold_the_log
from app.offers import crowd
from app.settings import Settings
from tests.databases import KEYS, kept, migrate

Figure = dict[str, Any]


def figure(name: str, value: float, unit: str, goal: str, met: bool | None, how: str) -> Figure:
    """One row of build/bench.json. `met` is None where there is no goal, or nothing could be measured."""
    return {
        "name": name,
        "value": None if value is None else round(value, 3),
        "unit": unit,
        "goal": goal,
        "met": met,
        "how": how,
    }


def at_most(name: str, value: float, most: float, unit: str, how: str) -> Figure:
    return figure(name, value, unit, f"<= {most:g}", value <= most, how)


def at_least(name: str, value: float, least: float, unit: str, how: str) -> Figure:
    return figure(name, value, unit, f">= {least:g}", value >= least, how)


def not_measured(name: str, goal: str, why: str) -> Figure:
    return {"name": name, "value": None, "unit": "", "goal": goal, "met": None, "how": why}


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="pobach-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def template() -> Path:
    """A migrated, empty SQLite file."""
    file = kept() / "template.db"
    if not file.exists():
        with folder() as made:
            migrate(f"sqlite:///{made / 'fresh.db'}", made)
            shutil.move(made / "fresh.db", file)
    return file


def settings_for(url: str, data_dir: Path) -> Settings:
    given = {"POBACH_DATABASE_URL": url, "POBACH_DATA_DIR": str(data_dir)}
    return Settings.from_environ(KEYS | given)


@contextmanager
def inside(url: str, data_dir: Path, hasty: bool = False) -> Iterator[None]:
    """Our app on this database. `hasty` makes data that need not outlive a power cut."""
    app = create_app(settings_for(url, data_dir))
    with app.app_context():
        if hasty and db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
        yield
        db.session.remove()
        db.engine.dispose()


def crowded(count: int) -> Path:
    """A SQLite file with so many published offers and their free times; made once a day, then kept."""
    shape = Path(crowd.__file__).read_bytes() + datetime.now(UTC).date().isoformat().encode()
    file = kept() / f"crowd-{count}-{hashlib.sha256(shape).hexdigest()[:10]}.db"
    if not file.exists():
        for old in file.parent.glob(f"crowd-{count}-*"):
            old.unlink()
        with folder() as made:
            fresh = made / "crowd.db"
            earlier = [*file.parent.parent.glob(f"*/{file.name}")]
            if earlier:  # made today, before the last migration: only that is missing
                shutil.copyfile(earlier[0], fresh)
                migrate(f"sqlite:///{fresh}", made)
            else:
                shutil.copyfile(template(), fresh)
                _seed(fresh, count)
            with inside(f"sqlite:///{fresh}", made):
                fold_the_log()
            shutil.move(fresh, file)
    return file


def _seed(fresh: Path, count: int) -> None:
    with inside(f"sqlite:///{fresh}", fresh.parent, hasty=True):
        crowd.seed_many(count, datetime.now(UTC))


def ms(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def side_by_side(
    times: int, *calls: Callable[[], object], warm: int = 3
) -> tuple[list[float], ...]:
    """Milliseconds of each call, taken in turns, so that a busy moment falls on all of them."""
    for call in calls:
        for _ in range(warm):
            call()
    took: tuple[list[float], ...] = tuple([] for _ in calls)
    for _ in range(times):
        for call, into in zip(calls, took, strict=True):
            into.append(ms(call))
    return took


def p50(values: list[float]) -> float:
    return statistics.median(values)


def memory_mb(pid: int) -> float:
    """What a process holds for itself: proportional set size, shared pages counted by share."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0]) / 1024


os.environ.setdefault("POBACH_OWNER", str(os.getpid()))
