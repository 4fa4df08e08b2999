"""Passkeys: made and taken away in Settings, brought at the door. Every one of these has another way beside it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts import address_rules, ceremonies, door, letters, passkey_rules
from app.accounts.fresh import needs_fresh_proof
from app.accounts.models import Moderator
from app.accounts.schemas import NewPasskeySchema, PasskeySchema, typed
from app.db import clock, writing
from app.errors import Refusal
from app.notifications import mail

bp = Blueprint("passkeys", __name__)
NOT_KEPT = {"Cache-Control": "no-store"}


@bp.get("/settings/passkeys")
@may("choose settings")
def mine() -> ResponseReturnValue:
    """What it is, one's own, and a button that makes one."""
    return _own_page(), NOT_KEPT


@bp.post("/settings/passkeys")
@may("choose settings")
@needs_fresh_proof
def make() -> ResponseReturnValue:
    """From now on this key leads in; a business gives its password, and gets a letter.

    Refused: `PasskeyNotGood`, `WrongPassword`, `TooManyTries`.
    """
    brought = typed(NewPasskeySchema, request.form)
    try:
        refused = _keep(brought["passkey"], brought["password"])
    except ceremonies.PasskeyNotGood as why:
        refused = why
    if refused is not None:
        return _own_page(refused), refused.status, NOT_KEPT
    made = make_response(redirect("/settings/passkeys", 303))
    return mail.after(made, letters.passkey_letter(_me()) if current_user.is_provider else None)


@bp.post("/settings/passkeys/<passkey_id>/removal")
@may("choose settings")
def take_away(passkey_id: str) -> ResponseReturnValue:
    """It opens nothing any more. Somebody else's answers as none does."""
    with writing():
        passkey_rules.take_away(_me(), passkey_id)
    return redirect("/settings/passkeys", 303)


@bp.get("/passkey")
@may("come in")
def bring() -> ResponseReturnValue:
    """One button; whoever is in already goes to their own things."""
    if current_user.is_authenticated:
        return redirect(door.home(current_user), 303)
    return _door_page(), NOT_KEPT


@bp.post("/passkey")
@may("come in")
def come_in() -> ResponseReturnValue:
    """In, as whoever the key belongs to. Refused: `PasskeyNotGood`, `TooManyTries`."""
    answer, before = typed(PasskeySchema, request.form)["passkey"], door.secret_in_hand()
    with writing():
        entry = passkey_rules.enter(answer, visitor=door.visitor(), instead_of=before, now=clock())
    if isinstance(entry, Refusal):
        return _door_page(entry), entry.status, NOT_KEPT
    door.come_in(*entry)
    return redirect("/queue" if isinstance(entry[0], Moderator) else door.home(entry[0]), 303)


def _me() -> Any:
    return current_user._get_current_object()


def _keep(answer: str, password: str) -> Refusal | None:
    me, right = _me(), False
    if current_user.is_provider:
        right = address_rules.knows_password(me, password, now=clock())
    with writing():
        if current_user.is_provider:
            return passkey_rules.keep_with_password(answer, me, right, now=clock())
        passkey_rules.keep(answer, me, now=clock())
    return None


def _own_page(refusal: Refusal | None = None) -> str:
    own = passkey_rules.own_passkeys(_me())
    question = ceremonies.question_to_make(_me(), [one.credential_id for one in own], now=clock())
    return render_template(
        "accounts/passkeys.html", own=own, question=question, home="/settings", refusal=refusal,
        wrong="password" if isinstance(refusal, address_rules.WrongPassword) else "_passkey",
    )  # fmt: skip


def _door_page(refusal: Refusal | None = None) -> str:
    question = ceremonies.question_to_prove(passkey_rules.TO_ENTER, now=clock())
    return render_template("accounts/passkey.html", question=question, refusal=refusal)
