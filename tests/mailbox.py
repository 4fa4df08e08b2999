"""A real mail server on loopback that keeps what it is handed."""

import socket
import time
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message


class Mailbox(Message):
    """All letters, by address."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: dict[str, list[str]] = {}
        self.port = 0

    def handle_message(self, message) -> None:
        text = message.get_payload(decode=True).decode()
        self.letters.setdefault(message["To"], []).append(text)

    def wait_for(self, address: str) -> str:
        """The newest letter to this address."""
        deadline = time.monotonic() + 10
        while not self.letters.get(address) and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.letters[address][-1]

    def wait_for_several(self, address: str, number: int) -> list[str]:
        """The letters to this address, once there are so many."""
        deadline = time.monotonic() + 20
        while len(self.letters.get(address, [])) < number and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(self.letters.get(address, [])) >= number, self.letters
        return self.letters[address]


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


@pytest.fixture
def mailbox(mail_server: Mailbox) -> Mailbox:
    mail_server.letters.clear()
    return mail_server
