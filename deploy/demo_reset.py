"""`make demo-reset`: forget the demo's people, offers and sign-ins, keep its keys, seed it anew."""

import os
import sys
from pathlib import Path

from deploy.prepare import SIGN_INS
from deploy.run import ROOT

data = Path(os.environ.get("POBACH_DATA_DIR", ROOT / "instance"))
if os.environ.get("POBACH_DATABASE_URL") or os.environ.get("POBACH_BASE_URL", "").startswith(
    "https"
):
    sys.exit("Only the demo is forgotten this way, and this is not the demo.")
for name in ("pobach.db", "pobach.db-wal", "pobach.db-shm", SIGN_INS):
    (data / name).unlink(missing_ok=True)
print("Forgotten. `make run` seeds it anew and prints the new sign-ins.")
