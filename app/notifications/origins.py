"""What this process knows of each push service: until when it wants quiet, and whether it is at home."""

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

    def __init__(self) -> None:
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

    @asynccontextmanager
    async def turn(self, origin: str, now: datetime) -> AsyncIterator[None]:
        """One's turn to call: at once where it is at home, else alone."""
        async with self._scouting[origin]:
            if now - self._heard.get(origin, now - AT_HOME) >= AT_HOME:
                yield
                return
        yield
