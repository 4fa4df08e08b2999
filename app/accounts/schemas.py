"""What comes in: every form and every JSON body of this room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.errors import BadInput
from app.i18n import LANGUAGES, _

_an_address = validate.Email()


def an_address(text: str) -> None:
    """marshmallow takes only plain strings for this message, and ours is said in the reader's language."""
    try:
        _an_address(text)
    except ValidationError as why:
        raise ValidationError(_("This does not look like an e-mail address.")) from why


class Form(Schema):
    """A form of a page: other fields (the token against forgery) are not our business here."""

    class Meta:
        unknown = EXCLUDE


class CardSchema(Form):
    """A card brought by a browser; `nonce` is the page's own, so that a lost answer can be asked for again."""

    invitation = fields.String(load_default="")
    nonce = fields.String(load_default="")


class LanguageSchema(Form):
    """One of the seven."""

    lang = fields.String(required=True, validate=validate.OneOf(list(LANGUAGES)))


class SizeSchema(Form):
    """1 ordinary, 2 larger, 3 largest."""

    size = fields.String(required=True, validate=validate.OneOf(["1", "2", "3"]))


class EmailSchema(Form):
    """An address alone."""

    email = fields.String(required=True, validate=[validate.Length(max=254), an_address])


class SignInSchema(Form):
    """Whatever was typed: what does not look like an address is simply wrong."""

    email = fields.String(load_default="", validate=validate.Length(max=254))
    password = fields.String(load_default="", validate=validate.Length(max=1000))


class SignUpSchema(EmailSchema):
    """A business's first form; the rest of it is asked after the address is confirmed."""

    password = fields.String(required=True, validate=validate.Length(max=1000))


class NewPasswordSchema(Form):
    """A new password in place of a lost one."""

    password = fields.String(required=True, validate=validate.Length(max=1000))


class NewAddressSchema(EmailSchema):
    """A new address, and the password that proves who asks."""

    password = fields.String(load_default="", validate=validate.Length(max=1000))


class CodeSchema(Form):
    """Six digits of a device."""

    code = fields.String(load_default="", validate=validate.Length(max=20))


class SecondStepSchema(CodeSchema):
    """Six digits of a device, or what a phone's passkey answered."""

    passkey = fields.String(load_default="", validate=validate.Length(max=8000))


class PasskeySchema(Form):
    """What a phone's passkey answered, as JSON; what cannot be read is simply wrong."""

    passkey = fields.String(load_default="", validate=validate.Length(max=8000))


class NewPasskeySchema(PasskeySchema):
    """A key just made, and the password of the business that makes it."""

    password = fields.String(load_default="", validate=validate.Length(max=1000))


class WayBackSchema(Form):
    """A number and digits from paper, with whatever spaces between."""

    number = fields.String(load_default="", validate=validate.Length(max=60))
    digits = fields.String(load_default="", validate=validate.Length(max=60))


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


def typed(schema: type[Schema], form: Mapping[str, Any]) -> dict[str, Any]:
    """The form's fields, checked. Raises `BadInput` with a sentence for each field that does not fit."""
    try:
        loaded: dict[str, Any] = schema().load(dict(form))
    except ValidationError as why:
        raise BadInput(errors=why.messages) from None
    return loaded
