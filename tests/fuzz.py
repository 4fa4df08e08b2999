"""Programs that send whatever the description allows, and whatever it does not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

LAST = "/api/v1/session"  # whoever signs out is nobody from then on
INSIDE = (b"Traceback (most recent", b'File "/', b"sqlalchemy", b"psycopg", b"sqlite3.")


@dataclass
class Fuzz:
    """Sends cases to the app itself, as one person; keeps what should never have been answered."""

    app: Flask
    headers: dict[str, str]
    cookies: dict[str, str]
    known: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def run(self, each: int, *, random: bool) -> "Fuzz":
        """So many cases of every operation, half of them against the description."""
        for operation in self._operations():
            self._try(operation, each, random)
        return self

    def _operations(self) -> Iterator[Any]:
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", self.app)
        found = [one.ok() for one in schema.get_all_operations()]
        return iter(sorted(found, key=lambda one: one.path == LAST))

    def _try(self, operation: Any, each: int, random: bool) -> None:
        kinds = [
            operation.as_strategy(generation_mode=mode)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        ]

        @settings(
            max_examples=each, deadline=None, database=None, derandomize=not random,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(st.one_of(kinds), st.booleans())
        def send(case: Any, real: bool) -> None:
            for name in (self.known.keys() & case.path_parameters.keys()) if real else ():
                case.path_parameters[name] = self.known[name]
            self._send(case)

        send()

    def _send(self, case: Any) -> None:
        answer = case.call(headers=self.headers, cookies=self.cookies)
        self.sent += 1
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        if answer.status_code >= 500 or any(word in answer.content for word in INSIDE):
            self.faults.append(f"{answer.status_code} {case.as_curl_command()}")
