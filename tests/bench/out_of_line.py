"""The app without its turns to write: what SQLite's own busy loop makes of a crowd."""

from contextlib import nullcontext

from app import create_app, db

db.BUSY_TIMEOUT_MS = 60_000
db._in_line = nullcontext
app = create_app()
