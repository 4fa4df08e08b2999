"""Pages travel as gzip: a phone on a weak network gets them in a quarter of the time.

A page holds secrets (a code, the token of a form) beside words of the visitor's own choosing, so its
compressed length could be used to guess them (BREACH). Requests from other sites carry no cookie of ours
(SameSite) and are refused when they write; on top, every answer gets a random number of bytes, as in
"Heal the Breach" (Palacios et al., 2022; RFC 1952 lets a file name stand before the data).
"""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

KINDS = {"text/html", "application/json", "application/problem+json", "application/geo+json"}
WORTH_BYTES = 600
PADDING_BYTES = 100


def init_app(app: Flask) -> None:
    """Compress what is worth it, for browsers that ask for it."""
    app.after_request(pack)


def pack(response: Response) -> Response:
    """The same answer, gzipped; streams, files and short answers stay as they are."""
    if response.mimetype not in KINDS or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    told = response.headers
    if "Content-Encoding" in told or "ETag" in told or not request.accept_encodings["gzip"]:
        return response
    plain = response.get_data()
    if len(plain) >= WORTH_BYTES:
        response.set_data(packed(plain))
        response.headers["Content-Encoding"] = "gzip"
    return response


def packed(plain: bytes) -> bytes:
    """gzip with a name of random length that means nothing."""
    name = "a" * secrets.randbelow(PADDING_BYTES)
    out = io.BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=6, fileobj=out, mtime=0) as file:
        file.write(plain)
    return out.getvalue()
