"""New margin bands are told to whom they concern, with what they do (docs/rules/margin.md, M10)."""

from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus, Programme
from core.models import Delivery
from payouts.queries.moved_bands import LOOK_BACK, effects_by_affiliate
from payouts.services import band_notices
from shop.domain.margin import BandEdges
from shop.services.bands import BandsTooSoon
from tests.builders import (
    NOW,
    make_affiliate,
    make_group,
    make_product,
    make_user,
)
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
BEGINS = NOW + 20 * DAY


def publish(edges=(0, 5_000, 10_000), *, valid_from=BEGINS, now=NOW):
    return band_notices.publish(
        name="Summer", edges=edges, valid_from=valid_from, actor_id=make_user().pk, now=now
    )


def mails():
    return Delivery.objects.filter(key__startswith="bands:").order_by("pk")


@pytest.mark.parametrize(
    ("rule", "edges", "said"),
    [
        ("M10", (0, 5_000, 10_000), "€10.00, the same as before."),
        ("M10", (0, 6_000, 10_000), "€12.00 instead of €10.00, €2.00 more."),
        ("M10", (0, 4_000, 6_500, 10_000), "€8.00 instead of €10.00, €2.00 less."),
        ("M10", (0, 6_500, 10_000), "€0.00 instead of €10.00, €10.00 less."),
    ],
)
def test_the_mail_says_what_the_bands_do_to_what_was_sold(rule, edges, said):
    accrued(lines=[{"product": make_product(cost_minor=4_000)}])

    publish(edges)

    mail = mails().get()
    assert mail.subject == "New margin bands from 5 July 2026"
    assert said in mail.body
    assert "Tried on 1 line of your orders" in mail.body
    assert "/portal/terms/" in mail.body
    for lower, upper in zip(edges, edges[1:], strict=False):
        assert f"{lower // 100}% – {upper // 100}%" in mail.body


def test_two_costs_of_one_band_read_the_same():
    accounts = [make_affiliate(user=make_user(name="Ada")) for _one in range(2)]
    for affiliate, cost_minor in zip(accounts, (3_600, 3_999), strict=True):
        accrued(affiliate, lines=[{"product": make_product(cost_minor=cost_minor)}])

    publish((0, 6_000, 10_000))

    first, second = mails()
    assert first.body == second.body
    assert "more." in first.body


def test_everybody_paid_by_bands_is_told_in_their_language_and_nobody_else():
    seeing = make_group(slug="stores", sees_costs=True, terms={"basis": "actual"})
    told = make_affiliate(user=make_user(language="fr", name="Ada"))
    make_affiliate(group=seeing)
    make_affiliate(status=AffiliateStatus.CLOSED)
    suspended = make_affiliate(status=AffiliateStatus.SUSPENDED)

    publish()

    assert band_notices.concerned(BEGINS) == [told.pk, suspended.pk]
    first, second = mails()
    assert first.recipient == told.memberships.get().user.email
    assert first.subject != second.subject
    assert "You sold nothing in the last 90 days" in second.body


def test_the_same_bands_again_tell_nobody_twice():
    make_affiliate()

    assert publish() == publish()

    assert mails().count() == 1


@pytest.mark.parametrize("edges", [(0, 5_000, 10_000), (0, 6_000, 10_000)])
def test_there_is_notice_whatever_they_do(edges):
    accrued(lines=[{"product": make_product(cost_minor=4_000)}])
    notice = timedelta(days=Programme.get().notice_days)

    with pytest.raises(BandsTooSoon):
        publish(edges, valid_from=NOW + notice - DAY)
    assert not mails().exists()
    publish(edges, valid_from=NOW + notice)
    assert mails().count() == 1


def test_effects_are_each_affiliates_own():
    product = make_product(cost_minor=4_000)
    first = accrued(lines=[{"product": product}])
    second = accrued(lines=[{"product": make_product(cost_minor=9_000)}])
    effects = effects_by_affiliate({product.pk: (10_000, 6_000)}, since=NOW - LOOK_BACK, until=NOW)

    assert effects[first.affiliate_id][0].difference.minor == 200
    assert effects[second.affiliate_id][0].difference.minor == 0


def test_words_without_a_day_of_sales_are_the_same_for_everybody():
    subject, paragraphs = band_notices.words([BandEdges(0, 10_000)], valid_from=BEGINS, effects=[])

    assert "5 July 2026" in subject
    assert any("0% – 100%" in one for one in paragraphs)
