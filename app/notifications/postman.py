"""The outbox's part of the worker: lend, send, settle, for as long as the worker runs.

A killed worker loses nothing: its leases end, and another takes them up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask

from app.db import clock, public_id, writing
from app.notifications import outbox
from app.notifications.alerts import tell_of_refusals
from app.notifications.outbox import Verdict
from app.notifications.parcels import Parcel, pack
from app.notifications.sending import CONNECTIONS, Sender
from app.notifications.spreading import fan_out
from app.settings import settings
from app.worker import sleep

log = logging.getLogger(__name__)
T = TypeVar("T")
SLOTS = (
    2 * CONNECTIONS
)  # one waits behind each that is under way: two timeouts are less than a lease
SHORTEST, LONGEST = 0.05, 0.5  # seconds between two looks: with work about, and without
GATHER = 0.005  # seconds in which sends that end together are settled together


async def deliver(app: Flask, stopping: asyncio.Event) -> None:
    """Send what is due until told to stop, then finish what is under way."""
    with app.app_context():
        sender = Sender(settings())
    async with sender:
        await _Postman(app, stopping, sender).serve()


class _Postman:
    def __init__(self, app: Flask, stopping: asyncio.Event, sender: Sender) -> None:
        self.app, self.stopping, self.sender = app, stopping, sender
        self.me = public_id()
        self.thread = ThreadPoolExecutor(1)  # the database waits; the sends do not wait with it
        self.flying: set[asyncio.Task[Verdict]] = set()
        self.ended: list[Verdict] = []  # sent, or called off before: what is to be settled
        self.landed = asyncio.Event()

    async def serve(self) -> None:
        pause = SHORTEST
        while self.flying or self.ended or not self.stopping.is_set():
            for parcel in await self._turn():
                task = asyncio.create_task(self.sender.deliver(parcel))
                self.flying.add(task)
                task.add_done_callback(self._land)
            pause = SHORTEST if self.flying else min(pause * 2, LONGEST)
            await self._wait(pause)

    def _land(self, task: asyncio.Task[Verdict]) -> None:
        self.flying.discard(task)
        self.ended.append(task.result())
        self.landed.set()

    async def _turn(self) -> list[Parcel]:
        verdicts, self.ended = self.ended, []
        self.landed.clear()
        free = 0 if self.stopping.is_set() else SLOTS - len(self.flying)
        try:
            parcels, unsent = await self._in_thread(self._exchange, verdicts, free)
        except Exception:
            # What could not be settled is sent once more when its lease ends.
            log.exception("outbox")
            parcels, unsent = [], []
            await asyncio.sleep(1)
        self.ended += unsent
        return parcels

    def _exchange(self, verdicts: list[Verdict], free: int) -> tuple[list[Parcel], list[Verdict]]:
        now, mine = clock(), list[int]()
        if not verdicts and not (free and outbox.has_work(now)):
            return [], []
        with writing():
            if verdicts:
                outbox.settle(self.me, verdicts, now)
                tell_of_refusals(verdicts, self.app.extensions["watchers"], now)
            if free:
                fan_out(now)
                mine = outbox.claim(self.me, now, free)
        parcels, unsent = pack(mine, settings().base_url, now) if mine else ([], [])
        return [self.sender.ready(parcel) for parcel in parcels], unsent

    async def _wait(self, pause: float) -> None:
        if not self.flying:
            await sleep(self.stopping, 0 if self.ended else pause)
            return
        await sleep(self.landed, pause)
        if self.flying:
            await asyncio.sleep(GATHER)

    async def _in_thread(self, work: Callable[..., T], *given: object) -> T:
        def within() -> T:
            with self.app.app_context():
                return work(*given)

        return await asyncio.get_running_loop().run_in_executor(self.thread, within)
