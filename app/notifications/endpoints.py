"""Which addresses the server may be made to call: a list of push services, nothing else.

A push endpoint is an address somebody else hands us and we then request, so it is checked when
it is saved and again when it is used, and redirects are never followed.
"""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
LONGEST = 2048


def may_call(endpoint: str, hosts: Iterable[str], *, loopback: bool = False) -> bool:
    """Whether `endpoint` is https on the default port of an allowed host.

    `hosts` are exact names or `*.` patterns. `loopback` is for tests and the demo alone: with it
    a listed name of this very machine may be called over plain http, on any port.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if len(endpoint) > LONGEST or not endpoint.isascii() or parts.username is not None:
        return False
    if parts.hostname in LOOPBACK:
        return loopback and parts.scheme in {"http", "https"} and _is_listed(parts, hosts)
    return parts.scheme == "https" and port in {None, 443} and _is_listed(parts, hosts)


def _is_listed(parts: SplitResult, hosts: Iterable[str]) -> bool:
    host = parts.hostname or ""
    return any(host.endswith(name[1:]) if name.startswith("*.") else host == name for name in hosts)
