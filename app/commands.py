"""`flask …` for the operator: seed, invite, and the rest as the rooms bring them."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every command."""
    del app
