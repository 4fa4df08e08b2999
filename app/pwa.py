"""Service worker, manifest, offline page (placeholder until the front end lands)."""

from flask import Blueprint

bp = Blueprint("pwa", __name__)
