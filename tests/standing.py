"""Apps that stand ready for the next test of the same settings, as if nobody had been there."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app import create_app, db
from app.security import limiter
from app.settings import Settings

MOST = 4


class Standing:
    """What one test changed of an app (settings put in its place, configuration) is put back for the next.

    One that was given routes or hooks of a test's own is not used again.
    """

    def __init__(self) -> None:
        self._kept: dict[Settings, tuple[Flask, Shape]] = {}

    @contextmanager
    def app(self, settings: Settings) -> Iterator[Flask]:
        made, shape = self._kept.pop(settings, None) or _new(settings)
        try:
            yield made
        finally:
            with made.app_context():
                limiter.reset()
                db.db.session.remove()
                db.db.engine.dispose()
        if shape.put_back(made):
            self._kept[settings] = made, shape
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]


class Shape:
    """How an app was when it was new."""

    def __init__(self, app: Flask) -> None:
        self.extensions, self.config, self.built = (
            dict(app.extensions),
            dict(app.config),
            _built(app),
        )

    def put_back(self, app: Flask) -> bool:
        """False: more was changed than can be put back."""
        for now, then in ((app.extensions, self.extensions), (app.config, self.config)):
            now.clear()
            now.update(then)
        return _built(app) == self.built


def _built(app: Flask) -> tuple[int, ...]:
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    return (len(list(app.url_map.iter_rules())), *(len(hook.get(None, ())) for hook in hooks))


def _new(settings: Settings) -> tuple[Flask, Shape]:
    made = create_app(settings)
    made.testing = True
    return made, Shape(made)
