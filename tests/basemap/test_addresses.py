"""What one search may cost: a street of a hundred houses in a town made up for it, and questions counted."""

import sqlite3

import pytest

from app.basemap import addresses
from app.basemap.extract import Extract, House


@pytest.fixture
def town():
    """A hundred and twenty streets that look like digits and letters alike."""
    kept = Extract()
    for one in range(120):
        street = f"{one} 1 2 3 Mannerheimintie abc{one}"
        kept.houses.append(House(street, "1", "Helsinki", "00100", 60.17, 24.94))
    with sqlite3.connect(":memory:") as database:
        addresses.write(database, kept)
    yield database
    database.close()


@pytest.mark.parametrize(
    "typed",
    [
        "1 " * 50,
        "1 Mannerheimintie 2 " * 9,
        "abcdefghijklmnopqrstuvwxyzbdfhjlnprtvxzacegikmoqsuwycfiloruxadgjmpsvybehknqtwz",
    ],
)
def test_a_page_of_digits_asks_no_more_than_an_address_with_three_numbers(town, typed):
    asked = []
    town.set_trace_callback(asked.append)

    addresses.search(town, typed, "Helsinki")

    streets = [one for one in asked if "FROM street" in one]
    houses = [one for one in asked if "FROM house" in one]
    assert 0 < len(streets) <= 1 + 3
    assert len(houses) <= 3 * 60
    assert all(one.count(" OR ") < 40 for one in streets)
    assert all(len(words) <= 60 for words, _number in addresses._meanings(typed))
