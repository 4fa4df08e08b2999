"""Flask-Login as the door to our own sessions: who comes in with this request, coming in, going out."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, after_this_request, request, session
from flask_login import AnonymousUserMixin, LoginManager, current_user, login_user, logout_user

from app.accounts.models import Holder
from app.accounts.session_rules import Secrets, find_holder, needs_touch, touch
from app.db import clock, writing
from app.i18n import LANGUAGES
from app.security import SESSION_DAYS, here_cookie_name
from app.settings import settings

login = LoginManager()
# Files that name a language in their address without anybody choosing one: fetched by the browser itself.
UNSPOKEN = ("/manifest", "/offline", "/unsent", "/sw.js", "/api/")


class Nobody(AnonymousUserMixin):
    """Whoever is not signed in: can be asked the same questions."""

    is_member = is_provider = is_moderator = can_invite = False
    kind = recipient = ""
    language = None


def init_app(app: Flask) -> None:
    """The loader reads; keeping a session alive is a write of its own, rarely."""
    login.anonymous_user = Nobody
    login.user_loader(load)
    app.before_request(_keep_alive)
    app.before_request(_remember_language)


def load(secret: str) -> Holder | None:
    """Flask-Login asks by the id it keeps in the signed cookie: the random session secret."""
    return find_holder(secret, request.cookies.get(here_cookie_name(), ""), now=clock())


def come_in(holder: Holder, given: Secrets) -> None:
    """Sign in after the session row was written. Old contents of the cookie go first (fixation)."""
    chosen = {key: session[key] for key in ("language", "size") if key in session}
    session.clear()
    session.update(chosen)
    session.permanent = True
    holder.session = _Fresh(given.session)  # type: ignore[assignment]
    login_user(holder)
    after_this_request(lambda response: _set_here(response, given.here))


def visitor() -> str:
    """The address failures are counted by; it goes into a keyed hash and is written nowhere."""
    return request.remote_addr or ""


def secret_in_hand() -> str | None:
    """The session this browser is in now, which coming in anew must end; None on the street."""
    return str(current_user.get_id()) if current_user.is_authenticated else None


def home(holder: Any) -> str:
    """Where somebody's own things begin; the front door for whoever is not in yet."""
    if holder.is_member:
        return "/my-case" if holder.stopped_on else "/nearby"
    if holder.is_provider:
        return "/today"
    if holder.is_moderator:
        return "/queue"
    return "/second-factor" if holder.kind == "moderator" else "/"


def go_out() -> None:
    """Forget everything in this browser's cookies; the caller ends the session row."""
    logout_user()
    session.clear()
    after_this_request(_forget_here)


class _Fresh:
    """Stands for the session row until the next request reads it."""

    second_factor_at = None

    def __init__(self, secret: str) -> None:
        self.secret = secret


def _set_here(response: Response, value: str) -> Response:
    response.set_cookie(
        here_cookie_name(),
        value,
        max_age=SESSION_DAYS * 86400,
        secure=settings().production,
        httponly=False,  # a script must be able to delete it while offline: that ends the session
        samesite="Lax",
    )
    return response


def _forget_here(response: Response) -> Response:
    response.delete_cookie(here_cookie_name(), secure=settings().production, samesite="Lax")
    # The map's pieces may be kept for a year: this browser's next holder would read from them where somebody was.
    response.headers.setdefault("Clear-Site-Data", '"cache"')
    return response


def _keep_alive() -> None:
    secret = session.get("_user_id")
    if secret is None:
        return
    if current_user.is_authenticated and needs_touch(current_user.session, clock()):
        with writing():
            touch(secret, now=clock())
        session.modified = True
        after_this_request(
            lambda response: _set_here(response, request.cookies[here_cookie_name()])
        )


def _remember_language() -> None:
    """A visitor who chose a language by a link keeps it in this browser; whoever is in has it in Settings."""
    asked = request.args.get("lang", "")
    if asked not in LANGUAGES or request.method != "GET" or request.path.startswith(UNSPOKEN):
        return
    if not current_user.is_authenticated and asked != session.get("language"):
        session["language"] = asked
