"""The service worker in a real Chromium: whatever a push service hands over is shown, and a tap leads on.

Subscribing needs a service of the browser's maker; the worker does not: the developer tools hand it messages.
"""

import json

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

    def hand_over(self, data: str) -> None:
        one = {"origin": self.home, "registrationId": self.number, "data": data}
        self.wire.send("ServiceWorker.deliverPushMessage", one)

    def clear(self) -> None:
        self.page.evaluate(CLEAR)
        self.until_shown(0)

    def until_badges(self, number: int) -> None:
        """Each message has been dealt with. One cleared away takes its time, and its tag is that of the next."""
        for _ in range(600):
            if self.inside.evaluate("badges") == number:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"no message number {number}")

    def until_shown(self, number: int) -> list[list[str]]:
        self.page.wait_for_function(f"({SHOWN})().then((all) => all.length === {number})")
        return self.page.evaluate(SHOWN)


def news(path: str, tag: str, home: str) -> str:
    return push_message("Ёсць вестка", "be", home + path, tag, details=False).decode()


def test_whatever_arrives_is_shown_one_for_each_thing_and_a_tap_leads_there(
    phone: Page, live_server: Server
):
    worker = Worker(phone, live_server.url)
    worker.inside.evaluate(COUNT_BADGES)
    for number, data in enumerate(BROKEN, start=1):
        worker.hand_over(data)
        worker.until_badges(number)
        assert worker.until_shown(1) == [["Ёсць вестка", "news", "/inbox"]], data
    worker.clear()
    for path, tag in (("/a", "one"), ("/b", "two"), ("/install", "one")):
        worker.hand_over(news(path, tag, live_server.url))
    phone.wait_for_function(
        f"({SHOWN})().then((all) => all.some((n) => n[2].endsWith('/install')))"
    )
    shown = worker.until_shown(2)
    assert sorted(tag for _title, tag, _to in shown) == ["one", "two"]
    worker.clear()
    worker.hand_over(news("/install", "three", live_server.url))
    worker.until_shown(1)
    worker.inside.evaluate(TAP)
    phone.wait_for_url("**/install")
    worker.until_shown(0)
    worker.hand_over(
        json.dumps({"notification": {"title": "!", "navigate": "https://example.org/"}})
    )
    worker.until_shown(1)
    worker.inside.evaluate(TAP)
    worker.until_shown(0)
    assert phone.url.endswith("/install"), "no message leads to another site"
