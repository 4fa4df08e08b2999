"""Every kind of notice can be seen unsent, in every language."""

from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.errors import NotFound
from app.i18n import LANGUAGES
from app.notifications.kinds import KINDS
from app.notifications.models import Notice
from app.notifications.preview_pages import previews
from app.notifications.previews import preview
from tests.cast import a_business, a_member, a_moderator


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_notice_can_be_seen_unsent_in_every_language(
    context: Flask, lang: str
) -> None:
    for kind in KINDS:
        title, text = preview(kind, lang).split("\n")
        assert title
        assert text
        assert "%(" not in title + text


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_no_title_of_a_notice_is_left_in_english(context: Flask, lang: str) -> None:
    titles = {kind: preview(kind, lang).split("\n")[0] for kind in KINDS}
    english = {kind: preview(kind, "en").split("\n")[0] for kind in KINDS}

    assert not {kind for kind in KINDS if titles[kind] == english[kind]}


def test_in_development_a_moderator_sees_every_kind_unsent_in_every_language(app: Flask) -> None:
    olga = a_moderator(app)
    for lang in LANGUAGES:
        page = unescape(olga.get(f"/previews?lang={lang}").text)
        with app.app_context():
            for kind in KINDS:
                title, text = preview(kind, lang).split("\n")
                assert kind in page
                assert title in page
                assert text in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
    for other in (a_member(app), a_business(app)):
        assert other.get("/previews").status_code == 403
    app.extensions["settings"] = replace(
        app.extensions["settings"], base_url="https://pobach.example"
    )
    with app.test_request_context("/previews"), pytest.raises(NotFound):
        previews()
