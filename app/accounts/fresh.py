"""Fresh proof (safety.md T10): some deeds ask staff for the second step again when it is over five minutes old.

Nothing typed is lost: the page that asks carries every field that was sent, and its form is the same deed once
more with the proof beside it. So nobody is led anywhere, and nothing is kept on our side meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import passkey_rules
from app.accounts.ceremonies import purpose_of, question_to_prove
from app.accounts.passkey_rules import own_passkeys
from app.accounts.sign_in_rules import is_fresh, prove_again
from app.db import clock, writing
from app.errors import Refusal

View = TypeVar("View", bound=Callable[..., Any])
CODE, PASSKEY = PROOFS = ("proof_code", "proof_passkey")
STATUS = 403  # the deed is not done yet


def needs_fresh_proof(view: View) -> View:
    """Staff prove the second step anew before this, unless they have within five minutes."""
    return needs_fresh_proof_for(lambda **_: True)(view)


def needs_fresh_proof_for(which: Callable[..., bool]) -> Callable[[View], View]:
    """The same, for those addresses alone whose parts `which` says yes to."""

    def mark(view: View) -> View:
        view.fresh_for = which  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """After the check against forgery: a proof in a forged form is not even looked at."""
    app.before_request(_ask_again)


def _ask_again() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    which = getattr(view, "fresh_for", None)
    if which is None or not current_user.is_moderator or not which(**(request.view_args or {})):
        return None
    if is_fresh(current_user.session, now=clock()):
        return None
    return _prove() if CODE in request.form else (_page(), STATUS)


def _prove() -> ResponseReturnValue | None:
    me, secret = current_user._get_current_object(), current_user.get_id()
    brought = request.form.get(PASSKEY, "")
    prove = passkey_rules.prove_again if brought else prove_again
    with writing():
        refused = prove(me, brought or request.form[CODE], secret=secret, now=clock())
    return (_page(refused), refused.status) if refused else None


def _page(refusal: Refusal | None = None) -> str:
    me = current_user._get_current_object()
    question = question_to_prove(purpose_of(me), now=clock()) if own_passkeys(me) else ""
    kept = request.form.items(multi=True)
    fields = [(name, text) for name, text in kept if name not in {"csrf_token", *PROOFS}]
    return render_template(
        "accounts/fresh_proof.html", fields=fields, question=question, refusal=refusal
    )
