"""What every page of every role promises: read by anybody, quiet, light, narrow enough, from nowhere else."""

from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browsers import Faults
from tests.databases import IN_CI, ROOT
from tests.quality.markup import CHECKER, complaints
from tests.quality.town import ROLES, Town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("quality")]

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS, HTML = ROOT / "build" / "screens", ROOT / "build" / "html"
LONG_WORDS = ("de", "ru")
FIRST_PAGE_BYTES = 40 * 1024
FIELDS = "main :is(input, textarea, select, button, a, h1, h2)"
NOT_PAGES = {  # files and figures, and a page that empties the browser which looks at it
    "static", "health.alive", "health.ready", "health.metrics", "pwa.worker", "pwa.manifest", "pwa.left",
    "bookings.calendar", "own_data.take", "feed.read", "basemap.tiles", "basemap.picture",
}  # fmt: skip
# No worker, no colour half way to another; bypass_csp is there for axe alone.
CALM = {"bypass_csp": True, "service_workers": "block", "reduced_motion": "reduce"}
each_role = pytest.mark.parametrize("role", ROLES)


@each_role
def test_every_page_is_accessible_by_day_and_by_night(town: Town, role: str) -> None:
    found: dict[str, list[str]] = {}
    with town.walker(role, **CALM) as phone:
        page = phone.new_page()
        for visit in town.visits(role):
            page.goto(visit.path)
            for colours in ("light", "dark"):
                page.emulate_media(color_scheme=colours)
                found[f"{visit.path} {colours}"] = violations(page)

    assert not {path: wrong for path, wrong in found.items() if wrong}


def violations(page: Page) -> list[str]:
    """What axe finds, A to AAA, each with the first node it found."""
    page.evaluate(AXE.read_text())
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{wrong['id']}: {wrong['nodes'][0]['html'][:200]}" for wrong in result["violations"]]


@each_role
def test_no_page_scrolls_sideways_at_320_px_with_the_largest_text(town: Town, role: str) -> None:
    wide: dict[str, int] = {}
    small = {"width": 320, "height": 640}
    with town.walker(role, viewport=small, service_workers="block") as phone:
        page = phone.new_page()
        for visit in town.visits(role):
            for language in ("be", *LONG_WORDS):
                path = f"{visit.path}{'&' if '?' in visit.path else '?'}lang={language}"
                page.goto(path)
                page.evaluate("document.documentElement.dataset.size = 3")
                wide[path] = page.evaluate("document.documentElement.scrollWidth")

    assert not {path: width for path, width in wide.items() if width > 320}


@each_role
def test_pages_are_quiet_and_ask_nobody_else_and_have_their_picture_taken(
    town: Town, role: str, faults: Faults
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    with town.walker(role, faults, device_scale_factor=2) as phone:
        page = phone.new_page()
        for visit in town.visits(role):
            page.goto(visit.path, wait_until="load")
            page.screenshot(path=SCREENS / f"{role}-{visit.name}.png")

    # A page that is not there, or not for this person, is noted by the browser itself.
    assert not [fault for fault in faults if "Failed to load resource" not in fault]


@each_role
def test_the_markup_of_every_page_is_valid(town: Town, role: str) -> None:
    if not CHECKER.exists() and not IN_CI:
        pytest.skip("html-validate is not installed")
    HTML.mkdir(parents=True, exist_ok=True)
    sent: list[Path] = []
    with town.walker(role) as phone:
        for visit in town.visits(role):
            sent.append(HTML / f"{role}-{visit.name}.html")
            sent[-1].write_text(phone.request.get(visit.path).text())

    assert complaints(sent) == ""


def test_every_page_there_is_has_been_looked_at(town: Town) -> None:
    """A new page with no link to it, and no moment that shows it, would escape all of the above."""
    seen = {town.endpoint_of(urlsplit(v.path).path) for role in ROLES for v in town.visits(role)}
    there = {
        rule.endpoint
        for rule in town.app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.rule.startswith(("/api/", "/hsds"))
    }

    assert sorted(there - seen - NOT_PAGES) == []


@pytest.mark.parametrize("name", ["front door", "browse", "map", "offer", "booked"])
def test_a_page_of_the_main_job_weighs_little(town: Town, name: str) -> None:
    assert 0 < weight(town, *town.main_pages()[name]) <= FIRST_PAGE_BYTES


def weight(town: Town, role: str, path: str) -> int:
    """Bytes on the wire, headers and all, for somebody who comes for the first time."""
    with town.walker(role, service_workers="block") as phone:
        page = phone.new_page()
        wire = phone.new_cdp_session(page)
        wire.send("Network.enable")
        sizes: list[float] = []
        wire.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
        page.goto(path, wait_until="networkidle")
    return int(sum(sizes))


@each_role
def test_a_script_takes_nothing_away_from_a_page(town: Town, role: str) -> None:
    """What stands in the page as it was sent is there when the scripts have run."""
    lost: dict[str, int] = {}
    with (
        town.walker(role, service_workers="block") as phone,
        town.walker(role, java_script_enabled=False) as plain,
    ):
        page, bare = phone.new_page(), plain.new_page()
        for visit in town.visits(role):
            page.goto(visit.path, wait_until="load")
            bare.goto(visit.path)
            lost[visit.path] = bare.locator(FIELDS).count() - page.locator(FIELDS).count()

    assert not {path: count for path, count in lost.items() if count > 0}
