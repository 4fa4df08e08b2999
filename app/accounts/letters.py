"""The letters about an account itself: plain words, one link, nothing about anybody.

Handed to the mail server after the answer has gone out: nobody waits for it, no transaction is open, and
the time of the answer does not tell whether there was anything to send (ASVS 6.3.8).
"""

from __future__ import annotations

from flask_babel import force_locale

from app.accounts.address_models import AddressChange
from app.accounts.proofs import make_proof, make_word
from app.accounts.sign_in_rules import Account, is_unconfirmed
from app.i18n import _
from app.notifications.mail import Letter
from app.settings import settings


def confirm_letter(account: Account) -> Letter:
    """The link by which a business confirms its address."""
    link = f"{settings().base_url}/confirm/{make_proof('confirm', account)}"
    with force_locale(account.language):
        return _letter(
            account,
            _("Confirm your address"),
            _("Somebody, probably you, has given this address in Pobach. To go on, open:"),
            link,
            _("The link works for two days. If it was not you, do nothing."),
        )


def known_letter(account: Account) -> Letter:
    """Somebody signed up with an address that has an account: only its owner is told."""
    with force_locale(account.language):
        return _letter(
            account,
            _("You are already in Pobach"),
            _("Somebody, probably you, wanted to sign up with this address. You can sign in:"),
            f"{settings().base_url}/sign-in",
            _("If it was not you, do nothing: nothing was changed."),
        )


def password_letter(account: Account) -> Letter:
    """The link for a new password."""
    link = f"{settings().base_url}/new-password/{make_proof('password', account)}"
    with force_locale(account.language):
        return _letter(
            account,
            _("A new password"),
            _("Somebody, probably you, has asked for a new password. To choose one, open:"),
            link,
            _("The link works for one hour, once. If it was not you, do nothing."),
        )


def new_address_letter(change: AddressChange) -> Letter:
    """The link by which whoever reads the new address agrees."""
    link = f"{settings().base_url}/new-address/{make_word('address', change.public_id)}"
    with force_locale(change.account.language):
        lines = (
            _("Somebody, probably you, has given this address in Pobach. To go on, open:"),
            link,
            _("The link works for two days. If it was not you, do nothing."),
        )
        return Letter(change.email or "", _("Confirm your address"), "\n\n".join(lines) + "\n")


def old_address_letter(change: AddressChange) -> Letter:
    """The owner so far hears of it at once, and has a day to say no, signed in or not."""
    link = f"{settings().base_url}/keep-address/{make_word('keep', change.public_id)}"
    with force_locale(change.account.language):
        return _letter(
            change.account,
            _("Another address was asked for"),
            _(
                "Somebody, probably you, has asked that Pobach write to another address from tomorrow on."
            ),
            _("If it was not you, open this today and keep the old one:"),
            link,
        )


def passkey_letter(account: Account) -> Letter:
    """A passkey leads into the account from now on: its owner hears of it, and what to do if it was not them."""
    with force_locale(account.language):
        return _letter(
            account,
            _("A passkey was made"),
            _("Somebody, probably you, has made a passkey that leads into your account in Pobach."),
            _("If it was not you, ask for a new password: that takes every passkey away."),
            f"{settings().base_url}/lost-password",
        )


def letter_for_sign_up(account: Account) -> Letter:
    """The link to confirm by; whoever is confirmed already is told so."""
    return confirm_letter(account) if is_unconfirmed(account) else known_letter(account)


def letter_for_lost_password(account: Account | None) -> Letter | None:
    """A business that never confirmed is asked to confirm first; nobody gets nothing."""
    if account is None:
        return None
    return confirm_letter(account) if is_unconfirmed(account) else password_letter(account)


def _letter(account: Account, subject: str, *lines: str) -> Letter:
    return Letter(account.email or "", subject, "\n\n".join(lines) + "\n")
