"""Sessions for programs: they bring a card, as a phone does."""

from __future__ import annotations

from flask import request
from flask_login import current_user
from flask_smorest import Blueprint
from flask_wtf.csrf import generate_csrf

from app.access import may
from app.accounts import door
from app.accounts.entry_rules import enter_with_card
from app.accounts.schemas import InvitationSchema, SessionSchema
from app.accounts.session_rules import end_session
from app.db import clock, public_id, writing
from app.errors import Refusal
from app.i18n import language

bp = Blueprint("session_api", __name__, url_prefix="/api/v1", description="Coming in and leaving")


@bp.post("/session")
@may("open session by api")
@bp.arguments(InvitationSchema)
@bp.response(201, SessionSchema)
@bp.doc(operationId="openSession")
def open_session_by_card(body: dict[str, str]) -> dict[str, str]:
    """Open a member's session with an invitation.

    The same `Idempotency-Key` within 15 minutes opens the same account again: on a weak network the answer
    gets lost.
    """
    nonce = request.headers.get("Idempotency-Key") or public_id()
    with writing():
        entry = enter_with_card(
            body["invitation"], nonce, language=language(), visitor=door.visitor(), now=clock()
        )
    if isinstance(entry, Refusal):
        raise entry
    door.come_in(*entry)
    return {"csrf_token": generate_csrf()}


@bp.delete("/session")
@may("leave")
@bp.response(204)
@bp.doc(operationId="endSession")
def end_this_session() -> None:
    """Sign out: the session is gone on our side, and a replayed cookie is dead."""
    with writing():
        end_session(current_user.get_id())
    door.go_out()
