"""What the pages of a sale say of what changed it later: limits, and what the team booked."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import translation

from payouts.models import Adjustment, AdjustmentReason
from payouts.services import cost_corrections
from tests.builders import NOW
from tests.payouts.stories import accrued, approved
from tests.payouts.test_booked_beside import book, give_back
from tests.payouts.test_cost_corrections import correct, limited
from tests.people import make_ada, make_sam, person_of
from tests.portal_api.keys import Api, key_of

pytestmark = pytest.mark.django_db


def partners_page(client, commission):
    client.force_login(person_of(commission.affiliate))
    return read(client, "sale-detail", commission.credit_id)


def teams_page(client, commission):
    sam = make_sam()
    sam.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    client.force_login(sam)
    return read(client, "order-detail", commission.credit.order_id)


def read(client, name, pk):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client.get(reverse(f"portal:{name}", args=[pk])).content.decode()


@pytest.mark.parametrize("page_of", [partners_page, teams_page])
def test_what_a_limit_cut_of_a_corrected_cost_is_on_the_line_with_the_reason(client, page_of):
    commission = accrued(limited(budget=1_300))
    correct(commission.credit.order, commission.credit.order.lines.get(), 3_000)
    cost_corrections.apply_pending(now=NOW)

    page = page_of(client, commission)

    assert "With the corrected cost it would be €14.00 instead of €12.00: €2.00 more." in page
    assert "is used up: €1.00 less." in page


@pytest.mark.parametrize("page_of", [partners_page, teams_page])
def test_what_goes_along_with_the_goods_is_a_change_of_the_sale(client, page_of):
    commission = approved(make_ada(), lines=[{"quantity": 2}])
    book(commission, -600, "clawback")
    give_back(commission)

    page = page_of(client, commission)

    assert "€3.00" in page
    if page_of is teams_page:
        assert "goes along with its goods" in page


@pytest.mark.parametrize("reason", ["cost_found", "cost_corrected"])
def test_a_partner_reads_nowhere_that_a_change_was_about_a_cost(client, reason):
    commission = with_a_change(reason)
    with translation.override("en"):
        document = AdjustmentReason(reason).on_documents
    page = partners_page(client, commission)
    api = Api(client, key_of(commission.affiliate))
    answer = api.get(f"sales/S-{commission.credit_id}/commission").json()

    said = {"cost_found": "Missing information arrived", "cost_corrected": "Information corrected"}
    assert page.count(said[reason]) > 1  # Among the changes of its amount, and in its history.
    assert f"{reason.replace('_', ' ').capitalize()}" not in page
    assert [(one["reason"], one["text"]) for one in answer["changes"]] == [
        ("correction", said[reason])
    ]
    assert document == said[reason]


def with_a_change(reason):
    commission = accrued(make_ada())
    Adjustment.objects.create(
        affiliate=commission.affiliate, commission=commission, amount_minor=120, currency="EUR",
        order_line=commission.credit.order.lines.get(), reason=reason, is_payable=False,
        source_key=reason, effective_at=NOW, created_at=NOW,
    )  # fmt: skip
    return commission
