"""Read it, take it along, have it forgotten (safety.md #25, T2; ASVS 14.2.7)."""

import json
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app, life
from app.accounts.erase_codes import erase_code, member_of_code
from app.accounts.models import Invitation, Member
from app.bookings.models import Booking
from app.db import Base, db, fold_the_log, writing
from app.notifications.models import Notice
from app.offers.models import Slot
from tests.bookings.browsing import Browser, a_stage, book
from tests.bookings.cast import NOW, new_member
from tests.cast import a_card, a_member, send
from tests.databases import ROOT

MARK = "Qzxmarker"


@pytest.fixture
def stage(app, clock):
    clock.set(NOW)
    with app.app_context():
        return a_stage()


@pytest.fixture
def nina(app, stage):
    """Came with a card, booked a haircut."""
    browser = a_member(app)
    book(Browser(browser), stage)
    return browser


def the_member(app):
    with app.app_context():
        wish = sa.select(Booking.member_id)
        return db.session.get_one(Member, db.session.scalar(wish))


def test_everything_kept_about_a_member_is_shown_and_can_be_taken_along(app, nina):
    kept = json.loads(nina.get("/my-data/pobach.json").text)

    assert {"member", "session", "invitation", "booking", "notice", "planned"} <= set(kept)
    assert kept["member"][0]["alias"] == the_member(app).alias
    assert kept["notice"][0]["values_sealed"].startswith("{"), "sealed texts are opened"
    page = nina.get("/my-data").text
    assert kept["booking"][0]["alias"] in page
    assert kept["member"][0]["alias"] in page


def test_no_table_that_speaks_of_a_member_is_missing_from_the_export(app, nina):
    with app.app_context():
        mine = life.belongings(the_member(app))
        tables = db.metadata.tables.values()
        speaking = {
            table.name
            for table in tables
            if "recipient" in table.c
            or any(r.column.table.name in ("member", "booking") for r in table.foreign_keys)
        }
        columns = {name: set(db.metadata.tables[name].columns.keys()) for name in mine}
        told = life.export(the_member(app))

    assert speaking <= set(mine)
    assert all(set(row) == columns[name] for name, rows in told.items() for row in rows)


def test_the_export_names_neither_who_vouched_nor_any_key(app, nina):
    text = nina.get("/my-data/pobach.json").text

    assert '"invited_by_id": null' in text or '"a volunteer"' in text
    assert re.search(r'"id_hash": "a hash"', text)


def test_nobody_reads_the_data_of_another(app, nina):
    lev = a_member(app)
    mine = json.loads(nina.get("/my-data/pobach.json").text)
    other = lev.get("/my-data/pobach.json").text

    for table in ("member", "session", "booking", "notice"):
        assert all(row.get("public_id", "-") not in other for row in mine[table])


def test_a_member_erases_everything_about_themselves_in_three_taps(app, nina, stage):
    assert nina.get("/settings").text.count('href="/my-data"') == 1
    assert nina.get("/my-data").text.count('href="/my-data/erasure"') == 1
    gone = the_member(app)

    assert send(nina, "/my-data/erasure", "/my-data/erasure").location == "/leave"

    assert nina.get("/my-data").status_code == 401
    with app.app_context():
        assert db.session.get(Member, gone.id) is None
        assert db.session.query(Booking).count() == 0
        assert db.session.query(Notice).filter_by(recipient=gone.recipient).count() == 0
        assert db.session.scalar(sa.select(Invitation.member_id)) is None
        assert db.session.get_one(Slot, stage.slots[0]).seats_taken == 0


def test_the_business_hears_that_the_visit_is_off_and_not_why(app, nina):
    send(nina, "/my-data/erasure", "/my-data/erasure")

    with app.app_context():
        told = db.session.scalars(sa.select(Notice).filter_by(kind="booking_cancelled")).all()
        assert [notice.recipient.split(":")[0] for notice in told] == ["provider"]
        assert "erase" not in told[0].values_text.lower()


def test_the_operator_erases_by_a_code_and_by_nothing_else(app, nina):
    gone = the_member(app)
    with app.app_context():
        code = erase_code(gone)
    assert code in nina.get("/my-data").text
    run = app.test_cli_runner().invoke

    assert run(args=["erase", "0" * 20]).exit_code != 0
    assert run(args=["erase", gone.alias]).exit_code != 0
    assert run(args=["erase", code]).output == "erased\n"

    with app.app_context():
        assert db.session.get(Member, gone.id) is None
        assert member_of_code(code) is None
    assert nina.get("/my-data").status_code == 401


def test_an_erased_account_is_remembered_as_a_keyed_hash_alone(app, nina, settings):
    gone = the_member(app)
    send(nina, "/my-data/erasure", "/my-data/erasure")

    line = (settings.data_dir / "erased").read_text()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [0-9a-f]{64}\n", line)
    assert gone.public_id not in line


def test_whoever_was_idle_for_120_days_is_forgotten_with_all_that_was_theirs(app, nina, clock):
    gone = the_member(app)
    clock.turn(days=130)

    with app.app_context():
        with writing():
            life.purge(clock.now)
        assert db.session.get(Member, gone.id) is None
        assert db.session.query(Notice).filter_by(recipient=gone.recipient).count() == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_erased_is_gone_from_the_file_and_its_log(settings, tmp_path, clock):
    """On a file that is not encrypted: looking for a word in an encrypted one could never fail."""
    clock.set(NOW)
    file = tmp_path / "plain.db"
    plain = replace(settings, database_key="", database_url=f"sqlite:///{file}")
    app = create_app(plain)
    with app.app_context():
        upgrade()
        member = new_member()
        with writing():
            db.session.get_one(Member, member.id).alias = MARK
        assert found_in(tmp_path, "plain.db*"), "the control: it is there before"
        with writing():
            life.erase(db.session.get_one(Member, member.id), tmp_path, clock.now)
        fold_the_log()
        db.engine.dispose()

    assert not found_in(tmp_path, "plain.db*")


def found_in(folder, pattern):
    return any(MARK.encode() in file.read_bytes() for file in folder.glob(pattern))


def test_every_column_about_a_member_is_of_a_known_table(app):
    assert {mapper.local_table.name for mapper in Base.registry.mappers} == set(life.LIVES)


def test_a_card_stays_for_its_maker_after_its_member_was_erased(app, clock):
    clock.set(NOW)
    card = a_card(app)
    browser = app.test_client()
    browser.post("/api/v1/session", json={"invitation": card})
    send(browser, "/my-data/erasure", "/my-data/erasure")

    with app.app_context():
        assert db.session.scalar(sa.select(Invitation.used_on)) is not None


def test_the_inventory_lists_every_column_that_speaks_of_a_member(app):
    with app.app_context():
        there = {
            f"{name}.{column.name}"
            for name in life.belongings(Member(id=1))
            for column in db.metadata.tables[name].columns
        }
    listed, table = set(), ""
    for line in (ROOT / "docs/data-inventory.md").read_text().splitlines():
        if heading := re.match(r"## `(\w+)`", line):
            table = heading[1]
        elif line.startswith("| `"):
            listed |= {f"{table}.{name}" for name in re.findall(r"`(\w+)`", line.split("|")[1])}

    assert listed == there
