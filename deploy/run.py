"""`make run`: prepare, start web and worker, and say where it is as soon as it answers."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

from honcho.environ import parse_procfile
from honcho.manager import Manager

from deploy.leash import die_with_parent
from deploy.mail import open_post_office

ROOT = Path(__file__).resolve().parent.parent
PORTS = range(5000, 5100)


def main() -> int:
    die_with_parent()
    os.chdir(ROOT)
    port = _settle_port()
    os.environ.setdefault("POBACH_DATA_DIR", str(ROOT / "instance"))
    prepare = [sys.executable, "-m", "deploy.prepare"]
    prepared = subprocess.run(prepare, stdout=subprocess.PIPE, text=True)
    if prepared.returncode:
        return prepared.returncode
    Thread(target=_tell, args=(port, prepared.stdout), daemon=True).start()
    return _start()


def _settle_port() -> int:
    """The port asked for, else the first free one from 5000; the address follows it."""
    asked = os.environ.get("POBACH_PORT")
    port = int(asked) if asked else next(filter(_free, PORTS))
    if not _free(port):
        sys.exit(f"Port {port} is taken. Choose another one: POBACH_PORT={port + 1} make run")
    os.environ["POBACH_PORT"] = str(port)
    os.environ.setdefault("POBACH_BASE_URL", f"http://localhost:{port}")
    return port


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _tell(port: int, words: str) -> None:
    while not _answers(port):
        time.sleep(0.1)
    print(f"{words}\nPobach is at {os.environ['POBACH_BASE_URL']}  (Ctrl+C stops it)\n", flush=True)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://localhost:{port}/healthz", timeout=5):
            return True
    except OSError:
        return False


def _start() -> int:
    os.environ.update(POBACH_OWNER=str(os.getpid()), PYTHONUNBUFFERED="1")
    processes = parse_procfile((ROOT / "Procfile").read_text()).processes
    if not os.environ.get("POBACH_SMTP_URL"):
        os.environ["POBACH_SMTP_URL"] = f"smtp://127.0.0.1:{open_post_office()}"
    manager = Manager()
    for name, command in processes.items():
        manager.add_process(name, command)
    manager.loop()
    return int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
