"""Forms of reports, rulings and objections."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.i18n import _l
from app.moderation.case_models import Reason, VisitReason
from app.moderation.schemas import WORDS, Form
from app.offers.plain import PlainText

AGAINST = ("uphold", "suspend", "stop", "keep")
RULINGS = (*AGAINST, "put_back", "let_be", "grant", "reinstate")


class ReportForm(Form):
    """A ready sentence, and own words or none."""

    reason = fields.Enum(
        Reason,
        by_value=True,
        required=True,
        error_messages={"required": _l("Please choose what it is."), "unknown": _l("Please choose what it is.")},
    )  # fmt: skip
    words = PlainText(lines=True, load_default="", validate=validate.Length(max=WORDS))


class VisitReportForm(Form):
    """The same of a visit."""

    reason = fields.Enum(
        VisitReason,
        by_value=True,
        required=True,
        error_messages={"required": _l("Please choose what it is."), "unknown": _l("Please choose what it is.")},
    )  # fmt: skip
    words = PlainText(lines=True, load_default="", validate=validate.Length(max=WORDS))


class ObjectionForm(Form):
    """How somebody sees it."""

    words = PlainText(
        lines=True,
        load_default="",
        validate=validate.Length(
            min=3, max=WORDS, error=_l("Please write how you see it, in a sentence or two.")
        ),
    )


class RulingForm(Form):
    """What is decided; against somebody only with a reason."""

    ruling = fields.String(
        required=True,
        validate=validate.OneOf(RULINGS),
        error_messages={"required": _l("Please choose what it is.")},
    )
    words = PlainText(lines=True, load_default="", validate=validate.Length(max=WORDS))

    @validates_schema(skip_on_field_errors=True)
    def says_why(self, data: dict[str, Any], **_more: object) -> None:
        """Whoever it is about reads it."""
        if data["ruling"] in AGAINST and len(data["words"]) < 3:
            raise ValidationError(_l("Please write why, in a sentence: they read it."), "words")
