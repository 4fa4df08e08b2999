"""Places: two decimals and no more; cities and districts as the operator lists them."""

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as some

from app.offers import places
from app.offers.places import NoSuchPlace, Place, TooPrecise, WrongCities


@given(some.integers(-9000, 9000), some.integers(-18000, 18000))
def test_every_point_of_the_grid_can_be_said_and_read_again(lat, lon):
    place = Place(lat / 100, lon / 100)
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize(
    "text", ["52.229,20.99", "52.23,20.991", "52.230,20.99", "1.2345,1", "0,179.999"]
)
def test_more_than_two_decimals_are_refused_and_not_repeated(text):
    with pytest.raises(TooPrecise) as refused:
        Place.parse(text)
    assert refused.value.status == 400
    assert not refused.value.more


@pytest.mark.parametrize(
    "text", ["", "here", "91,0", "0,181", "-90.01,0", "1,2,3", "nan,1", "1;2", "1e2,4", "٥٢,٢١"]
)
def test_what_is_no_place_on_earth_is_refused(text):
    with pytest.raises(NoSuchPlace):
        Place.parse(text)


def test_a_place_off_the_grid_cannot_even_be_made():
    with pytest.raises(TooPrecise):
        Place(52.2297, 21.01)


def test_ten_cities_are_listed_with_their_clocks_and_money():
    listed = {city.id: city for city in places.cities()}
    assert list(listed)[:2] == ["warsaw", "vilnius"]
    assert len(listed) == 10
    assert listed["tbilisi"].timezone == "Asia/Tbilisi"
    assert listed["kaunas"].currency == "EUR"


@pytest.mark.parametrize("city", places.cities(), ids=lambda city: city.id)
def test_every_district_lies_in_its_city_and_has_a_name_to_read(city):
    assert len(city.districts) >= 9
    assert len({part.id for part in city.districts}) == len(city.districts)
    for part in city.districts:
        middle, there = (city.place.lat, city.place.lon), (part.place.lat, part.place.lon)
        assert geodesic(middle, there).km < 16
        assert part.local
        assert {"be", "ru", "uk"} <= set(part.names)


@pytest.mark.parametrize("city", places.cities(), ids=lambda city: city.id)
def test_every_city_is_named_in_all_seven_languages(city):
    assert {"be", "ru", "pl", "en", "de", "uk", "lt"} <= set(city.names)


def test_a_name_falls_back_to_the_street_sign_or_to_english():
    assert places.city("warsaw").district("wola").name("de") == "Wola"
    assert places.city("tbilisi").district("vake").name("pl") == "Vake"
    assert places.city("vilnius").district("uzupis").name("be") == "Зарэчча"


def test_unknown_cities_and_districts_are_refused():
    with pytest.raises(NoSuchPlace):
        places.city("atlantis")
    with pytest.raises(NoSuchPlace):
        places.city("warsaw").district("atlantis")


def test_the_nearest_city_lends_its_clock():
    assert places.nearest_city(Place(52.4, 21.3)).id == "warsaw"
    assert places.nearest_city(Place(-17.8, 180.0)).id == "tbilisi"


ONE_CITY = """
[[city]]
id = "riga"
country = "LV"
currency = "EUR"
timezone = "Europe/Riga"
near = [56.95, 24.11]
names = { local = "Rīga", be = "Рыга" }
"""


def test_the_operator_may_list_other_cities(tmp_path):
    own = tmp_path / "cities.toml"
    own.write_text(ONE_CITY, encoding="utf-8")
    assert [city.name("be") for city in places.cities(str(own))] == ["Рыга"]


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("56.95", "56.9512"),
        ('id = "riga"', ""),
        ("[[city]]", "[[town]]"),
        ("Europe/Riga", "Europe/Nowhere"),
        ("24.11]", "24.11"),
    ],
)
def test_a_list_that_cannot_be_used_says_so(tmp_path, found, put):
    own = tmp_path / "cities.toml"
    own.write_text(ONE_CITY.replace(found, put), encoding="utf-8")
    with pytest.raises(WrongCities):
        places.cities(str(own))
