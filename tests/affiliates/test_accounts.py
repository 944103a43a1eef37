import pytest

from affiliates.models import Affiliate, AffiliateStatus
from affiliates.services import accounts
from core.errors import InvalidTransition
from core.models import AuditEntry
from tests.builders import LONG_AGO, NOW, make_affiliate
from tests.people import make_sam

pytestmark = pytest.mark.django_db

MOVES = {"suspended": accounts.suspend, "active": accounts.reactivate, "closed": accounts.close}
VERBS = {"suspended": "suspended", "active": "reactivated", "closed": "closed"}


def move(affiliate, new, sam, reason="Because."):
    is_reopened = (affiliate.status, new) == ("closed", "active")
    change = accounts.reopen if is_reopened else MOVES[new]
    return change(affiliate_id=affiliate.pk, actor_id=sam.pk, reason=reason, now=NOW)


@pytest.mark.parametrize("old", AffiliateStatus.values)
@pytest.mark.parametrize("new", AffiliateStatus.values)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    affiliate, sam = make_affiliate(status=old), make_sam()

    if new in Affiliate.ARROWS[old]:
        move(affiliate, new, sam, " Because. ")
        affiliate.refresh_from_db()
        assert (affiliate.status, affiliate.status_changed_at) == (new, NOW)
        assert affiliate.status_reason == "Because."
        entry = AuditEntry.objects.get()
        verb = "reopened" if old == "closed" else VERBS[new]
        assert (entry.actor, entry.verb) == (sam, f"affiliate.{verb}")
        assert (entry.subject_id, entry.reason) == (str(affiliate.pk), "Because.")
    else:
        with pytest.raises(InvalidTransition):
            move(affiliate, new, sam)
        affiliate.refresh_from_db()
        assert (affiliate.status, affiliate.status_changed_at) == (old, LONG_AGO)
        assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("old", ["active", "suspended"])
def test_only_a_closed_account_is_reopened(old):
    affiliate = make_affiliate(status=old)
    with pytest.raises(InvalidTransition):
        accounts.reopen(
            affiliate_id=affiliate.pk, actor_id=make_sam().pk, reason="Because.", now=NOW
        )


def test_a_closed_account_is_not_reactivated_like_a_suspended_one():
    affiliate = make_affiliate(status="closed")
    with pytest.raises(InvalidTransition):
        accounts.reactivate(
            affiliate_id=affiliate.pk, actor_id=make_sam().pk, reason="Because.", now=NOW
        )


@pytest.mark.parametrize("new", ["suspended", "closed"])
def test_an_account_is_not_stopped_without_a_reason(new):
    affiliate = make_affiliate()
    with pytest.raises(accounts.ReasonMissing):
        move(affiliate, new, make_sam(), "  ")
    affiliate.refresh_from_db()
    assert affiliate.status == "active"


def test_a_reactivated_account_no_longer_shows_why_it_was_stopped():
    affiliate, sam = make_affiliate(), make_sam()
    move(affiliate, "suspended", sam)
    move(affiliate, "active", sam, "")
    affiliate.refresh_from_db()
    assert (affiliate.status, affiliate.status_reason) == ("active", "")


def test_the_same_act_again_changes_nothing():
    affiliate, sam = make_affiliate(), make_sam()
    for _ in range(2):
        move(affiliate, "suspended", sam)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(("old", "new"), [("active", "suspended"), ("suspended", "active"),
                                          ("active", "closed")])  # fmt: skip
def test_nobody_stops_or_restarts_their_own_account(old, new):
    sam = make_sam()
    own = make_affiliate(user=sam, status=old)

    with pytest.raises(accounts.OwnAccount):
        move(own, new, sam)

    own.refresh_from_db()
    assert (own.status, own.status_changed_at) == (old, LONG_AGO)
    assert not AuditEntry.objects.exists()
