"""What our pages are measured against: a Flask with one page and one write, on the same server."""

import os
from pathlib import Path

from flask import Flask

app = Flask(__name__)
FILE = Path(os.environ["POBACH_DATA_DIR"]) / "bare"
BLOCK = b"b" * 4096


@app.get("/healthz")
def page() -> str:
    return "ok"


@app.post("/write")
def write() -> tuple[str, int]:
    """4 kB, on the disk before the answer."""
    handle = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, BLOCK)
        os.fsync(handle)
    finally:
        os.close(handle)
    return "ok", 201
