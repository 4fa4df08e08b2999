"""Refusals: declared beside their rules, turned into a page or a problem (RFC 9457) in one table here."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from app.db import MaybeWritten, db

log = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
ELSEWHERE = Path(__file__).parent.parent / "templates" / "errors" / "elsewhere.html"


class Refusal(Exception):
    """A named answer to a wish that cannot be granted.

    `sentence` says what happened, `kept` what was kept, `what_now` what to do. `more` carries facts for the
    page or the JSON body (for instance the next free times); every value must be plain JSON data.
    """

    status: ClassVar[int] = 409
    type: ClassVar[str] = "refused"
    sentence: ClassVar[Any] = _l("This cannot be done.")
    kept: ClassVar[Any] = ""
    what_now: ClassVar[Any] = ""

    def __init__(self, **more: Any) -> None:
        super().__init__(self.type)
        self.more = more


class NotFound(Refusal):
    """Someone else's thing answers as nothing does (ASVS 8.2.2)."""

    status = 404
    type = "not-found"
    sentence = _l("There is nothing here.")
    what_now = _l("It may have ended, or the address is not quite right.")


class SignInNeeded(Refusal):
    """Nobody is signed in here."""

    status = 401
    type = "sign-in-needed"
    sentence = _l("Please come in first.")
    what_now = _l("With your card, or with your e-mail and password.")


class NotYours(Refusal):
    """Signed in, but this door is for somebody else."""

    status = 403
    type = "not-yours"
    sentence = _l("This page is for other people.")


class Stopped(Refusal):
    """Two moderators have stopped booking for this member; own data and the way to object stay open."""

    status = 403
    type = "stopped"
    sentence = _l("Booking is stopped for you for now.")
    kept = _l("Your data stays yours: read it, take it along, erase it.")
    what_now = _l("Your first page says why, and how to object.")


class PageGrownOld(Refusal):
    """The form was opened before signing in or out, or came from somewhere else."""

    status = 403
    type = "page-grown-old"
    sentence = _l("This page has grown old.")
    kept = _l("Nothing was changed.")
    what_now = _l("Open it once more, please.")


class BadInput(Refusal):
    """A form or a body that does not fit; `errors` maps field names to sentences."""

    status = 422
    type = "bad-input"
    sentence = _l("Something needs a small change.")


class Busy(Refusal):
    """The database is busy, restarting or out of room; nothing was half done."""

    status = 503
    type = "busy"
    sentence = _l("We could not write this down just now.")
    kept = _l("Nothing was changed.")
    what_now = _l("Please try again in a moment.")


class Unsure(Busy):
    """The database went away while it wrote. Bookings carry a mark of their own, so trying again is safe."""

    type = "unsure"
    sentence = _l("We do not know whether this was written down.")
    kept = ""
    what_now = _l("Please look once more in a moment. What is already there is not made twice.")


# What the web itself refuses: status -> (type, what happened, what to do).
OF_THE_WEB: dict[int, tuple[str, Any, Any]] = {
    400: ("bad-request", _l("We could not read that."), _l("Go back and try once more.")),
    401: ("sign-in-needed", SignInNeeded.sentence, SignInNeeded.what_now),
    403: ("not-yours", NotYours.sentence, ""),
    404: ("not-found", NotFound.sentence, NotFound.what_now),
    405: ("not-allowed", _l("This page cannot do that."), ""),
    413: ("too-large", _l("That was too large to send."), _l("Please make it shorter or smaller.")),
    415: ("wrong-kind", _l("We cannot read that kind of data."), ""),
    422: ("bad-input", BadInput.sentence, ""),
    429: ("too-many", _l("Too many tries for the moment."), _l("Please wait ten minutes.")),
    500: ("our-fault", _l("Something broke on our side."), _l("Please try again in a moment.")),
    503: ("busy", Busy.sentence, Busy.what_now),
}


def wants_json() -> bool:
    """The API answers in JSON, pages in HTML."""
    return request.path.startswith(("/api/", "/hsds"))


def answer(refusal: Refusal) -> Response:
    """A refusal as a page or as problem+json, in the asked language."""
    return _answer(
        refusal.status, refusal.type, refusal.sentence, refusal.kept, refusal.what_now, refusal.more
    )


def _answer(
    status: int, kind: str, sentence: Any, kept: Any, what_now: Any, more: dict[str, Any]
) -> Response:
    if wants_json():
        body = {
            "type": f"/problems/{kind}",
            "title": str(sentence),
            "status": status,
            "detail": str(what_now),
        }
        response = jsonify({**body, **more})
        response.content_type = PROBLEM
    else:
        page = render_template(
            "errors/page.html",
            status=status,
            kind=kind,
            sentence=sentence,
            kept=kept,
            what_now=what_now,
            more=more,
        )
        response = make_response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def of_the_web(error: HTTPException) -> Response:
    """werkzeug's refusals in our words; a redirect passes."""
    if isinstance(error, SecurityError):
        # A forged Host: a page as it lies there, because every address in a template would be built from that name.
        return make_response(ELSEWHERE.read_text(), 400, {"Cache-Control": "no-store"})
    if error.response is not None:
        return (
            error.response
            if isinstance(error.response, Response)
            else make_response(error.response)
        )
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    kind, sentence, what_now = OF_THE_WEB.get(status, OF_THE_WEB[400 if status < 500 else 500])
    details = getattr(error, "data", None) or {}
    more = {"errors": details["messages"]} if "messages" in details else {}
    response = _answer(status, kind, sentence, "", what_now, more)
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    if status == 429:
        response.headers["Retry-After"] = "600"
    return response


def init_app(app: Flask) -> None:
    """Register the table; what is not in it is a fault of ours and says nothing of its inside."""
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(HTTPException, of_the_web)
    app.register_error_handler(CSRFError, _grown_old)
    app.register_error_handler(OperationalError, _database_unwell)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(Exception, _our_fault)


def _grown_old(error: CSRFError) -> Response:
    """A form without its token, or with one of a session that is over (ASVS 3.5.x)."""
    del error
    return answer(PageGrownOld())


def _forget_who_asks() -> None:
    """The page of a fault must not ask the database who is looking at it: that may be what failed."""
    db.session.rollback()
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def _unreadable(error: DataError) -> Response:
    """What no row can hold: a NUL in an address, a number larger than any id (PostgreSQL says so)."""
    db.session.rollback()
    log.warning("unreadable: %s", type(error.orig).__name__)
    kind, sentence, what_now = OF_THE_WEB[400]
    return _answer(400, kind, sentence, "", what_now, {})


def _database_unwell(error: OperationalError) -> Response:
    _forget_who_asks()
    log.error("database: %s", type(error.orig).__name__)
    response = answer(Unsure() if isinstance(error, MaybeWritten) else Busy())
    response.headers["Retry-After"] = "2"
    return response


def _our_fault(error: Exception) -> Response:
    _forget_who_asks()
    log.error("unexpected %s", type(error).__name__, exc_info=error)
    kind, sentence, what_now = OF_THE_WEB[500]
    return _answer(500, kind, sentence, Busy.kept, what_now, {})
