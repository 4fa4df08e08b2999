"""Somebody who makes promises until killed: says each one aloud only once it is committed.

Run as `python -m tests.notifications.killing FIRST`, with the environment of a server.
"""

import sys
from contextlib import suppress

from sqlalchemy.exc import OperationalError

from app import create_app
from app.db import public_id, writing
from app.notifications.rules import Recipient
from tests.notifications.stage import promise

PEOPLE = 50


def keep_promising(first: int) -> None:
    app = create_app()
    number = first
    while True:
        with app.app_context():
            subjects = [f"booking:{public_id()}" for _ in range(10)]
            number += 10
            with suppress(OperationalError):  # a busy database refuses: nothing was promised
                with writing():
                    for more, subject in enumerate(subjects):
                        promise(Recipient(f"member:{(number + more) % PEOPLE}"), subject=subject)
                sys.stdout.write("\n".join(subjects) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    keep_promising(int(sys.argv[1]))
