"""The demo's post office: a real SMTP server on loopback that reads every letter aloud and keeps none."""

import asyncio
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


class Reader:
    """Prints what a person would read of a letter."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(letter, EmailMessage)
        body = letter.get_body(("plain", "html"))
        words = body.get_content().strip() if body else ""
        print(f"To {', '.join(envelope.rcpt_tos)}: {letter['subject']}\n{words}", flush=True)
        return "250 Read aloud"


async def main(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Reader(), loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
