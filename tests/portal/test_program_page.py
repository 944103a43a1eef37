"""The public programme page: live terms, bands, and a calculator that tells the truth."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from payouts.models import CommissionLine
from portal.calculator import Offer, commission_on, estimate
from portal.formats import format_money
from shop.models import MarginBand
from shop.services import bands
from tests.builders import make_band, make_group, make_shop, make_user
from tests.payouts.stories import accrued
from tests.portal.partner_world import text_of

OFFER = Offer(rate_bps=2_000, order_cost_minor=300, order_cost_bps=150, currency="EUR")


@pytest.fixture
def page(client, db, payday):
    make_shop(order_cost_minor=300, order_cost_bps=150)
    make_group(terms={"rate_bps": 2_000, "window_days": 45, "payment_days": [5, 20]})
    if not MarginBand.objects.exists():
        make_band(4_000)
    return lambda query="": text_of(client.get(f"/{query}", headers={"accept-language": "en"}))


def test_it_says_what_the_live_terms_say(page):
    text = page()

    assert "20% of the margin on every order you bring." in text
    assert "45 days" in text
    assert "5 and 20" in text
    assert "€3.00 and 1.5% of the basket" in text


def test_it_says_that_the_programme_is_not_open_without_terms(client, db, payday):
    response = client.get("/", headers={"accept-language": "en"})

    assert response.status_code == 200
    assert "The programme is not open yet." in text_of(response)


def test_the_calculator_works_as_a_form(page):
    text = page("?visits=1000&conversion=2.5&basket=100&band=3500")
    expected = estimate(
        OFFER, visits=1_000, conversion_bps=250, basket_minor=10_000, lower_bps=3_500
    )

    assert expected.orders == 25
    assert str(format_money(expected.monthly)) in text


def test_numbers_that_make_no_sense_are_refused_and_kept(page):
    text = page("?visits=-5&conversion=200&basket=x&band=3500")

    assert 'value="-5"' in text
    assert "need your attention" in text


def test_an_estimate_is_what_a_real_order_earns(page):
    commission = accrued()
    line = CommissionLine.objects.get(commission=commission)
    reference = next(step for step in line.steps if step["step"] == "reference_cost")

    _margin, amount = commission_on(
        OFFER,
        list_price_minor=reference["list_price_minor"],
        paid_minor=line.order_line.net_minor,
        lower_bps=reference["lower_bps"],
    )

    assert amount == commission.amount


@given(
    st.integers(0, 10_000_000),
    st.integers(0, 10_000),
    st.integers(0, 10_000_000),
    st.sampled_from([0, 2_000, 3_500, 5_000, 6_500]),
)
def test_an_estimate_is_never_negative_nor_above_the_rate(visits, conversion, basket, lower):
    found = estimate(
        OFFER, visits=visits, conversion_bps=conversion, basket_minor=basket, lower_bps=lower
    )

    assert 0 <= found.per_order.minor <= basket * 2_000 // 10_000 + 1
    assert found.monthly.minor == found.per_order.minor * found.orders


def test_bands_to_come_are_announced_beside_those_in_force(client, db):
    make_group()
    make_shop()
    bands.publish(
        name="Next",
        edges=(0, 2_500, 10_000),
        valid_from=timezone.now() + timedelta(days=40),
        actor_id=make_user().pk,
        now=timezone.now(),
    )

    page = client.get("/", headers={"accept-language": "en"}).content.decode()

    assert "50% – 65%" in page
    assert "Margin bands from " in page
    assert "25% – 100%" in page
