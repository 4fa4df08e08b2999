"""The same promises of the worker in a real Firefox; the server stops, which is what having no connection is."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import create_app
from app.settings import Settings
from tests.databases import IN_CI, KEYS
from tests.firefox import BINARY, Firefox
from tests.look.stage import add_pages, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not IN_CI and not shutil.which(BINARY), reason="Firefox is not installed"),
]


def test_a_kept_booking_opens_offline_and_the_phone_is_erased_offline(
    tmp_path: Path, sqlite_template: Path
) -> None:
    (tmp_path / "pobach.db").write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings.from_environ({**KEYS, "POBACH_DATA_DIR": str(tmp_path)}))
    walk = _visit(add_pages(app), tmp_path / "profile")
    with ThreadPoolExecutor(1) as aside:  # Chromium's driver has a loop of its own in this thread
        aside.submit(asyncio.run, walk).result()


async def _visit(app, profile: Path) -> None:
    async with Firefox(profile, "http://127.0.0.1:9") as firefox:
        with served(app) as url:
            await firefox.open(f"{url}/show/things")
            await firefox.until("return !!navigator.serviceWorker.controller")
            await firefox.open(f"{url}/bookings/7")
            await firefox.script("document.cookie = 'here=secret; path=/'")
        await firefox.open(f"{url}/bookings/7")
        assert (
            await firefox.script("return document.querySelector('.num').textContent") == "482 915"
        )
        await firefox.open(f"{url}/offers")
        await firefox.until("return !!document.querySelector('#next-visit .ticket')")
        await firefox.do("document.querySelector('[data-leave] button').click()")
        await firefox.until("return !document.querySelector('[data-left]').hidden")
        assert await firefox.script("return [document.cookie, await caches.keys()]") == ["", []]
        assert await firefox.script("return await navigator.serviceWorker.getRegistrations()") == []
