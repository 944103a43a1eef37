"""The first sale is told once, in the reader's language, and no later one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import Delivery
from payouts.services import accruals, first_sales
from tests.builders import (
    make_affiliate,
    make_credit,
    make_order,
    make_screening,
    make_user,
)
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db


def _affiliate(language="en"):
    return make_affiliate(user=make_user(language=language, name="Ada"))


def test_the_first_sale_is_told_once_with_what_it_earns():
    affiliate = _affiliate()
    first = accrued(affiliate)
    now = first.accrued_at + timedelta(hours=1)
    accrued(affiliate)

    assert first_sales.tell(now=now) == 1
    assert first_sales.tell(now=now) == 0

    mail = Delivery.objects.get(kind="first_sale")
    assert mail.subject == "Your first sale"
    assert f"/portal/sales/{first.credit_id}/" in mail.body
    assert "Hello Ada" in mail.body


def test_it_is_told_in_french():
    first = accrued(_affiliate("fr"))
    first_sales.tell(now=first.accrued_at)
    assert Delivery.objects.get(kind="first_sale").body.startswith("Bonjour Ada")


def test_who_sold_before_is_told_of_none():
    affiliate = _affiliate()
    later = accrued(affiliate).accrued_at + timedelta(days=30)
    make_screening(make_credit(affiliate, make_order()))
    accruals.accrue_pending(now=later)

    assert first_sales.tell(now=later) == 0


def test_what_was_refused_is_no_first_sale():
    refused = accrued(_affiliate(), decision="refuse")
    assert refused.status == "reversed"
    assert first_sales.tell(now=refused.accrued_at) == 0


def test_what_is_old_is_no_news():
    old = accrued(_affiliate())
    assert first_sales.tell(now=old.accrued_at + timedelta(days=4)) == 0
