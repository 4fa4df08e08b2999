"""Notices on their way: how near the sender is to what the crypto alone costs, and how late they are."""

import ipaddress
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.db import clock, writing
from app.notifications.rules import Recipient
from app.notifications.sending import CONNECTIONS
from tests.bench.stage import Figure, at_least, at_most, figure, folder, inside, template
from tests.browsers import Server, prepared
from tests.databases import ROOT
from tests.faults.house import kill_below
from tests.notifications.stage import Phone, let_in, promise

PEOPLE, KILLS, QUEUED = 123, 5, 1_000
HOUSE = "one worker process, encrypted SQLite, the service in a process of its own on loopback"


def figures() -> list[Figure]:
    return [*beside_the_crypto(), drained(), *told_within(), late(), lost()]


@dataclass
class Sink:
    """The service, and what came to it."""

    url: str

    def count(self) -> int:
        with urlopen(f"{self.url}/count") as answer:
            return int(json.load(answer))

    def came(self, number: int, seconds: float = 180) -> list[tuple[str, str, float]]:
        """What came, once so much has."""
        ends = time.monotonic() + seconds
        while self.count() < number and time.monotonic() < ends:
            time.sleep(0.1)
        with urlopen(f"{self.url}/report") as answer:
            return [tuple(one) for one in json.load(answer)]


@contextmanager
def sink(milliseconds: float, certificate: str = "") -> Iterator[Sink]:
    command = [sys.executable, "-m", "tests.bench.push_sink", str(milliseconds), certificate]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield Sink(process.stdout.readline().strip())


def beside_the_crypto() -> list[Figure]:
    with folder() as made:
        certificate = a_certificate(made / "here.pem")
        with sink(0, certificate) as service:
            ours, crypto = cpu_of("ours", service.url, 4800, certificate)
            (plain,) = cpu_of("plain", service.url, 150, certificate)
    per_s = {"crypto": 4800 / crypto, "ours": 4800 / ours, "plain": 150 / plain}
    told = ", ".join(f"{way} {rate:.0f}/s" for way, rate in per_s.items())
    how = f"messages a CPU-second over TLS on loopback: {told}"
    return [
        at_least("push_vs_crypto_limit", per_s["ours"] / per_s["crypto"], 0.5, "x", how),
        at_least("push_vs_plain_pywebpush", per_s["ours"] / per_s["plain"], 15, "x", how),
    ]


def cpu_of(way: str, url: str, number: int, certificate: str) -> list[float]:
    command = [sys.executable, "-m", "tests.bench.push_senders", way, url, str(number)]
    trusting = {"SSL_CERT_FILE": certificate, "REQUESTS_CA_BUNDLE": certificate}
    done = subprocess.run(
        command, cwd=ROOT, env=trusting, check=True, stdout=subprocess.PIPE, text=True
    )
    return [float(seconds) for seconds in done.stdout.split()]


def a_certificate(file: Path) -> str:
    """Key and certificate of 127.0.0.1, its own authority, for an hour."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .not_valid_before(now).not_valid_after(now + timedelta(hours=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return str(file)


@contextmanager
def a_post_office(service: Sink) -> Iterator[Server]:
    """A database and no worker yet; the block is inside the app."""
    with folder() as made:
        office = prepared(made, template(), POBACH_PUSH_HOSTS="127.0.0.1")
        with inside(office.environ["POBACH_DATABASE_URL"], made):
            with writing():
                for number in range(PEOPLE):
                    let_in(Phone(f"{service.url}/to/{number}"), somebody(number))
            yield office


def somebody(number: int) -> Recipient:
    return Recipient(f"member:{number % PEOPLE}")


def owe(number: int, **more: object) -> None:
    with writing():
        for one in range(number):
            promise(somebody(one), **more)


def drained() -> Figure:
    with sink(20) as service, a_post_office(service) as office:
        owe(3_000)
        with office.worker():
            at = sorted(one[2] for one in service.came(3_000))
    rate = (len(at) - 200) / (at[-100] - at[100])
    ceiling = CONNECTIONS / 0.020
    how = f"{rate:.0f}/s of {ceiling:.0f}/s: 3,000 queued, {CONNECTIONS} connections, 20 ms service time; {HOUSE}"
    return at_least("outbox_drain_vs_ceiling", rate / ceiling, 0.8, "x", how)


def told_within() -> list[Figure]:
    """A worker that is up already; everybody's notice is promised in one transaction."""
    with sink(100) as service, a_post_office(service) as office, office.worker():
        owe(1)
        service.came(1)
        began = time.time()
        owe(PEOPLE)
        last = max(one[2] for one in service.came(PEOPLE)) + 0.1 - began
    how = f"from before the promise to the last answer, 100 ms service time; {HOUSE}"
    return [at_most(f"told_{PEOPLE}_people_s", last, 3, "s", how)]


def late() -> Figure:
    with sink(0) as service, a_post_office(service) as office:
        owe(10_000, due_at=clock() + timedelta(days=1))
        with office.worker():
            owe(1)
            service.came(1)
            first = clock() + timedelta(seconds=10)
            dues = {}
            with writing():
                for number in range(PEOPLE):
                    dues[f"/to/{number}"] = first + timedelta(seconds=number * 0.1)
                    promise(somebody(number), kind="reminder_soon", due_at=dues[f"/to/{number}"])
            came = service.came(PEOPLE)
    seconds = sorted(at - dues[path].timestamp() for path, _, at in came)
    how = f"{PEOPLE} reminders, one each 100 ms, 10,000 rows waiting; {HOUSE}"
    return at_most("reminder_late_p99_s", seconds[int(len(seconds) * 0.99)], 1, "s", how)


def lost() -> Figure:
    """Workers killed in the midst; a lease of 30 s ends before what they held is sent again."""
    things: set[tuple[str, str]] = set()
    with sink(5) as service, a_post_office(service) as office:
        owe(QUEUED)
        for _ in range(KILLS):
            with office.worker() as worker:
                things |= {one[:2] for one in service.came(60)}
                kill_below(worker.pid)
        with office.worker():
            ends = time.monotonic() + 120
            while len(things) < QUEUED and time.monotonic() < ends:
                things |= {one[:2] for one in service.came(1, 5)}
    how = f"{QUEUED} queued, {KILLS} kill -9 of the worker; more kills in make soak; {HOUSE}"
    return figure("notices_lost", QUEUED - len(things), "notices", "0", len(things) == QUEUED, how)
