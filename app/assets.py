"""Hashed static files (placeholder until the front end lands)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Nothing yet."""
