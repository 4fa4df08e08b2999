"""A locked copy, and an empty box filled from it (safety.md #26)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app import create_app, life
from app.accounts.models import Member
from app.backup import NoBackup, back_up, beside, new_key, restore
from app.db import db, writing
from app.notifications.models import Notice
from tests.bookings.browsing import Browser, a_stage, book
from tests.bookings.cast import NOW, new_member
from tests.cast import a_member


@pytest.fixture
def keys():
    return new_key()


@pytest.fixture
def taken(app, clock, keys, settings, tmp_path):
    """A backup of a small town: an offer, a booking, two more members."""
    clock.set(NOW)
    with app.app_context():
        stage = a_stage()
    browser = a_member(app)
    book(Browser(browser), stage)
    file = tmp_path / "copies" / "monday.age"
    with app.app_context():
        back_up(file, keys[1], settings)
    return file


@pytest.fixture
def empty_box(database, request, tmp_path, settings):
    """Another machine: the same keys, nothing else."""
    box = tmp_path / "box"
    box.mkdir()
    if database.kind == "sqlite":
        yield replace(settings, data_dir=box, database_url=f"sqlite:///{box / 'pobach.db'}")
        return
    with request.getfixturevalue("postgres").database() as url:
        yield replace(settings, data_dir=box, database_url=url)


def everything():
    """Every row of every table."""
    return {
        table.name: sorted(map(repr, db.session.execute(sa.select(table))))
        for table in db.metadata.sorted_tables
    }


def test_a_backup_restored_into_an_empty_box_is_the_same_town(app, taken, keys, empty_box, clock):
    with app.app_context():
        before = everything()
    there = create_app(empty_box)
    with there.app_context():
        assert restore(taken, keys[0], beside(taken), empty_box, clock.now) == 0
        assert everything() == before
        assert db.session.scalars(sa.select(Notice)).first().values, "seals open"
        db.session.remove()
        db.engine.dispose()


def test_whoever_was_erased_since_the_backup_stays_erased(
    app, taken, keys, empty_box, settings, clock
):
    with app.app_context():
        member = db.session.scalars(sa.select(Member)).first()
        gone = member.id
        with writing():
            life.erase(db.session.get_one(Member, gone), settings.data_dir, clock.now)
    there = create_app(empty_box)
    with there.app_context():
        assert restore(taken, keys[0], settings.data_dir / "erased", empty_box, clock.now) == 1
        assert db.session.get(Member, gone) is None
        db.session.remove()
        db.engine.dispose()


def test_without_the_list_of_erased_accounts_nothing_is_restored(
    app, taken, keys, empty_box, clock
):
    beside(taken).unlink()
    with create_app(empty_box).app_context():
        with pytest.raises(NoBackup, match="list of erased"):
            restore(taken, keys[0], beside(taken), empty_box, clock.now)
        assert restore(taken, keys[0], None, empty_box, clock.now) == 0
        db.session.remove()
        db.engine.dispose()


def test_another_key_opens_nothing_and_leaves_the_box_empty(app, taken, keys, empty_box, clock):
    with create_app(empty_box).app_context():
        for wrong in (new_key()[0], "no key at all", keys[1]):
            with pytest.raises(NoBackup):
                restore(taken, wrong, beside(taken), empty_box, clock.now)
        assert restore(taken, keys[0], beside(taken), empty_box, clock.now) == 0
        db.session.remove()
        db.engine.dispose()


def test_a_place_with_a_database_in_it_is_never_written_over(app, taken, keys, settings, clock):
    with app.app_context(), pytest.raises(NoBackup, match="already"):
        restore(taken, keys[0], beside(taken), settings, clock.now)


def test_a_damaged_backup_is_refused(app, taken, keys, empty_box, clock):
    body = bytearray(taken.read_bytes())
    body[len(body) // 2] ^= 1
    taken.write_bytes(body)
    with create_app(empty_box).app_context(), pytest.raises(NoBackup, match="damaged"):
        restore(taken, keys[0], beside(taken), empty_box, clock.now)


def test_a_backup_holds_no_readable_word_and_leaves_nothing_else_behind(taken, app):
    with app.app_context():
        alias = db.session.scalars(sa.select(Member.alias)).first()
    assert taken.read_bytes().startswith(b"age-encryption.org/v1")
    assert alias.encode() not in taken.read_bytes()
    assert sorted(f.name for f in taken.parent.iterdir()) == ["monday.age", "monday.age.erased"]
    assert taken.stat().st_mode & 0o777 == 0o600


def test_the_commands_make_a_key_a_backup_and_say_plainly_what_is_wrong(app, tmp_path, clock):
    clock.set(NOW)
    with app.app_context():
        new_member()
    run = app.test_cli_runner().invoke
    secret, public = (
        line.split(": ")[1] for line in run(args=["backup-key"]).output.split("\n")[:2]
    )
    file = tmp_path / "x.age"

    assert "locked" in run(args=["backup", str(file), "--to", public]).output
    refused = run(args=["backup", str(file), "--to", "nonsense"])
    assert refused.exit_code == 1
    assert "age1" in refused.output
    (tmp_path / "key").write_text(f"# made today\n{secret}\n")
    full = run(args=["restore", str(file), "--key", str(tmp_path / "key")])
    assert "already" in full.output
