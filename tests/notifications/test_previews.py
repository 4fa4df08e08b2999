"""Every kind of notice can be seen unsent, in every language."""

import pytest
from flask import Flask

from app.i18n import LANGUAGES
from app.notifications.kinds import KINDS, preview


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
