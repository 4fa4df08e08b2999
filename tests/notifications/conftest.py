"""A push service on loopback and an app that may call it."""

from collections.abc import Iterator

import pytest

from tests.push_service import PushService, running_push_service


@pytest.fixture
def environ() -> dict[str, str]:
    """The demo's own list of push services also names this machine."""
    return {"POBACH_PUSH_HOSTS": "127.0.0.1"}


@pytest.fixture
def service() -> Iterator[PushService]:
    """Answers whatever a test has put into `answers`, by path; else 201."""
    with running_push_service() as running:
        yield running
