"""The service worker in a real Chromium: whatever a push service hands over is shown, and a tap leads on.

Subscribing needs a service of the browser's maker; the worker does not: the developer tools hand it messages.
"""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.notifications.payload import push_message
from tests.browsers import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BROKEN = [
    "",
    "no json",
    "[]",
    "null",
    "{}",
    '{"notification": 7}',
    '{"notification": {"title": ""}}',
]
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map((n) => [n.title, n.tag, n.data?.navigate])"""
CLEAR = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).forEach((n) => n.close())"
COUNT_BADGES = """() => { self.badges = 0; const set = navigator.setAppBadge.bind(navigator);
    navigator.setAppBadge = (...of) => { self.badges += 1; return set(...of); }; }"""
TAP = """async () => { const [shown] = await registration.getNotifications();
    dispatchEvent(new NotificationEvent("notificationclick", { notification: shown })); }"""


class Worker:
    """The service worker of a page, handed messages as the browser's own push client would."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        page.context.grant_permissions(["notifications"], origin=home)
        self.wire, known = page.context.new_cdp_session(page), []
        self.wire.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: known.extend(told["registrations"]),
        )
        self.wire.send("ServiceWorker.enable")
        page.goto("/help")
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        self.number = known[-1]["registrationId"]
        (self.inside,) = page.context.service_workers
        self.inside.evaluate(COUNT_BADGES)
        self.handed = 0

    def hand_over(self, data: str) -> None:
        """Until it has been dealt with, its mark on the icon included: who looks while it is being shown makes
        this browser forget it."""
        one = {"origin": self.home, "registrationId": self.number, "data": data}
        self.wire.send("ServiceWorker.deliverPushMessage", one)
        self.handed += 1
        self._until(lambda: self.inside.evaluate("badges") == self.handed)

    def clear(self) -> None:
        self.page.evaluate(CLEAR)
        self.until_shown()

    def until_shown(self, *tags: str) -> list[list[str]]:
        """Exactly these; the list as it was at that look, for the browser without a screen forgets what it showed."""
        seen: list[list[list[str]]] = []

        def there() -> bool:
            seen[:] = [self.page.evaluate(SHOWN)]
            return sorted(tag for _title, tag, _to in seen[0]) == sorted(tags)

        self._until(there)
        return seen[0]

    def _until(self, true: Callable[[], bool]) -> None:
        for _ in range(600):
            if true():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("never within half a minute")


def news(path: str, tag: str, home: str) -> str:
    return push_message("Ёсць вестка", "be", home + path, tag, details=False).decode()


def test_whatever_arrives_is_shown_one_for_each_thing_and_a_tap_leads_there(
    phone: Page, live_server: Server
):
    worker = Worker(phone, live_server.url)
    for data in BROKEN:
        worker.hand_over(data)
        assert worker.until_shown("news") == [["Ёсць вестка", "news", "/inbox"]], data
    worker.clear()
    for path, tag in (("/a", "one"), ("/b", "two"), ("/install", "one")):
        worker.hand_over(news(path, tag, live_server.url))
    assert any(to.endswith("/install") for _title, _tag, to in worker.until_shown("one", "two"))
    worker.clear()
    worker.hand_over(news("/install", "three", live_server.url))
    worker.until_shown("three")
    worker.inside.evaluate(TAP)
    phone.wait_for_url("**/install")
    worker.until_shown()
    worker.hand_over(
        json.dumps({"notification": {"title": "!", "navigate": "https://example.org/"}})
    )
    worker.until_shown("news")
    worker.inside.evaluate(TAP)
    worker.until_shown()
    assert phone.url.endswith("/install"), "no message leads to another site"
