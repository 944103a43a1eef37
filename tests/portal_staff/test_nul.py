"""A NUL in an address: PostgreSQL knows none, so it is read as if it were not there."""

import pytest
from django.urls import reverse

from tests.builders import make_affiliate, make_order
from tests.people import make_fin, make_sam

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANAGER = ["application-list", "affiliate-list", "order-list", "review-list", "inbound-list"]
FINANCE = ["ledger-list", "batch-list"]
PARTNER = ["link-list", "sale-list", "payout-list", "code-list"]
NAMES = ["q", "status", "kind", "group", "sort", "outcome", "has", "state", "source", "range",
         "from", "to", "tab", "changed", "cursor", "page"]  # fmt: skip


@pytest.mark.parametrize("name", [*MANAGER, *FINANCE, *PARTNER])
def test_no_list_falls_over_a_nul(client, name):
    partner = make_affiliate().memberships.first().user
    client.force_login(
        make_sam() if name in MANAGER else make_fin() if name in FINANCE else partner
    )

    for parameter in NAMES:
        answer = client.get(reverse(f"portal:{name}"), {parameter: "\0"})
        assert answer.status_code == 200, parameter


def test_what_stands_around_the_nul_is_searched_for(client):
    make_order(number="WEB-7")
    make_order(number="WEB-8")
    client.force_login(make_sam())

    page = client.get(reverse("portal:order-list"), {"q": "WEB\0-7"}).content.decode()

    assert "WEB-7" in page
    assert "WEB-8" not in page
