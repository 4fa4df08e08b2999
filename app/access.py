"""Who may do what. Every door is closed unless its view says `@may("…")` with a name from this table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import LoginManager, current_user

from app.errors import NotYours, SignInNeeded, Stopped

View = TypeVar("View", bound=Callable[..., Any])
Test = Callable[[Any], bool]


def is_anyone(_: Any) -> bool:
    """The street: no sign-in asked."""
    return True


def is_known(who: Any) -> bool:
    """Anybody who may be somebody here: a password alone makes no moderator (ASVS 6.3.3)."""
    return bool(who.is_member or who.is_provider or who.is_moderator)


def is_halfway(who: Any) -> bool:
    """A moderator whose password was right and whose second factor is still to be proved."""
    return who.kind == "moderator" and not who.is_moderator


def is_signed_in(who: Any) -> bool:
    """Any session at all, proved or not: it may always be ended."""
    return bool(who.is_authenticated)


def is_member(who: Any) -> bool:
    """Holds a card."""
    return bool(who.is_member)


def is_welcome(who: Any) -> bool:
    """A member nobody has stopped: may look for offers and book."""
    return is_member(who) and getattr(who, "stopped_on", None) is None


def is_provider(who: Any) -> bool:
    """Speaks for a business whose e-mail is confirmed."""
    return bool(who.is_provider)


def is_moderator(who: Any) -> bool:
    """Reviews, with a second factor proved in this session (ASVS 6.3.3)."""
    return bool(who.is_moderator)


def can_invite(who: Any) -> bool:
    """May let people in."""
    return is_moderator(who) and bool(who.can_invite)


CAN: dict[str, list[Test]] = {
    # the street
    "come in": [is_anyone],
    "read about us": [is_anyone],
    "see public offers": [is_anyone],
    "be probed": [is_anyone],  # health, metrics (its own token), static shell
    "bring a card": [is_anyone],
    "open session by api": [is_anyone],  # brings an invitation, like a card does
    "confirm an address": [is_anyone],  # whoever reads the letter
    "read a feed": [is_anyone],  # its own random address proves who asks
    "renew push": [is_anyone],  # the service worker: proves itself by the old endpoint
    # anybody signed in
    "leave": [is_signed_in],
    "prove second factor": [is_halfway],
    "choose settings": [is_known],
    "read own notices": [is_known],
    "see the map": [is_known],
    # members
    "browse": [is_welcome],
    "book": [is_welcome],
    "see own bookings": [is_member],
    "own my data": [is_member],
    "hand over": [is_member],
    # businesses
    "change address": [is_provider],
    "list offers": [is_provider],
    "see today": [is_provider],
    # moderators
    "review": [is_moderator],
    "invite": [can_invite],
    "accept staff": [is_moderator],
}


def may(name: str) -> Callable[[View], View]:
    """Declare who may use this view. An unknown name stops the start."""
    if name not in CAN:
        raise KeyError(f"{name!r} is not in the access table")

    def mark(view: View) -> View:
        view.may = name  # type: ignore[attr-defined]
        return view

    return mark


def policy_of(endpoint: str, method: str) -> str | None:
    """The declared name for an endpoint and method; None where nobody declared one."""
    view: Any = current_app.view_functions.get(endpoint)
    of_a_class = getattr(view, "view_class", None)
    if of_a_class is not None:
        view = getattr(of_a_class, ("get" if method == "HEAD" else method).lower(), view)
    return getattr(view, "may", None)


def _guard() -> None:
    if request.endpoint is None:
        return  # no such page: 404 by the table of errors
    name = policy_of(request.endpoint, request.method)
    if name is None:
        raise NotYours()
    if all(test(current_user) for test in CAN[name]):
        return
    if is_welcome in CAN[name] and is_member(current_user):
        raise Stopped()
    raise NotYours() if current_user.is_authenticated else SignInNeeded()


def init_app(app: Flask, login: LoginManager) -> None:
    """Flask-Login opens the door to our own server-side sessions; its extras stay off (safety.md)."""
    login.init_app(app)
    login.session_protection = None
    app.before_request(_guard)
