"""What check_ledger knows of holds: the days of the terms, by category, trust and delivery."""

from datetime import timedelta

import pytest

from affiliates.models import Affiliate
from payouts.models import Commission
from payouts.services import checks, commissions, deliveries
from shop.models import Product
from tests.builders import NOW, make_affiliate, make_group, make_product, make_user
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SHOES = {"holds": [{"category": ["shoes"], "days": 10}, {"category": ["coats"], "days": 60}]}
TRUSTED = {"trusted_days": 5}
FROM_DELIVERY = {"hold_from": "delivery", "undelivered_days": 90}


def held(rules, *, category="dresses", **affiliate):
    """A commission whose terms have a hold of 30 days, and what else they say of it."""
    who = make_affiliate(group=make_group(slug="held", terms={"rules": rules}), **affiliate)
    lines = [{"product": make_product(category=category)}]
    return accrued(who, lines=lines, placed_at=NOW)


def deliver(commission, days):
    order = commission.credit.order
    order.delivered_at = order.placed_at + days * DAY
    order.save(update_fields=["delivered_at"])
    deliveries.apply_pending(now=NOW)


def found():
    return [one.check for one in checks.check() if one.check.startswith("hold")]


@pytest.mark.parametrize(
    ("rules", "facts", "days"),
    [
        ({}, {}, 30),
        (SHOES, {"category": "shoes"}, 10),
        (SHOES, {"category": "coats"}, 60),
        (TRUSTED, {"is_trusted": True}, 5),
        (TRUSTED, {}, 30),
        ({**SHOES, **TRUSTED}, {"category": "coats", "is_trusted": True}, 5),
        (FROM_DELIVERY, {}, 90),
        ({**FROM_DELIVERY, **TRUSTED}, {"is_trusted": True}, 90),
    ],
)
def test_a_hold_by_the_terms_is_fine_and_another_is_found(rules, facts, days):
    commission = held(rules, **facts)
    assert commission.hold_until == NOW + days * DAY
    assert found() == []

    Commission.objects.filter(pk=commission.pk).update(hold_until=NOW + (days - 1) * DAY)

    assert found() == ["hold ended early"]


def test_who_is_trusted_later_and_what_is_in_another_category_later_change_nothing():
    commission = held({**SHOES, **TRUSTED}, category="shoes")
    Affiliate.objects.update(is_trusted=True)
    Product.objects.update(category="coats")

    assert (commission.hold_days, found()) == (10, [])


@pytest.mark.parametrize("rules", [TRUSTED, SHOES])
def test_days_that_an_affiliate_was_not_given_are_found(rules):
    commission = held(rules)

    Commission.objects.filter(pk=commission.pk).update(hold_until=NOW + 5 * DAY)

    assert found() == ["hold ended early"]


@pytest.mark.parametrize("days", [(4,), (10, 4), (4, 20), (85,)])
def test_deliveries_that_moved_it_are_fine_and_an_end_before_them_is_found(days):
    commission = held(FROM_DELIVERY)
    for one in days:
        deliver(commission, one)
    assert found() == []

    Commission.objects.filter(pk=commission.pk).update(hold_until=NOW + 31 * DAY)

    assert found() == ["hold ended early"]


def test_a_delivery_of_which_the_shop_thinks_otherwise_after_the_approval_is_fine():
    commission = held(FROM_DELIVERY)
    deliver(commission, 4)
    commissions.approve_due(now=NOW + 40 * DAY)

    deliver(commission, 20)

    assert found() == []


def test_days_that_the_terms_do_not_name_are_found(as_superuser):
    held(SHOES)

    with as_superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE payouts_commission SET hold_days = 12")
        cursor.execute("SET session_replication_role = DEFAULT")

    assert found() == ["hold days"]


def test_a_hold_that_was_made_longer_is_found(as_superuser):
    held({})

    with as_superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE payouts_commission SET hold_until = hold_until + interval '1 day'")
        cursor.execute("SET session_replication_role = DEFAULT")

    assert found() == ["hold ends late"]


def test_what_a_person_ended_is_fine():
    commission = held({})

    commissions.release_early(commission_id=commission.pk, reason="Trade fair", now=NOW + DAY,
                              actor_id=make_user(roles=["manager"]).pk)  # fmt: skip

    assert found() == []
