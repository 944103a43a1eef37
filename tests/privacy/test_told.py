"""What is not decided about somebody, or only tried, is in no copy and no number (PV12)."""

from __future__ import annotations

import pytest

from core.privacy import erasing, exporting, registry
from fraud.models import (
    Backtest,
    CaseStatus,
    Decision,
    Observation,
    ProposalStatus,
    Sanction,
    Severity,
    Signal,
    WouldFlag,
)
from payouts.models import AdjustmentProposal
from payouts.models import ProposalStatus as Booking
from tests.builders import NOW, make_case, make_screening, make_user
from tests.fraud.case_world import make_case_proposal
from tests.people import person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def suspect():
    """Whoever is looked at: a case is open, and nothing else is known to them."""
    return make_case(make_screening(decision=Decision.HOLD))


def numbers(affiliate):
    """The rows of each table, as *Your data* counts them."""
    found = erasing.told(registry.person_of(person_of(affiliate).pk))
    return {part.table: part.rows for part in found}


def copy_of(affiliate):
    person = registry.person_of(person_of(affiliate).pk)
    return {name: list(rows) for name, rows in exporting.sections_of(person)}


def sanction(affiliate, status, **more):
    return Sanction.objects.create(
        affiliate=affiliate, status=status, status_changed_at=NOW, proposed_at=NOW,
        proposed_by=make_user(), decided_by=make_user(), measures=["links"],
        families=["identity"], reason="Internal", message=f"Draft {status}", **more,
    )  # fmt: skip


def test_a_ban_that_waits_for_a_second_person_is_told_nowhere(suspect):
    affiliate = suspect.affiliate
    before = numbers(affiliate)
    sanction(affiliate, "proposed", is_ban=True)
    sanction(affiliate, "rejected")
    assert numbers(affiliate) == before
    assert "fraud-sanction" not in copy_of(affiliate)


def test_what_is_stopped_or_was_is_told(suspect):
    affiliate = suspect.affiliate
    sanction(affiliate, "in_force")
    sanction(affiliate, "lifted")
    assert numbers(affiliate)["fraud.Sanction"] == 2
    assert [one["status"] for one in copy_of(affiliate)["fraud-sanction"]] == [
        "in_force", "lifted",
    ]  # fmt: skip


@pytest.mark.parametrize("status", ProposalStatus)
def test_a_decision_about_a_case_is_told_once_two_agreed(suspect, status):
    made = make_case_proposal(suspect)
    made.status, made.decided_by, made.answer = status, make_user(), "No"
    made.save()
    is_told = status == ProposalStatus.AGREED
    assert ("fraud.CaseProposal" in numbers(suspect.affiliate)) == is_told
    assert ("fraud-caseproposal" in copy_of(suspect.affiliate)) == is_told


@pytest.mark.parametrize("status", Booking)
def test_an_adjustment_is_told_once_it_is_booked(suspect, status):
    AdjustmentProposal.objects.create(
        affiliate=suspect.affiliate, amount_minor=-500, currency="EUR", reason="clawback",
        text="Back", source_key="x", status=status, status_changed_at=NOW, created_at=NOW,
        author=make_user(), decided_by=make_user(),
    )  # fmt: skip
    is_told = status == Booking.BOOKED
    assert ("payouts.AdjustmentProposal" in numbers(suspect.affiliate)) == is_told
    assert ("payouts-adjustmentproposal" in copy_of(suspect.affiliate)) == is_told


def test_what_a_rule_finds_in_the_shadow_is_told_nowhere(suspect):
    affiliate, screening = suspect.affiliate, suspect.credits.get().credit.screening
    before = numbers(affiliate)
    Observation.objects.create(
        affiliate=affiliate, code="tried", version=1, family="identity", severity=Severity.HOLD,
        is_shadow=True, first_seen_at=NOW, last_seen_at=NOW,
    )  # fmt: skip
    for code, severity, is_shadow in (
        ("tried", Severity.HOLD, True),
        ("counted", Severity.INFO, False),
        ("beside", Severity.REVIEW, False),
    ):
        Signal.objects.create(
            screening=screening, code=code, version=1, family="identity", severity=severity,
            is_shadow=is_shadow,
        )  # fmt: skip
    trial = Backtest.objects.create(
        code="tried", version=1, days=90, status_changed_at=NOW, asked_at=NOW, author=make_user()
    )
    WouldFlag.objects.create(backtest=trial, affiliate=affiliate, level="hold")

    assert numbers(affiliate) == before
    assert not {"fraud-observation", "fraud-signal", "fraud-wouldflag"} & set(copy_of(affiliate))
    # The team, who erases, sees what goes.
    shown = erasing.preview(registry.person_of(person_of(affiliate).pk)).parts
    assert {"fraud.Observation", "fraud.Signal", "fraud.WouldFlag"} <= {one.table for one in shown}


def test_what_a_rule_in_force_finds_is_told(suspect):
    affiliate = suspect.affiliate
    Observation.objects.create(
        affiliate=affiliate, code="live", version=1, family="identity", severity=Severity.HOLD,
        first_seen_at=NOW, last_seen_at=NOW,
    )  # fmt: skip
    assert numbers(affiliate)["fraud.Observation"] == 1
    [told] = copy_of(affiliate)["fraud-observation"]
    assert set(told) == {"family", "first_seen_at", "ended_at"}


def test_the_page_shows_these_numbers(suspect, client):
    person = person_of(suspect.affiliate)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(person)
    before = client.get("/account/data/").context["held"]
    sanction(suspect.affiliate, "proposed", is_ban=True)
    make_case_proposal(suspect)
    assert client.get("/account/data/").context["held"] == before
    assert suspect.status == CaseStatus.OPEN
