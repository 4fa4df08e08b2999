"""The demo's post office: a real SMTP server on loopback that reads every letter aloud and keeps none."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread

from aiosmtpd.smtp import SMTP, Envelope, Session


class Reader:
    """Prints what a person would read of a letter."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(letter, EmailMessage)
        body = letter.get_body(("plain", "html"))
        words = body.get_content().strip() if body else ""
        print(f"\nTo {', '.join(envelope.rcpt_tos)}: {letter['subject']}\n{words}\n", flush=True)
        return "250 Read aloud"


def open_post_office() -> int:
    """Serve from a thread that ends with this process; the port is the kernel's choice, never one to race for."""
    loop = asyncio.new_event_loop()
    opening = loop.create_server(lambda: SMTP(Reader(), loop=loop), "127.0.0.1", 0)
    server = loop.run_until_complete(opening)
    Thread(target=loop.run_forever, daemon=True).start()
    port: int = server.sockets[0].getsockname()[1]
    return port
