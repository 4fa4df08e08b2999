"""Ready sentences: what a member says of an offer, what a business says of a visit."""

from __future__ import annotations

from typing import Any

from app.i18n import _l
from app.moderation.case_models import Reason, VisitReason

OF_AN_OFFER: dict[Reason, tuple[str, Any]] = {
    Reason.PAPERS: ("file-question-mark", _l("They asked for documents or about the past")),
    Reason.MONEY: ("coins", _l("They asked for more money than is written")),
    Reason.UNTRUE: ("file-x", _l("It is not as it is written here")),
    Reason.NOBODY: ("door-closed", _l("Nobody was there")),
    Reason.UNSAFE: ("shield-alert", _l("I did not feel safe")),
    Reason.OTHER: ("message-circle", _l("Something else")),
}
OF_A_VISIT: dict[VisitReason, tuple[str, Any]] = {
    VisitReason.THREAT: ("shield-alert", _l("We were threatened or hurt")),
    VisitReason.HARM: ("hammer", _l("Something was taken or broken")),
    VisitReason.ASKED: ("ear", _l("They asked who else comes here")),
    VisitReason.OTHER: ("message-circle", _l("Something else")),
}
