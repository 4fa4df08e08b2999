"""Mail through the operator's own server (`SMTP_URL`). Letters about news say nothing but that.

`smtp://host:port`, `smtp+starttls://user:password@host:587` or `smtps://user:password@host`.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Response
from flask_babel import force_locale

from app.i18n import _
from app.settings import settings

log = logging.getLogger(__name__)
TIMEOUT = 10


class MailFailed(Exception):
    """Not handed over. `final` says that trying again is of no use."""

    def __init__(self, status: str, *, final: bool) -> None:
        super().__init__(status)
        self.status, self.final = status, final


@dataclass(frozen=True)
class Letter:
    """One mail: plain text, one address, nothing hidden."""

    to: str
    subject: str
    text: str


def news_letter(to: str, line: Any, language: str, link: str) -> Letter:
    """A letter that there is news: the kind's own line, the address to read it at, and no more."""
    with force_locale(language):
        subject = _("%(line)s: open Pobach", line=str(line))
        text = _("%(line)s. You can read it in Pobach:", line=str(line))
        foot = _(
            "This letter says no more on purpose. Who may write to you is chosen in the settings."
        )
    return Letter(to, subject, f"{text}\n{link}\n\n{foot}\n")


def send(letter: Letter, smtp_url: str, base_url: str) -> None:
    """Hand one letter over to the mail server; waits for its answer. Raises `MailFailed`.

    Never inside a transaction: a slow server would keep everybody waiting.
    """
    if not smtp_url:
        raise MailFailed("no mail server", final=True)
    try:
        with _server(smtp_url) as server:
            server.send_message(_message(letter, smtp_url, base_url))
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as why:
        raise MailFailed(f"mail {_code(why)}", final=_code(why) >= 500) from why
    except (OSError, smtplib.SMTPException) as why:
        raise MailFailed("mail server away", final=False) from why


def after(response: Response, letter: Letter | None) -> Response:
    """Send the letter, if there is one, once the answer is on its way: nobody waits for it."""
    if letter is not None:
        response.call_on_close(_sending(letter, settings().smtp_url, settings().base_url))
    return response


def _sending(letter: Letter, smtp_url: str, base_url: str) -> Callable[[], None]:
    def go() -> None:
        try:
            send(letter, smtp_url, base_url)
        except MailFailed as why:
            log.error("a letter was not sent: %s", why.status)

    return go


def _code(why: smtplib.SMTPException) -> int:
    if isinstance(why, smtplib.SMTPRecipientsRefused):
        return next(iter(why.recipients.values()))[0]
    return int(getattr(why, "smtp_code", 500))


@contextmanager
def _server(smtp_url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(smtp_url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
    with server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _message(letter: Letter, smtp_url: str, base_url: str) -> EmailMessage:
    host = urlsplit(base_url).hostname or "localhost"
    user = unquote(urlsplit(smtp_url).username or "")
    message = EmailMessage()
    message["From"] = user if "@" in user else f"pobach@{host}"
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Message-ID"] = make_msgid(domain=host)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message
