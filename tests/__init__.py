"""Helpers beside the tests speak plainly when an assertion in them fails."""

import pytest

pytest.register_assert_rewrite("tests.databases", "tests.postgres", "tests.browsers")
