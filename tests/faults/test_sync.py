"""strace watches: the disk has synced before anybody is told that a time is theirs."""

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.databases import IN_CI
from tests.faults.house import House, below
from tests.faults.ledger import Ledger, Try, opened

TOLD = re.compile(r'"HTTP/1\.1 201')
SYNCED = re.compile(r"\bf(?:data)?sync\(|<\.\.\. f(?:data)?sync resumed")
SYSCALLS = "trace=fsync,fdatasync,write,writev,sendto,sendmsg"
TIMES = 12
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


@pytest.fixture
def strace() -> str:
    found = shutil.which("strace")
    if not found:
        if IN_CI:
            pytest.fail("strace is not installed, and with CI=true nothing may be skipped.")
        pytest.skip("strace is not installed")
    return found


@contextmanager
def watched(strace: str, pids: list[int], said: Path) -> Iterator[None]:
    """Everything these processes sync and send, in the order in which it happened."""
    named = [word for pid in pids for word in ("-p", str(pid))]
    command = [strace, "-f", "-s", "24", "-e", SYSCALLS, "-e", "signal=none", "-o", said, *named]
    with (said.parent / "strace.log").open("w") as log:
        tracer = subprocess.Popen(command, stderr=log)
    try:
        _wait_until_held(tracer, pids)
        yield
    finally:
        tracer.terminate()
        tracer.wait(20)


def _wait_until_held(tracer: subprocess.Popen[bytes], pids: list[int]) -> None:
    deadline = time.monotonic() + 60
    while not all(_tracer_of(task) for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()):
        if tracer.poll() is not None or time.monotonic() > deadline:
            pytest.fail("strace could not attach") if IN_CI else pytest.skip(
                "strace may not attach"
            )
        time.sleep(0.05)


def _tracer_of(task: Path) -> int:
    try:
        found = re.search(r"TracerPid:\s+(\d+)", (task / "status").read_text())
    except OSError:
        return 1  # it has ended meanwhile
    return int(found[1]) if found else 0


async def _book_one_after_another(ledger: Ledger) -> None:
    for slot in ledger.slots[:TIMES]:
        assert await ledger.ask(Try(0, slot))


def events(house: House, strace: str) -> list[str]:
    """`sync` and `told`, in order, of bookings made one after another."""
    ledger, said = opened(house, people=1), house.settings.data_dir / "trace"

    async def story(web: int) -> None:
        await ledger.come(0, 1)
        await ledger.ask(Try(0, ledger.slots[-1]))
        with watched(strace, below(web) + (house.engine.processes() if house.engine else []), said):
            await _book_one_after_another(ledger)
        await ledger.go()

    with house.web() as web:
        asyncio.run(story(web))
    lines = said.read_text().splitlines()
    return [
        "told" if TOLD.search(line) else "sync"
        for line in lines
        if TOLD.search(line) or (SYNCED.search(line) and line.endswith("= 0"))
    ]


def told_too_early(seen: list[str]) -> int:
    """Acknowledgements with no sync since the one before."""
    return sum(pair == ("told", "told") for pair in pairwise(["told", *seen]))


def test_the_disk_has_synced_before_anybody_is_told(house, strace):
    seen = events(house, strace)

    assert seen.count("told") == TIMES
    assert told_too_early(seen) == 0


def test_control_told_before_the_sync_is_seen(on_postgres, strace):
    """If this one passed, the test above would prove nothing."""
    assert on_postgres.engine
    on_postgres.engine.settings += ("synchronous_commit=off", "wal_writer_delay=10s")
    on_postgres.engine.restart()

    assert told_too_early(events(on_postgres, strace)) > TIMES // 2
