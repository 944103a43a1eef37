"""What holds of every signal, whatever it looks at."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from fraud.domain.evidence import (
    UNKNOWN,
    AffiliateEvidence,
    Evidence,
    Finding,
    Level,
)
from fraud.domain.screening import Outcome, Use, judge
from fraud.domain.signals import AFFILIATE_SIGNALS, CREDIT_SIGNALS, SIGNALS
from tests.builders import NOW
from tests.fraud.signals.facts import ACCOUNT, BY_CODE, CREDIT, IN_THE_DARK

EVERY = (*CREDIT_SIGNALS, *AFFILIATE_SIGNALS)
USES = {signal.code: Use(limits=signal.limits) for signal in CREDIT_SIGNALS}
PAGE = (Path(__file__).parents[3] / "docs/rules/screening.md").read_text()


def test_a_code_is_one_signals_and_is_in_a_file_of_its_name():
    assert len(SIGNALS) == len(EVERY)
    modules = {signal.judge.__module__.rsplit(".", 1)[1] for signal in EVERY}
    assert modules == set(SIGNALS)
    folder = Path(__file__).parents[3] / "fraud/domain/signals"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == modules


@pytest.mark.parametrize("signal", EVERY, ids=lambda signal: signal.code)
def test_a_signal_can_be_stored(signal):
    assert re.fullmatch(r"[a-z0-9_]{3,40}", signal.code)
    assert signal.version >= 1
    assert all(isinstance(limit, int) and limit > 0 for limit in signal.limits.values())
    assert signal.judge.__doc__


@pytest.mark.parametrize("signal", EVERY, ids=lambda signal: signal.code)
def test_a_signal_has_a_row_on_the_page(signal):
    kind = "sale" if signal in CREDIT_SIGNALS else "account"
    row = next(line for line in PAGE.splitlines() if f"| `{signal.code}` |" in line)
    assert row.startswith(f"| **{signal.number}** | `{signal.code}` | {kind} | {signal.family} |")
    for name, limit in signal.limits.items():
        assert f"`{name}` {limit}" in row, name


@pytest.mark.parametrize("signal", CREDIT_SIGNALS, ids=lambda signal: signal.code)
@pytest.mark.parametrize("evidence", [IN_THE_DARK, BY_CODE, Evidence(ordered_at=NOW)])
def test_what_nobody_knows_is_found_of_no_sale(signal, evidence):
    assert signal.judge(evidence, signal.limits) in {None, UNKNOWN}


@pytest.mark.parametrize("signal", AFFILIATE_SIGNALS, ids=lambda signal: signal.code)
def test_what_nobody_knows_is_found_of_no_account(signal):
    evidence = AffiliateEvidence(at=NOW, kind="content")
    assert signal.judge(evidence, signal.limits) in {None, UNKNOWN}


def test_the_honest_sale_and_the_honest_account_are_clear():
    assert judge(CREDIT, CREDIT_SIGNALS, USES).outcome == Outcome.CLEAR
    assert judge(CREDIT, CREDIT_SIGNALS, USES).unknown == ("datacentre",)
    assert [one.judge(ACCOUNT, one.limits) for one in AFFILIATE_SIGNALS] == [None] * len(
        AFFILIATE_SIGNALS
    )


def test_facts_are_json_and_hold_nobodys_keys():
    keys = {
        getattr(CREDIT, field.name)
        for field in fields(CREDIT)
        if field.name.startswith("order_") and field.name.endswith("_key")
    }
    for signal in CREDIT_SIGNALS:
        finding = signal.judge(CREDIT, signal.limits)
        if isinstance(finding, Finding):
            assert not keys & set(map(str, finding.facts.values()))
            json.dumps(finding.facts)


def test_levels_are_the_heaviest_first():
    assert list(Level) == [Level.REFUSE, Level.HOLD, Level.REVIEW, Level.INFO]
