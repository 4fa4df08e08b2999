"""The stage of this room."""

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.offers.desk import Desk, introduced, sit_down


@pytest.fixture
def desk(app: Flask, clock: Clock) -> Desk:
    return introduced(sit_down(app))
