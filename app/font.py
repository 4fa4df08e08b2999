"""The headings' font: Literata, cut down to the letters of our languages and one weight."""

from __future__ import annotations

import hashlib
import io
import logging
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build"
FOLDER = ROOT / "node_modules" / "@fontsource-variable" / "literata" / "files"
FEATURES = ["kern", "locl", "tnum", "lnum"]  # our letters are precomposed
LETTERS = (
    "".join(map(chr, [*range(0x20, 0x7F), *range(0x410, 0x450)]))
    + "\u00a0\u202f«»„“”‘’‚–—…·•№€×→←✓ʼ°−ÄÖÜäöüßẞĄĆĘŁŃÓŚŹŻąćęłńóśźżČĖĮŠŲŪŽčėįšųūžЁёІіЎўҐґЄєЇї"
)


def heading() -> bytes | None:
    """Literata 600 as one static file with the letters of our seven languages; None where it is not installed."""
    parts = [
        FOLDER / f"literata-{script}-wght-normal.woff2"
        for script in ("latin", "latin-ext", "cyrillic", "cyrillic-ext")
    ]
    if not all(part.exists() for part in parts):
        return None
    recipe = repr((LETTERS, FEATURES)).encode() + b"".join(part.read_bytes() for part in parts)
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
            options = subset.Options(hinting=False, layout_features=FEATURES)
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
