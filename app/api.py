"""The JSON side: one flask-smorest Api for every room's blueprint, OpenAPI 3.1 at /api/v1/openapi.json."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api


class OurApi(Api):
    """flask-smorest would take over the error pages of the whole app; ours stay (app/errors.py)."""

    def _register_error_handlers(self) -> None:
        pass


api = OurApi()
CONFIG: dict[str, Any] = {
    "API_TITLE": "Pobach",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
}


def init_app(app: Flask) -> None:
    """Hang the Api into the app; rooms register their blueprints on it."""
    app.config.update(CONFIG)
    api.init_app(app)
