"""`make quality`: the promises of every page, then Lighthouse; screenshots in build/screens.

Lighthouse runs alone, five times a page on a phone with slow 4G, and the median counts. Goals that are
missed are named at the end and fail the run; figures go to build/quality.json.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browsers import CHROMIUM, FLAGS, serve
from tests.databases import ROOT
from tests.quality.town import Town, a_migrated_file

BUILD = ROOT / "build"
RUNS = int(os.environ.get("RUNS", "5"))
GOALS = {  # audit: (smallest allowed, largest allowed)
    "accessibility": (100, 100),
    "best-practices": (100, 100),
    "performance": (98, 100),
    "lcp_ms": (0, 1500),
    "cls": (0, 0),
    "kilobytes": (0, 40),
}
AUDITS = ("largest-contentful-paint", "cumulative-layout-shift", "total-byte-weight")
FRONT_DOOR = {"seo": (100, 100)}


def main() -> int:
    missed = [] if every_promise_is_kept() else ["a promise of every page"]
    figures = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serve(Path(folder), a_migrated_file(Path(folder))) as server:
            town = Town.seeded(server, browser)
            for name, (role, path) in town.main_pages().items():
                figures[name] = lighthouse(server.url + path, town.cookie_header(role))
                missed += misses(name, figures[name])
        browser.close()
    (BUILD / "quality.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1), *(f"missed: {goal}" for goal in missed), sep="\n")
    return len(missed)


def every_promise_is_kept() -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "tests/quality"]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def lighthouse(url: str, cookie: str) -> dict[str, float]:
    """Medians of the scores and of what they are made of."""
    runs = [_run_lighthouse(url, cookie) for _ in range(RUNS)]
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _run_lighthouse(url: str, cookie: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as profile:
        told = _told(url, cookie, [*FLAGS[1:], "--headless=new", f"--user-data-dir={profile}"])
    scores = {name: 100 * part["score"] for name, part in told["categories"].items()}
    value = {name: told["audits"][name].get("numericValue", 0) for name in AUDITS}
    return scores | {
        "lcp_ms": value["largest-contentful-paint"],
        "cls": value["cumulative-layout-shift"],
        "kilobytes": value["total-byte-weight"] / 1024,
    }


def _told(url: str, cookie: str, flags: list[str]) -> Any:
    command = [
        str(ROOT / "node_modules/.bin/lighthouse"), url, "--quiet", "--output=json",
        "--form-factor=mobile", "--screenEmulation.width=360", "--screenEmulation.height=740",
        "--extra-headers=" + json.dumps({"Cookie": cookie, "Accept-Language": "be"}),
        "--chrome-flags=" + " ".join(flags),
    ]  # fmt: skip
    environ = {**os.environ, "CHROME_PATH": CHROMIUM}
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=180)
    if ran.returncode:
        sys.exit(f"Lighthouse could not look at {url}:\n{ran.stderr}")
    return json.loads(ran.stdout)


def misses(page: str, figures: dict[str, float]) -> list[str]:
    goals = GOALS | (FRONT_DOOR if page == "front door" else {})
    return [
        f"{page}: {name} is {figures[name]:.4g}, wanted {low} to {high}"
        for name, (low, high) in goals.items()
        if not low <= round(figures[name], 3) <= high
    ]


if __name__ == "__main__":
    sys.exit(main())
