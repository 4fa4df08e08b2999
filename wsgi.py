"""The door: one app."""

import os

from app import create_app
from app.accounts.demo import refuse_demo_accounts

app = create_app()
if "FLASK_RUN_FROM_CLI" not in os.environ:  # the operator's commands must go on working, to mend it
    refuse_demo_accounts(app)
