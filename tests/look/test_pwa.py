"""An app on the phone: installable, readable without a connection, gone when asked."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.pwa import WORKER

KEPT = (
    "caches.open('kept').then(c => c.keys()).then(keys => keys.map(k => new URL(k.url).pathname))"
)


def test_the_worker_stands_at_the_root_is_never_cached_and_fits_on_a_page(client):
    answer = client.get("/sw.js")

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert sum(len(part.read_text().splitlines()) for part in WORKER) <= 80


def test_the_shell_the_worker_keeps_is_all_there(client):
    told = json.loads(client.get("/sw.js?lang=be").text.split("\n")[0][len("const POBACH = ") : -1])

    assert told["title"] == "Ёсць вестка"
    for address in [*told["shell"], *told["pages"], told["icon"], told["badge"]]:
        assert client.get(address).status_code == 200


def test_what_the_worker_fetches_leaves_no_cookie(client):
    """It fetches beside the first page: a cookie of its own would void the form on that page."""
    for page in ("/offline", "/unsent"):
        assert "Set-Cookie" not in client.get(page).headers


@pytest.mark.parametrize(("language", "name"), [("be", "Побач"), ("en", "Pobach")])
def test_the_manifest_makes_the_site_installable(client, language, name):
    told = client.get(f"/manifest.webmanifest?lang={language}").json

    assert (told["name"], told["id"], told["display"]) == (name, "/", "standalone")
    assert {(i["sizes"], i["purpose"]) for i in told["icons"]} >= {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in told["icons"]:
        assert client.get(icon["src"]).mimetype == "image/png"


def test_the_last_page_has_the_browser_forget(client):
    answer = client.get("/leave")

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'


@pytest.fixture
def installed(show):
    """The worker is in charge of the phone."""
    show.goto("/show/things")
    show.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for _ in range(50):
        if show.evaluate("!!navigator.serviceWorker.controller"):
            return show
        show.wait_for_timeout(100)
    raise AssertionError("the worker did not take charge")


@pytest.fixture
def offline(installed, faults):
    """Cut the connection; the browser's own complaint about it is no fault of a page."""

    def cut():
        installed.context.set_offline(True)
        return installed

    yield cut
    faults[:] = [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]


@pytest.mark.browser
def test_a_kept_booking_opens_without_a_connection_with_code_and_qr(installed, offline):
    installed.goto("/bookings/7")
    page = offline()
    page.goto("/bookings/7")

    assert page.locator(".ticket .num").inner_text() == "482 915"
    assert page.locator(".ticket .qr svg").count() == 1
    assert page.locator(".ticket").evaluate("e => getComputedStyle(e).borderRadius") == "28px"


@pytest.mark.browser
def test_other_pages_answer_calmly_and_show_the_next_visit(installed, offline):
    installed.goto("/bookings/7")
    page = offline()
    page.goto("/offers")

    assert page.locator("h1").inner_text() == "Няма сувязі"
    page.locator("#next-visit .ticket").wait_for()
    kept = page.locator("#kept-pages li").all_inner_texts()
    assert kept[-1].strip() == "Стрыжка і ўкладка, панядзелак, 23 лістапада, 45 хвілін"


@pytest.mark.browser
def test_a_page_kept_since_yesterday_no_longer_says_tomorrow(installed, offline):
    installed.goto("/bookings/7?hours=72")
    assert installed.locator(".ticket .big").inner_text() == "Заўтра, 16:30"
    page = offline()
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=1))
    for address in ("/bookings/7?hours=72", "/offers"):
        page.goto(address)
        page.locator(".ticket").wait_for()

        assert page.locator(".ticket .big").inner_text() == "16:30"


@pytest.mark.browser
def test_a_page_nobody_allowed_to_keep_is_not_kept(installed):
    installed.goto("/show/fields")
    installed.goto("/bookings/7")

    assert installed.evaluate(KEPT) == ["/bookings/7"]


@pytest.mark.browser
def test_a_kept_page_is_dropped_when_its_time_is_over(installed, offline):
    installed.goto("/bookings/7?hours=0.0005")
    installed.wait_for_timeout(2500)
    page = offline()
    page.goto("/bookings/7?hours=0.0005")

    assert page.locator("h1").inner_text() == "Няма сувязі"
    assert page.evaluate(KEPT) == []


@pytest.mark.browser
def test_the_first_answer_of_a_signed_out_server_empties_the_phone(installed, faults):
    installed.goto("/bookings/7")
    installed.goto("/signed-out")
    installed.goto("/show/things")

    assert installed.evaluate(KEPT) == []
    faults.clear()  # the browser notes the 401 itself


@pytest.mark.browser
def test_a_form_sent_without_a_connection_loses_nothing(installed, offline, faults):
    installed.goto("/show/fields")
    installed.locator(".slot", has_text="12:30").click()
    installed.fill("#text", '"Трэба" <прыступка> & больш')
    page = offline()
    page.locator(".bar .btn").click()

    assert page.title().startswith("Памылка: Яшчэ не адпраўлена")
    page.context.set_offline(False)
    page.get_by_role("button", name="Адправіць яшчэ раз").click()
    page.wait_for_url("**/show/fields")
    assert page.locator("#text").input_value() == '"Трэба" <прыступка> & больш'
    faults[:] = [fault for fault in faults if "503" not in fault]


@pytest.mark.browser
def test_leaving_empties_the_phone(installed):
    installed.goto("/bookings/7")
    installed.evaluate("localStorage.setItem('a', 'b')")
    installed.goto("/leave")
    for _ in range(50):
        left = installed.evaluate(
            "Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()])"
        )
        if left == [[], []]:
            break
        installed.wait_for_timeout(100)

    assert left == [[], []]
    assert installed.evaluate("localStorage.length") == 0


@pytest.mark.browser
def test_a_phone_is_erased_without_a_connection(installed, offline, stage):
    installed.context.add_cookies([{"name": "here", "value": "secret", "url": stage}])
    installed.goto("/bookings/7")
    page = offline()
    page.goto("/offers")
    page.get_by_text("Сцерці гэты тэлефон").click()
    page.get_by_role("button", name="Сцерці").click()
    page.locator("[data-left]").wait_for(state="visible")

    assert "here" not in page.evaluate("document.cookie")
    assert page.evaluate("caches.keys()") == []
    assert page.locator("#next-visit").count() == 0


@pytest.mark.browser
def test_chromium_finds_nothing_that_would_keep_it_from_being_installed(installed):
    wire = installed.context.new_cdp_session(installed)
    found = wire.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert {fault["errorId"] for fault in found} <= {"in-incognito"}  # as every test's browser is
    assert wire.send("Page.getAppManifest")["errors"] == []
