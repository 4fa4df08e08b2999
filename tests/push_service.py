"""A small push service on loopback: what Firefox and the worker talk to in the tests.

One port, two sides: the autopush websocket a Firefox opens (`dom.push.serverURL`) and the HTTP
side of RFC 8030 an application server posts to. It checks what real services check: TTL, length,
encoding, the VAPID signature with its audience and end.
"""

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from app.notifications.webpush import raw_bytes, unpadded

DAY = 86_400


@dataclass
class Answer:
    """What the service answers instead of taking a message, `times` times."""

    status: int
    retry_after: str | None = None
    times: int = 1_000_000
    wait: float = 0.0


@dataclass
class Message:
    """A message taken over HTTP: its headers and size, and where it was to go."""

    at: float
    path: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """The state of the service; `messages` and `acks` are what tests look at."""

    url: str = ""
    messages: list[Message] = field(default_factory=list)
    acks: list[int] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    service_time: float = 0.0
    verify: bool = True
    strict: bool = True
    _sockets: dict[str, web.WebSocketResponse] = field(default_factory=dict)
    channels: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    _waiting: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    _forgotten: set[str] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/", self.browser), web.post("/{path:.*}", self.take)])
        return app

    def forget_browsers(self) -> None:
        """Every browser is hung up on and gets a new id at its next hello: its subscriptions have changed."""
        self._forgotten |= {uaid for uaid, _ in self.channels.values()}
        self.channels.clear()
        self._waiting.clear()
        for socket in list(self._sockets.values()):
            asyncio.run_coroutine_threadsafe(socket.close(), self._loop)

    def accepted(self) -> list[Message]:
        return [message for message in self.messages if message.status == 201]

    def stored(self) -> int:
        """Messages kept for browsers that have not acknowledged them yet."""
        return sum(len(kept) for kept in self._waiting.values())

    async def browser(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("push-notification",))
        await socket.prepare(request)
        uaid = ""
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                uaid = await self._said(socket, json.loads(message.data), uaid)
        if self._sockets.get(uaid) is socket:
            del self._sockets[uaid]
        return socket

    async def _said(self, socket: web.WebSocketResponse, said: dict[str, Any], uaid: str) -> str:
        match said.get("messageType"):
            case "hello":
                return await self._hello(socket, said)
            case "register":
                await self._register(socket, said["channelID"], said.get("key"), uaid)
            case "unregister":
                channel = said["channelID"]
                self.channels.pop(channel, None)
                await socket.send_json(
                    {"messageType": "unregister", "status": 200, "channelID": channel}
                )
            case "ack":
                for update in said["updates"]:
                    self.acks.append(update["code"])
                    self._waiting.get(uaid, {}).pop(update["version"], None)
            case None | "ping":
                await socket.send_str("{}")
        return uaid

    async def _hello(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> str:
        uaid = said.get("uaid") or uuid.uuid4().hex
        if uaid in self._forgotten:
            uaid = uuid.uuid4().hex
        self._sockets[uaid] = socket
        hello = {"messageType": "hello", "status": 200, "uaid": uaid}
        await socket.send_json({**hello, "use_webpush": True, "broadcasts": {}})
        for kept in list(self._waiting.get(uaid, {}).values()):
            if kept["ends"] > time.time():
                await socket.send_json(kept["frame"])
        return uaid

    async def _register(
        self, socket: web.WebSocketResponse, channel: str, key: str | None, uaid: str
    ) -> None:
        self.channels[channel] = (uaid, key)
        answer = {"messageType": "register", "status": 200, "channelID": channel, "uaid": uaid}
        await socket.send_json({**answer, "pushEndpoint": f"{self.url}/wpush/{channel}"})

    async def take(self, request: web.Request) -> web.Response:
        body, arrived = await request.read(), time.time()
        planned = self._planned(request.path)
        wait = planned.wait if planned else self.service_time
        if wait:
            await asyncio.sleep(wait)
        headers = {"Retry-After": planned.retry_after} if planned and planned.retry_after else {}
        status = planned.status if planned else self._fault(request, body)
        self.messages.append(Message(arrived, request.path, status, dict(request.headers), body))
        if status == 201 and request.path.startswith("/wpush/"):
            await self._deliver(request, body)
        return web.Response(status=status, headers=headers)

    def _planned(self, path: str) -> Answer | None:
        planned = self.answers.get(path) or self.answers.get("*")
        if planned is None or planned.times <= 0:
            return None
        planned.times -= 1
        return planned

    def _fault(self, request: web.Request, body: bytes) -> int:
        if not self.strict:
            return 201
        channel = self.channels.get(request.path.removeprefix("/wpush/"))
        if request.path.startswith("/wpush/") and channel is None:
            return 410
        if len(body) > 4096:
            return 413
        if "TTL" not in request.headers or len(request.headers.get("Topic", "")) > 32:
            return 400
        if request.headers.get("Content-Encoding") != "aes128gcm":
            return 415
        key = channel[1] if channel else None
        return 401 if self.verify and vapid_fault(request, self.url, key) else 201

    async def _deliver(self, request: web.Request, body: bytes) -> None:
        channel = request.path.removeprefix("/wpush/")
        uaid, _ = self.channels[channel]
        topic, version = request.headers.get("Topic"), uuid.uuid4().hex
        frame = {
            "messageType": "notification",
            "channelID": channel,
            "version": version,
            "data": unpadded(body),
            "headers": {"encoding": "aes128gcm"},
        }
        kept = self._waiting.setdefault(uaid, {})
        for older in [v for v, k in kept.items() if topic and k["topic"] == (channel, topic)]:
            del kept[older]
        ends = time.time() + max(int(request.headers["TTL"]), 1)
        kept[version] = {"frame": frame, "topic": (channel, topic), "ends": ends}
        if uaid in self._sockets:
            await self._sockets[uaid].send_json(frame)


def vapid_fault(request: web.Request, origin: str, key: str | None) -> str | None:
    """What is wrong with the VAPID header (RFC 8292), in a word."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme != "vapid":
        return "missing"
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    if key and raw_bytes(fields["k"]) != raw_bytes(key):
        return "key"
    head, claims_text, signature = fields["t"].split(".")
    if not _is_signed(fields["k"], f"{head}.{claims_text}".encode(), raw_bytes(signature)):
        return "signature"
    claims = json.loads(raw_bytes(claims_text))
    if claims.get("aud") != origin:
        return "aud"
    if not time.time() < claims.get("exp", 0) <= time.time() + DAY:
        return "exp"
    return None if str(claims.get("sub", "")).startswith(("https:", "mailto:")) else "sub"


def _is_signed(key: str, signed: bytes, signature: bytes) -> bool:
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw_bytes(key))
    halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        der = utils.encode_dss_signature(*halves)
        public.verify(der, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@contextmanager
def running_push_service(port: int = 0) -> Iterator[PushService]:
    """A push service in its own thread, on loopback, for as long as the block lasts."""
    service, ready = PushService(), threading.Event()
    loop = service._loop

    async def serve() -> web.AppRunner:
        runner = web.AppRunner(service.app(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(serve())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
