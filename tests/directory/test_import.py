"""Somebody else's data (interchange.md, "In and out"): what fits lands and waits, what is wrong is refused by name."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db, writing
from app.directory.schemas import clean
from app.offers.models import Category, Location, Offer, Provider, State
from tests.directory.conftest import Folder, Import, count, location, organization, service


def test_without_apply_nothing_is_written(app: Flask, bring_in: Import, folder: Folder) -> None:
    lines = bring_in("hsds", folder(services=[service()]))
    assert lines[-1] == "read 3, new 3, changed 0, same 0, refused 0"
    assert "dry run" in lines[0]
    assert count(app, Offer) == count(app, Provider) == count(app, Location) == 0


def test_what_fits_lands_pending_unclaimed_and_without_booking(
    app: Flask, bring_in: Import, folder: Folder
) -> None:
    bring_in("hsds", folder(services=[service()]), "--apply")
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer)).one()
        assert (offer.state, offer.information_only) == (State.PENDING, True)
        assert offer.texts[0].title == "Warm clothes"
        assert offer.category == Category.THINGS
        assert (offer.provider.state, offer.provider.account_id) == (State.PENDING, None)
        assert offer.provider.name == "Helping Hands"
        assert offer.location
        assert (offer.location.lat, offer.location.lon) == (52.235, 20.985)
        assert offer.location.timezone == "Europe/Warsaw"


def test_a_second_import_changes_nothing(app: Flask, bring_in: Import, folder: Folder) -> None:
    feed = folder(services=[service()])
    bring_in("hsds", feed, "--apply")
    lines = bring_in("hsds", feed, "--apply")
    assert lines[-1] == "read 3, new 0, changed 0, same 3, refused 0"
    assert count(app, Offer) == count(app, Provider) == count(app, Location) == 1


def test_services_organizations_and_places_in_files_of_their_own_are_joined_by_id(
    app: Flask, bring_in: Import, folder: Folder
) -> None:
    bare = service(organization=None, service_at_locations=None, organization_id="org-1")
    link = {
        "id": "sal-1",
        "service": {"id": "svc-1", "name": "Warm clothes"},
        "location": location(),
    }
    feed = folder(
        organization_list={"contents": [organization(website="https://example.org")]},
        service_list={"contents": [bare]},
        service_at_location_list={"contents": [link]},
    )
    assert bring_in("hsds", feed, "--apply")[-1] == "read 3, new 3, changed 0, same 0, refused 0"
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer)).one()
        assert offer.provider.name == "Helping Hands"
        assert offer.location
        assert offer.location.city == "Warszawa"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "email-example_com"}, "email: Not a valid email address"),
        ({"name": None}, "name: Missing"),
        ({"status": "defunct"}, "Not active: defunct"),
        ({"cost_options": [{"amount": -5}]}, "amount"),
        ({"organization": {"id": "org-2", "name": "X", "email": "nobody"}}, "org-2 was refused"),
        ({"organization": None}, "no organization"),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason_and_the_rest_lands(
    app: Flask, bring_in: Import, folder: Folder, wrong: dict[str, object], said: str
) -> None:
    feed = folder(services=[service(), service(id="svc-2", **wrong)])
    lines = bring_in("hsds", feed, "--apply")
    refused = [line for line in lines if line.startswith("refused") and "svc-2" in line]
    assert len(refused) == 1
    assert said in refused[0]
    assert count(app, Offer) == 1


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"latitude": 100, "longitude": 101}, "latitude: 100 is not between -90 and 90"),
        ({"latitude": 52, "longitude": 181}, "longitude: 181 is not between -180 and 180"),
        ({"latitude": 52, "longitude": None}, "Half a point"),
        ({"latitude": "here", "longitude": 21}, "Not a valid number"),
    ],
)
def test_a_place_off_the_earth_is_refused_and_its_service_waits_for_a_pin(
    app: Flask, bring_in: Import, folder: Folder, point: dict[str, object], said: str
) -> None:
    there = [{"id": "sal-1", "location": location(**point)}]
    lines = bring_in("hsds", folder(services=[service(service_at_locations=there)]), "--apply")
    assert lines[-1] == "read 3, new 2, changed 0, same 0, refused 1"
    assert any(said in line for line in lines)
    assert any("svc-1" in line and "waits for a pin" in line for line in lines)
    with app.app_context():
        place = db.session.scalars(sa.select(Location)).one()
        assert (place.lat, place.lon, place.address) == (None, None, "Lipowa 7")


def test_a_pin_set_by_a_moderator_outlives_the_next_import(
    app: Flask, bring_in: Import, folder: Folder
) -> None:
    there = [{"id": "sal-1", "location": location(latitude=100)}]
    bring_in("hsds", folder(services=[service(service_at_locations=there)]), "--apply")
    with app.app_context(), writing():
        place = db.session.scalars(sa.select(Location)).one()
        place.lat, place.lon = 52.23, 21.01
    lines = bring_in("hsds", folder(services=[service()]), "--apply")
    assert any("the pin that is set stays" in line for line in lines)
    with app.app_context():
        assert db.session.scalars(sa.select(Location.lat)).one() == 52.23


def test_a_service_at_two_places_is_two_offers(
    app: Flask, bring_in: Import, folder: Folder
) -> None:
    there = [{"id": "a", "location": location()}, {"id": "b", "location": location(id="loc-2")}]
    feed = folder(services=[service(service_at_locations=there)])
    bring_in("hsds", feed, "--apply")
    assert count(app, Offer) == 2
    assert bring_in("hsds", feed, "--apply")[-1].startswith("read 4, new 0, changed 0, same 4")
    assert count(app, Offer) == 2


def test_new_words_replace_the_old_ones_only_where_nobody_has_published_them(
    app: Flask, bring_in: Import, folder: Folder
) -> None:
    bring_in("hsds", folder(services=[service()]), "--apply")
    lines = bring_in("hsds", folder(services=[service(name="Winter clothes")]), "--apply")
    assert lines[-1] == "read 3, new 0, changed 1, same 2, refused 0"
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer)).one()
        assert offer.texts[0].title == "Winter clothes"


def test_two_directories_may_use_the_same_ids(app: Flask, bring_in: Import, folder: Folder) -> None:
    feed = folder(services=[service()])
    bring_in("hsds", feed, "--apply", "--source", "one")
    bring_in("hsds", feed, "--apply", "--source", "two")
    assert count(app, Offer) == count(app, Provider) == 2


def test_what_is_not_hsds_at_all_is_said_in_a_sentence(app: Flask, folder: Folder) -> None:
    runner = app.test_cli_runner()
    nothing = runner.invoke(args=["import", "hsds", str(folder(taxonomy={"id": "1", "name": "x"}))])
    assert nothing.exit_code == 1
    assert "holds no services" in nothing.output
    broken = folder()
    (broken / "broken.json").write_text("{")
    assert "cannot be read" in runner.invoke(args=["import", "hsds", str(broken)]).output


def test_control_and_direction_signs_do_not_get_in() -> None:
    assert clean("Free\u202e haircut\x00\n  now\ud800", 80) == "Free haircut now"
    assert clean("a" * 30 + " " + "b" * 60, 80) == "a" * 30 + "…"
