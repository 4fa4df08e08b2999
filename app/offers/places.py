"""Places people name: cities and districts to choose from, and the rounded point a phone may send."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import Refusal
from app.i18n import _l
from app.offers import curve

SHIPPED = Path(__file__).with_name("cities.toml")
_NEAR = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,2})?),(-?[0-9]{1,3}(?:\.[0-9]{1,2})?)")
_TOO_FINE = re.compile(r"\d\.\d{3}")


class TooPrecise(Refusal):
    """A place with more than two decimals. It is neither kept nor said again (safety.md, T4)."""

    status = 400
    type = "too-precise"
    sentence = _l("This place is more exact than we want to know.")
    kept = _l("We did not keep it.")
    what_now = _l("Two decimals are enough, or choose a district.")


class NoSuchPlace(Refusal):
    """Not a latitude and a longitude on this earth, or a city or district nobody listed."""

    status = 400
    type = "no-such-place"
    sentence = _l("We do not know this place.")
    what_now = _l("Please choose a city and a district.")


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the 0.01 degree grid (about a kilometre), WGS84. `TooPrecise` off the grid, `NoSuchPlace` off the earth."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise NoSuchPlace
        if (round(self.lat, 2), round(self.lon, 2)) != (self.lat, self.lon):
            raise TooPrecise

    @classmethod
    def parse(cls, text: str) -> Place:
        """`52.23,20.99`, as it stands in the address of the nearby page."""
        match = _NEAR.fullmatch(text.strip())
        if not match:
            raise TooPrecise if _TOO_FINE.search(text) else NoSuchPlace
        return cls(float(match[1]) + 0.0, float(match[2]) + 0.0)

    def __str__(self) -> str:
        return f"{self.lat:g},{self.lon:g}"


@dataclass(frozen=True)
class District:
    """A part of a city. `local` is its name on the street signs."""

    id: str
    local: str
    place: Place
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        """The name in that language, else the English one, else the local one."""
        return self.names.get(language) or self.names.get("en") or self.local


@dataclass(frozen=True)
class City(District):
    """A city people may choose, with what a business there needs to begin."""

    country: str
    currency: str
    timezone: str
    districts: tuple[District, ...]

    def district(self, district_id: str) -> District:
        """Raises `NoSuchPlace`."""
        for district in self.districts:
            if district.id == district_id:
                return district
        raise NoSuchPlace


class WrongCities(ValueError):
    """The operator's own list of cities cannot be used; the text says why."""


@cache
def cities(path: str = "") -> tuple[City, ...]:
    """The shipped cities, or those of the operator's file (`POBACH_CITIES`). Raises `WrongCities`."""
    try:
        listed = tomllib.loads(Path(path or SHIPPED).read_text(encoding="utf-8"))["city"]
        found = tuple(_city(entry) for entry in listed)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        raise WrongCities(f"The list of cities cannot be read: {why}.") from why
    except (KeyError, TypeError) as why:
        raise WrongCities(f"The list of cities lacks something: {why}.") from why
    if not found or len({city.id for city in found}) < len(found):
        raise WrongCities("The list of cities needs at least one city, and each id once.")
    return found


def _city(entry: Mapping[str, Any]) -> City:
    ZoneInfo(entry["timezone"])
    names = dict(entry["names"])
    return City(
        id=entry["id"],
        local=names.pop("local"),
        place=_listed(entry),
        names=names,
        country=entry["country"],
        currency=entry["currency"],
        timezone=entry["timezone"],
        districts=tuple(_district(part) for part in entry.get("districts", ())),
    )


def _district(entry: Mapping[str, Any]) -> District:
    names = {key: name for key, name in entry.items() if len(key) == 2 and key != "id"}
    return District(entry["id"], entry["local"], _listed(entry), names)


def _listed(entry: Mapping[str, Any]) -> Place:
    try:
        return Place(*map(float, entry["near"]))
    except Refusal as why:
        raise WrongCities(
            f"{entry['id']}: near must be [latitude, longitude], two decimals."
        ) from why


def city(city_id: str | None, path: str = "") -> City:
    """One of `cities()`. Raises `NoSuchPlace`."""
    for known in cities(path):
        if known.id == city_id:
            return known
    raise NoSuchPlace


def listed_as(local: str, country: str, path: str = "") -> City | None:
    """The listed city of that name on the street signs, if it is one."""
    return next((c for c in cities(path) if (c.local, c.country) == (local, country)), None)


def nearest_city(place: Place, path: str = "") -> City:
    """The listed city that is closest: whose clock and language of signs to assume there."""
    here = curve.earth_centred(place.lat, place.lon)

    def apart(known: City) -> int:
        there = curve.earth_centred(known.place.lat, known.place.lon)
        return sum((a - b) ** 2 for a, b in zip(here, there, strict=True))

    return min(cities(path), key=apart)
