"""A business's way in: sign-up, the letter, its confirmation, and a new password for whoever lost theirs."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts import door, letters, proofs, sign_up_rules
from app.accounts.models import ProviderAccount
from app.accounts.password_rules import hash_password, refuse_weak
from app.accounts.schemas import EmailSchema, NewPasswordSchema, SignUpSchema, typed
from app.accounts.sign_in_rules import Account, account_of
from app.db import clock, writing
from app.errors import BadInput
from app.i18n import language
from app.notifications import mail
from app.notifications.mail import Letter

bp = Blueprint("sign_up", __name__)


@bp.get("/sign-up")
@may("come in")
def ask() -> ResponseReturnValue:
    """E-mail and a password; the rest is asked after the letter."""
    if current_user.is_authenticated:
        return redirect(door.home(current_user), 303)
    return render_template("accounts/sign_up.html", brought={}, errors={})


@bp.post("/sign-up")
@may("come in")
def sign_up() -> ResponseReturnValue:
    """One argon2 call and the same answer whoever has an account; only the owner of the address learns more."""
    try:
        brought = typed(SignUpSchema, request.form)
        refuse_weak(brought["password"], about=brought["email"])
    except BadInput as why:
        page = render_template("accounts/sign_up.html", brought=request.form, **why.more)
        return page, why.status
    kept, spoken = hash_password(brought["password"]), language()
    with writing():
        write = sign_up_rules.may_write_to(brought["email"], visitor=door.visitor(), now=clock())
        account = sign_up_rules.sign_up(brought["email"], kept, spoken, now=clock())
    return _sent(letters.letter_for_sign_up(account) if write else None)


def _sent(letter: Letter | None) -> ResponseReturnValue:
    response = make_response(redirect("/sign-up/letter", 303))
    return mail.after(response, letter)


@bp.get("/sign-up/letter")
@may("come in")
def letter_sent() -> str:
    """A letter is on its way."""
    return render_template("accounts/letter.html")


@bp.get("/sign-up/unconfirmed")
@may("come in")
def unconfirmed() -> str:
    """The password was right, the address is not confirmed yet."""
    return render_template("accounts/lost_password.html", unconfirmed=True, brought={}, errors={})


@bp.get("/confirm/<proof>")
@may("come in")
def ask_to_confirm(proof: str) -> str:
    """A button: mail programs open links by themselves, and must confirm nothing by it."""
    _account_of("confirm", proof)
    return render_template("accounts/confirm.html", proof=proof)


@bp.post("/confirm/<proof>")
@may("come in")
def confirm(proof: str) -> ResponseReturnValue:
    """The address is theirs, and they are in; the link is over with it. Refused: `LinkTooOld`."""
    before = door.secret_in_hand()
    with writing():
        account = cast(ProviderAccount, _account_of("confirm", proof))
        given = sign_up_rules.confirm(account, instead_of=before, now=clock())
    door.come_in(account, given)
    return redirect("/my/offers", 303)


@bp.get("/lost-password")
@may("come in")
def lost() -> str:
    """Where to send a letter for a new password."""
    return render_template("accounts/lost_password.html", unconfirmed=False, brought={}, errors={})


@bp.post("/lost-password")
@may("come in")
def send_again() -> ResponseReturnValue:
    """The same answer for every address."""
    try:
        email = typed(EmailSchema, request.form)["email"]
    except BadInput as why:
        page = render_template("accounts/lost_password.html", brought=request.form, **why.more)
        return page, why.status
    with writing():
        write = sign_up_rules.may_write_to(email, visitor=door.visitor(), now=clock())
    letter = letters.letter_for_lost_password(account_of(email)) if write else None
    return _sent(letter)


@bp.get("/new-password/<proof>")
@may("come in")
def ask_new(proof: str) -> str:
    """A new password."""
    _account_of("password", proof)
    return render_template("accounts/new_password.html", proof=proof, errors={})


@bp.post("/new-password/<proof>")
@may("come in")
def set_new(proof: str) -> ResponseReturnValue:
    """The new one counts, every session of the old one ends. Refused: `LinkTooOld`."""
    email = _account_of("password", proof).email or ""
    try:
        password = typed(NewPasswordSchema, request.form)["password"]
        refuse_weak(password, about=email)
    except BadInput as why:
        page = render_template("accounts/new_password.html", proof=proof, **why.more)
        return page, why.status
    kept = hash_password(password)
    with writing():
        sign_up_rules.change_password(_account_of("password", proof), kept)
    return redirect("/sign-in", 303)


def _account_of(purpose: str, proof: str) -> Account:
    account = proofs.account_proved(purpose, proof)
    if account is None:
        raise sign_up_rules.LinkTooOld()
    return account
