"""A seeded town for the tests of a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browsers import serve
from tests.quality.town import Town


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template, chromium: Browser
) -> Iterator[Town]:
    with serve(tmp_path_factory.mktemp("town"), sqlite_template) as server:
        yield Town.seeded(server, chromium)
