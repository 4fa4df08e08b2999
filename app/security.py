"""Headers and CSP, CSRF, cookies, flood limits: one idea, one place."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request, session
from flask_limiter import Limiter
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.access import policy_of
from app.settings import Settings, settings

MAX_BODY_BYTES = 256 * 1024
SESSION_DAYS = 120
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# A service worker and a fresh phone hold no token; both prove themselves by Origin and by what they bring.
WITHOUT_TOKEN = {"bring a card", "open session by api", "renew push"}

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: Flask-WTF refuses valid forms over https without one.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), interest-cohort=()",
    "X-Robots-Tag": "noindex, nofollow",
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains; preload"


def flood_key() -> str:
    """Signed in: the session. Anonymous: one key for the address, kept in memory alone and never written."""
    if current_user.is_authenticated:
        return str(current_user.get_id())
    secret = str(current_app.secret_key).encode()
    return hmac.digest(secret, (request.remote_addr or "").encode(), "sha256").hex()[:24]


csrf = CSRFProtect()


def flood_limit() -> str:
    """Per session; a whole hotel shares one address, so the street's limit is far higher."""
    return "600 per minute" if current_user.is_authenticated else "6000 per minute"


limiter = Limiter(key_func=flood_key, default_limits=[flood_limit], headers_enabled=False)


def init_app(app: Flask, settings: Settings) -> None:
    """Wire every protection; the cookie's name and Secure flag follow the mode."""
    production = settings.production
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-s" if production else "s",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_DAYS * 86400,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        TRUSTED_HOSTS=[settings.hostname] + ([] if production else ["localhost", "127.0.0.1"]),
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session: a tab left open loses no booking
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, after Origin, with the exceptions in one place
        WTF_CSRF_SSL_STRICT=False,  # the Origin check below is stricter
        RATELIMIT_STORAGE_URI=settings.limits_url,
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_refuse_forged_writes)
    app.after_request(_dress)


def here_cookie_name() -> str:
    """The readable twin of the session cookie: a script can delete it offline, which ends the session."""
    return "__Host-here" if settings().production else "here"


def _refuse_forged_writes() -> None:
    if request.method not in UNSAFE or request.endpoint is None:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403)
    if origin is not None and _host_of(origin) != request.host:
        abort(403)
    if policy_of(request.endpoint, request.method) in WITHOUT_TOKEN:
        if site is None and origin is None and session:
            csrf.protect()  # an old browser that says nothing of where it comes from
        return
    csrf.protect()


def _host_of(origin: str) -> str:
    return urlsplit(origin).netloc


def worn(settings: Settings) -> dict[str, str]:
    """The headers of every answer: pages, refusals, files."""
    strict = {"Strict-Transport-Security": STRICT_TRANSPORT}
    return HEADERS | strict if settings.production else HEADERS


def _dress(response: Response) -> Response:
    for name, value in worn(settings()).items():
        response.headers.setdefault(name, value)
    if current_user.is_authenticated:
        # Phones are shared and seized: nothing signed-in stays in a browser's cache.
        response.headers.setdefault("Cache-Control", "no-store")
    return response
