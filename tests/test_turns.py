"""One writes, the others wait, nobody for ever."""

import fcntl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from app import turns
from tests.databases import ROOT

BESIDE = """
import sys
from app.turns import turn
for _ in range(40):
    with turn(sys.argv[1]):
        with open(sys.argv[1], "r+") as file:
            count = int(file.read())
            file.seek(0)
            file.write(str(count + 1))
"""


def test_processes_and_threads_write_one_after_another(tmp_path):
    counted = tmp_path / "counted"
    counted.write_text("0")
    command = [sys.executable, "-c", BESIDE, str(counted)]

    with ThreadPoolExecutor(3) as pool:
        ran = list(pool.map(lambda _: subprocess.run(command, cwd=ROOT), range(3)))

    assert [one.returncode for one in ran] == [0, 0, 0]
    assert counted.read_text() == "120"


def test_who_waits_too_long_is_told_so_and_the_next_one_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_S", 0.1)
    path = str(tmp_path / "file")
    with open(path + ".lock", "w") as stuck:
        fcntl.flock(stuck, fcntl.LOCK_EX)

        with pytest.raises(OperationalError), turns.turn(path):
            pass

    with turns.turn(path):
        pass


def test_where_no_file_can_be_made_the_database_is_unwell(tmp_path):
    with pytest.raises(OperationalError), turns.turn(str(tmp_path / "gone" / "file")):
        pass
