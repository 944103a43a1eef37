"""bin/manage prove_payouts, smaller: it passes because nobody is paid twice, and it bites.

The numbers D6.n are those of the payout tests (docs/rules/payouts.md). The oracle is the double.
"""

import json
import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.race, pytest.mark.slow]

COMMAND = [sys.executable, "manage.py", "prove_payouts", "--json", "--limit", "240"]
ENVIRONMENT = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}


def prove(*arguments):
    """Run the command as people do; return what it found and its exit status."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=480,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout), done.returncode


def test_d6_1_workers_killed_at_random_pay_nobody_twice_and_forget_nobody():
    found, status = prove("--items", "100", "--kills", "24")

    assert status == 0, found
    assert sum(found["killed"].values()) >= 12
    assert found["was_a_day_late"]
    assert (found["duplicates"], found["lost"], found["differences"]) == (0, 0, [])
    assert found["statuses"] == {"released": 2, "sent": 98}
    assert found["stripe_net_minor"] == found["sent_minor"] == found["ledger_minor"] > 0


def test_d6_2_without_its_keys_the_same_run_is_found_out():
    found, status = prove("--items", "60", "--kills", "60", "--sabotage")

    assert status == 1
    assert not found["ok"]
    assert found["duplicates"] > 0
    assert found["stripe_net_minor"] == found["sent_minor"] + found["paid_twice_minor"]


def test_d6_33_a_database_brought_back_from_before_the_batch_pays_nobody_twice():
    found, status = prove("--items", "50", "--kills", "0", "--restore")

    assert status == 0, found
    assert found["before_the_restore"]["statuses"] == {"released": 1, "sent": 49}
    assert found["statuses"] == {"released": 1, "sent": 49}
    assert (found["duplicates"], found["lost"], found["differences"]) == (0, 0, [])
    assert found["stripe_net_minor"] == found["before_the_restore"]["stripe_net_minor"]
