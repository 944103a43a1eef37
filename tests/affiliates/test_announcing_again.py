"""What is told more than once, what is read together, and rows of which nothing can be told."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.models import Event, Subscription
from affiliates.services import telling
from affiliates.services.telling import Source
from payouts.models import Item, ItemStatus
from payouts.services import announcing
from tests.affiliates.hook_world import make_endpoint, make_own_endpoint
from tests.builders import LONG_AGO, make_affiliate, make_link
from tests.payouts.paydays import PAYDAY, make_due, sent_batch
from tests.payouts.stories import AFTER_HOLD, approved
from tracking.models import Link

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_affiliate()


@pytest.fixture
def endpoint(ada):
    return make_endpoint(ada)


@pytest.fixture
def own():
    return make_own_endpoint()


def pull(now):
    """What the worker does, twice: the second time there is nothing left."""
    announcing.tell_pending(now=now, limit=500)
    assert announcing.tell_pending(now=now, limit=500) == 0


def test_a_payout_whose_return_is_undone_is_told_as_paid_again(ada, endpoint):
    make_due(affiliate=ada)
    sent_batch()
    days = iter(PAYDAY + timedelta(days=number) for number in range(1, 6))
    for status in (
        ItemStatus.SETTLED, ItemStatus.RETURNED, ItemStatus.SETTLED, ItemStatus.RETURNED,
        ItemStatus.SENT,
    ):  # fmt: skip
        day = next(days)
        Item.objects.update(status=status, status_changed_at=day)
        pull(day)

    order = Event.objects.filter(type__startswith="payout.").order_by("pk")
    assert list(order.values_list("type", flat=True)) == [
        "payout.paid", "payout.failed", "payout.paid", "payout.failed", "payout.sent",
    ]  # fmt: skip
    assert {event.data["payout"] for event in order} == {str(Item.objects.get().public_id)}


def test_approvals_and_batches_are_read_together(ada, endpoint, own):
    for _number in range(2):
        approved(ada)
        make_due(affiliate=make_affiliate())
        sent_batch()

    with CaptureQueriesContext(connection) as asked:
        announcing.tell_pending(now=AFTER_HOLD, limit=500)

    said_of = [one["sql"] for one in asked.captured_queries]
    kinds = Counter(Event.objects.values_list("type", flat=True))
    assert (kinds["sale.approved"], kinds["batch.sent"]) == (2, 2)
    for table, most in (("payouts_batch", 3), ("payouts_commission", 3)):
        mentioned = [sql for sql in said_of if f'FROM "{table}" ' in sql]
        assert len(mentioned) <= most, mentioned


def test_a_row_of_which_nothing_can_be_told_holds_up_no_other(ada, endpoint, caplog):
    odd, plain = make_link(ada), make_link(ada)

    def of_link(link):
        if link.pk == odd.pk:
            raise ValueError("odd")
        return {"link": link.code, "url": link.destination_url}

    sources = [
        Source(type=kind, rows=Link.objects.all, at="created_at", data=of_link)
        for kind in ("link.broken", "code.assigned")
    ]
    Subscription.objects.update(since=LONG_AGO)

    assert telling.tell_pending(sources, now=plain.created_at, limit=500) == 2

    assert [event.key for event in Event.objects.order_by("pk")] == [
        f"link.broken:{plain.pk}", f"code.assigned:{plain.pk}",
    ]  # fmt: skip
    assert f"link.broken cannot be told of row {odd.pk}" in caplog.text
