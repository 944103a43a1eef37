"""Several differences explained or given to somebody at once (CL25)."""

import pytest

from core.models import AuditEntry
from payouts.models import Difference
from payouts.services import differences
from payouts.services.differences import Found, NotFinance, NothingOpen
from payouts.services.items import ReasonMissing
from tests.builders import NOW, make_user
from tests.payouts.paydays import finance

pytestmark = pytest.mark.django_db


@pytest.fixture
def found():
    differences.note(
        [Found(key=f"key:{one}", kind="not_booked", amount_minor=one) for one in (1, 2, 3)],
        kinds=["not_booked"],
        now=NOW,
    )
    return list(Difference.objects.order_by("pk"))


def explain(rows, **given):
    asked = {"actor_id": finance().pk, "reason": "Bank holiday.", "now": NOW, **given}
    return differences.explain_all(difference_ids=[one.pk for one in rows], **asked)


def test_cl25_one_reason_explains_those_that_are_open(found):
    assert explain(found[:1]) == 1
    assert explain(found[:2], reason="Another reason.") == 1

    notes = Difference.objects.order_by("pk").values_list("state", "note")
    assert list(notes) == [
        ("explained", "Bank holiday."), ("explained", "Another reason."), ("open", ""),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(verb="difference.explained").count() == 2


def test_cl25_nothing_is_explained_without_a_reason_or_when_none_is_open(found):
    with pytest.raises(ReasonMissing):
        explain(found, reason=" ")
    explain(found)
    with pytest.raises(NothingOpen):
        explain(found)


def test_cl25_an_owner_minds_several_and_their_notes_stay(found):
    fin, owner = finance(), finance()
    differences.mind(
        difference_id=found[0].pk, actor_id=fin.pk, owner_id=None, text="I asked.", now=NOW
    )

    count = differences.mind_all(
        difference_ids=[one.pk for one in found[:2]],
        actor_id=fin.pk,
        owner_id=owner.pk,
        text="",
        now=NOW,
    )

    assert count == 2
    minded = Difference.objects.order_by("pk").values_list("owner", "note")
    assert list(minded) == [(owner.pk, "I asked."), (owner.pk, ""), (None, "")]


def test_cl25_only_finance_minds_them(found):
    with pytest.raises(NotFinance):
        differences.mind_all(
            difference_ids=[found[0].pk],
            actor_id=finance().pk,
            owner_id=make_user().pk,
            text="",
            now=NOW,
        )
    assert not Difference.objects.filter(owner__isnull=False).exists()
