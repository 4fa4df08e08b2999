"""The ways to send that are compared, each in a process of its own: `python -m tests.bench.push_senders WAY URL NUMBER`.

Prints the CPU seconds this process spent on so many messages; `ours` also those of the encryption alone.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import uvloop
from pywebpush import webpush

from app.notifications.parcels import Device, Parcel
from app.notifications.payload import push_headers, push_message
from app.notifications.postman import SLOTS
from app.notifications.sending import Sender
from app.notifications.webpush import encrypt
from app.settings import Settings
from tests.databases import KEYS
from tests.notifications.stage import Phone

MESSAGE = push_message(
    "Ёсць вестка", "be", "https://pobach.example/n/" + "a" * 22, "b" * 32, details=False
)
PHONE = Phone()


def settings() -> Settings:
    given = {"POBACH_DATA_DIR": "/tmp", "POBACH_PUSH_HOSTS": "127.0.0.1"}
    return Settings.from_environ({**KEYS, **given, "POBACH_VAPID_PRIVATE_KEY": "a" * 42 + "A"})


def ours(url: str, number: int) -> list[float]:
    """Our sender, as the worker calls it, and in turns with it the limit: nothing but the encryption.

    On connections that are open: they are kept for as long as the worker runs.
    """

    async def all_of_them() -> list[float]:
        async with Sender(settings()) as sender:
            await carry(sender, parcels(url, 10 * SLOTS))
            some, spent = parcels(url, number), [0.0, 0.0]
            while batch := list(islice(some, SLOTS)):
                began = time.process_time()
                await carry(sender, iter(batch))
                sent = time.process_time()
                crypto(batch)
                spent = [spent[0] + sent - began, spent[1] + time.process_time() - sent]
            return spent

    return uvloop.run(all_of_them())


def crypto(batch: list[Parcel]) -> None:
    for _ in batch:
        encrypt(MESSAGE, PHONE.point, PHONE.secret)


async def carry(sender: Sender, some: Iterator[Parcel]) -> None:
    while batch := [sender.ready(parcel) for parcel in islice(some, SLOTS)]:
        verdicts = await asyncio.gather(*map(sender.deliver, batch))
        assert {verdict.status for verdict in verdicts} == {"201"}


def parcels(url: str, number: int) -> Iterator[Parcel]:
    now = datetime.now(UTC)
    phone, day = Phone().address, now + timedelta(days=1)
    headers = tuple(push_headers(day, now, "t" * 32, urgent=False).items())
    for n in range(number):
        device = Device(f"{url}/to/{n}", phone.p256dh, phone.auth)
        yield Parcel(n, 1, day, device, MESSAGE, headers)


def plain(url: str, number: int) -> list[float]:
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
    return [time.process_time() - began]


if __name__ == "__main__":
    way, address, times = sys.argv[1:]
    Path("/dev/stdout").write_text(" ".join(map(str, globals()[way](address, int(times)))) + "\n")
