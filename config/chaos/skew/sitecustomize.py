# ruff: noqa: INP001 - read by itself, from a path of its own
"""Sets the clock of this process wrong, for the chaos run alone: Python reads this file first."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

_ahead = timedelta(seconds=int(os.environ["APPORT_CHAOS_SKEW"]))
time_machine.travel(datetime.now(UTC) + _ahead, tick=True).start()
