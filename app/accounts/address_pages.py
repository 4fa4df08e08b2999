"""A business's new address: asked for in Settings, agreed to by its letter, refused by the letter to the old one."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts import address_rules, door, letters, proofs
from app.accounts.address_models import AddressChange
from app.accounts.models import ProviderAccount
from app.accounts.schemas import NewAddressSchema, typed
from app.accounts.sign_in_rules import account_of
from app.accounts.sign_up_rules import LinkTooOld, may_write_to
from app.db import clock, writing
from app.errors import BadInput, Refusal
from app.notifications import mail

bp = Blueprint("address", __name__)


@bp.get("/settings/address")
@may("change address")
def mine() -> str:
    """The address, and the one that waits."""
    return _page({})


@bp.post("/settings/address")
@may("change address")
def ask() -> ResponseReturnValue:
    """The new one waits a day; both addresses get a letter. The answer says nothing of who has an account."""
    try:
        brought = typed(NewAddressSchema, request.form)
    except BadInput as why:
        return _page(request.form, errors=why.more["errors"]), why.status
    right = address_rules.knows_password(_me(), brought["password"], now=clock())
    with writing():
        change = address_rules.ask_for(_me(), brought["email"], right, now=clock())
        write = may_write_to(brought["email"], visitor=door.visitor(), now=clock())
    if isinstance(change, Refusal):
        return _page(brought, change), change.status
    free = write and account_of(brought["email"]) is None
    sent = make_response(redirect("/settings/address", 303))
    mail.after(sent, letters.new_address_letter(change) if free else None)
    return mail.after(sent, letters.old_address_letter(change))


@bp.post("/settings/address/withdrawal")
@may("change address")
def withdraw() -> ResponseReturnValue:
    """The old one stays."""
    with writing():
        address_rules.drop(_me())
    return redirect("/settings/address", 303)


@bp.get("/new-address/<word>")
@may("confirm an address")
def ask_new(word: str) -> str:
    """One button: mail programs open links by themselves. Refused: `LinkTooOld`."""
    return _of_a_letter("new", _change("address", word))


@bp.post("/new-address/<word>")
@may("confirm an address")
def agree(word: str) -> str:
    """Whoever reads the new address says yes."""
    with writing():
        address_rules.say_yes(change := _change("address", word), now=clock())
    return _of_a_letter("new", change, done=True)


@bp.get("/keep-address/<word>")
@may("confirm an address")
def ask_keep(word: str) -> str:
    """One button. Refused: `LinkTooOld`."""
    return _of_a_letter("keep", _change("keep", word))


@bp.post("/keep-address/<word>")
@may("confirm an address")
def keep(word: str) -> str:
    """The old address stays, whoever asked for another."""
    with writing():
        address_rules.drop(_change("keep", word).account)
    return _of_a_letter("keep", None, done=True)


def _me() -> ProviderAccount:
    return cast(ProviderAccount, current_user._get_current_object())


def _change(purpose: str, word: str) -> AddressChange:
    change = address_rules.change_called(proofs.said_by(purpose, word), now=clock())
    if change is None:
        raise LinkTooOld()
    return change


def _of_a_letter(what: str, change: AddressChange | None, *, done: bool = False) -> str:
    return render_template("accounts/address_letter.html", what=what, change=change, done=done)


def _page(brought: object, refusal: Refusal | None = None, errors: object = None) -> str:
    waiting = address_rules.waiting_change(_me(), now=clock())
    return render_template(
        "accounts/address.html",
        email=_me().email,
        waiting=waiting,
        brought=brought,
        refusal=refusal,
        errors=errors or ({"password": [refusal.what_now]} if refusal else {}),
    )
