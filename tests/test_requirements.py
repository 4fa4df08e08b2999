"""What docs/requirements.md promises is proved by tests that exist."""

import re

from tests.databases import ROOT


def test_every_test_the_requirements_name_exists():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/requirements.md").read_text()))
    written = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text())
    }

    assert named - written == set()
    assert len(named) > 50
