"""A lean HTTP/1.1 client for push services: kept TLS connections, one request at a time on each, no redirects.

Nearly all of what a message costs is its encryption, so what carries it must cost little. This speaks just
enough of RFC 9112: a POST with a length, an answer whose status and headers are read and whose body is
thrown away. An answer of another shape ends its connection and nothing else.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from typing import cast
from urllib.parse import urlsplit

LONGEST_HEAD = 16_384
END_OF_HEAD = b"\r\n\r\n"


class WireError(OSError):
    """The other side hung up, or did not speak HTTP."""


class Wire:
    """`status, headers = await wire.post(origin, request)`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._tls = ssl.create_default_context()
        self._tls.set_alpn_protocols(["http/1.1"])
        self._idle: dict[str, list[_Line]] = defaultdict(list)

    async def post(self, origin: str, request: bytes) -> tuple[int, dict[bytes, bytes]]:
        """Status and headers (names in small letters) of the answer to what `a_post` has made.

        A connection for each that is under way, kept afterwards: how many there are, the caller decides.
        Raises `TimeoutError`, `OSError` (`WireError`, `ssl.SSLError`).
        """
        ends = asyncio.get_running_loop().time() + self._seconds
        line = self._kept(origin) or await self._call(origin, ends)
        try:
            answer = await line.ask(request, ends)
        except BaseException:
            line.hang_up()  # given up in the midst: what comes now would be taken for the next answer
            raise
        if line.may_stay:
            self._idle[origin].append(line)
        else:
            line.hang_up()
        return answer

    def _kept(self, origin: str) -> _Line | None:
        kept = self._idle[origin]
        while kept:
            if (line := kept.pop()).is_up:
                return line
        return None

    async def _call(self, origin: str, ends: float) -> _Line:
        where = urlsplit(origin)
        tls, port = (self._tls, 443) if where.scheme == "https" else (None, 80)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout_at(ends):
            _, line = await loop.create_connection(
                _Line,
                where.hostname or "",
                where.port or port,
                ssl=tls,
                server_hostname=where.hostname if tls else None,
            )
        return line

    def close(self) -> None:
        """Hang up everywhere."""
        for lines in self._idle.values():
            for line in lines:
                line.hang_up()
        self._idle.clear()


def a_post(url: str, headers: bytes, body: bytes) -> bytes:
    """The whole request as it is written to the wire; `headers` end each with CRLF."""
    parts = urlsplit(url)
    path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n"
    return head.encode("ascii") + headers + b"\r\n" + body


class _Line(asyncio.Protocol):
    """One connection: a request, its answer, the next."""

    def __init__(self) -> None:
        self.is_up = self.may_stay = True
        self._heard = b""
        self._answer: asyncio.Future[tuple[int, dict[bytes, bytes]]] | None = None
        self._left = -1  # bytes of the body still to come; -1: the head is not whole yet

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    async def ask(self, request: bytes, ends: float) -> tuple[int, dict[bytes, bytes]]:
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        self._heard, self._left = b"", -1
        patience = loop.call_at(ends, self._fail, TimeoutError())
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            patience.cancel()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if self._left < 0 and not self._read_head():
            return
        if len(self._heard) >= self._left:
            self._tell()

    def _read_head(self) -> bool:
        head, end, rest = self._heard.partition(END_OF_HEAD)
        if not end:
            if len(head) > LONGEST_HEAD:
                self._fail(WireError("a head without an end"))
            return False
        try:
            status, headers = read_head(head)
        except (ValueError, IndexError):
            self._fail(WireError("no HTTP"))
            return False
        self._heard = rest
        if status < 200:
            return bool(rest) and self._read_head()  # 1xx: the answer itself is still to come
        self._status, self._headers = status, headers
        length = headers.get(b"content-length", b"0" if status == 204 else b"")
        # Of unknown length: the status is known, the rest is not waited for.
        self.may_stay = length.isdigit() and headers.get(b"connection", b"").lower() != b"close"
        self._left = int(length) if length.isdigit() else 0
        return True

    def _tell(self) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result((self._status, self._headers))

    def _fail(self, why: OSError) -> None:
        self.hang_up()
        if self._answer and not self._answer.done():
            self._answer.set_exception(why)

    def connection_lost(self, why: Exception | None) -> None:
        self._fail(WireError("hung up"))

    def hang_up(self) -> None:
        self.is_up = self.may_stay = False
        self._transport.close()


def read_head(head: bytes) -> tuple[int, dict[bytes, bytes]]:
    """Status and headers of an answer. Raises ValueError, IndexError for what is none."""
    first, *lines = head.split(b"\r\n")
    if not first.startswith(b"HTTP/1."):
        raise ValueError(first)
    fields = (line.split(b":", 1) for line in lines)
    return int(first[9:12]), {field[0].strip().lower(): field[1].strip() for field in fields}
