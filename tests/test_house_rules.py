"""The house holds: directions, sizes, and a few things that are never done. See docs/decisions.md."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
FLOORS = {  # a room leans only on rooms of lower floors
    "notifications": 0,
    "basemap": 0,
    "accounts": 1,
    "offers": 2,
    "bookings": 3,
    "needs": 3,
    "drives": 3,
    "moderation": 4,
    "directory": 4,
}
KNOW_EVERY_ROOM = {"__init__", "life", "commands"}
LAYERS = ("models", "rules", "schemas", "pages", "api")
MAY_LEAN_ON = {  # "noun" is a file of the room's own, such as offers/nearby.py
    "models": {"models", "noun"},
    "rules": {"models", "rules", "noun"},
    "schemas": {"models", "schemas", "noun"},
    "pages": {"models", "rules", "schemas", "pages", "noun"},
    "api": {"models", "rules", "schemas", "api", "noun"},
    "noun": {"models", "rules", "schemas", "noun"},
}
RULES_MAY_KNOW = {"db", "seal", "errors", "i18n"}
ROUTES = {"route", "get", "post", "put", "patch", "delete"}
SQL = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|DROP|ALTER|WITH)\s")
MODULES = sorted(path for path in APP.rglob("*.py") if "translations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def room_of(path: Path) -> str | None:
    parent = path.relative_to(APP).parts[0]
    return parent if parent in FLOORS else None


def layer_of(module: str) -> str:
    return next((x for x in LAYERS if module == x or module.endswith(f"_{x}")), "noun")


def imports(path: Path) -> Iterator[str]:
    """Every imported name, absolute: `app.offers.models.Slot`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def ours(path: Path) -> Iterator[tuple[str, str]]:
    """What a module takes from the house: (room or root file, module within)."""
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "app" and len(parts) > 1:
            yield parts[1], parts[2] if len(parts) > 2 else ""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From `def` to the end, without the docstring."""
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    said = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - said


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    called = [d.func for d in function.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(f, ast.Attribute) and f.attr in ROUTES for f in called)


def kept_in_git() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split("\0")[:-1] if listed.returncode == 0 else []
    return [ROOT / name for name in names if (ROOT / name).is_file()]


each_module = pytest.mark.parametrize(
    "path", MODULES, ids=[str(path.relative_to(APP)) for path in MODULES]
)


@each_module
def test_rooms_lean_only_downstairs(path: Path) -> None:
    here = room_of(path)
    floor = FLOORS[here] if here else -1
    if here is None and path.stem in KNOW_EVERY_ROOM:
        return
    upstairs = {room for room, _ in ours(path) if room != here and FLOORS.get(room, -2) >= floor}
    assert not upstairs, f"{path.name} may not know {upstairs}"


@each_module
def test_layers_lean_only_inwards(path: Path) -> None:
    here, layer = room_of(path), layer_of(path.stem)
    if here is None or path.stem == "__init__":
        return
    leans = {m for room, m in ours(path) if room == here and (path.parent / f"{m}.py").exists()}
    assert {layer_of(module) for module in leans} <= MAY_LEAN_ON[layer], f"{path.name}: {leans}"


@each_module
def test_rules_know_nothing_of_the_web_and_do_not_commit(path: Path) -> None:
    if room_of(path) is None or layer_of(path.stem) != "rules":
        return
    assert not [n for n in imports(path) if re.match(r"flask|werkzeug", n)]
    rooted = {module for module, _ in ours(path) if module not in FLOORS}
    assert rooted <= RULES_MAY_KNOW
    assert "writing" not in {name for name, _ in calls(path)}, "the handler writes, not the rule"


@each_module
def test_only_the_database_module_commits(path: Path) -> None:
    if path != APP / "db.py":
        assert not {"commit", "flush_all"} & {name for name, _ in calls(path)}


@each_module
def test_no_sql_is_glued_from_strings(path: Path) -> None:
    for node in ast.walk(tree(path)):
        glued = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add)
        )
        first = next((n for n in ast.walk(node) if isinstance(n, ast.Constant)), None)
        if glued and first is not None and isinstance(first.value, str):
            assert not SQL.match(first.value), f"{path.name}:{first.lineno}"


@each_module
def test_a_handler_fits_in_fifteen_lines(path: Path) -> None:
    long = {f.name: lines(f) for f in functions(path) if is_handler(f) and lines(f) > 15}
    assert not long


def test_functions_are_short_in_the_median() -> None:
    assert median(lines(f) for path in MODULES for f in functions(path)) <= 8


@pytest.mark.parametrize(
    ("folder", "pattern", "limit"),
    [
        ("app", "*.py", 250),
        ("deploy", "*.py", 250),
        ("tests", "*.py", 250),
        ("templates", "*.html", 120),
        ("static", "*.js", 80),
    ],
)
def test_files_are_small(folder: str, pattern: str, limit: int) -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (ROOT / folder).rglob(pattern)
        if "dist" not in path.parts
    }
    assert not {name: size for name, size in sizes.items() if size > limit}


def test_the_switch_that_opens_every_door_is_never_named() -> None:
    switch = "LOGIN" + "_DISABLED"
    assert not [f for f in kept_in_git() if f.suffix == ".py" and switch in f.read_text()]


def test_nothing_of_others_is_kept_in_git_and_locks_name_no_addresses() -> None:
    foreign = re.compile(r"node_modules|vendor|\.min\.|\.(woff2?|ttf|otf|mo|whl)$")
    assert not [f for f in kept_in_git() if foreign.search(str(f.relative_to(ROOT)))]
    locks = [f for f in kept_in_git() if f.suffix == ".lock" or f.name == "package-lock.json"]
    assert not [f for f in locks if "://" in f.read_text()]
