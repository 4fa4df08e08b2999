"""A served app with two pages more: every component on one, every field on the other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, render_template, request, session
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.serving import make_server

from app import create_app
from app.access import may
from app.db import clock
from app.pwa import keep_offline

HERE = Path(__file__).parent


def add_pages(standing: Flask) -> Flask:
    """`/show/things`, `/show/fields` and a booking that may be kept on the phone."""
    app = create_app(standing.extensions["settings"])  # pages come before the first request
    app.testing = True
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(HERE)])

    @app.route("/show/<name>", methods=["GET", "POST"])
    @may("be probed")
    def show(name):
        session["size"] = request.args.get("size", "1")
        wrong = (
            {"title": ["Write a title."], "when": ["Choose a day."]}
            if "wrong" in request.args
            else {}
        )
        return render_template(
            f"{name}.html", errors=wrong, typed=request.form or {"title": "<b>Cut"}
        )

    @app.get("/bookings/7")
    @may("be probed")
    def booking():
        hours = float(request.args.get("hours", 24))
        until: datetime = clock() + timedelta(hours=hours)
        return keep_offline(render_template("things.html", errors={}), until)

    @app.get("/signed-out")
    @may("be probed")
    def signed_out():
        return "out", 401

    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app on a free port of loopback, for as long as the block lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
