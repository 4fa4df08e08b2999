"""Nothing of ours is left running when whoever started it is gone, however it went."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import ROOT

LEASH = [sys.executable, "-m", "deploy.leash"]
# A command that leaves a child of its own behind, as web servers have workers.
FAMILY = "sleep 60 & echo $! > {note}; echo $$ >> {note}; wait"
OWNER = "import subprocess, sys; subprocess.run(sys.argv[1:])"


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Callable[[], set[int]]]:
    """The process ids of the command and its child, once both run."""
    note = tmp_path / "pids"

    def pids() -> set[int]:
        _until(lambda: note.exists() and len(note.read_text().split()) == 2)
        return set(map(int, note.read_text().split()))

    yield pids
    for pid in filter(alive, pids()):
        os.kill(pid, signal.SIGKILL)


def _until(true: Callable[[], bool], within: float = 20) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def start(*before: str, note: Path) -> subprocess.Popen[bytes]:
    command = [*before, *LEASH, "sh", "-c", FAMILY.format(note=note)]
    environ = {name: value for name, value in os.environ.items() if name != "POBACH_OWNER"}
    return subprocess.Popen(command, cwd=ROOT, env=environ)


def test_a_killed_owner_takes_the_whole_family_along(
    family: Callable[[], set[int]], tmp_path: Path
) -> None:
    owner = start(sys.executable, "-c", OWNER, note=tmp_path / "pids")
    pids = family()
    owner.kill()
    owner.wait()
    _until(lambda: not any(map(alive, pids)))


def test_asked_to_stop_it_stops_the_family_too(
    family: Callable[[], set[int]], tmp_path: Path
) -> None:
    leash = start(note=tmp_path / "pids")
    pids = family()
    leash.terminate()
    assert leash.wait(20) == 128 + signal.SIGTERM
    assert not any(map(alive, pids))


def test_a_command_that_dies_leaves_no_orphans(
    family: Callable[[], set[int]], tmp_path: Path
) -> None:
    leash = start(note=tmp_path / "pids")
    child, command = sorted(family(), key=_parent_is_shell)
    os.kill(command, signal.SIGKILL)
    assert leash.wait(20) == 128 + signal.SIGKILL
    assert not alive(child)


def _parent_is_shell(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text().strip() != "sleep"


def test_it_answers_with_the_commands_own_code(tmp_path: Path) -> None:
    assert subprocess.run([*LEASH, "sh", "-c", "exit 3"], cwd=ROOT).returncode == 3
