"""Taking turns to write to the SQLite file, which one may do at a time.

SQLite's own busy loop starves the unlucky (measured: worst wait 11x). One thread of each process at a
time looks for the file `.next`; whoever holds that one writes next, so that processes take turns too.
All these doors open by themselves when their process ends, and nobody waits for ever.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

PATIENCE_S = 10.0  # then the answer is a 503 that says so
LOOK_AGAIN_S = 0.0005
_gate = threading.Lock()


@contextmanager
def turn(path: str) -> Iterator[None]:
    """For as long as the block lasts nobody else of ours writes to this file. Raises `OperationalError`."""
    until = time.monotonic() + PATIENCE_S
    if not _gate.acquire(timeout=PATIENCE_S):
        raise OperationalError("the turn to write", None, TimeoutError())
    try:
        handle = _next_of_all(path, until)
        try:
            yield
        finally:
            os.close(handle)
    finally:
        _gate.release()


def _next_of_all(path: str, until: float) -> int:
    following = _locked(path + ".next", until)
    try:
        return _locked(path + ".lock", until)
    finally:
        os.close(following)


def _locked(path: str, until: float) -> int:
    """The open file, locked; closing it unlocks it."""
    handle = -1
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        while not _try(handle):
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(LOOK_AGAIN_S)
    except OSError as why:
        if handle >= 0:
            os.close(handle)
        raise OperationalError("the turn to write", None, why) from why
    return handle


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
