"""Every component in real pages: what is in the markup, and what a browser makes of it."""

import re
from pathlib import Path

import axe_playwright_python
import pytest
from flask import Flask, render_template
from sqlalchemy.exc import OperationalError

from tests.look.stage import add_pages

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def shown(app: Flask):
    return add_pages(app).test_client()


def test_no_choice_is_made_for_the_person(shown):
    page = shown.get("/show/fields").text
    times = re.findall(r'<input type="radio" name="slot"[^>]*>', page)

    assert times
    assert not [time for time in times if "checked" in time]


def test_a_field_in_need_of_change_says_so_in_words_beside_itself_and_in_the_summary(shown):
    page = shown.get("/show/fields?wrong=1").text
    field = re.search(r'<input class="in"[^>]*id="title"[^>]*>', page)[0]

    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="title-hint title-error"' in field
    assert re.search(r'id="title-error".*Write a title\.', page)
    assert '<a href="#title">' in page
    assert 'role="alert" tabindex="-1" data-focus' in page


def test_what_was_typed_is_kept_and_harmless(shown):
    page = shown.get("/show/fields?wrong=1").text

    assert 'value="&lt;b&gt;Cut"' in page


def test_the_title_says_error_first(shown):
    assert re.search(r"<title>Памылка: ", shown.get("/show/fields?wrong=1&lang=be").text)
    assert not re.search(r"<title>Памылка", shown.get("/show/fields?lang=be").text)


def test_no_page_carries_script_or_style_inline(shown):
    for name in ("things", "fields"):
        page = shown.get(f"/show/{name}").text
        assert not re.search(r"<style|\sstyle=|<script(?! src)|\son[a-z]+=", page)


@pytest.mark.parametrize("status", [401, 404, 413, 429, 500, 503])
def test_a_refusal_says_what_happened_and_what_to_do(app, status):
    with app.test_request_context("/"):
        page = render_template(
            "errors/page.html",
            status=status,
            sentence="It is gone.",
            kept="",
            what_now="Go on.",
            more={},
        )

    assert "<h1>It is gone</h1>" in page
    assert "Go on." in page


@pytest.mark.browser
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("page", ["things", "fields?wrong=1", "fields"])
def test_every_component_is_accessible(chromium, stage, colours, page):
    context = chromium.new_context(
        base_url=stage, color_scheme=colours, bypass_csp=True, service_workers="block",
        viewport={"width": 360, "height": 740},
    )  # fmt: skip
    tab = context.new_page()
    tab.goto(f"/show/{page}")
    tab.evaluate(AXE.read_text())
    found = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    context.close()

    assert not [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]]


@pytest.mark.browser
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("page", ["things", "fields"])
def test_nothing_scrolls_sideways_on_a_narrow_phone_with_large_text(show, page, size):
    show.set_viewport_size({"width": 320, "height": 640})
    show.goto(f"/show/{page}?size={size}&wrong=1")

    assert show.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.browser
@pytest.mark.parametrize(("width", "size"), [(320, 1), (320, 3), (360, 1), (360, 3)])
def test_an_hour_of_the_week_is_never_too_small_for_a_thumb(show, width, size):
    show.set_viewport_size({"width": width, "height": 640})
    show.goto(f"/show/fields?size={size}")
    cell = show.locator(".cell").first.bounding_box()

    assert min(cell["width"], cell["height"]) >= 44


@pytest.mark.browser
def test_focus_goes_to_the_summary_and_the_button_repeats_the_time(show):
    show.goto("/show/fields?wrong=1")
    assert show.evaluate("document.activeElement.className") == "err"

    show.locator(".slot", has_text="12:30").click()
    assert "12:30" in show.locator(".bar .btn").inner_text()


def test_the_page_of_a_fault_does_not_ask_the_database_who_is_looking(app, client, monkeypatch):
    def gone(*_: object, **__: object):
        raise OperationalError("SELECT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr("app.accounts.door.find_holder", gone)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "anybody"
    answer = client.get("/offline")

    assert answer.status_code == 503
    assert "<h1>" in answer.text
    assert answer.headers["Content-Security-Policy"]
