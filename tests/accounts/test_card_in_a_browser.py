"""The card as a phone meets it: the fragment leaves the address bar, nothing is sent before a tap (safety.md T5)."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests import browsers
from tests.browsers import Faults, Server

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def a_link(server: Server) -> str:
    return server.flask("invite").split()[-1]


def watch(phone: Page) -> list[str]:
    """Every address this phone asks for from now on, and every body it sends."""
    seen: list[str] = []
    phone.context.on(
        "request", lambda asked: seen.append(f"{asked.method} {asked.url} {asked.post_data or ''}")
    )
    return seen


def test_from_the_square_code_it_is_one_tap(phone: Page, live_server: Server) -> None:
    link = a_link(live_server)
    token = link.partition("#")[2]
    asked = watch(phone)
    phone.goto(link)
    assert phone.url == f"{live_server.url}/card", "the token has left the address bar"
    expect(phone.locator("#invitation")).to_be_hidden()
    assert not any(token in one for one in asked), "and has been sent nowhere"
    phone.get_by_role("button", name="Працягнуць").tap()
    phone.wait_for_url("**/place")
    assert [one.split()[0] for one in asked if token in one] == ["POST"]
    phone.go_back()
    assert token not in phone.url


def test_without_scripts_the_letters_are_typed(
    phone_without_scripts: Page, live_server: Server
) -> None:
    phone, token = phone_without_scripts, a_link(live_server).partition("#")[2]
    phone.goto("/")
    phone.get_by_role("link", name="У мяне ёсць картка").tap()
    fours = " ".join(token[at : at + 4].lower() for at in range(0, 24, 4))
    phone.get_by_label("Літары з карткі").fill(fours)
    phone.get_by_role("button", name="Працягнуць").tap()
    phone.wait_for_url("**/place")


def test_somebody_already_in_scans_another_card_and_it_stays_good(
    phone: Page, live_server: Server
) -> None:
    phone.goto(a_link(live_server))
    phone.get_by_role("button", name="Працягнуць").tap()
    phone.wait_for_url("**/place")
    other = a_link(live_server)
    phone.goto("about:blank")
    phone.goto(other)
    assert other.partition("#")[2] not in phone.url
    assert "/card" not in phone.url
    assert knock(live_server.url, other) == 201


def test_a_card_that_is_not_good_puts_the_focus_on_the_reason(
    phone: Page, live_server: Server, faults: Faults
) -> None:
    phone.goto("/card#" + "A" * 24)
    phone.get_by_role("button", name="Працягнуць").tap()
    expect(phone.locator("[data-focus]")).to_be_focused()
    expect(phone.locator("#invitation")).to_have_value("A" * 24)
    assert phone.title().startswith("Памылка:")
    faults[:] = [one for one in faults if "422" not in one]


# -- a count that survives ------------------------------------------------------------------------


@pytest.fixture
def own_server(tmp_path: Path, sqlite_template: Path) -> Iterator[Server]:
    with browsers.serve(tmp_path, sqlite_template) as server:
        yield server


def test_the_count_of_failures_survives_a_kill(own_server: Server) -> None:
    """safety.md #13: 429 after kill -9 of the server and all its children, on a new start as well."""
    guess = "0" * 24
    assert [knock(own_server.url, guess) for _ in range(21)] == [422] * 20 + [429]
    for process in of(own_server):
        os.kill(process, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while of(own_server) and time.monotonic() < deadline:
        time.sleep(0.05)
    with browsers._process("web", own_server.environ, own_server.data_dir / "again.log") as web:
        browsers._wait_until_it_answers(
            f"{own_server.url}/healthz", web, own_server.data_dir / "again.log"
        )
        assert knock(own_server.url, guess) == 429
        assert knock(own_server.url, a_link(own_server)) == 201, "a good card is always good"


def knock(url: str, card: str) -> int:
    body = f'{{"invitation": "{card}"}}'.encode()
    wish = Request(f"{url}/api/v1/session", body, {"Content-Type": "application/json"})
    try:
        with urlopen(wish, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def of(server: Server) -> list[int]:
    """The processes that serve this data folder: the leash, the server, its workers."""
    mark, found = f"POBACH_DATA_DIR={server.data_dir}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            alive = folder.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z"
            if alive and mark in folder.joinpath("environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found
