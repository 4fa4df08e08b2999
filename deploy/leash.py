"""Run a command that cannot outlive the one who started it: `python -m deploy.leash [options] command …`.

honcho gives every process a session of its own, so a killed parent would leave web and worker behind.
The leash watches the owner (`POBACH_OWNER`, a process id; else its own parent) and the command; when the
owner is gone it stops the command, and when the command is gone it stops whatever that left behind.
Linux only (pidfd, subreaper), as our servers are.
"""

import argparse
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # prctl(2)
PATIENCE = 4.0  # seconds between asking and killing; honcho kills the leash itself after five
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent of this process ends, however it ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def main() -> int:
    asked = _arguments()
    _prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    owner = _watch(int(os.environ.get("POBACH_OWNER") or os.getppid()))
    child = subprocess.Popen(asked.command, user=asked.user, preexec_fn=die_with_parent)
    told, tell = os.pipe()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: os.write(tell, b"."))
    try:
        _wait_for_any(owner, os.pidfd_open(child.pid), told)
        code = _end(child, getattr(signal, f"SIG{asked.stop}"))
        return 128 - code if code < 0 else code
    finally:
        _end_descendants()
        if asked.remove:
            shutil.rmtree(asked.remove, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", help="run the command as this user (needs root)")
    parser.add_argument("--stop", default="TERM", help="the signal that stops the command")
    parser.add_argument("--remove", help="a folder to delete afterwards")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    asked.command = [word for word in asked.command[:1] if word != "--"] + asked.command[1:]
    return asked


def _watch(pid: int) -> int:
    """Becomes readable when the process is gone; at once when it already is."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return os.open(os.devnull, os.O_RDONLY)


def _wait_for_any(*handles: int) -> None:
    select.select(handles, [], [])


def _end(child: subprocess.Popen[bytes], stop: int) -> int:
    if child.poll() is None:
        child.send_signal(stop)
    try:
        return child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _end_descendants() -> None:
    """Orphans come to us (subreaper): end them in turn, until none is left."""
    deadline = time.monotonic() + PATIENCE
    while left := Path("/proc/thread-self/children").read_text().split():
        for pid in map(int, left):
            os.kill(pid, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(0.05)
        while left and _reap():
            pass


def _reap() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] > 0
    except ChildProcessError:
        return False


if __name__ == "__main__":
    sys.exit(main())
