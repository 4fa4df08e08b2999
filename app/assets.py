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
import re
import shutil
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

from app import font, pwa
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
    "review", "figures", "wide", "media", "print",
)  # fmt: skip
APART = ("map",)  # sheets that only some pages ask for, after the others
PACKED = {".css", ".js", ".svg", ".json", ".txt"}
HASHED = re.compile(r"\.[0-9a-f]{10}\.\w+$")
YEAR = 31_536_000
LIBRARIES = {  # for a map one can move, fetched on a tap
    "map/leaflet.js": ROOT / "node_modules/leaflet/dist/leaflet.js",
    "map/leaflet.css": ROOT / "node_modules/leaflet/dist/leaflet.css",
    "map/protomaps.js": ROOT / "node_modules/protomaps-leaflet/dist/protomaps-leaflet.js",
}
MAY_LACK = ("fonts/", "map/")


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


def _bodies() -> Iterator[tuple[str, bytes]]:
    letters = font.heading()
    if letters is not None:
        yield "fonts/literata-600.woff2", letters
    yield "css/pobach.css", _stylesheet(letters)
    for name in APART:
        yield f"css/{name}.css", _lean((SOURCE / "css" / f"{name}.css").read_text())
    for name, path in LIBRARIES.items():
        if path.exists():
            yield name, _library(path.read_text())
    for path in _sources():
        name = path.relative_to(SOURCE).as_posix()
        if path.suffix != ".css" and name != "pwa/sw.js":
            yield name, path.read_bytes()
    for name, body in pwa.app_icons():
        yield f"icons/{name}", body


def _library(text: str) -> bytes:
    """Without its pictures (we draw our own pins) and without the way to its sources."""
    text = re.sub(r"background-image:\s*url\([^)]*\);?", "", text)
    return re.sub(r"(?m)^//# sourceMappingURL=.*$", "", text).strip().encode()


def _sources() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*") if p.is_file() and not p.is_relative_to(DIST))


def _stylesheet(letters: bytes | None) -> bytes:
    sheet = "\n".join((SOURCE / "css" / f"{name}.css").read_text() for name in STYLES)
    face = ""
    if letters is not None:
        # Optional: a slow network reads in the system's serif at once, and nothing moves when the font comes.
        face = (
            '@font-face{font-family:"Pobach Serif";font-weight:600;font-display:optional;'
            f'src:url("../{_hashed("fonts/literata-600.woff2", letters)}") format("woff2")}}\n'
        )
    return face.encode() + _lean(sheet)


def _lean(sheet: str) -> bytes:
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    bare = re.sub(r"\s*\n\s*", "\n", bare)
    return re.sub(r"(?<=[{;,])\n|\n(?=})", "", bare).strip().encode()


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
    packages = [
        font.FOLDER.parent / "package.json",
        *(p.parent.parent / "package.json" for p in LIBRARIES.values()),
    ]
    drawn = [
        Path(__file__),
        Path(font.__file__),
        Path(pwa.__file__),
        *(path for path in packages if path.exists()),
    ]
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
        """The address of a static file; empty for a library that has not been installed."""
        return "" if name.startswith(MAY_LACK) and name not in names else PREFIX + names[name]

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
