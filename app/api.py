"""The JSON side: one flask-smorest Api for every room's blueprint, OpenAPI 3.1 at /api/v1/openapi.json."""

from __future__ import annotations

from functools import wraps
from typing import Any

from flask import Blueprint, Flask, render_template
from flask_smorest import Api

from app.access import may


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


bp = Blueprint("api_docs", __name__)


@bp.get("/api/v1/docs")
@may("be probed")
def docs() -> str:
    """The same description as openapi.json, for people: no script of others, so our own page."""
    return render_template(
        "api.html", spec=api.spec.to_dict(), verbs=("get", "post", "patch", "delete")
    )


def init_app(app: Flask) -> None:
    """Hang the Api into the app; rooms register their blueprints on it."""
    app.config.update(CONFIG)
    api.init_app(app)
    app.register_blueprint(bp)
    _declare(app, "api-docs.openapi_json")


def _declare(app: Flask, endpoint: str) -> None:
    """flask-smorest's own view is a bound method, which cannot carry a permission; a plain function can."""
    theirs = app.view_functions[endpoint]

    @wraps(theirs)
    def ours() -> Any:
        return theirs()

    app.view_functions[endpoint] = may("be probed")(ours)
