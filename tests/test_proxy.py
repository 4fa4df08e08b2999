"""Production as operators run it: keys from credentials, https by Caddy with our Caddyfile."""

import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest

from tests.browsers import Server, free_port, serve
from tests.databases import IN_CI, KEYS, ROOT

pytestmark = pytest.mark.slow
OPERATOR = {
    "POBACH_SMTP_URL": "smtp://localhost:2525",
    "POBACH_OPERATOR_NAME": "A society",
    "POBACH_OPERATOR_CONTACT": "desk@example.org",
    "POBACH_OPERATOR_PRIVACY": "https://example.org/privacy",
    "POBACH_OPERATOR_TERMS": "https://example.org/terms",
}


@pytest.fixture(scope="module")
def behind_caddy(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[Server, int]]:
    if not shutil.which("caddy"):
        pytest.fail("Caddy is not installed") if IN_CI else pytest.skip("Caddy is not installed")
    folder, port = tmp_path_factory.mktemp("caddy"), free_port()
    keys = folder / "keys"
    keys.mkdir()
    for name, value in {**KEYS, "POBACH_VAPID_PRIVATE_KEY": "A" * 42 + "E"}.items():
        (keys / name).write_text(value)
    environ = {"CREDENTIALS_DIRECTORY": str(keys), "POBACH_BASE_URL": f"https://localhost:{port}"}
    environ |= {"POBACH_PROXIES": "1"} | OPERATOR | dict.fromkeys(KEYS, "")
    with serve(folder, sqlite_template, **environ) as server:
        proxy = _caddy(folder, port, server.environ["POBACH_PORT"])
        _wait_for(port)
        yield server, port
        proxy.terminate()
        proxy.wait(10)


def _caddy(folder: Path, port: int, upstream: str) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "XDG_DATA_HOME": str(folder), "POBACH_PORT": upstream}
    config = (ROOT / "deploy/Caddyfile").read_text()
    # A trial must not touch this machine's trust store nor its port 80.
    quiet = "admin off\n\tskip_install_trust\n\tauto_https disable_redirects"
    (folder / "Caddyfile").write_text(config.replace("admin off", quiet))
    command = [sys.executable, "-m", "deploy.leash"]
    command += ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    environ["POBACH_HOST"] = f"localhost:{port}"
    with (folder / "caddy.log").open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            return ask(port, "/healthz") and None
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def ask(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connection = HTTPSConnection("localhost", port, context=trusting, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_https_in_front_makes_it_production(behind_caddy: tuple[Server, int]) -> None:
    status, headers, _ = ask(behind_caddy[1], "/readyz")
    assert status == 200
    assert headers["strict-transport-security"].startswith("max-age=")


def test_keys_come_as_credentials_and_none_is_written_beside_the_data(
    behind_caddy: tuple[Server, int],
) -> None:
    server, _ = behind_caddy
    assert not list(server.data_dir.glob("*.key")) + list(server.data_dir.glob("seal.keys"))


def test_a_foreign_host_name_reaches_nothing(behind_caddy: tuple[Server, int]) -> None:
    server, port = behind_caddy
    assert ask(port, "/healthz")[2] == b"ok\n"
    assert ask(port, "/healthz", Host="elsewhere.example")[2] == b""
    direct = HTTPConnection("127.0.0.1", int(server.environ["POBACH_PORT"]), timeout=10)
    direct.request("GET", "/healthz", headers={"Host": "elsewhere.example"})
    assert direct.getresponse().status == 400
    direct.close()


def test_nobody_who_visits_is_written_down(behind_caddy: tuple[Server, int]) -> None:
    server, port = behind_caddy
    for path in ("/healthz", "/nowhere", "/"):
        ask(port, path, **{"User-Agent": "marker-agent", "X-Forwarded-For": "203.0.113.77"})
    for log in server.data_dir.glob("*.log"):
        assert "marker-agent" not in log.read_text()
        assert "203.0.113.77" not in log.read_text()
