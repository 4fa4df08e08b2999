"""A push service for benchmarks, in a process of its own: takes everything, remembers when it came.

`python -m tests.bench.push_sink MILLISECONDS [CERTIFICATE]` prints its address; `GET /report` tells what
came as [path, topic, seconds since 1970], and forgets it. It ends when its input is closed.
"""

import asyncio
import ssl
import sys
import time

from aiohttp import web


async def serve(service_time: float, certificate: str) -> None:
    came: list[tuple[str, str, float]] = []

    async def take(request: web.Request) -> web.Response:
        await request.read()
        at = time.time()
        if service_time:
            await asyncio.sleep(service_time)
        came.append((request.path, request.headers.get("Topic", ""), at))
        return web.Response(status=201)

    async def report(_: web.Request) -> web.Response:
        told, came[:] = list(came), []
        return web.json_response(told)

    async def count(_: web.Request) -> web.Response:
        return web.json_response(len(came))

    app = web.Application()
    app.add_routes(
        [web.get("/report", report), web.get("/count", count), web.post("/{path:.*}", take)]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    scheme = "https" if certificate else "http"
    print(f"{scheme}://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000, sys.argv[2] if len(sys.argv) > 2 else ""))
