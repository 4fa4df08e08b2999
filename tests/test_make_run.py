"""`make run` as a newcomer meets it: what it prints, what a second start keeps, how it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from deploy.mail import open_post_office
from tests.browsers import free_port
from tests.databases import ROOT

pytestmark = pytest.mark.slow
READY = re.compile(r"Pobach is at (http://localhost:\d+)")
LINK = re.compile(r"http://localhost:\d+/\S*#\S+")


class Demo:
    """One start, read line by line until it says where it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environ = {name: v for name, v in os.environ.items() if not name.startswith("POBACH_")}
        environ |= {"POBACH_DATA_DIR": str(folder / "instance"), "POBACH_PORT": str(free_port())}
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.run"], cwd=ROOT, env=environ, stdout=log, stderr=log
            )

    def said(self) -> str:
        deadline = time.monotonic() + 180
        while not READY.search(text := self.log.read_text()):
            assert self.process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.1)
        return text

    def processes(self) -> set[int]:
        """Every process that has this demo's data folder in its environment."""
        mark = f"POBACH_DATA_DIR={self.folder / 'instance'}".encode()
        found = set()
        for environ in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in environ.read_bytes().split(b"\0"):
                    found.add(int(environ.parts[2]))
            except OSError:
                continue
        return found

    def full_house(self) -> int:
        """How many processes there are once all have started: the page may answer before the worker is up."""
        deadline = time.monotonic() + 60
        while (count := len(self.processes())) <= 6 and time.monotonic() < deadline:
            time.sleep(0.1)
        return count

    def end(self, how: signal.Signals) -> bool:
        """Whether all of it is gone within twenty seconds of this signal."""
        self.process.send_signal(how)
        self.process.wait(30)
        deadline = time.monotonic() + 20
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        left = self.processes()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return not left


@dataclass
class Start:
    """What one start said and did."""

    said: str
    ready: int
    processes: int
    ended_by: signal.Signals
    gone: bool


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def starts(folder: Path) -> list[Start]:
    """Three starts on one folder, each ended in another way."""
    return [_one(folder, how) for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)]


def _one(folder: Path, how: signal.Signals) -> Start:
    demo = Demo(folder)
    try:
        said = demo.said()
        address = READY.search(said)
        assert address
        with urlopen(f"{address[1]}/readyz") as answer:
            ready = answer.status
        count = demo.full_house()
    except BaseException:
        demo.end(signal.SIGTERM)
        raise
    return Start(said, ready, count, how, demo.end(how))


def test_it_prints_an_address_that_answers_an_invitation_with_its_code_and_the_sign_ins(
    starts: list[Start],
) -> None:
    first = starts[0]
    assert first.ready == 200
    assert LINK.search(first.said)
    assert "█" in first.said
    assert first.said.count("second factor") == 2


def test_a_second_start_keeps_the_sign_ins_and_brings_a_new_invitation(
    starts: list[Start], folder: Path
) -> None:
    kept = (folder / "instance/demo.txt").read_text().strip()
    assert all(kept in start.said for start in starts)
    assert len({LINK.findall(start.said)[-1] for start in starts}) == len(starts)


def test_keys_and_sign_ins_are_for_their_owner_alone(starts: list[Start], folder: Path) -> None:
    secret = [*(folder / "instance").glob("*.key"), folder / "instance/demo.txt"]
    assert len(secret) > 1
    assert {file.stat().st_mode & 0o777 for file in secret} == {0o600}


def test_two_starts_at_the_same_moment_each_have_a_post_office_of_their_own() -> None:
    assert open_post_office() != open_post_office()


def test_web_worker_and_post_office_end_with_it_however_it_ends(starts: list[Start]) -> None:
    for start in starts:
        assert start.processes > 6
        assert start.gone, start.ended_by
