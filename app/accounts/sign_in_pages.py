"""Signing in: businesses and staff by e-mail and password, staff with a second factor as well."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts import door
from app.accounts.ceremonies import purpose_of, question_to_prove
from app.accounts.passkey_rules import own_passkeys, prove_second_step
from app.accounts.schemas import SecondStepSchema, SignInSchema, typed
from app.accounts.sign_in_rules import (
    account_by_password,
    is_unconfirmed,
    prove_second_factor,
    sign_in,
)
from app.db import clock, writing
from app.errors import Refusal

bp = Blueprint("sign_in", __name__)
NOT_KEPT = {"Cache-Control": "no-store"}


@bp.get("/sign-in")
@may("come in")
def ask() -> ResponseReturnValue:
    """E-mail and password; whoever is in already goes to their own things."""
    if current_user.is_authenticated:
        return redirect(door.home(current_user), 303)
    return _sign_in_page({}), NOT_KEPT


@bp.post("/sign-in")
@may("come in")
def come_in() -> ResponseReturnValue:
    """One password comparison whoever asks, then one write: a session, or one more failure."""
    brought = typed(SignInSchema, request.form)
    who, now, before = door.visitor(), clock(), door.secret_in_hand()
    account = account_by_password(**brought, visitor=who, now=now)
    if is_unconfirmed(account):
        return redirect("/sign-up/unconfirmed", 303)
    with writing():
        entry = sign_in(account, visitor=who, instead_of=before, now=now)
    if isinstance(entry, Refusal):
        return _sign_in_page(brought, entry), entry.status, NOT_KEPT
    door.come_in(*entry)
    return redirect(door.home(entry[0]), 303)


@bp.get("/second-factor")
@may("prove second factor")
def ask_for_code() -> str:
    """Six digits from the moderator's own device, or a passkey."""
    return _code_page()


@bp.post("/second-factor")
@may("prove second factor")
def bring_code() -> ResponseReturnValue:
    """A full session for the right code; until then a moderator is nobody."""
    brought, before = typed(SecondStepSchema, request.form), current_user.get_id()
    moderator = current_user._get_current_object()
    prove = prove_second_step if brought["passkey"] else prove_second_factor
    with writing():
        given = prove(
            moderator, brought["passkey"] or brought["code"], instead_of=before, now=clock()
        )
    if isinstance(given, Refusal):
        return _code_page(given), given.status
    door.come_in(moderator, given)
    return redirect("/queue", 303)


def _sign_in_page(brought: dict[str, str], refusal: Refusal | None = None) -> str:
    return render_template("accounts/sign_in.html", brought=brought, refusal=refusal)


def _code_page(refusal: Refusal | None = None) -> str:
    me = current_user._get_current_object()
    question = question_to_prove(purpose_of(me), now=clock()) if own_passkeys(me) else ""
    return render_template("accounts/second_factor.html", question=question, refusal=refusal)
