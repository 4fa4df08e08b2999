"""Environment -> one frozen `Settings`. A wrong or missing value stops the start with one sentence.

Names, defaults and meanings are listed in the README. Keys that a demo or an embedded installation
lacks are made on the first run, readable by their owner alone (mode 0600), under `POBACH_DATA_DIR`;
in production they come from the environment and are never made here.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from flask import current_app

from app.keys import SettingsError, kept, new_seal_key, new_vapid_key, seal_keys, vapid_key

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)


@dataclass(frozen=True)
class Operator:
    """Who answers for this installation (the page "who runs this")."""

    name: str
    contact: str
    privacy: str
    terms: str

    @property
    def complete(self) -> bool:
        """True when an operator may be shown to people, as production requires."""
        return all((self.name, self.contact, self.privacy, self.terms))


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides, read once at the start."""

    data_dir: Path
    database_url: str
    database_key: str
    secret_key: str
    seal_keys: tuple[tuple[str, bytes], ...]
    base_url: str
    vapid_private_key: str
    vapid_subject: str
    push_hosts: tuple[str, ...]
    smtp_url: str
    limits_url: str
    basemap: str
    geocoder: str
    cities: str
    default_language: str
    port: int
    web_workers: int
    proxies: int
    metrics_token: str
    operator: Operator

    @property
    def production(self) -> bool:
        """The mode follows `BASE_URL`: https is production, http is a demo on this machine."""
        return self.base_url.startswith("https://")

    @property
    def hostname(self) -> str:
        """The only host name that is answered."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def sqlite(self) -> bool:
        """True for the embedded, encrypted file."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read, check and complete the settings. Raises `SettingsError`."""
        env = _Environment(environ)
        data_dir = Path(env.get("DATA_DIR", "./instance")).resolve()
        port = env.whole("PORT", 5000, 1, 65535)
        base_url = _base_url(env.get("BASE_URL", f"http://localhost:{port}"))
        production = base_url.startswith("https://")
        if production and environ.get("FLASK_DEBUG", "0").lower() not in {"", "0", "false", "no"}:
            raise SettingsError("FLASK_DEBUG shows our inside to everybody: not in production.")
        keys = _Keys(env, data_dir, production)
        read = cls(
            data_dir=data_dir,
            database_url=env.get("DATABASE_URL", f"sqlite:///{data_dir / 'pobach.db'}"),
            database_key=keys.hex64("DATABASE_KEY", "database.key"),
            secret_key=keys.hex64("SECRET_KEY", "secret.key"),
            seal_keys=seal_keys(keys.text("SEAL_KEYS", "seal.keys", new_seal_key)),
            base_url=base_url,
            vapid_private_key=vapid_key(keys.text("VAPID_PRIVATE_KEY", "vapid.key", new_vapid_key)),
            vapid_subject=env.get(
                "VAPID_SUBJECT", base_url if production else "https://example.org"
            ),
            push_hosts=PUSH_HOSTS + tuple(env.get("PUSH_HOSTS", "").split()),
            smtp_url=env.get("SMTP_URL", ""),
            limits_url=env.get("LIMITS_URL", "memory://"),
            basemap=env.get("BASEMAP", ""),
            geocoder=env.get("GEOCODER", ""),
            cities=env.get("CITIES", ""),
            default_language=env.get("DEFAULT_LANGUAGE", "be"),
            port=port,
            web_workers=env.whole("WEB_WORKERS", 2, 1, 64),
            proxies=env.whole("PROXIES", 0, 0, 5),
            metrics_token=env.get("METRICS_TOKEN", ""),
            operator=Operator(
                *(env.get(f"OPERATOR_{n}", "") for n in ("NAME", "CONTACT", "PRIVACY", "TERMS"))
            ),
        )
        return _fit_for_its_mode(read)


class _Environment:
    """`POBACH_…` variables, else systemd credentials of the same names; an empty one counts as absent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def get(self, name: str, default: str) -> str:
        return self.environ.get(f"POBACH_{name}", "").strip() or self._credential(name) or default

    def _credential(self, name: str) -> str:
        file = Path(self.environ.get("CREDENTIALS_DIRECTORY") or "/nowhere") / f"POBACH_{name}"
        return file.read_text().strip() if file.is_file() else ""

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        text = self.get(name, str(default))
        if not text.isdecimal() or not least <= int(text) <= most:
            raise SettingsError(
                f"POBACH_{name} must be a whole number from {least} to {most}, not {text!r}."
            )
        return int(text)


class _Keys:
    """Keys from the environment, else from files of their own, made on the first run of a demo."""

    def __init__(self, env: _Environment, folder: Path, production: bool) -> None:
        self.env, self.folder, self.production = env, folder, production

    def text(self, name: str, filename: str, make: Callable[[], str]) -> str:
        given, file = self.env.get(name, ""), self.folder / filename
        if self.production and file.exists():
            raise SettingsError(
                f"{file} is a demo's key and lies beside what it protects: move it away from there."
            )
        if given:
            return given
        if self.production:
            raise SettingsError(
                f"POBACH_{name} is missing: in production keys come from the environment, not from the data folder."
            )
        return kept(file, make)

    def hex64(self, name: str, filename: str) -> str:
        key = self.text(name, filename, lambda: secrets.token_hex(32))
        if len(key) != 64 or set(key.lower()) - set("0123456789abcdef"):
            raise SettingsError(f"POBACH_{name} must be 64 hex digits (openssl rand -hex 32).")
        return key.lower()


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise SettingsError(
            f"POBACH_BASE_URL must be an address like https://pobach.example, not {text!r}."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise SettingsError(
            "POBACH_BASE_URL over http works on localhost alone; elsewhere it must be https."
        )
    return text.rstrip("/")


def _fit_for_its_mode(settings: Settings) -> Settings:
    from app.i18n import LANGUAGES

    if settings.default_language not in LANGUAGES:
        raise SettingsError(f"POBACH_DEFAULT_LANGUAGE must be one of {', '.join(LANGUAGES)}.")
    if not settings.database_url.startswith(("sqlite:///", "postgresql")):
        raise SettingsError("POBACH_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    if settings.production and not settings.operator.complete:
        raise SettingsError(
            "In production POBACH_OPERATOR_NAME, _CONTACT, _PRIVACY and _TERMS must say who runs this."
        )
    if settings.production and not settings.smtp_url:
        raise SettingsError(
            "In production POBACH_SMTP_URL must name a mail server: businesses confirm by e-mail."
        )
    return settings


def settings() -> Settings:
    """The settings of the running app."""
    return cast(Settings, current_app.extensions["settings"])
