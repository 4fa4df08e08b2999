"""Before the demo starts: the database up to date, seeded once; answers what its visitors need to know.

All in one process, because reading the whole app is the slowest part of a start.
"""

import os
import sys
from pathlib import Path

import segno
from flask import Flask
from flask_migrate import upgrade

from app import create_app

SIGN_INS = "demo.txt"


def main() -> None:
    """Print the sign-ins and a fresh invitation, as words and as a code for a camera."""
    app = create_app()
    with app.app_context():
        upgrade()
    sign_ins = _seed_once(app, Path(os.environ["POBACH_DATA_DIR"]) / SIGN_INS)
    link = run(app, "invite").split()[0]
    print(f"\n{sign_ins}\n\nAn invitation for a member (single use):\n{link}\n")
    segno.make(link, micro=False).terminal(compact=True, border=2)


def run(app: Flask, *words: str) -> str:
    """One of our own commands; its output. What goes wrong stops the start."""
    with app.app_context():
        ran = app.test_cli_runner().invoke(args=words, catch_exceptions=False)
    if ran.exit_code:
        sys.exit(ran.output)
    return ran.output


def _seed_once(app: Flask, kept: Path) -> str:
    """The demo's sign-ins: from the seed on the first start, from a file of our own afterwards."""
    if not kept.exists():
        said = run(app, "seed")
        kept.touch(mode=0o600)
        kept.write_text(said)
    return kept.read_text().strip()


if __name__ == "__main__":
    main()
