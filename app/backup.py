"""Backups: everything in one file, locked for a key that is not on this machine (age); and back again.

What was erased stays erased: a list of keyed hashes goes beside each backup, and a restore applies it.
The keys of the database and of the seals are not in a backup; both are needed to read one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pyrage
import sqlalchemy as sa
from flask_migrate import upgrade

from app.db import db, fold_the_log, writing
from app.life import erase_again
from app.settings import Settings

COPY = "database"


class NoBackup(Exception):
    """Why it was not done, in one sentence for the operator. Nothing has been changed."""


def new_key() -> tuple[str, str]:
    """A pair (secret, public): the secret goes on paper or a stick, away from here; the public one locks."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def back_up(file: Path, public_key: str, given: Settings) -> None:
    """Write a locked copy as it is at this moment to `file`, and the list of erased accounts beside it."""
    try:
        recipient = pyrage.x25519.Recipient.from_str(public_key)
    except pyrage.RecipientError as why:
        raise NoBackup("The public key must read age1… (flask backup-key makes a pair).") from why
    with _workplace(file.parent) as folder:
        _copy_database(folder / COPY, given)
        with tarfile.open(folder / "all.tar", "w") as tar:
            tar.add(folder / COPY, arcname=COPY)
        locked = folder / "locked"
        pyrage.encrypt_file(str(folder / "all.tar"), str(locked), [recipient])
        _sync(locked)
        locked.replace(file)
    shutil.copyfile(_erased(given.data_dir), beside(file))
    _sync(beside(file))


def beside(file: Path) -> Path:
    """Where the list of erased accounts of a backup lies."""
    return file.with_name(file.name + ".erased")


def restore(
    file: Path, secret_key: str, erased: Path | None, given: Settings, now: datetime
) -> int:
    """Fill an empty box from a backup, bring its tables up to date, erase whoever was erased since.

    `erased` None brings them back: only when the operator asks for exactly that. Returns how many it erased.
    """
    _must_be_empty(given)
    gone = _hashes(erased) if erased is not None else set()
    with _workplace(given.data_dir) as folder:
        _unlock(file, secret_key, folder)
        _bring_back(folder / COPY, given)
    upgrade()
    with writing():
        again = erase_again(gone, given.data_dir, now)
    fold_the_log()
    return again


@contextmanager
def _workplace(near: Path) -> Iterator[Path]:
    """A folder nobody else can read, on the same disk as what will be moved out of it."""
    near.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=near) as name:
        yield Path(name)


def _copy_database(to: Path, given: Settings) -> None:
    if not given.sqlite:
        _run("pg_dump", given, "--format=custom", f"--file={to}")
        return
    source = db.engine.raw_connection()
    copy = _opened(to, given.database_key)
    try:
        source.driver_connection.backup(copy)  # type: ignore[union-attr]
    finally:
        copy.close()
        source.close()


def _opened(file: Path, key: str):  # type: ignore[no-untyped-def]
    import sqlcipher3.dbapi2

    connection = sqlcipher3.dbapi2.connect(str(file))
    connection.execute("PRAGMA key = \"x'" + key + "'\"")
    return connection


def _must_be_empty(given: Settings) -> None:
    if given.sqlite:
        full = _file_of(given).exists()
    else:
        full = bool(sa.inspect(db.engine).get_table_names())
    if full:
        raise NoBackup(
            "There is a database already. A backup is restored into an empty place only."
        )


def _file_of(given: Settings) -> Path:
    return Path(given.database_url.removeprefix("sqlite:///"))


def _unlock(file: Path, secret_key: str, folder: Path) -> None:
    try:
        identity = pyrage.x25519.Identity.from_str(_secret_line(secret_key))
        pyrage.decrypt_file(str(file), str(folder / "all.tar"), [identity])
    except pyrage.IdentityError as why:
        raise NoBackup("This is no secret key: it must read AGE-SECRET-KEY-1….") from why
    except (pyrage.DecryptError, OSError) as why:
        raise NoBackup("This key does not open this backup, or the backup is damaged.") from why
    with tarfile.open(folder / "all.tar") as tar:
        tar.extract(COPY, folder, filter="data")


def _secret_line(text: str) -> str:
    """Key files may carry comments; the key is the line that begins like one."""
    found = re.search(r"^AGE-SECRET-KEY-1\S+", text, re.MULTILINE)
    return found[0] if found else ""


def _bring_back(copy: Path, given: Settings) -> None:
    if given.sqlite:
        _sync(copy)
        copy.replace(_file_of(given))
        return
    how = ("--no-owner", "--exit-on-error", "--single-transaction")
    _run("pg_restore", given, *how, str(copy))


def _run(name: str, given: Settings, *options: str) -> None:
    """One of PostgreSQL's own programs, the newest installed. The password is in no list of processes."""
    known = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    program = str(known[0]) if known else shutil.which(name)
    if program is None:
        raise NoBackup(f"{name} is missing (apt-get install postgresql-client).")
    url = sa.make_url(given.database_url)
    where = url.set(password=None).render_as_string(hide_password=False)
    environ = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    command = [program, f"--dbname={where}", *options]
    done = subprocess.run(command, env=environ, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise NoBackup(f"{name}: {done.stderr.strip().splitlines()[-1]}")


def _erased(data_dir: Path) -> Path:
    file = data_dir / "erased"
    file.touch(mode=0o600)
    return file


def _hashes(file: Path) -> set[str]:
    if not file.exists():
        raise NoBackup(
            f"{file} is missing: the list of erased accounts. Without it they would come back"
            " (--without-erasures does that)."
        )
    return {line.split()[-1] for line in file.read_text().splitlines() if line.strip()}


def _sync(file: Path) -> None:
    file.chmod(0o600)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
