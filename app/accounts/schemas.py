"""What comes in: every form and every JSON body of this room."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate


class CardSchema(Schema):
    """A card brought by a browser (the page's nonce beside it) or by a program (`Idempotency-Key`)."""

    class Meta:
        unknown = EXCLUDE

    invitation = fields.String(
        required=True,
        validate=validate.Length(max=300),
        metadata={"description": "The 24 letters of a card, or its whole link."},
    )
    nonce = fields.String(load_default="", validate=validate.Length(max=100))


class InvitationSchema(Schema):
    """The JSON body of POST /session."""

    invitation = fields.String(
        required=True,
        validate=validate.Length(max=300),
        metadata={"description": "The 24 letters of a card, or its whole link."},
    )


class SessionSchema(Schema):
    """The answer to POST /session; the two cookies come beside it."""

    csrf_token = fields.String(
        required=True, metadata={"description": "Send it back as X-CSRFToken with every write."}
    )
