"""The sender: one asyncio process, one set of kept connections, no redirects, and a table of answers."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

from app.db import clock
from app.notifications.endpoints import may_call
from app.notifications.mail import Letter, MailFailed, send
from app.notifications.models import DeliveryState
from app.notifications.origins import Origins
from app.notifications.outbox import Verdict
from app.notifications.parcels import Device, Parcel
from app.notifications.vapid import Vapid, origin_of
from app.notifications.webpush import encrypt, raw_bytes
from app.notifications.wire import Wire, a_post
from app.settings import Settings

log = logging.getLogger(__name__)
CONNECTIONS = 48
TIMEOUT = 10
GONE = {404, 410}
QUIET = {429, 503}
LONGEST_BACK_OFF = timedelta(hours=1)
LONGEST_QUIET = timedelta(days=1)


@dataclass(frozen=True)
class Answer:
    """What a push service said: a status, or 0 and the reason why there is none."""

    status: int
    word: str
    retry_after: str | None = None


class Sender:
    """`async with Sender(settings) as sender: verdict = await sender.deliver(sender.ready(parcel))`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._vapid = Vapid(settings.vapid_private_key, settings.vapid_subject, clock)
        self._origins = Origins(CONNECTIONS)

    async def __aenter__(self) -> Self:
        self._wire = Wire(TIMEOUT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._wire.close()

    def ready(self, parcel: Parcel) -> Parcel:
        """Seal its message: done ahead, so that no free connection waits for it."""
        if parcel.device is None:
            return parcel
        try:
            self._seal(parcel, parcel.device)
        except ValueError:
            parcel.why_not = "bad keys"
        return parcel

    def _seal(self, parcel: Parcel, device: Device) -> None:
        if not self._may_call(device.endpoint):
            parcel.why_not = "refused endpoint"
            return
        body = encrypt(parcel.message, raw_bytes(device.p256dh), raw_bytes(device.auth))
        signed = self._vapid.header(device.endpoint)
        headers = _as_sent((*parcel.headers, ("Authorization", signed)))
        parcel.origin, parcel.request = (
            origin_of(device.endpoint),
            a_post(device.endpoint, headers, body),
        )

    async def deliver(self, parcel: Parcel) -> Verdict:
        """Send it once and say what became of it. Never raises: one bad parcel stops no other."""
        try:
            return await self._deliver(parcel)
        except Exception:
            log.exception("delivery")
            return _back_off(parcel, "our fault", clock())

    async def _deliver(self, parcel: Parcel) -> Verdict:
        if parcel.letter is not None:
            return await self._mail(parcel, parcel.letter)
        if parcel.why_not:
            return Verdict(parcel.delivery_id, DeliveryState.FAILED, parcel.why_not, clock())
        if self._origins.at_home(parcel.origin, clock()):
            return await self._push(parcel)
        async with self._origins.turn(parcel.origin, clock()):
            return await self._push(parcel)

    async def _push(self, parcel: Parcel) -> Verdict:
        origin = parcel.origin
        async with self._origins.room[origin]:
            # Asked only now: it may have wanted quiet while this one waited.
            quiet_until = self._origins.quiet_until(origin, clock())
            if quiet_until:
                return _again(parcel, "quiet", quiet_until + _jitter(1), tried=False)
            answer, now = await self._post(parcel), clock()
            verdict = judge(parcel, origin, answer, now)
            self._origins.heard(origin, now)
            if verdict.pause:
                self._origins.pause(*verdict.pause)
        return verdict

    def _may_call(self, endpoint: str) -> bool:
        # Checked again here: a row may be older than the list, or not have come in by the front door.
        hosts, production = self._settings.push_hosts, self._settings.production
        return may_call(endpoint, hosts, loopback=not production)

    async def _post(self, parcel: Parcel) -> Answer:
        try:
            status, told = await self._wire.post(parcel.origin, parcel.request)
        except TimeoutError:
            return Answer(0, "timeout")
        except OSError as why:
            return Answer(0, type(why).__name__[:24])
        said = told.get(b"retry-after", b"").decode("latin-1")
        return Answer(status, str(status), said or None)

    async def _mail(self, parcel: Parcel, letter: Letter) -> Verdict:
        try:
            await asyncio.to_thread(send, letter, self._settings.smtp_url, self._settings.base_url)
        except MailFailed as why:
            if why.final:
                return Verdict(parcel.delivery_id, DeliveryState.FAILED, why.status, clock())
            return _back_off(parcel, why.status, clock())
        return Verdict(parcel.delivery_id, DeliveryState.SENT, "mailed", clock())


def _as_sent(headers: tuple[tuple[str, str], ...]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")


def judge(parcel: Parcel, origin: str, answer: Answer, now: datetime) -> Verdict:
    """The table of answers (notifications.md): sent, gone, dead, quiet for everybody, or later."""
    status = answer.status
    if 200 <= status < 300:
        return Verdict(parcel.delivery_id, DeliveryState.SENT, answer.word, now)
    if status in GONE:
        return Verdict(parcel.delivery_id, DeliveryState.GONE, answer.word, now)
    until = retry_after(answer.retry_after, now) if status in QUIET else None
    if until is not None:
        return _again(parcel, answer.word, until + _jitter(1), pause=(origin, until))
    if status == 429 or status >= 500 or status == 0:
        return _back_off(parcel, answer.word, now)
    return Verdict(
        parcel.delivery_id,
        DeliveryState.FAILED,
        answer.word,
        now,
        refused_by=_refused(status, origin),
    )


def _refused(status: int, origin: str) -> str:
    """401 and 403 mean that our own key or claims are wrong: people must hear of it."""
    return origin if status in {401, 403} else ""


def retry_after(text: str | None, now: datetime) -> datetime | None:
    """RFC 9110 10.2.3: seconds or a date; at most a day is believed."""
    if not text:
        return None
    try:
        if text.strip().isdecimal():
            until = now + timedelta(seconds=min(int(text), 10**6))
        else:
            until = parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return min(until, now + LONGEST_QUIET)


def _back_off(parcel: Parcel, why: str, now: datetime) -> Verdict:
    """2, 4, 8 … seconds, at most an hour, less up to half of it so that tries do not march in step."""
    longest = LONGEST_BACK_OFF.total_seconds()
    seconds = min(longest, 2.0 ** min(parcel.attempts, 12))
    return _again(parcel, why, now + timedelta(seconds=seconds / 2) + _jitter(seconds / 2))


def _again(
    parcel: Parcel,
    why: str,
    due_at: datetime,
    *,
    tried: bool = True,
    pause: tuple[str, datetime] | None = None,
) -> Verdict:
    ahead = due_at < parcel.expires_at
    state = DeliveryState.DUE if ahead else DeliveryState.FAILED
    return Verdict(parcel.delivery_id, state, why, due_at, tried=tried, pause=pause)


def _jitter(seconds: float) -> timedelta:
    return timedelta(seconds=random.uniform(0, seconds))  # noqa: S311
