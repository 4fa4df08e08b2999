"""Static files with hashed names, and the drawings that pages carry inline.

`build` (`make static`, or the first start after a change) reads `static/` (and the font from `node_modules/`) and writes `static/dist/`: one
stylesheet, each script, the icons, the font, all under names that change with their content, each beside its
gzip and brotli body. `static/dist/names.json` says which name became which. WhiteNoise serves that folder alone.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import segno
from flask import Flask, session
from lucide.jinja import lucide
from markupsafe import Markup
from whitenoise import WhiteNoise

from app import pwa
from app.security import worn

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "static"
DIST = SOURCE / "dist"
BUILD = ROOT / "build"
NAMES = "names.json"
PREFIX = "/static/"
# The order of the cascade: values, then the page, then one component after another, then exceptions.
STYLES = (
    "tokens", "base", "frame", "cards", "lists", "choices", "tables", "forms", "buttons", "notes", "ticket",
    "review", "figures", "map", "wide", "media", "print",
)  # fmt: skip
PACKED = {".css", ".js", ".svg", ".json", ".txt"}
HASHED = re.compile(r"\.[0-9a-f]{10}\.\w+$")
YEAR = 31_536_000
FONT_FOLDER = ROOT / "node_modules" / "@fontsource-variable" / "literata" / "files"
FONT_FEATURES = ["kern", "locl", "tnum", "lnum"]  # our letters are precomposed
LETTERS = (
    "".join(map(chr, [*range(0x20, 0x7F), *range(0x410, 0x450)]))
    + "\u00a0\u202f«»„“”‘’‚–—…·•№€×→←✓ʼ°−ÄÖÜäöüßẞĄĆĘŁŃÓŚŹŻąćęłńóśźżČĖĮŠŲŪŽčėįšųūžЁёІіЎўҐґЄєЇї"
)


def build(dist: Path = DIST) -> dict[str, str]:
    """Write every file under its hashed name beside its compressed bodies; answer source name -> hashed name."""
    fresh = BUILD / "dist.new"
    shutil.rmtree(fresh, ignore_errors=True)
    names = {name: _write(fresh, name, body) for name, body in _bodies()}
    (fresh / NAMES).write_text(json.dumps({"of": _stamp(), "names": names}, indent=1))
    shutil.rmtree(dist, ignore_errors=True)
    dist.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(dist)
    return names


def heading_font() -> bytes | None:
    """Literata 600 as one static file with the letters of our seven languages; None where it is not installed."""
    parts = [
        FONT_FOLDER / f"literata-{script}-wght-normal.woff2"
        for script in ("latin", "latin-ext", "cyrillic", "cyrillic-ext")
    ]
    if not all(part.exists() for part in parts):
        return None
    recipe = repr((LETTERS, FONT_FEATURES)).encode() + b"".join(part.read_bytes() for part in parts)
    kept = BUILD / f"literata-{hashlib.sha256(recipe).hexdigest()[:16]}.woff2"
    if not kept.exists():  # takes seconds, and changes hardly ever
        BUILD.mkdir(exist_ok=True)
        kept.write_bytes(_cut(parts))
    return kept.read_bytes()


def _cut(parts: list[Path]) -> bytes:
    """Only our letters, only weight 600, of each script; then one font out of them."""
    from fontTools import merge, subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    wanted, out = set(map(ord, LETTERS)), io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        cut: list[str] = []
        for part in parts:
            font = instancer.instantiateVariableFont(TTFont(part), {"wght": 600})
            mine = wanted & set(font.getBestCmap())
            wanted -= mine
            options = subset.Options(hinting=False, layout_features=FONT_FEATURES)
            options.drop_tables += ["vhea", "vmtx"]  # for lines that run downwards
            cutter = subset.Subsetter(options)
            cutter.populate(unicodes=mine)
            cutter.subset(font)
            font.flavor = None
            cut.append(f"{folder}/{part.stem}.ttf")
            font.save(cut[-1])
        whole = merge.Merger().merge(cut)
    whole.flavor, whole.recalcTimestamp = "woff2", False
    whole["head"].created = whole["head"].modified = 0  # the same sources give the same bytes
    whole.save(out)
    return out.getvalue()


def _bodies() -> Iterator[tuple[str, bytes]]:
    font = heading_font()
    if font is not None:
        yield "fonts/literata-600.woff2", font
    yield "css/pobach.css", _stylesheet(font)
    for path in _sources():
        name = path.relative_to(SOURCE).as_posix()
        if path.suffix != ".css" and name != "pwa/sw.js":
            yield name, path.read_bytes()
    for name, body in pwa.app_icons():
        yield f"icons/{name}", body


def _sources() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*") if p.is_file() and not p.is_relative_to(DIST))


def _stylesheet(font: bytes | None) -> bytes:
    sheet = "\n".join((SOURCE / "css" / f"{name}.css").read_text() for name in STYLES)
    face = ""
    if font is not None:
        # Optional: a slow network reads in the system's serif at once, and nothing moves when the font comes.
        face = (
            '@font-face{font-family:"Pobach Serif";font-weight:600;font-display:optional;'
            f'src:url("../{_hashed("fonts/literata-600.woff2", font)}") format("woff2")}}\n'
        )
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    bare = re.sub(r"\s*\n\s*", "\n", bare)
    return (face + re.sub(r"(?<=[{;,])\n|\n(?=})", "", bare).strip()).encode()


def _hashed(name: str, body: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:10]}{dot}{suffix}"


def _write(folder: Path, name: str, body: bytes) -> str:
    path = folder / _hashed(name, body)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    if path.suffix in PACKED:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(body, 9, mtime=0))
        path.with_name(path.name + ".br").write_bytes(brotli.compress(body))
    return path.relative_to(folder).as_posix()


def _stamp() -> str:
    """Changes when any source does; cheap enough to ask at every start."""
    packages = FONT_FOLDER.parent / "package.json"
    drawn = [Path(__file__), Path(pwa.__file__), *([packages] if packages.exists() else [])]
    told = hashlib.sha256()
    for path in [*_sources(), *drawn]:
        told.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return told.hexdigest()


def names_now(dist: Path = DIST) -> Mapping[str, str]:
    """The names of the last build, after building anew where a source has changed since."""
    try:
        return _built(dist)
    except (OSError, ValueError, KeyError):
        BUILD.mkdir(exist_ok=True)
        with (BUILD / "static.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # several workers start at once; one builds
            try:
                return _built(dist)
            except (OSError, ValueError, KeyError):
                return build(dist)


def _built(dist: Path) -> Mapping[str, str]:
    kept: dict[str, Any] = json.loads((dist / NAMES).read_text())
    if kept["of"] != _stamp():
        raise ValueError("a source has changed")
    names: dict[str, str] = kept["names"]
    return names


def init_app(app: Flask) -> None:
    """Serve the built files, and hand `asset`, `icon` and `qr_svg` to the templates."""
    names = names_now()

    def asset(name: str) -> str:
        """The address of a static file; empty for the font where it has not been installed."""
        return "" if name.startswith("fonts/") and name not in names else PREFIX + names[name]

    def dress(headers: Any, path: str, url: str) -> None:
        del path, url
        for name, value in worn(app.extensions["settings"]).items():
            headers[name] = value

    app.extensions["asset_names"] = names
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=asset, icon=icon, qr_svg=qr_svg, text_size=text_size)
    app.jinja_env.filters["sentences"] = sentences
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(DIST),
        prefix=PREFIX,
        max_age=YEAR,
        allow_all_origins=False,
        add_headers_function=dress,
        immutable_file_test=lambda path, url: bool(HASHED.search(url)),
    )


@cache
def icon(name: str, bare: bool = False) -> Markup:
    """An icon of Lucide, silent for screen readers: a word always stands beside it."""
    drawn = re.sub(r"\s+", " ", str(lucide(name)))
    inside = re.sub(r" ?/>", "/>", re.sub(r"^<svg[^>]*>|</svg>$", "", drawn.strip()).strip())
    if bare:
        return Markup(inside)  # noqa: S704 - drawn by the package, never by a person
    return Markup(f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{inside}</svg>')  # noqa: S704


def qr_svg(text: str) -> Markup:
    """A QR code as inline SVG without a size of its own (error correction M, ISO 18004)."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", border=0, xmldecl=False, svgns=False, nl=False, omitsize=True, svgclass=None,
              lineclass=None)  # fmt: skip
    return Markup(out.getvalue().decode().replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704


def text_size() -> int:
    """1, 2 or 3, chosen in this browser."""
    chosen = str(session.get("size"))
    return int(chosen) if chosen in {"1", "2", "3"} else 1


def sentences(messages: Any) -> list[str]:
    """Flatten marshmallow's messages (a list, or a mapping of lists) into sentences."""
    if isinstance(messages, Mapping):
        return [sentence for part in messages.values() for sentence in sentences(part)]
    if isinstance(messages, (list, tuple)):
        return [sentence for part in messages for sentence in sentences(part)]
    return [str(messages)] if messages else []
