"""`make run`: bring the database up to date, seed the demo once, say where it is, start web and worker."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import segno
from honcho.environ import parse_procfile
from honcho.manager import Manager

from deploy.leash import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
SIGN_INS = "demo.txt"


def main() -> int:
    die_with_parent()
    os.chdir(ROOT)
    port = _settle_port()
    data = Path(os.environ.setdefault("POBACH_DATA_DIR", str(ROOT / "instance")))
    flask("db", "upgrade")
    sign_ins = _seed_once(data)
    _tell(port, flask("invite", "--count", "1").strip(), sign_ins)
    return _start()


def flask(*words: str) -> str:
    """One of our own commands; its output. What goes wrong stops the start with its sentence."""
    ran = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words], stdout=subprocess.PIPE, text=True
    )
    if ran.returncode:
        sys.exit(ran.returncode)
    return ran.stdout


def _settle_port() -> int:
    """The port asked for, else the first free one from 5000; the address follows it."""
    asked = os.environ.get("POBACH_PORT")
    port = int(asked) if asked else next(p for p in range(5000, 5100) if _free(p))
    if not _free(port):
        sys.exit(f"Port {port} is taken. Choose another one: POBACH_PORT={port + 1} make run")
    os.environ["POBACH_PORT"] = str(port)
    os.environ.setdefault("POBACH_BASE_URL", f"http://localhost:{port}")
    return port


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _seed_once(data: Path) -> str:
    """The demo's sign-ins: from the seed on the first start, from a file of our own afterwards."""
    kept = data / SIGN_INS
    if not kept.exists():
        said = flask("seed")
        kept.touch(mode=0o600)
        kept.write_text(said)
    return kept.read_text().strip()


def _tell(port: int, link: str, sign_ins: str) -> None:
    print(f"\n{sign_ins}\n\nAn invitation for a member (single use):\n{link}\n")
    wide = shutil.get_terminal_size().columns
    code = segno.make(link.rsplit(maxsplit=1)[-1], micro=False)
    if wide >= code.symbol_size(border=2)[0]:
        code.terminal(compact=True, border=2)
    print(f"\nPobach is at {os.environ['POBACH_BASE_URL']}  (Ctrl+C stops it)\n", flush=True)


def _start() -> int:
    os.environ.update(POBACH_OWNER=str(os.getpid()), PYTHONUNBUFFERED="1")
    manager = Manager()
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        manager.add_process(name, command)
    manager.loop()
    return int(manager.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
