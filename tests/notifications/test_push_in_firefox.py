"""A real Firefox: a tap, a booking's news, our sender, Firefox decrypts, shows, is clicked, and the page opens.

One phone lives through all stories, in this order; it is switched off and on once, and signs out last.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from app.notifications.kinds import KINDS
from tests.databases import IN_CI, ROOT
from tests.firefox import BINARY
from tests.notifications.phone import SHOWN, Phone, a_town, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("push in Firefox"),
    pytest.mark.skipif(not IN_CI and not shutil.which(BINARY), reason="Firefox is not installed"),
]
FIGURES = ROOT / "build" / "figures"


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Phone]:
    """A new member's, which has let us in."""
    with a_town(tmp_path_factory.mktemp("town"), sqlite_template) as town:
        mine = Phone(town, tmp_path_factory.mktemp("profile"))
        mine.go(mine.firefox.__aenter__())
        mine.go(mine.come_in())
        mine.go(mine.allow_push())
        yield mine
        mine.put_away()


def test_a_booking_made_on_the_pages_reaches_the_screen_and_a_tap_on_it_the_booking(phone: Phone):
    async def story() -> None:
        firefox = phone.firefox
        await firefox.open(f"{phone.url}/offers/{phone.an_offer()}")
        await firefox.script("document.querySelector('.slots input').click()")
        pressed = time.time()
        await firefox.do("document.querySelector('form .bar .btn').click()")
        await firefox.until(f"{SHOWN} return there.length === 1")
        seconds = time.time() - pressed
        await firefox.until("return location.pathname.startsWith('/bookings/')")
        booking = await firefox.script("return location.pathname")
        await firefox.open(f"{phone.url}/offers")
        await firefox.click_notification()
        await firefox.until(f"return location.pathname === '{booking}'")
        note_down("booking_to_screen_s", seconds, phone.service.messages[0].at - pressed)
        assert set(phone.service.acks) == {100}

    phone.go(story())


