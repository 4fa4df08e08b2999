"""Every page of every role: found by following the links, one visit for each view and kind of query."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page

STARTS = {
    "street": ("/", "/card", "/offline", "/unsent", "/no-such-page", "/bookings"),
    "member": ("/", "/nearby", "/bookings", "/inbox", "/settings", "/help"),
    "business": ("/", "/today", "/my/offers", "/inbox", "/settings", "/help"),
    "moderator": ("/", "/queue", "/invitations", "/previews", "/inbox", "/settings", "/help"),
}
EndpointOf = Callable[[str], str | None]


@dataclass(frozen=True)
class Visit:
    """One page of one role; `name` is fit for a file name."""

    role: str
    name: str
    path: str


def crawl(context: BrowserContext, role: str, endpoint_of: EndpointOf) -> list[Visit]:
    """Follow the links of every page from this role's first ones; downloads and other hosts are left out."""
    found: dict[tuple[str, frozenset[str]], Visit] = {}
    page, waiting, seen = context.new_page(), list(STARTS[role]), set()
    while waiting:
        path = waiting.pop(0)
        kind = _kind(path, endpoint_of)
        if path in seen or kind is None or kind in found:
            continue
        seen.add(path)
        if not _opens(page, path):
            continue
        found[kind] = Visit(role, _name(kind), path)
        waiting += _links(page)
    page.close()
    return list(found.values())


def _kind(path: str, endpoint_of: EndpointOf) -> tuple[str, frozenset[str]] | None:
    parts = urlsplit(path)
    endpoint = endpoint_of(parts.path)
    if endpoint is None:
        return None
    return endpoint, frozenset(parse_qs(parts.query, keep_blank_values=True)) - {"lang", "page"}


def _opens(page: Page, path: str) -> bool:
    answer = page.request.get(path, max_redirects=0)
    if "text/html" not in answer.headers.get("content-type", ""):
        return False
    page.goto(path)
    return True


def _links(page: Page) -> Iterator[str]:
    home = urlsplit(page.url)
    for address in page.evaluate("[...document.links].map(link => link.href)"):
        parts = urlsplit(address)
        if parts.netloc == home.netloc and parts.path != "/leave":
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def _name(kind: tuple[str, frozenset[str]]) -> str:
    endpoint, query = kind
    return "-".join([endpoint.replace(".", "-"), *sorted(query)])
