"""`flask worker`: do what is due, sleep; stop on SIGTERM once what is under way has ended.

The rooms bring the work (`create_app` hangs it in): runs, which go on until told to stop, and
tasks, which come due by themselves. Any number of workers may run, on any number of machines.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import uvloop
from flask import Flask

from app.db import clock, db, fold_the_log, writing

log = logging.getLogger(__name__)
HANDOVER = (
    0.0005  # seconds the loop waits while a thread computes; 0.005 kept answers of the net waiting
)
Run = Callable[[Flask, asyncio.Event], Coroutine[None, None, None]]


@dataclass(frozen=True)
class Task:
    """A rule that takes `now` and says how many rows it touched; called inside `writing()`.

    `forgets`: what it deleted shall be gone from the file as well, the log included.
    """

    name: str
    run: Callable[[datetime], int]
    every: timedelta = timedelta(seconds=30)
    forgets: bool = False


@dataclass
class Work:
    """All that a worker does, as the rooms have registered it."""

    runs: list[Run] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


def work_of(app: Flask) -> Work:
    """Where rooms register: `work_of(app).tasks.append(Task("slots", keep_ahead, every=…))`."""
    return cast(Work, app.extensions.setdefault("work", Work()))


def run(app: Flask) -> None:
    """The command: one worker until SIGTERM."""
    sys.setswitchinterval(HANDOVER)
    uvloop.run(_work(app))
    with app.app_context():
        db.engine.dispose()


async def _work(app: Flask) -> None:
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    work = work_of(app)
    async with asyncio.TaskGroup() as group:
        for part in work.runs:
            group.create_task(part(app, stopping))
        group.create_task(_keep_house(app, work.tasks, stopping))


async def _keep_house(app: Flask, tasks: list[Task], stopping: asyncio.Event) -> None:
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1)
    due = {task.name: clock() for task in tasks}
    while not stopping.is_set():
        for task in [task for task in tasks if due[task.name] <= clock()]:
            due[task.name] = clock() + task.every
            await loop.run_in_executor(thread, _do, app, task)
        await sleep(stopping, 1)


def _do(app: Flask, task: Task) -> None:
    try:
        with app.app_context():
            with writing():
                task.run(clock())
            if task.forgets:
                fold_the_log()
    except Exception:
        log.exception("task %s", task.name)


async def sleep(wakes: asyncio.Event, seconds: float) -> None:
    """Sleep, but not past this event, such as the word to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(wakes.wait(), seconds)


if __name__ == "__main__":
    from app import create_app

    run(create_app())
