"""Bonuses and corrections as their affiliate reads them, and what it can still reach."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payouts.models import TierReached
from payouts.services import proposals
from portal.formats import format_money
from tests.builders import make_terms, make_user
from tests.payouts.paydays import LATER, PAYDAY, item_of, sent_batch
from tests.payouts.stories import euros
from tests.portal.partner_world import text_of

LIST = "/portal/adjustments/"


def said(response):
    return plain(text_of(response))


def plain(text):
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def adjust(world, minor, **facts):
    fields = {
        "affiliate_id": world.ada.pk,
        "amount": euros(minor),
        "reason": "goodwill",
        "text": "Sorry for the delay",
        "internal_text": "She threatened to leave",
        "source_key": f"page:{minor}",
        "author_id": make_user(name="Sam Secret").pk,
        "now": PAYDAY,
        **facts,
    }
    return proposals.propose(**fields)


def agreed(world, **rules):
    since = PAYDAY - timedelta(days=60)
    return make_terms(affiliate=world.ada, version=9, valid_from=since, rules=rules)


def test_she_reads_what_was_added_and_why(ada, world):
    adjust(world, 3_000)
    adjust(world, 500, commission_id=world.pending.pk, text="For your patience")

    page = said(ada.get(LIST))

    assert ">Goodwill<" in page
    assert ">Sorry for the delay<" in page
    assert "€30.00" in page
    assert "For your patience" in page
    assert "The next one" in page
    assert "With its sale" in page


def test_she_reads_nothing_of_the_team(ada, world):
    adjust(world, 3_000)
    waiting = adjust(world, 50_000, text="Still secret")
    assert waiting.status == "proposed"

    for address in (LIST, f"{LIST}?format=csv", "/portal/payouts/", "/portal/"):
        answer = ada.get(address)
        content = answer.getvalue() if answer.streaming else answer.content
        for secret in (b"threatened", b"Sam Secret", b"Still secret"):
            assert secret not in content, address


def test_nobody_reads_anothers(sign_in, world):
    adjust(world, 3_000)

    page = said(sign_in(world.people["mallory"]).get(LIST))

    assert "Sorry for the delay" not in page
    assert "Nothing yet" in page


def test_a_payout_names_it_with_its_text(ada, world):
    adjust(world, 3_000, now=PAYDAY)
    batch = sent_batch(now=LATER)
    item = item_of(batch, world.ada)

    page = said(ada.get(f"/portal/payouts/{item.public_id}/"))

    assert "Goodwill: Sorry for the delay" in page
    assert item.reference in said(ada.get(LIST))


def test_a_long_payout_is_read_page_by_page_and_its_total_is_of_all(ada, world, monkeypatch):
    monkeypatch.setattr("portal.views.payouts.LINES_PAGE_SIZE", 1)
    adjust(world, 3_000, now=PAYDAY)
    adjust(world, 1_200, now=PAYDAY, text="For the second")
    item = item_of(sent_batch(now=LATER), world.ada)
    last = item.lines.count()

    first = said(ada.get(f"/portal/payouts/{item.public_id}/"))
    second = said(ada.get(f"/portal/payouts/{item.public_id}/?page={last}"))

    assert last >= 2
    assert "For the second" in second
    assert "For the second" not in first
    total = plain(format_money(item.net))
    assert total in first
    assert total in second


def test_a_sale_names_it_with_its_text(ada, world):
    adjust(world, 500, commission_id=world.pending.pk, text="For your patience")

    page = said(ada.get(f"/portal/sales/{world.pending.credit_id}/"))

    assert "Goodwill: For your patience" in page
    assert "€15.00" in page


def test_what_a_person_gave_beside_a_declined_sale_is_its_amount(ada, world):
    adjust(world, 700, reason="claim", commission_id=world.declined.pk, text="You were right")

    page = said(ada.get(f"/portal/sales/{world.declined.credit_id}/"))

    assert "€7.00" in page


def test_the_file_has_a_line_for_each(ada, world):
    adjust(world, 3_000)

    answer = ada.get(f"{LIST}?format=csv")

    text = answer.getvalue().decode("utf-8-sig")
    assert "Goodwill" in text
    assert "Sorry for the delay" in text
    assert "30" in text


def test_home_says_how_much_is_missing_to_the_next_rate(ada, world):
    agreed(
        world,
        tiers={
            "metric": "margin",
            "every": "month",
            "steps": [{"at": 100_000, "rate_bps": 2_500}],
        },
        bonuses=[
            {"key": "ten", "name": "Ten orders", "kind": "goal", "minor": 5_000,
             "metric": "orders", "at": 10},
        ],
    )  # fmt: skip

    page = said(ada.get("/portal/"))

    assert "Your rate for new orders: 20%" in page
    assert "of margin to go until 25%" in page
    assert "Ten orders: €50.00" in page
    assert "orders to go. Counted anew each month." in page


def test_home_says_that_the_best_rate_is_reached(ada, world):
    terms = agreed(
        world,
        tiers={"metric": "orders", "every": "month", "steps": [{"at": 1, "rate_bps": 2_500}]},
    )
    TierReached.objects.create(
        affiliate=world.ada, terms=terms, period_from=PAYDAY.date().replace(day=1),
        period_to=PAYDAY.date().replace(day=1, month=PAYDAY.month + 1), at=1, value=1,
        rate_bps=2_500, reached_at=PAYDAY,
    )  # fmt: skip

    page = said(ada.get("/portal/"))

    assert "Your rate for new orders: 25%" in page
    assert "This is the best rate of your terms." in page


@pytest.mark.parametrize("address", ["/portal/", LIST])
def test_without_tiers_and_bonuses_nothing_is_said_of_them(ada, world, address):
    assert "What you can reach" not in said(ada.get(address))


def test_the_list_costs_the_same_for_one_row_and_for_many(ada, world):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            ada.get(LIST)
        return len(seen)

    adjust(world, 25)
    ada.get(LIST)
    one = queries()
    for number in range(1, 25):
        adjust(world, number)

    assert queries() == one