def note_down(name: str, shown: float, handed_over: float) -> None:
    """Seconds from the tap on Book; read by people, held to nothing."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    told = {"name": name, "shown": round(shown, 2), "handed_over": round(handed_over, 2)}
    (FIGURES / f"{name}.json").write_text(json.dumps(told))
    print(told)


def test_every_kind_is_received_decrypted_shown_and_leads_to_its_page(phone: Phone):
    async def story() -> None:
        await phone.clear_the_screen()
        phone.want_everything()
        told = {phone.tell(kind, link=f"/inbox?{kind}"): kind for kind in KINDS}
        assert await phone.until_acked(len(KINDS)) == [100] * len(KINDS)
        shown = await phone.until_shown(len(KINDS))
        assert {news["title"] for news in shown} == {"Ёсць вестка"}
        assert {news["body"] for news in shown} == {""}
        assert {len(message.body) for message in phone.service.accepted()} == {614}
        for news in shown:
            kind = told[news["data"]["navigate"].rpartition("/")[2]]
            await phone.firefox.do(f"location.href = '{news['data']['navigate']}'")
            await phone.firefox.until(f"return location.search === '?{kind}'")
        left = "return (await (await fetch('/api/v1/notices')).json()).items.filter((one) => !one.read).length"
        await phone.firefox.until(f"{left} === 0")
        await phone.clear_the_screen()

    phone.go(story())


def test_what_cannot_be_read_is_reported_and_the_next_message_arrives(phone: Phone):
    async def story() -> None:
        phone.tell("booking_confirmed")
        await phone.until_acked(1)
        (first,) = phone.service.accepted()
        async with aiohttp.ClientSession() as http:
            broken = {**first.headers, "Topic": "broken"}
            url = phone.service.url + first.path
            async with http.post(url, data=os.urandom(614), headers=broken) as answer:
                assert answer.status == 201
        assert await phone.until_acked(2) == [100, 101]
        phone.tell("booking_changed")
        assert await phone.until_acked(3) == [100, 101, 100]

    phone.go(story())


def test_news_of_one_thing_replaces_older_news_of_it_on_the_screen(phone: Phone):
    async def story() -> None:
        await phone.clear_the_screen()
        for number, kind in enumerate(("booking_confirmed", "booking_changed"), start=1):
            newest = phone.tell(kind, subject="booking:a")
            await phone.until_acked(number)
        await phone.firefox.until(
            f"{SHOWN} return there.some((n) => n.data.navigate.endsWith('/n/{newest}'))"
        )
        assert len(await phone.firefox.shown()) == 1

    phone.go(story())


def test_words_are_fetched_by_the_phone_itself_once_they_are_asked_for(phone: Phone):
    async def story() -> None:
        await phone.clear_the_screen()
        await phone.firefox.open(f"{phone.url}/settings/notices")
        tick = "const box = document.querySelector('[name=details]'); box.checked = {}; box.form.submit()"
        await phone.firefox.script(tick.format("true"))
        await phone.firefox.until("return location.search === '?saved=1'")
        phone.tell("booking_confirmed")
        (shown,) = await phone.until_shown(1)
        assert (shown["title"], "Studio Lipa" in shown["body"]) == ("Вы запісаныя", True)
        await phone.firefox.script(tick.format("false"))

    phone.go(story())


def test_a_phone_that_was_away_gets_the_newest_of_each_thing_when_it_comes_back(phone: Phone):
    async def story() -> None:
        await phone.firefox.__aexit__()
        for kind in ("booking_confirmed", "booking_changed"):
            phone.tell(kind, subject="booking:a")
        phone.tell("slot_cancelled", subject="booking:b")
        await until(lambda: len(phone.service.accepted()) == 3)
        assert phone.service.stored() == 2
        await phone.firefox.__aenter__()
        assert await phone.until_acked(2) == [100, 100]

    phone.go(story())


def test_an_address_the_browser_has_changed_is_followed(phone: Phone):
    async def story() -> None:
        before = phone.addresses()
        phone.service.forget_browsers()
        await until(lambda: phone.addresses() != before)
        assert len(phone.addresses()) == 1
        phone.tell("booking_confirmed")
        assert await phone.until_acked(1) == [100]

    phone.go(story())


def test_a_lost_subscription_is_mended_when_the_app_is_opened_again(phone: Phone):
    async def story() -> None:
        await phone.firefox.open(f"{phone.url}/inbox")
        lose = "const r = await navigator.serviceWorker.ready; await (await r.pushManager.getSubscription()).unsubscribe();"
        await phone.firefox.script(f"{lose} sessionStorage.clear()")
        before = phone.addresses()
        await phone.firefox.open(f"{phone.url}/inbox")
        await until(lambda: phone.addresses() != before)
        phone.tell("booking_confirmed")
        assert 100 in await phone.until_acked(1)

    phone.go(story())


@pytest.mark.parametrize("page", ["/settings", "/my-data/erasure", "/settings/erase"])
def test_who_signs_out_or_erases_is_not_told_on_this_phone_any_more(phone: Phone, page: str):
    """The browser gives the subscription back, the server forgets it, and what was shown is closed."""

    async def story() -> None:
        if not phone.addresses():
            await phone.come_in()
            await phone.allow_push()
        phone.tell("booking_confirmed")
        await phone.until_acked(1)
        await phone.firefox.open(phone.url + page)
        leave = "document.querySelector('form[data-silence], form[data-leave]').requestSubmit()"
        await phone.firefox.script(leave, tap=True)
        await phone.firefox.until(f"return location.pathname !== '{page}'")
        await until(lambda: not phone.service.channels)
        assert phone.addresses() == []
        left = "const r = await navigator.serviceWorker.getRegistration(); return !(await r?.getNotifications())?.length"
        await phone.firefox.until(left)

    phone.go(story())
