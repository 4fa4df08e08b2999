"""A real Chromium the size of a phone, and the real web server to visit with it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from honcho.environ import parse_procfile
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.databases import IN_CI, KEYS, ROOT

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 360, "height": 740}
SMALL_PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
START_WITHIN = 120  # seconds; a busy machine starts slowly


@dataclass
class Server:
    """The web server of the Procfile on a free port of loopback, with a data folder of its own."""

    url: str
    data_dir: Path
    environ: dict[str, str]

    def flask(self, *words: str) -> str:
        """Run one of our commands beside the server; its output."""
        ran = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    @contextmanager
    def web(self) -> Iterator[subprocess.Popen[bytes]]:
        """The web server of the Procfile, answering, for as long as the block lasts."""
        log = self.data_dir / "web.log"
        with _process("web", self.environ, log) as web:
            # The server itself, not what may stand in front of it.
            here = f"http://localhost:{self.environ['POBACH_PORT']}"
            _wait_until_it_answers(f"{here}/healthz", web, log)
            yield web

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """The worker of the Procfile, for as long as the block lasts."""
        with _process("worker", self.environ, self.data_dir / "worker.log") as worker:
            yield worker


@contextmanager
def serve(folder: Path, template: Path, **environ: str) -> Iterator[Server]:
    """Start the web server on a copy of the migrated SQLite file (or on `POBACH_DATABASE_URL`)."""
    server = prepared(folder, template, **environ)
    with server.web():
        yield server


def prepared(folder: Path, template: Path, **environ: str) -> Server:
    """All that a web server needs, which is not started yet."""
    port = free_port()
    file = folder / "pobach.db"
    shutil.copyfile(template, file)
    settings = {
        **{name: value for name, value in os.environ.items() if name != "CI"},
        **KEYS,
        "POBACH_DATA_DIR": str(folder),
        "POBACH_DATABASE_URL": f"sqlite:///{file}",
        "POBACH_PORT": str(port),
        "POBACH_BASE_URL": f"http://localhost:{port}",
        "POBACH_WEB_WORKERS": "1",
        **environ,
    }
    return Server(settings["POBACH_BASE_URL"], folder, settings)


@pytest.fixture(scope="module")
def live_server(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server"), sqlite_template) as server:
        yield server


# Not for the whole run: while Playwright is up it keeps an event loop in this thread, and others cannot have theirs.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if IN_CI:
            pytest.fail("Chromium is not installed, and with CI=true nothing may be skipped.")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Faults(list[str]):
    """What a page should never do: speak to the console, throw, or ask a foreign host."""

    def watch(self, context: BrowserContext, home: str) -> None:
        context.on("console", lambda said: self._note(said.type, said.text))
        context.on("weberror", lambda thrown: self.append(f"error: {thrown.error}"))
        context.on("request", lambda request: self._foreign(request.url, home))

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.append(f"{kind}: {text}")

    def _foreign(self, url: str, home: str) -> None:
        if not url.startswith((home, "data:", "blob:")):
            self.append(f"foreign request: {url}")


@pytest.fixture
def faults() -> Faults:
    """Empty at the end of every test with a phone; a test that provokes one clears it itself."""
    return Faults()


@contextmanager
def visitor(
    chromium: Browser, server: Server, faults: Faults, size: dict[str, int], **more: object
) -> Iterator[Page]:
    """A page of a browser of its own (no cookies), in Belarusian, at `size`; no fault is forgiven."""
    touch = size["width"] < 600
    options = {"locale": "be-BY", "timezone_id": "Europe/Warsaw", "device_scale_factor": 2}
    options |= {"is_mobile": touch, "has_touch": touch, "base_url": server.url, "viewport": size}
    context = chromium.new_context(**(options | more))
    context.set_default_timeout(10_000)
    faults.watch(context, server.url)
    yield context.new_page()
    context.close()
    assert not faults


@pytest.fixture
def phone(chromium: Browser, live_server: Server, faults: Faults) -> Iterator[Page]:
    """360 x 740, as most visitors have it."""
    with visitor(chromium, live_server, faults, PHONE) as page:
        yield page


@pytest.fixture
def small_phone(chromium: Browser, live_server: Server, faults: Faults) -> Iterator[Page]:
    """320 px wide, the narrowest we promise."""
    with visitor(chromium, live_server, faults, SMALL_PHONE) as page:
        yield page


@pytest.fixture
def phone_without_scripts(chromium: Browser, live_server: Server, faults: Faults) -> Iterator[Page]:
    with visitor(chromium, live_server, faults, PHONE, java_script_enabled=False) as page:
        yield page


@pytest.fixture
def desktop(chromium: Browser, live_server: Server, faults: Faults) -> Iterator[Page]:
    with visitor(chromium, live_server, faults, DESKTOP) as page:
        yield page


@contextmanager
def _process(name: str, environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = parse_procfile((ROOT / "Procfile").read_text()).processes[name]
    command = command.replace("wsgi:app", environ.get("SERVED_APP", "wsgi:app"))
    with log.open("wb") as said:
        process = _start(command, environ, said)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def _start(command: str, environ: dict[str, str], said: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, shell=True, cwd=ROOT, env=environ, stdout=said, stderr=subprocess.STDOUT
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(url: str, web: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while web.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"The web server did not start:\n{log.read_text()}")
