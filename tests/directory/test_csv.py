"""Tables in and out (interchange.md, "In and out"; safety.md #20)."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db, writing
from app.directory.csv_reading import COLUMNS
from app.directory.csv_writing import harmless
from app.offers.models import Category, Offer, Provider, State
from tests.cast import a_member
from tests.conftest import Clock
from tests.directory.conftest import Import, count
from tests.offers.desk import introduced, published, sit_down

Table = Callable[..., Path]
HAIRCUT = {
    "id": "1", "title": "Haircut", "organization_id": "lipa", "organization": "Studio Lipa",
    "address": "Lipowa 7", "city": "Warszawa", "country": "PL", "latitude": "52.235",
    "longitude": "20.985", "price": "5.50", "currency": "PLN", "languages": "be pl",
    "category": "hair",
}  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A table with these lines: `table({"id": "1", …}, between=";")`."""

    def write(*lines: dict[str, str], between: str = ",") -> Path:
        path = tmp_path / "offers.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.DictWriter(file, COLUMNS, delimiter=between)
            out.writeheader()
            out.writerows(lines)
        return path

    return write


def test_without_apply_a_table_is_only_read(app: Flask, bring_in: Import, table: Table) -> None:
    lines = bring_in("csv", table(HAIRCUT))
    assert "dry run" in lines[0]
    assert lines[-1] == "read 3, new 3, changed 0, same 0, refused 0"
    assert count(app, Offer) == count(app, Provider) == 0


def test_each_row_is_reported_and_a_second_reading_changes_nothing(
    app: Flask, bring_in: Import, table: Table
) -> None:
    path = table(HAIRCUT, HAIRCUT | {"id": "2", "title": "Manicure", "category": "care"})
    first = bring_in("csv", path, "--apply")
    assert [line.split()[0] for line in first[:-1]] == ["new"] * 5
    assert any("service 2" in line and "Manicure" in line for line in first)
    assert bring_in("csv", path, "--apply")[-1] == "read 5, new 0, changed 0, same 5, refused 0"
    path = table(HAIRCUT, HAIRCUT | {"id": "2", "title": "Pedicure", "category": "care"})
    assert bring_in("csv", path, "--apply")[-1] == "read 5, new 0, changed 1, same 4, refused 0"
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer).order_by(Offer.id)).first()
        assert offer is not None
        assert (offer.price_minor, offer.currency) == (550, "PLN")
        assert (offer.state, offer.information_only) == (State.PENDING, True)
        assert (Category(offer.category), offer.languages) == (Category.HAIR, 5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "name: Missing"),
        ({"email": "nobody"}, "email: Not a valid email address"),
        ({"price": "much"}, "amount"),
        ({"organization": "", "organization_id": ""}, "no organization"),
        ({"id": ""}, "without an id"),
        ({"id": "1"}, "a second line with the id 1"),
    ],
    ids=str,
)
def test_a_wrong_row_is_refused_with_its_reason_and_the_rest_lands(
    app: Flask, bring_in: Import, table: Table, wrong: dict[str, str], said: str
) -> None:
    lines = bring_in("csv", table(HAIRCUT, HAIRCUT | {"id": "2"} | wrong), "--apply")
    assert any(line.startswith("refused") and said in line for line in lines), lines
    assert count(app, Offer) == 1


def test_a_point_off_the_earth_is_refused_and_the_offer_waits_for_a_pin(
    app: Flask, bring_in: Import, table: Table
) -> None:
    lines = bring_in("csv", table(HAIRCUT | {"latitude": "100"}), "--apply")
    assert any("100 is not between -90 and 90" in line for line in lines)
    assert any("waits for a pin" in line for line in lines)


def test_semicolons_commas_in_numbers_and_quotes_in_words_are_understood(
    app: Flask, bring_in: Import, table: Table
) -> None:
    said = {"title": 'Cut "as you like", wash', "price": "5,50", "latitude": "52,235"}
    bring_in("csv", table(HAIRCUT | said, between=";"), "--apply")
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer)).one()
        assert offer.texts[0].title == 'Cut "as you like", wash'
        assert offer.price_minor == 550
        assert offer.location
        assert offer.location.lat == 52.235


def test_what_is_no_table_is_said_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "letter.csv"
    path.write_text("Dear all\nthis is a letter\n")
    ran = app.test_cli_runner().invoke(args=["import", "csv", str(path)])
    assert ran.exit_code == 1
    assert "letter.csv" in ran.output
    assert "Traceback" not in ran.output


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\0", "\r", "\n", " ="])
def test_no_cell_is_a_formula(sign: str) -> None:
    """safety.md #20, ASVS 1.2.10."""
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless(f"1{sign}") == f"1{sign}"


def exported(app: Flask) -> str:
    ran = app.test_cli_runner().invoke(args=["export", "csv"])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_what_is_published_goes_out_harmless_and_without_people(app: Flask, clock: Clock) -> None:
    a_member(app)
    desk = introduced(sit_down(app))
    at = published(app, desk)
    desk.go("/my/offers", category="massage")  # a draft is nobody's business
    with app.app_context(), writing():
        offer = db.session.get_one(Offer, int(at.rpartition("/")[2]))
        offer.texts[0].title = '=HYPERLINK("http://example.org")'
        offer.provider.name = "@Lipa"
    text = exported(app)
    (line,) = csv.DictReader(io.StringIO(text))
    assert line["title"] == '\'=HYPERLINK("http://example.org")'
    assert line["organization"] == "'@Lipa"
    assert (line["latitude"], line["category"], line["languages"]) == ("52.240100", "hair", "be pl")
    assert "studio@example.org" not in text


def test_what_went_out_comes_in_again_as_it_was(
    app: Flask, clock: Clock, bring_in: Import, tmp_path: Path
) -> None:
    desk = introduced(sit_down(app))
    number = int(published(app, desk).rpartition("/")[2])
    with app.app_context(), writing():
        db.session.get_one(Offer, number).texts[0].title = "-50% on cuts"
    path = tmp_path / "out.csv"
    path.write_text(exported(app))
    lines = bring_in("csv", path, "--apply")
    assert lines[-1] == "read 3, new 3, changed 0, same 0, refused 0"
    with app.app_context():
        there, again = db.session.scalars(sa.select(Offer).order_by(Offer.id))
        assert again.texts[0].title == there.texts[0].title == "-50% on cuts"
        assert (again.languages, again.category) == (there.languages, there.category)
        assert again.location
        assert there.location
        assert (again.location.lat, again.location.lon) == (52.2401, 21.0205)
