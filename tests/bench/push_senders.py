"""The ways to send that are compared, each in a process of its own: `python -m tests.bench.push_senders WAY URL NUMBER`.

Prints the CPU seconds this process spent on so many messages.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop
from pywebpush import webpush

from app.notifications.parcels import Device, Parcel
from app.notifications.payload import push_headers, push_message
from app.notifications.sending import Sender
from app.notifications.webpush import encrypt
from app.settings import Settings
from tests.databases import KEYS
from tests.notifications.stage import Phone

MESSAGE = push_message(
    "Ёсць вестка", "be", "https://pobach.example/n/" + "a" * 22, "b" * 32, details=False
)
AT_ONCE = 48


def settings() -> Settings:
    given = {"POBACH_DATA_DIR": "/tmp", "POBACH_PUSH_HOSTS": "127.0.0.1"}
    return Settings.from_environ({**KEYS, **given, "POBACH_VAPID_PRIVATE_KEY": "a" * 42 + "A"})


def crypto(url: str, number: int) -> float:
    """The limit: nothing but the encryption of each message."""
    phone = Phone(f"{url}/a")
    began = time.process_time()
    for _ in range(number):
        encrypt(MESSAGE, phone.point, phone.secret)
    return time.process_time() - began


def ours(url: str, number: int) -> float:
    """Our sender, as the worker calls it."""
    now = datetime.now(UTC)
    phone = Phone().address
    headers = tuple(push_headers(now + timedelta(days=1), now, "t" * 32, urgent=False).items())
    parcels = iter(
        Parcel(
            n,
            1,
            now + timedelta(days=1),
            Device(f"{url}/to/{n}", phone.p256dh, phone.auth),
            MESSAGE,
            headers,
        )
        for n in range(number)
    )

    async def one(sender: Sender) -> None:
        for parcel in parcels:
            assert (await sender.deliver(sender.ready(parcel))).status == "201"

    async def all_of_them() -> float:
        async with Sender(settings()) as sender:
            began = time.process_time()
            await asyncio.gather(*(one(sender) for _ in range(AT_ONCE)))
            return time.process_time() - began

    return uvloop.run(all_of_them())


def plain(url: str, number: int) -> float:
    """pywebpush as its own page shows it, in a loop."""
    phone, key = Phone(f"{url}/a").subscription(), settings().vapid_private_key
    began = time.process_time()
    for _ in range(number):
        claims: dict[str, str | int] = {"sub": "https://example.org"}
        webpush(
            phone,
            MESSAGE.decode(),
            vapid_private_key=key,
            vapid_claims=claims,
            ttl=3600,
            timeout=10,
        )
    return time.process_time() - began


if __name__ == "__main__":
    way, address, times = sys.argv[1:]
    Path("/dev/stdout").write_text(f"{globals()[way](address, int(times)):.4f}\n")
