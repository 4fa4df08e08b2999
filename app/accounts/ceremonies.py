"""The two ceremonies of WebAuthn (W3C, Level 3): making a passkey, and proving that one is at hand.

A question carries its purpose and its time under our own key, so nothing is kept between asking and hearing.
The person at the phone is always verified (finger, face, code), so a passkey is two factors at once. What the
phone's keychain shows is neutral: the name of the site, twice.
"""

from __future__ import annotations

import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app.accounts.models import Member, Moderator, ProviderAccount
from app.accounts.passkey_models import Passkey
from app.errors import Refusal
from app.i18n import _l
from app.seal import lookup
from app.settings import settings

NAME = "Pobach"
ANSWER_WITHIN = timedelta(minutes=5)
RANDOM, TIME, MARK = 16, 8, 32  # bytes
ALWAYS = UserVerificationRequirement.REQUIRED
Person = Member | ProviderAccount | Moderator


class PasskeyNotGood(Refusal):
    """Unknown, of somebody else, answered too late or twice: all alike."""

    status = 422
    type = "passkey-not-good"
    sentence = _l("This passkey does not open anything.")
    what_now = _l("Try once more, or come in another way.")


def question_to_make(person: Person, known: list[bytes], *, now: datetime) -> str:
    """What the browser hands to the phone to make a key, as JSON; none on a phone that holds one of `known`."""
    options = webauthn.generate_registration_options(
        rp_id=settings().hostname,
        rp_name=NAME,
        user_name=NAME,
        user_display_name=NAME,
        user_id=person.public_id.encode(),
        challenge=_question(purpose_of(person), now),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=ALWAYS
        ),
    )
    return options_to_json(options)


def question_to_prove(purpose: str, *, now: datetime) -> str:
    """What the browser hands to the phone to have a key proved: any of ours it holds."""
    options = webauthn.generate_authentication_options(
        rp_id=settings().hostname, challenge=_question(purpose, now), user_verification=ALWAYS
    )
    return options_to_json(options)


def made(answer: str, person: Person, *, now: datetime) -> VerifiedRegistration:
    """The key just made. Raises `PasskeyNotGood`."""
    try:
        return webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=question_in(answer, purpose_of(person), now),
            require_user_verification=True,
            **_our_site(),
        )
    except WebAuthnException as why:
        raise PasskeyNotGood() from why


def proved(answer: str, passkey: Passkey, purpose: str, *, now: datetime) -> VerifiedAuthentication:
    """The answer was signed by this key, for this purpose, within five minutes. Raises `PasskeyNotGood`."""
    try:
        return webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=question_in(answer, purpose, now),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
            **_our_site(),
        )
    except WebAuthnException as why:
        raise PasskeyNotGood() from why


def purpose_of(person: Person) -> str:
    """A question asked of one person is of no use to another."""
    return f"of {person.recipient}"


def id_in(answer: str) -> bytes:
    """Which key the answer says it is of. Raises `PasskeyNotGood`."""
    try:
        return base64url_to_bytes(_read(answer)["rawId"])
    except (KeyError, TypeError, ValueError) as why:
        raise PasskeyNotGood() from why


def question_in(answer: str, purpose: str, now: datetime) -> bytes:
    """The question that was answered, if it is ours, for `purpose` and young. Raises `PasskeyNotGood`."""
    try:
        said = json.loads(base64url_to_bytes(_read(answer)["response"]["clientDataJSON"]))
        question = base64url_to_bytes(said["challenge"])
    except (KeyError, TypeError, ValueError, RecursionError) as why:
        raise PasskeyNotGood() from why
    body, mark = question[: RANDOM + TIME], question[RANDOM + TIME :]
    age = now.timestamp() - int.from_bytes(body[RANDOM:], "big")
    ours = hmac.compare_digest(mark, _mark(purpose, body))
    if not ours or not -60 <= age <= ANSWER_WITHIN.total_seconds():
        raise PasskeyNotGood()
    return question


def _question(purpose: str, now: datetime) -> bytes:
    body = secrets.token_bytes(RANDOM) + int(now.timestamp()).to_bytes(TIME, "big")
    return body + _mark(purpose, body)


def _mark(purpose: str, body: bytes) -> bytes:
    return lookup("question", f"{purpose}|{body.hex()}")


def _read(answer: str) -> dict[str, Any]:
    try:
        read = json.loads(answer)
    except RecursionError as why:  # lists within lists, some thousands deep
        raise PasskeyNotGood() from why
    if not isinstance(read, dict):
        raise PasskeyNotGood()
    return read


def _our_site() -> dict[str, Any]:
    return {"expected_rp_id": settings().hostname, "expected_origin": settings().base_url}
