"""The published HSDS examples, as they are: other people's real files, beside the checkout."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db
from app.offers.models import Offer, State
from tests.directory.conftest import Import

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "hsds"
UK = PUBLISHED / "uk-3.0-mocks" / "V3.0-UK-Default"
EXAMPLES = PUBLISHED / "3.1" / "examples"
MYCITY = "3a19ff88-4620-4d17-9830-ac1d859eb5d5"
COUNSELLING = "ac148810-d857-441c-9679-408f346de14b"


@pytest.fixture
def uk() -> Path:
    if not UK.exists():
        pytest.skip("the published HSDS examples are not beside this checkout")
    return UK


def test_the_uk_examples_land_but_for_their_latitude_of_100(
    app: Flask, bring_in: Import, uk: Path
) -> None:
    lines = bring_in("hsds", uk, "--apply")
    assert lines[-1] == "read 12, new 11, changed 0, same 0, refused 1"
    refused = [line for line in lines if line.startswith("refused")]
    assert len(refused) == 1
    assert MYCITY in refused[0]
    assert "latitude: 100 is not between -90 and 90" in refused[0]
    with app.app_context():
        offer = db.session.scalars(sa.select(Offer)).one()
        assert offer.source_id == f"hsds:{COUNSELLING}"
        assert offer.texts[0].title == "Community Counselling"
        assert (offer.state, offer.information_only) == (State.PENDING, True)
        assert offer.location
        assert offer.location.lat is None
        assert offer.provider.name == "Example Organization Inc."
    assert bring_in("hsds", uk, "--apply")[-1] == "read 12, new 0, changed 0, same 11, refused 1"


def test_the_examples_of_version_3_1_land_too(app: Flask, bring_in: Import, uk: Path) -> None:
    lines = bring_in("hsds", EXAMPLES, "--apply")
    assert lines[-1] == "read 3, new 2, changed 0, same 0, refused 1"
    one = bring_in("hsds", EXAMPLES / "service_full.json")
    assert one[-1].startswith("read 3, new 0")


def test_rows_of_the_failing_feed_are_refused_one_by_one(bring_in: Import, uk: Path) -> None:
    lines = bring_in("hsds", uk.parent / "V3.0-UK-Fail" / "service_list.json")
    refused = [line for line in lines if line.startswith("refused")]
    assert len(refused) == 3
    assert all("email: Not a valid email address" in line for line in refused)
