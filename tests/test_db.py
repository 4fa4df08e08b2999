"""One way to write: alone, all or nothing, and kept when acknowledged."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from app.accounts.models import DailyKey, Failure
from app.db import clock as now
from app.db import db, public_id, random_key, writing
from app.life import LIVES, purge
from tests.cast import token_on


def key(day: int = 1) -> DailyKey:
    return DailyKey(day=date(2026, 11, day), secret=b"s" * 32)


def keys() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(DailyKey))


def test_a_write_outside_writing_is_refused(context):
    db.session.add(key())

    with pytest.raises(RuntimeError, match="outside"):
        db.session.flush()


def test_writing_twice_at_once_is_refused(context):
    with writing(), pytest.raises(RuntimeError, match="twice"), writing():
        pass


def test_what_was_written_is_there_after(context):
    with writing():
        db.session.add(key())

    db.session.rollback()
    assert keys() == 1


def test_an_error_leaves_nothing_of_the_write(context):
    def half():
        with writing():
            db.session.add(key())
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()

    assert keys() == 0


def test_a_rule_inside_writing_sees_what_others_committed_meanwhile(app, context):
    assert keys() == 0  # opens a read transaction with its snapshot

    def somebody_else():
        with app.app_context(), writing():
            db.session.add(key())

    other = threading.Thread(target=somebody_else)
    other.start()
    other.join()
    with writing():
        assert keys() == 1


def test_writers_stand_in_line_and_none_is_turned_away(app):
    def write(day):
        with app.app_context():
            with writing():
                db.session.add(key(day))
            db.session.remove()

    writers = [threading.Thread(target=write, args=(day,)) for day in range(1, 21)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with app.app_context():
        assert keys() == 20


def test_reads_do_not_wait_for_a_writer(app, context):
    read = []

    def somebody_else():
        with app.app_context():
            read.append(keys())

    with writing():
        db.session.add(key())
        db.session.flush()
        other = threading.Thread(target=somebody_else)
        other.start()
        other.join(5)

    assert read == [0]


def test_times_come_back_aware_and_in_utc(context):
    noon_in_warsaw = datetime(2026, 11, 23, 12, tzinfo=UTC).astimezone()
    with writing():
        db.session.add(Failure(what="t", key=b"k", at=noon_in_warsaw))

    stored = db.session.scalar(sa.select(Failure.at))
    assert stored == noon_in_warsaw
    assert stored.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(context):
    with pytest.raises(Exception, match="without a zone"), writing():
        db.session.add(Failure(what="t", key=b"k", at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_ids_say_nothing_of_order(context):
    assert len({public_id() for _ in range(100)}) == 100
    drawn = [random_key() for _ in range(20)]
    assert drawn != sorted(drawn)


def test_the_sqlite_file_cannot_be_read_without_its_key(app, settings, context):
    if not settings.sqlite:
        return
    import sqlite3

    path = settings.database_url.removeprefix("sqlite:///")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("SELECT * FROM sqlite_master").fetchall()


def test_a_busy_database_answers_with_a_kind_503(own_app):
    @own_app.get("/busy")
    def busy():
        raise OperationalError("", {}, Exception("locked"))

    busy.may = "be probed"
    answer = own_app.test_client().get("/busy")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "locked" not in answer.text


def test_when_the_answer_to_a_commit_is_lost_nobody_is_told_that_nothing_was_changed(app, client):
    """SQLite commits in our own process: there the answer cannot be lost."""
    given = {
        "csrf_token": token_on(client, "/sign-up"),
        "email": "anna@example.org",
        "password": "tri try tree",
    }
    with app.app_context():
        sa.event.listen(db.engine, "commit", gone)
    page = client.post("/sign-up", data=given)
    with app.app_context():
        local = db.engine.dialect.name == "sqlite"
        sa.event.remove(db.engine, "commit", gone)
    assert page.status_code == 503
    assert ("Нічога не змянілася" in page.text) == local


def gone(_connection):
    raise sa.exc.OperationalError("COMMIT", None, ConnectionError())


def test_every_table_has_a_lifetime_and_every_lifetime_a_table():
    assert set(LIVES) == set(db.metadata.tables)


def test_purge_forgets_what_is_over_and_nothing_else(context, clock):
    with writing():
        db.session.add_all([key(20), key(23)])
        db.session.add(Failure(what="t", key=b"k", at=now() - timedelta(minutes=21)))
        db.session.add(Failure(what="t", key=b"k", at=now() - timedelta(minutes=19)))
    with writing():
        assert purge(now()) == 2

    assert keys() == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Failure)) == 1


def test_an_error_of_the_database_says_nothing_of_what_was_written(context):
    wish = sa.text("SELECT nothing_of_the_kind FROM daily_key WHERE secret = :word")

    with pytest.raises(DBAPIError) as why:
        db.session.execute(wish, {"word": "Qzxmarker"})

    assert "nothing_of_the_kind" in str(why.value)
    assert "Qzxmarker" not in str(why.value)
