"""Search by words: without case and accents, by beginnings, in Cyrillic and Latin, on both databases."""

import pytest

from app.db import writing
from app.offers import search
from app.offers.models import OfferText
from tests.offers.stage import a_business, an_offer

TEXTS = {
    "be": ("Стрыжка і ўкладка", "Для ўсёй сям’і, ёсць чай"),
    "pl": ("Strzyżenie w Łodzi", "Bezpłatnie, żadnych dokumentów"),
    "lt": ("Plaukų kirpimas", "Šilta ir ramu"),
    "de": ("Haarschnitt", "In der Maßstraße, 2. Stock"),
}


@pytest.fixture
def haircut(context):
    with writing():
        offer = an_offer(a_business())
        offer.texts = [OfferText(language=k, title=t, description=d) for k, (t, d) in TEXTS.items()]
        search.remember(offer)
    return offer


FINDS = [
    "стрыж", "СТРЫЖКА", "укладка", "ўкл", "сямі", "сям'і", "есць", "lodz", "ŁÓDŹ", "strzyzenie", "zadn",
    "plauku", "Silta", "massstras", "maßstr", "studio lipa", "lip stu", "  strzy !  ", "2", "lipowa warsz",
]  # fmt: skip
FINDS_NOT = [
    "", "!!!", "масаж", "strzyżenie masaż", "rzyż", "'", '"', "a:* | b", "lipa) OR (x", "NOT", "-", "\0",
]  # fmt: skip


def test_what_a_person_would_type_finds_the_offer(haircut):
    assert [typed for typed in FINDS if search.matching_offers(typed) != [haircut.id]] == []


def test_other_words_find_nothing_and_no_sign_is_an_order(haircut):
    assert [typed for typed in FINDS_NOT if search.matching_offers(typed)] == []


def test_new_words_replace_the_old_ones(haircut):
    with writing():
        haircut.texts = [OfferText(language="be", title="Масаж", description="")]
        search.remember(haircut)
    assert search.matching_offers("стрыжка") == []
    assert search.matching_offers("масаж") == [haircut.id]


def test_a_forgotten_offer_is_found_no_more(haircut):
    with writing():
        search.forget(haircut.id)
    assert search.matching_offers("стрыжка") == []


def test_no_more_than_the_limit_are_answered(context):
    with writing():
        business = a_business()
        for _ in range(5):
            search.remember(an_offer(business))
    assert len(search.matching_offers("lipa", limit=3)) == 3
