"""`make bench`: run every module here that has `figures()`, print a table, write build/bench.json.

`make bench ROOM=bookings` runs one of them and replaces only its figures in the file. The exit code is
0 also where a goal is not met: a figure is a fact of one machine and one run, no test.
"""

import ast
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from deploy.words import compile_all
from tests.databases import ROOT

HERE = Path(__file__).parent
OUT = ROOT / "build/bench.json"


def main(asked: list[str]) -> int:
    compile_all()
    before = json.loads(OUT.read_text()) if asked and OUT.exists() else []
    found = {one["name"]: one for one in before}
    faults = 0
    for room in asked or rooms():
        began = time.monotonic()
        try:
            figures = importlib.import_module(f"tests.bench.{room}").figures()
        except Exception as why:  # one that breaks must not cost the figures of the others
            faults += 1
            print(f"{room} broke: {why!r}", file=sys.stderr)
            continue
        found |= {one["name"]: one for one in figures}
        _show(room, figures, time.monotonic() - began)
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(json.dumps([*found.values()], indent=1, ensure_ascii=False) + "\n")
    return 1 if faults else 0


def rooms() -> list[str]:
    """The modules of this folder that define `figures()`; read, not run."""
    return [
        file.stem
        for file in sorted(HERE.glob("*.py"))
        if any(getattr(node, "name", "") == "figures" for node in ast.parse(file.read_text()).body)
    ]


def _show(room: str, figures: list[dict[str, Any]], seconds: float) -> None:
    print(f"\n{room} ({seconds:.0f} s)")
    for one in figures:
        value = "not measured" if one["value"] is None else f"{one['value']:g} {one['unit']}"
        met = {True: "met", False: "NOT MET", None: ""}[one["met"]]
        print(f"  {one['name']:<44} {value:>18}  {one['goal']:<10} {met:<8} {one['how']}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
