"""The show pages, in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app import create_app
from app.settings import Settings
from tests.browsers import PHONE, Faults
from tests.databases import KEYS
from tests.look.stage import add_pages, served


@pytest.fixture(scope="module")
def stage(tmp_path_factory, sqlite_template) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("look")
    (folder / "pobach.db").write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings.from_environ({**KEYS, "POBACH_DATA_DIR": str(folder)}))
    with served(add_pages(app)) as url:
        yield url


@pytest.fixture
def show(chromium: Browser, stage: str, faults: Faults) -> Iterator[Page]:
    """A phone in front of the show pages; the worker is installed at the first of them."""
    context = chromium.new_context(
        locale="be-BY", viewport=PHONE, is_mobile=True, has_touch=True, base_url=stage
    )
    faults.watch(context, stage)
    yield context.new_page()
    context.close()
    assert not faults
