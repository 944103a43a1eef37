from datetime import timedelta

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry
from fraud.models import Case, CaseStatus
from fraud.services import cases
from tests.builders import NOW, make_case, make_user
from tests.people import make_sam, person_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
DECIDE = {"confirmed": cases.confirm, "dismissed": cases.dismiss}


def decide(case, status, actor, reason="Same household.", now=LATER):
    return DECIDE[status](case_id=case.pk, actor_id=actor.pk, reason=reason, now=now)


@pytest.mark.parametrize("old", CaseStatus.values)
@pytest.mark.parametrize("new", CaseStatus.values)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    case = make_case(status=old, decided_by=make_user(), reason="Because.")
    if new in Case.ARROWS[old]:
        case.move_to(new, at=LATER)
        assert (case.status, case.status_changed_at) == (new, LATER)
    else:
        with pytest.raises(InvalidTransition):
            case.move_to(new, at=LATER)
        assert (case.status, case.status_changed_at) == (old, NOW)


@pytest.mark.parametrize("status", DECIDE)
def test_a_person_decides_for_a_reason(status):
    case, sam = make_case(), make_sam()

    decide(case, status, sam, " Same household. ")

    case.refresh_from_db()
    assert (case.status, case.decided_by, case.reason) == (status, sam, "Same household.")
    assert case.status_changed_at == LATER
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb, entry.reason) == (sam, f"case.{status}", "Same household.")


@pytest.mark.parametrize("status", DECIDE)
def test_the_same_decision_again_changes_nothing(status):
    case, sam = make_case(), make_sam()
    decide(case, status, sam)
    assert decide(case, status, sam, now=NOW).status_changed_at == LATER
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("first", DECIDE)
@pytest.mark.parametrize("second", DECIDE)
def test_a_decided_case_is_not_decided_by_another(first, second):
    case = make_case()
    decide(case, first, make_sam())
    with pytest.raises(InvalidTransition):
        decide(case, second, make_user(roles=["manager"]))
    case.refresh_from_db()
    assert (case.status, AuditEntry.objects.count()) == (first, 1)


@pytest.mark.parametrize("status", DECIDE)
@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_decided_without_a_reason(status, reason):
    case = make_case()
    with pytest.raises(cases.ReasonMissing):
        decide(case, status, make_sam(), reason)
    case.refresh_from_db()
    assert case.status == "open"


@pytest.mark.parametrize("status", DECIDE)
def test_nobody_decides_about_their_own_account(status):
    case = make_case()
    with pytest.raises(cases.OwnCase):
        decide(case, status, person_of(case.affiliate))
    case.refresh_from_db()
    assert case.status == "open"
    assert not AuditEntry.objects.exists()
