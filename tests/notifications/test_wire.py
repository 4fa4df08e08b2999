"""The client to push services understands what servers really answer, and survives what they should not."""

import asyncio
from contextlib import suppress

import pytest
import uvloop

from app.notifications.wire import Wire, WireError, a_post

OK = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nRetry-After: 7\r\n\r\nok"


def ask(answers, times=1):
    """What the client makes of these answers, and how many connections it opened for them."""
    opened, talks = [], []

    async def talk(reader, writer):
        opened.append(writer)
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            answer = answers.pop(0)
            if answer is None:
                return
            for part in answer if isinstance(answer, list) else [answer]:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.01)

    async def story():
        server = await asyncio.start_server(quietly, "127.0.0.1", 0)
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        request = a_post(f"{origin}/to/a?b=c", b"TTL: 1\r\n", b"sealed")
        wire, heard = Wire(seconds=2), []
        for _ in range(times):
            try:
                heard.append(await wire.post(origin, request))
            except OSError as why:
                heard.append(type(why))
        wire.close()
        server.close()
        await asyncio.gather(*talks)
        return heard, len(opened)

    async def quietly(reader, writer):
        talks.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await talk(reader, writer)
        writer.close()

    return uvloop.run(story())


def test_one_connection_serves_one_answer_after_another():
    heard, opened = ask([OK, OK, OK], times=3)
    assert [status for status, _ in heard] == [201] * 3
    assert heard[0][1][b"retry-after"] == b"7"
    assert opened == 1


@pytest.mark.parametrize(
    "answer",
    [
        [OK[:20], OK[20:45], OK[45:]],
        [b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", OK],
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK,
        b"HTTP/1.1 201 Created\r\ncontent-length:0\r\n\r\n",
        b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ],
    ids=["in pieces", "a hint first", "a hint at once", "empty", "the last", "in chunks"],
)
def test_every_way_to_say_created_is_understood_and_the_next_one_too(answer):
    heard, _ = ask([answer, OK], times=2)
    assert [status for status, _ in heard] == [201, 201]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, WireError),
        (b"SSH-2.0-OpenSSH\r\n\r\n", WireError),
        (b"HTTP/1.1 wrong\r\n\r\n", WireError),
        (b"HTTP/1.1 201 Created\r\nX: " + b"x" * 20_000, WireError),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nok", TimeoutError),
        (b"", TimeoutError),
    ],
    ids=["hung up", "another protocol", "no number", "no end", "too little", "silence"],
)
def test_what_is_no_answer_costs_its_connection_and_nothing_else(answer, said):
    heard, opened = ask([answer, OK], times=2)
    assert heard[0] is said
    assert heard[1][0] == 201
    assert opened == 2
