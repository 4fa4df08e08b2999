"""What comes in: forms and JSON bodies of this room, and the shapes it answers with."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

TEXT = validate.Length(min=1, max=2048)
KEY = validate.Length(min=1, max=200)


class KeysSchema(Schema):
    """The two keys of a W3C PushSubscription."""

    class Meta:
        unknown = EXCLUDE

    p256dh = fields.String(required=True, validate=KEY)
    auth = fields.String(required=True, validate=KEY)


class SubscriptionSchema(Schema):
    """A W3C PushSubscription as `toJSON()` gives it."""

    class Meta:
        unknown = EXCLUDE

    endpoint = fields.String(required=True, validate=TEXT)
    keys = fields.Nested(KeysSchema, required=True)
    details = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={"description": "Show the words of a notice on this device's screen."},
    )


class RenewalSchema(Schema):
    """The address a browser had, where it tells it, and the one it has now."""

    old = fields.String(load_default="", validate=validate.Length(max=2048))
    subscription = fields.Nested(SubscriptionSchema, required=True)


class EndpointSchema(Schema):
    """The device to silence."""

    endpoint = fields.String(required=True, validate=TEXT)


class DeviceSchema(Schema):
    """A device that lets us reach it; its address is never told."""

    id = fields.String(attribute="public_id", required=True)
    language = fields.String(required=True)
    details = fields.Boolean(required=True)
    since = fields.Date(attribute="made_on", required=True)


class DevicesSchema(Schema):
    """Devices, and the key to subscribe another with."""

    items = fields.List(fields.Nested(DeviceSchema), required=True)
    next = fields.String(allow_none=True, required=True)
    application_server_key = fields.String(required=True)
    csrf_token = fields.String(required=True)


class PageSchema(Schema):
    """Where a list goes on."""

    class Meta:
        unknown = EXCLUDE

    cursor = fields.String(load_default="", validate=validate.Length(max=40))


class NoticeSchema(Schema):
    """A notice in the asked language."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    link = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    read = fields.Boolean(required=True)


class NoticesSchema(Schema):
    """A page of notices, newest first."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    next = fields.String(allow_none=True, required=True)


class EmailSchema(Schema):
    """The form that asks where to write."""

    class Meta:
        unknown = EXCLUDE

    email = fields.Email(required=True, validate=validate.Length(max=254))
