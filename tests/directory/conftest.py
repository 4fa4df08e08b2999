"""Feeds written for a test, and the operator's command to read them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db

Import = Callable[..., list[str]]


@pytest.fixture
def bring_in(app: Flask) -> Import:
    """Run the operator's command; the lines it prints."""

    def run(kind: str, path: Path, *options: str) -> list[str]:
        ran = app.test_cli_runner().invoke(args=["import", kind, str(path), *options])
        assert ran.exit_code == 0, ran.output
        return ran.output.splitlines()

    return run


Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of HSDS files, written for a test: `folder(service_list=[…])`."""

    def write(**files: object) -> Path:
        path = tmp_path / "feed"
        path.mkdir(exist_ok=True)
        for name, content in files.items():
            (path / f"{name}.json").write_text(json.dumps(content))
        return path

    return write


def organization(**more: object) -> dict[str, object]:
    return {"id": "org-1", "name": "Helping Hands", "description": "Neighbours.", **more}


def location(**more: object) -> dict[str, object]:
    address = {"address_1": "Lipowa 7", "city": "Warszawa", "postal_code": "01-234"}
    return {
        "id": "loc-1",
        "location_type": "physical",
        "latitude": 52.235,
        "longitude": 20.985,
        "addresses": [{**address, "country": "PL"}],
        **more,
    }


def service(**more: object) -> dict[str, object]:
    return {
        "id": "svc-1",
        "name": "Warm clothes",
        "status": "active",
        "organization": organization(),
        "service_at_locations": [{"id": "sal-1", "location": location()}],
        **more,
    }


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
