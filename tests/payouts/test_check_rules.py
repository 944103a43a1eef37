"""What check_ledger knows of rules, cuts and caps."""

import pytest

from affiliates.models import Programme
from payouts.models import CommissionLine, Meter
from payouts.services import checks
from tests.builders import make_affiliate, make_group
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db
RULES = {
    "rules": [
        {"key": "flat", "name": "Flat", "priority": 1, "pays": "flat", "flat_minor": 700,
         "when": {"code": ["FLAT"]}},
        {"key": "net", "name": "Net", "priority": 2, "pays": "net", "rate_bps": 800,
         "cap_minor": 1_000,
         "when": {"code": ["NET"]}},
        {"key": "none", "name": "None", "priority": 3, "pays": "nothing", "reason": "No",
         "when": {"code": ["NONE"]}},
    ],
    "order_cap_minor": 1_200,
    "month_cap_minor": 3_000,
}  # fmt: skip


@pytest.fixture
def affiliate():
    programme = Programme.get()
    programme.month_budget_minor = 2_900
    programme.save()
    return make_affiliate(group=make_group(slug="ruled", terms={"rules": RULES}))


@pytest.fixture
def tamper(as_superuser):
    """Write to the tables as the superuser can: with the triggers off."""

    def write(sql):
        with as_superuser() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql)
            cursor.execute("SET session_replication_role = DEFAULT")

    return write


def found():
    return {difference.check for difference in checks.check()}


def test_whatever_rules_pay_and_caps_cut_agrees(affiliate):
    accrued(affiliate, lines=[{}, {"quantity": 2}], codes=["FLAT"])
    accrued(affiliate, lines=[{}, {"net_minor": 5_100}], codes=["NET"])
    accrued(affiliate, codes=["NONE"])
    accrued(affiliate, lines=[{}, {}])
    accrued(affiliate)
    accrued(affiliate, lines=[{}, {"kind": "gift_card"}], is_test=True)
    accrued(affiliate, decision="refuse")

    assert CommissionLine.objects.filter(cut_minor__gt=0).exists()
    assert checks.check() == []


@pytest.mark.parametrize(
    ("code", "sql", "name"),
    [
        ("NET", "UPDATE payouts_commissionline SET rate = 900", "line by its rule"),
        ("NET", "UPDATE payouts_commissionline SET rate = 900", "line rule"),
        ("NET", "UPDATE payouts_commissionline SET rule = 'other'", "line rule"),
        ("", "UPDATE payouts_commissionline SET rate = 1999", "line rule"),
        ("NET", "UPDATE payouts_commissionline SET cut_minor = 5", "line steps"),
        ("FLAT", "UPDATE payouts_commissionline SET cut_minor = 5", "fixed amount"),
        ("NONE", "UPDATE payouts_commissionline SET amount_minor = 1", "line above margin"),
        ("", "UPDATE payouts_commissionline SET amount_minor = 5001", "line above margin"),
        ("", "UPDATE payouts_commission SET amount_minor = 1201", "order cap"),
        ("NET", "UPDATE payouts_commissionline SET amount_minor = 1001", "rule cap"),
        ("", "UPDATE payouts_meter SET taken_minor = 999", "meter"),
    ],
)
def test_what_was_changed_is_found(affiliate, tamper, code, sql, name):
    accrued(affiliate, codes=[code])

    tamper(sql)

    assert name in found()


def test_a_meter_counts_the_whole_programme(affiliate):
    accrued(affiliate)
    accrued()

    assert Meter.objects.get(affiliate=None).taken_minor == 2_000
    assert checks.check() == []
