"""What makes the site an app on a phone: worker, manifest, icons, and the pages for no connection and for leaving."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template
from PIL import Image, ImageChops, ImageDraw

from app.access import may
from app.i18n import _, language

bp = Blueprint("pwa", __name__)
STATIC = Path(__file__).parent.parent / "static"
WORKER = (STATIC / "pwa" / "sw.js", STATIC / "notifications" / "worker.js")
LINEN, INK_OF_THE_MARK = "#FAF7F0", ("#2E3F8F", "#E2B23C", "#14205A")
KEEP_UNTIL = "X-Keep-Until"


def keep_offline(page: Any, until: datetime) -> Response:
    """Let the service worker keep this page, readable without a connection, until this moment (UTC).

    Without it no page of a signed-in person is ever kept on the phone.
    """
    response = make_response(page)
    response.headers[KEEP_UNTIL] = str(int(until.timestamp()))
    return response


@bp.get("/sw.js")
@may("be probed")
def worker() -> Response:
    """The service worker, from the root so that it sees every page; asked for anew each time."""
    told, code = _told_to_the_worker(), "\n".join(part.read_text() for part in WORKER)
    told["version"] = hashlib.sha256((json.dumps(told) + code).encode()).hexdigest()[:10]
    response = Response(f"const POBACH = {json.dumps(told)};\n{code}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _told_to_the_worker() -> dict[str, Any]:
    spoken = language()
    return {
        "shell": [f"/static/{name}" for name in _shell_names()],
        "pages": [f"/offline?lang={spoken}", f"/unsent?lang={spoken}"],
        "title": _("You have news"),
        "icon": _static("icons/192.png"),
        "badge": _static("icons/badge-96.png"),
        "key": current_app.extensions["push_key"],
    }


def _shell_names() -> list[str]:
    names: dict[str, str] = current_app.extensions["asset_names"]
    wanted = (
        "css/pobach.css",
        "page.js",
        "pwa/",
        "fonts/",
        "icons/mark.svg",
        "icons/192",
    )
    return [built for name, built in names.items() if name.startswith(wanted)]


def _static(name: str) -> str:
    return f"/static/{current_app.extensions['asset_names'][name]}"


@bp.get("/manifest.webmanifest")
@may("be probed")
def manifest() -> Response:
    """Name and icons for the home screen (W3C Web App Manifest). Fetched without cookies: the address says the language."""
    told = json.dumps(_on_the_home_screen(), ensure_ascii=False)
    response = Response(told, mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _on_the_home_screen() -> dict[str, Any]:
    def picture(name: str, size: int, purpose: str) -> dict[str, str]:
        return {
            "src": _static(name),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }

    return {
        "id": "/",
        "name": _("Pobach"),
        "short_name": _("Pobach"),
        "description": _("Nearby, by your side"),
        "lang": language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": LINEN,
        "theme_color": LINEN,
        "icons": [
            picture("icons/192.png", 192, "any"),
            picture("icons/512.png", 512, "any"),
            picture("icons/maskable-512.png", 512, "maskable"),
        ],
    }


@bp.get("/offline")
@may("be probed")
def offline() -> str:
    """Shown by the worker when a page cannot be fetched and no copy was kept."""
    return render_template("pwa/offline.html")


@bp.get("/unsent")
@may("be probed")
def unsent() -> str:
    """Shown by the worker when a form could not be sent; the worker puts what was typed into it."""
    return render_template("pwa/unsent.html")


@bp.get("/leave")
@may("be probed")
def left() -> Response:
    """The last page on this phone: tells the browser to forget what the site had kept in it."""
    response = make_response(render_template("pwa/left.html"))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response.headers["Cache-Control"] = "no-store"
    return response


def app_icons() -> Iterator[tuple[str, bytes]]:
    """The mark as PNG in the sizes that phones ask for; maskable leaves a fifth around it free."""
    for name, size, share, ground in (
        ("192.png", 192, 0.72, LINEN),
        ("512.png", 512, 0.72, LINEN),
        ("maskable-512.png", 512, 0.56, LINEN),
        ("apple-touch-180.png", 180, 0.66, LINEN),
        ("badge-96.png", 96, 0.94, None),
    ):
        yield name, _png(_mark(size, share, ground))


def _png(image: Image.Image) -> bytes:
    """Three flat colours and what lies between them: 32 are plenty, and a phone fetches a third."""
    out, few = io.BytesIO(), Image.Quantize.FASTOCTREE
    image.quantize(32, few, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _mark(size: int, share: float, ground: str | None) -> Image.Image:
    """Two arches, 16 wide and 8 in radius, overlapping by 6, in a square of 32; four times too large, then reduced."""
    big = size * 4
    unit = big * share / 26  # the arches are 26 units wide
    left, top = (big - 26 * unit) / 2, (big - 22 * unit) / 2

    def arch(x: float, y: float) -> Image.Image:
        mask = Image.new("L", (big, big))
        draw = ImageDraw.Draw(mask)
        x0, y0, x1, foot = left + x * unit, top + y * unit, left + (x + 16) * unit, top + 22 * unit
        draw.ellipse((x0, y0, x1, y0 + 16 * unit), fill=255)
        draw.rectangle((x0, y0 + 8 * unit, x1, foot), fill=255)
        return mask

    tall, low = arch(0, 0), arch(10, 4)
    both = ImageChops.darker(tall, low)
    image = Image.new("RGBA", (big, big), ground or (255, 255, 255, 0))
    for mask, colour in zip((tall, low, both), INK_OF_THE_MARK, strict=True):
        image.paste(colour if ground else "white", (0, 0), mask)
    return image.resize((size, size), Image.Resampling.LANCZOS)
