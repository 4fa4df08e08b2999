"""A push service for benchmarks, in a process of its own: takes everything, remembers when it came.

`python -m tests.bench.push_sink MILLISECONDS [CERTIFICATE]` prints its address; `GET /report` tells what
came as [path, topic, seconds since 1970], and forgets it; `GET /count` how much. It ends when its input is
closed. As lean as can be: what it costs would be taken for slowness of the sender.
"""

import asyncio
import json
import re
import ssl
import sys
import time
from typing import cast

import uvloop

LENGTH, TOPIC = re.compile(rb"content-length: (\d+)", re.I), re.compile(rb"topic: (\S+)", re.I)
came: list[tuple[str, str, float]] = []


class Line(asyncio.Protocol):
    """One connection; a request is taken once all of it is there."""

    def __init__(self, service_time: float) -> None:
        self.service_time, self.heard = service_time, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, end, rest = self.heard.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        missing = (int(length[1]) if length else 0) - len(rest)
        if end and missing <= 0:
            self.heard = b""
            self._take(head)

    def _take(self, head: bytes) -> None:
        method, path = head.split(b" ", 2)[:2]
        if method == b"GET":
            told = json.dumps(came if path == b"/report" else len(came)).encode()
            if path == b"/report":
                came.clear()
            self._answer(b"200 OK\r\nConnection: close", told)
            self.transport.close()
            return
        topic, at = TOPIC.search(head), time.time()
        one = (path.decode(), topic[1].decode() if topic else "", at)
        asyncio.get_running_loop().call_later(self.service_time, self._created, one)

    def _created(self, one: tuple[str, str, float]) -> None:
        came.append(one)
        self._answer(b"201 Created")

    def _answer(self, status: bytes, body: bytes = b"") -> None:
        length = str(len(body)).encode()
        self.transport.write(
            b"HTTP/1.1 " + status + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body
        )


async def serve(service_time: float, certificate: str) -> None:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Line(service_time), "127.0.0.1", 0, ssl=context, backlog=512
    )
    scheme = "https" if certificate else "http"
    print(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(serve(float(sys.argv[1]) / 1000, sys.argv[2] if len(sys.argv) > 2 else ""))
