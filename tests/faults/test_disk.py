"""A disk with 256 kB left: bookings go on while there is room, then a 503 and no half row; with room, on they go."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.db import fold_the_log
from tests.databases import IN_CI
from tests.faults.house import build
from tests.faults.ledger import Ledger, Try, all_is_there_once, opened
from tests.postgres import TEMPLATE, Postgres

LEFT = 256 * 1024
PEOPLE = 12
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


@contextmanager
def small_disk(where: Path, size: int, *more: str) -> Iterator[None]:
    """A file system of so many bytes, in memory."""
    options = ",".join((f"size={size}", *more))
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "pobach", where], capture_output=True
    )
    if made.returncode:
        if IN_CI:
            pytest.fail(f"a small disk cannot be mounted: {made.stderr.decode()}")
        pytest.skip("mounting a small disk needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", where], check=True)


def resize(where: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", where], check=True)


def used(where: Path) -> int:
    disk = os.statvfs(where)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


async def everybody_comes(ledger: Ledger) -> None:
    await ledger.come(0, PEOPLE)


async def book_until_full_and_on(ledger: Ledger, disk: Path) -> None:
    before = len(ledger.told)
    await ledger.connect_again()
    await ledger.everybody_books(stop_at_silence=True)
    assert len(ledger.told) > before, "it was full from the start"
    assert ledger.busy, "it was never full"
    assert len(ledger.unsure) == ledger.busy  # a 503 every time, and never a cut line
    async with ledger.people[0].get("/api/v1/bookings") as answer:
        assert answer.status == 200  # who only reads notices nothing
    resize(disk, used(disk) + 64 * LEFT)
    await ledger.ask_again()


def test_on_a_full_disk_sqlite_writes_all_or_nothing_and_goes_on_with_room(
    tmp_path, sqlite_template
):
    disk, aside = tmp_path / "disk", tmp_path / "aside.db"
    disk.mkdir()
    file = disk / "pobach.db"
    shutil.copyfile(sqlite_template, file)
    house = build(tmp_path, sqlite_template, None, POBACH_DATABASE_URL=f"sqlite:///{file}")
    ledger = opened(house, PEOPLE)

    async def story() -> None:
        with house.web():
            await everybody_comes(ledger)
        with house.inside():
            fold_the_log()
        shutil.move(file, aside)
        with small_disk(disk, aside.stat().st_size + LEFT):
            shutil.copyfile(aside, file)
            with house.web():
                await book_until_full_and_on(ledger, disk)
                await ledger.go()
            all_is_there_once(house, ledger)

    asyncio.run(story())


def test_on_a_full_disk_postgresql_writes_all_or_nothing_and_goes_on_with_room(on_postgres):
    engine = on_postgres.engine
    disk = engine.folder / "disk"
    disk.mkdir()
    ledger, server = opened(on_postgres, PEOPLE), Postgres(engine.folder)

    async def story() -> None:
        with on_postgres.web():
            await everybody_comes(ledger)
            await ledger.ask(
                Try(0, ledger.slots[-1])
            )  # by now every table and index has its first page
        with small_disk(disk, 2**28, "mode=700", f"uid={engine.folder.stat().st_uid}"):
            server.do(f"CREATE TABLESPACE small LOCATION '{disk}'")
            server.do(f"ALTER DATABASE {TEMPLATE} SET TABLESPACE small", "CHECKPOINT")
            with on_postgres.web():
                resize(disk, used(disk) + LEFT)
                await book_until_full_and_on(ledger, disk)
                await ledger.go()
            all_is_there_once(on_postgres, ledger)
            engine.kill()

    asyncio.run(story())
