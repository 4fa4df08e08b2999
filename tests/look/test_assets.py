"""Static files: hashed, compressed, dressed like every answer, and from nowhere else."""

import gzip
import io
import json
import re

import pytest
from fontTools.ttLib import TTFont

from app import assets
from app.security import HEADERS

ALPHABETS = (
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя'АБВГДЕЁЖЗІЙКЛМНОПРСТУЎФХЦЧШЫЬЭЮЯщъиЩЪИґєїҐЄЇ"
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻäöüßÄÖÜčėįšųūžČĖĮŠŲŪŽ0123456789:–«»„“"
)


@pytest.fixture
def addresses(client):
    """Every static file that the first shared page asks for."""
    page = client.get("/offline?lang=be").text
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', page)


def test_every_file_a_page_asks_for_is_there_and_may_be_kept_for_a_year(client, addresses):
    assert len(addresses) >= 5
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_static_files_wear_the_same_headers_as_pages_and_open_to_no_other_site(client, addresses):
    answer = client.get(addresses[0])

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_text_travels_compressed(client, coding):
    sheet = assets.PREFIX + assets.names_now()["css/pobach.css"]

    assert (
        client.get(sheet, headers={"Accept-Encoding": coding}).headers["Content-Encoding"] == coding
    )


def test_the_stylesheet_stays_light_and_asks_nobody_else():
    sheet = (assets.DIST / assets.names_now()["css/pobach.css"]).read_bytes()

    assert len(gzip.compress(sheet, 9)) <= 7_500
    assert b"//" not in sheet.replace(b"/*", b"")
    assert b"@import" not in sheet


def test_the_heading_font_speaks_all_seven_languages_and_weighs_little():
    body = (assets.DIST / assets.names_now()["fonts/literata-600.woff2"]).read_bytes()
    letters = set(TTFont(io.BytesIO(body)).getBestCmap())

    assert not {letter for letter in ALPHABETS if ord(letter) not in letters}
    assert len(body) <= 24_000


def test_a_changed_file_gets_another_name(tmp_path, monkeypatch):
    source = tmp_path / "static"
    (source / "pwa").mkdir(parents=True)
    monkeypatch.setattr(assets, "SOURCE", source)
    monkeypatch.setattr(assets, "STYLES", ())
    monkeypatch.setattr(assets, "APART", ())
    monkeypatch.setattr(assets, "BUILD", tmp_path / "build")
    monkeypatch.setattr(assets, "_stamp", lambda: "now")
    (source / "css").mkdir()
    (source / "page.js").write_text("one()")
    before = assets.build(tmp_path / "dist")["page.js"]
    (source / "page.js").write_text("two()")
    after = assets.build(tmp_path / "dist")["page.js"]

    assert before != after
    assert (tmp_path / "dist" / after).read_text() == "two()"
    assert not (tmp_path / "dist" / before).exists()


def test_nothing_beside_the_built_files_is_served(client):
    for address in (
        "/static/names.json/../../app/__init__.py",
        "/static/css/tokens.css",
        "/static/page.js",
    ):
        assert client.get(address).status_code == 404


def test_an_icon_is_silent_for_screen_readers_and_a_wrong_name_is_noticed():
    assert 'aria-hidden="true"' in assets.icon("scissors")
    with pytest.raises(Exception, match="no-such-picture"):
        assets.icon("no-such-picture")


def test_messages_of_nested_fields_become_sentences():
    assert assets.sentences({0: ["One."], 1: {"x": ["Two."]}}) == ["One.", "Two."]
    assert json.dumps(assets.sentences([])) == "[]"


def test_every_form_that_asks_for_push_or_silence_brings_the_script_that_does_it():
    asking = {
        path.name: "notifications/push.js" in text
        for path in (assets.ROOT / "templates").rglob("*.html")
        if re.search(r"<form[^>]* data-(push|silence)", text := path.read_text())
    }

    assert asking
    assert all(asking.values()), asking


def test_every_class_a_page_uses_is_drawn_somewhere():
    sheets = "".join(path.read_text() for path in (assets.SOURCE / "css").glob("*.css"))
    drawn = set(re.findall(r"\.([a-z][\w-]*)", sheets))
    used = {
        (word, path.name)
        for path in (assets.ROOT / "templates").rglob("*.html")
        for value in re.findall(r'class="([^"]*)"', path.read_text())
        for word in re.sub(r"\S*\{[{%].*?[}%]\}\S*", " ", value).split()
    }

    assert not {(word, name) for word, name in used if word not in drawn}
