"""What this process knows of each push service: how many may call it, until when it wants quiet, is it at home."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

AT_HOME = timedelta(minutes=1)


class Origins:
    """One request goes ahead to a service not heard from for a minute; the others wait for its answer.

    So a service that asks for quiet has been asked once, not forty times, and again once when its
    time is over. The pause holds from the moment of the answer; the database learns of it at settling.
    """

    def __init__(self, connections: int) -> None:
        self.room = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(connections))
        self._quiet: dict[str, datetime] = {}
        self._heard: dict[str, datetime] = {}
        self._scouting: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def quiet_until(self, origin: str, now: datetime) -> datetime | None:
        """The moment before which nobody calls it; None when it may be called."""
        until = self._quiet.get(origin, now)
        return until if until > now else None

    def pause(self, origin: str, until: datetime) -> None:
        """It asked for quiet. Afterwards one request goes ahead again."""
        self._quiet[origin] = max(until, self._quiet.get(origin, until))
        self._heard.pop(origin, None)

    def heard(self, origin: str, now: datetime) -> None:
        """It answered, or failed to within its time: nobody waits for it any longer."""
        self._heard[origin] = now

    def at_home(self, origin: str, now: datetime) -> bool:
        """It was heard from lately: everybody may call."""
        heard = self._heard.get(origin)
        return heard is not None and now - heard < AT_HOME

    @asynccontextmanager
    async def turn(self, origin: str, now: datetime) -> AsyncIterator[None]:
        """One's turn to call where it is not at home: alone, or after the one who went ahead."""
        async with self._scouting[origin]:
            if not self.at_home(origin, now):
                yield
                return
        yield
