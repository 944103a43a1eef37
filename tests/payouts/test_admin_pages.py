"""What the rules of pay wrote is looked at by superusers, and left alone."""

import pytest
from django.urls import reverse

from affiliates.models import Programme
from core.attachments import Attachment
from core.money import Money
from payouts.models import AdjustmentProposal, Claim, Meter, RefundRuling, TierReached
from payouts.services import proposals, returns
from payouts.services.proposals import Evidence
from shop.models import ReturnLine
from tests.builders import NOW, make_return, make_user
from tests.payouts.claim_stories import claimed
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a secret mail"
READ_ONLY = [AdjustmentProposal, Claim, Meter, RefundRuling, TierReached]


@pytest.fixture
def superuser(client):
    Programme.objects.update_or_create(pk=1, defaults={"month_budget_minor": 100_000})
    sale = accrued()
    refund = make_return(sale.credit.order, quantities={})
    ReturnLine.objects.create(shop_return=refund, external_id="1", quantity=0, net_minor=100)
    returns.apply_pending(now=NOW)
    claimed(sale.affiliate, proof=Attachment(name="mail.pdf", body=PDF))
    proposals.propose(
        affiliate_id=sale.affiliate_id, amount=Money(100, "EUR"), reason="goodwill",
        text="Sorry", source_key="test:1", author_id=make_user().pk, now=NOW,
        evidence=Evidence(name="mail.pdf", body=PDF),
    )  # fmt: skip
    TierReached.objects.create(
        affiliate=sale.affiliate, terms=sale.terms, period_from=NOW.date(), period_to=NOW.date(),
        at=1, value=1, rate_bps=2_500, reached_at=NOW,
    )  # fmt: skip
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def page(model, action, *args):
    return reverse(f"admin:payouts_{model._meta.model_name}_{action}", args=args)


@pytest.mark.parametrize("model", READ_ONLY)
def test_the_list_and_a_row_open_without_files(superuser, model):
    row = model.objects.first()

    listed = superuser.get(page(model, "changelist"), {"q": "a"})
    shown = superuser.get(page(model, "change", row.pk))

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "secret mail" not in shown.content.decode()


@pytest.mark.parametrize("model", READ_ONLY)
def test_nothing_is_added_changed_or_deleted(superuser, model):
    row = model.objects.first()
    assert superuser.post(page(model, "change", row.pk), {}).status_code == 403
    assert superuser.get(page(model, "add")).status_code == 403
    assert superuser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
