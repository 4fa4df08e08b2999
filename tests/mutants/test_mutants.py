"""A copy of the house with one promise broken must have a test that sees it; a test that sees nothing proves nothing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.databases import ROOT

LINKED = (".venv", "node_modules", "static")
COPIED = ("app", "deploy", "docs", "migrations", "templates", "tests")
FILES = ("Makefile", "Procfile", "pyproject.toml", "wsgi.py", "package.json")
RED = 1  # pytest: tests ran, and some failed
pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("mutants")]


@dataclass(frozen=True)
class Mutant:
    """One line changed for the worse, and the test that must notice."""

    file: str
    was: str
    now: str
    test: str


MUTANTS = {
    "a dropped unique index": Mutant(
        "migrations/versions/0001.py",
        "    sa.UniqueConstraint('once', name=op.f('uq_booking_once')),\n",
        "",
        "tests/bookings/test_book.py::test_the_database_itself_knows_a_retry",
    ),
    "an answer whatever became of the commit": Mutant(
        "app/db.py",
        "            session.commit()\n",
        "            try:\n                session.commit()\n            except Exception:\n"
        "                session.rollback()\n",
        "tests/faults/test_boundaries.py",
    ),
    "an account stopped by one": Mutant(
        "app/moderation/visit_rules.py",
        "    if yes.moderator_id == by.id:\n",
        "    if False:\n",
        "tests/moderation/test_visit_reports.py",
    ),
    "a business brought back by whoever suspended it": Mutant(
        "app/moderation/suspension_rules.py",
        "    if by.id in rulings.deciders(",
        "    if False and by.id in rulings.deciders(",
        "tests/moderation/test_suspensions.py",
    ),
    "a removed policy": Mutant(
        "app/offers/browse_pages.py",
        '@bp.get("/nearby")\n@may("browse")\n',
        '@bp.get("/nearby")\n',
        "tests/test_access.py::test_every_door_says_who_may_open_it",
    ),
    "a constant alias": Mutant(
        "app/bookings/rules.py",
        "alias=draw_alias(),",
        'alias="Lipa Recka",',
        "tests/bookings/test_book.py::test_two_businesses_cannot_tell_one_person_by_alias_or_code",
    ),
    "a written address": Mutant(
        "app/accounts/failure_rules.py",
        "key = _key(_key_of_today(now), what, whose)",
        "key = whose.encode().ljust(32)[:32]",
        "tests/accounts/test_invitations.py::test_no_address_is_written_down",
    ),
    "a logged address": Mutant(
        "app/errors.py",
        '    """A refusal as a page or as problem+json, in the asked language."""\n',
        "    log.warning(request.remote_addr)\n",
        "tests/test_traceless.py",
    ),
    "a visit shown for ever": Mutant(
        "app/bookings/change_rules.py",
        " or booking.ends_at <= now - KEPT:",
        ":",
        "tests/bookings/test_changes.py::test_somebody_elses_booking_is_not_there",
    ),
    "a commit that does not wait for the disk": Mutant(
        "app/db.py",
        '"synchronous=FULL"',
        '"synchronous=NORMAL"',
        "tests/faults/test_sync.py",
    ),
    "a seat given without a guard": Mutant(
        "app/bookings/seats.py",
        "Slot.seats_taken < Slot.seats, ",
        "",
        "tests/bookings/test_book.py::test_the_last_seat_goes_to_whoever_books_first",
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The whole house, in a place where it may be broken."""
    house = tmp_path / "house"
    house.mkdir()
    for name in COPIED:
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, house / name)
    for name in LINKED:
        (house / name).symlink_to((ROOT / name).resolve())
    yield house
    shutil.rmtree(house)


def ran(house: Path, test: str) -> subprocess.CompletedProcess[str]:
    """This test alone, on SQLite, in that house."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        [*command, "-k", "not postgres", "-m", "not soak", test],
        cwd=house,
        env=environ,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_promise_is_noticed(copy: Path, name: str) -> None:
    mutant = MUTANTS[name]
    file = copy / mutant.file
    text = file.read_text()
    assert text.count(mutant.was) == 1, "the code has moved on: so must its mutant"
    file.write_text(text.replace(mutant.was, mutant.now))

    seen = ran(copy, mutant.test)

    assert seen.returncode == RED, seen.stdout[-3000:] + seen.stderr[-2000:]


def test_control_the_same_copy_unbroken_is_green(copy: Path) -> None:
    seen = [ran(copy, test) for test in sorted({mutant.test for mutant in MUTANTS.values()})]

    assert [one.returncode for one in seen] == [0] * len(seen), [s.stdout[-1500:] for s in seen]
