"""Lock files name packages and hashes, never addresses: `python -m deploy.no_addresses package-lock.json`."""

import json
import sys
from pathlib import Path

for file in map(Path, sys.argv[1:]):
    lock = json.loads(file.read_text())
    for package in lock["packages"].values():
        for address in ("funding", "resolved"):
            package.pop(address, None)
    file.write_text(json.dumps(lock, indent=2) + "\n")
