"""Each fact is told to those who want it, once, by the schema of its event."""

from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from affiliates.domain.event_types import EVENT_TYPES, schema_of
from affiliates.models import AffiliateStatus, Application, Event, EventDelivery, Subscription
from affiliates.services import accounts, announcing, applications
from affiliates.services.events import body_of
from fraud.models import Decision
from fraud.services import announcing as of_cases
from influencers.models import LookAct
from influencers.services import announcing as of_looks
from influencers.services import look_events
from payouts.models import Adjustment, Commission, Item, ItemStatus
from payouts.services import accruals, returns, statements
from payouts.services import announcing as of_money
from portal.sale_references import adjustment_reference, sale_reference
from shop.models import Connection
from tests.affiliates.hook_world import make_endpoint, make_own_endpoint
from tests.affiliates.terms_world import published
from tests.builders import (
    LONG_AGO,
    NOW,
    make_affiliate,
    make_case,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_return,
    make_screening,
    make_shop,
    make_user,
)
from tests.influencers.look_surface_world import make_look
from tests.payouts.paydays import PAYDAY, approved_batch, make_due, sent_batch
from tests.payouts.stories import AFTER_HOLD, accrued, approved
from tests.portal_staff.world import make_application
from tracking.models import Destination, Link
from tracking.services import announcing as of_links
from tracking.services import codes
from tracking.services.destinations import digest_of

pytestmark = pytest.mark.django_db

ALL = (announcing, of_links, of_looks, of_cases, of_money)


def pull(now=NOW):
    """What the workers do, twice: the second time there is nothing left."""
    count = sum(one.tell_pending(now=now, limit=500) for one in ALL)
    assert sum(one.tell_pending(now=now, limit=500) for one in ALL) == 0
    return count


def said(now=NOW):
    """Pull, and return the data of what was told, by type; each keeps to its schema."""
    pull(now)
    found = {}
    for event in Event.objects.order_by("pk"):
        body = body_of(event)
        Draft202012Validator(
            schema_of(event.type), format_checker=Draft202012Validator.FORMAT_CHECKER
        ).validate(body)
        assert set(event.data) == set(EVENT_TYPES[event.type].fields), event.type
        found.setdefault(event.type, []).append(event.data)
    return found


@pytest.fixture
def ada():
    return make_affiliate()


@pytest.fixture
def endpoint(ada):
    return make_endpoint(ada)


@pytest.fixture
def own():
    return make_own_endpoint()


def accrue(credit):
    make_screening(credit)
    accruals.accrue_pending(now=NOW)
    return Commission.objects.get(credit=credit)


def make_case_of(affiliate, **overrides):
    screening = make_screening(make_credit(affiliate), decision=Decision.HOLD)
    return make_case(screening, **overrides)


# --- sales -------------------------------------------------------------------------------


def test_a_sale_is_told_with_what_the_partner_sees_of_it(ada, endpoint):
    link = make_link(ada, code="spring", sub_id="letter")
    credit = make_credit(ada, make_order(lines=[{"quantity": 2}]), link=link)
    commission = accrue(credit)

    assert said()["sale.tracked"] == [
        {
            "sale": sale_reference(credit.pk), "status": "pending", "commission_minor": 2_000,
            "currency": "EUR", "basket_minor": 20_000, "link": "spring", "code": "",
            "sub1": "letter", "at": "2026-06-15T10:00:00Z",
        }
    ]  # fmt: skip
    assert commission.amount_minor == 2_000
    delivery = EventDelivery.objects.get()
    assert (delivery.endpoint, delivery.event.affiliate) == (endpoint, ada)


def test_the_approval_is_told_with_what_became_payable_also_after_its_payment(ada, endpoint):
    commission = approved(ada, lines=[{"quantity": 2}])
    commission.status = "paid"
    commission.save(update_fields=["status"])

    told = said(AFTER_HOLD)["sale.approved"]

    assert [(one["status"], one["commission_minor"]) for one in told] == [("approved", 2_000)]


def test_a_refused_sale_is_declined_for_its_reason(ada, endpoint):
    accrued(ada, decision="refuse")
    told = said()
    assert [one["status"] for one in told["sale.tracked"]] == ["pending"]
    (declined,) = told["sale.declined"]
    assert (declined["status"], declined["commission_minor"]) == ("declined", 0)
    assert declined["reason"] in {"invalid_traffic", "self_purchase", "other"}


def test_partial_returns_are_told_with_what_they_took_and_what_they_leave(ada, endpoint):
    order = accrued(ada, lines=[{"quantity": 4}]).credit.order
    line = order.lines.get()
    for day in (1, 2):
        at = NOW + timedelta(days=day)
        make_return(order, quantities={line: day}, returned_at=at, received_at=at)
        returns.apply_pending(now=at)

    told = said(NOW + timedelta(days=3))["sale.reversed"]

    assert [(one["change_minor"], one["commission_minor"], one["status"]) for one in told] == [
        (-1_000, 3_000, "pending"),
        (-2_000, 1_000, "pending"),
    ]
    assert {one["reason"] for one in told} == {"return"}


def test_a_sale_of_which_everything_came_back_is_reversed_and_not_declined(ada, endpoint):
    make_return(accrued(ada).credit.order)
    returns.apply_pending(now=NOW)

    told = said()

    (back,) = told["sale.reversed"]
    assert (back["status"], back["commission_minor"]) == ("reversed", 0)
    assert "sale.declined" not in told


def test_adjustments_of_costs_are_corrections_and_returns_are_not_told_twice(ada, endpoint):
    commission = approved(ada)
    fields = {
        "affiliate": ada, "currency": "EUR", "is_payable": True,
        "effective_at": AFTER_HOLD, "created_at": AFTER_HOLD,
    }  # fmt: skip
    for reason, minor, of in (
        ("bonus", 500, None), ("cost_corrected", -20, commission), ("cost_found", 30, commission),
        ("return", -70, commission), ("correction", 0, commission),
    ):  # fmt: skip
        Adjustment.objects.create(
            **fields, reason=reason, amount_minor=minor, commission=of, source_key=f"test:{reason}"
        )

    told = said(AFTER_HOLD)["adjustment.posted"]

    first = Adjustment.objects.earliest("pk")
    assert told[0]["adjustment"] == adjustment_reference(first.pk)
    assert [(one["reason"], one["amount_minor"], one["sale"]) for one in told] == [
        ("bonus", 500, ""),
        ("correction", -20, f"S-{commission.credit_id}"),
        ("correction", 30, f"S-{commission.credit_id}"),
    ]


# --- payouts -----------------------------------------------------------------------------


def test_payouts_and_batches_are_told_as_they_go(ada, endpoint, own):
    make_due(affiliate=ada)
    sent_batch()
    statements.issue_missing(now=PAYDAY)
    item = Item.objects.get()

    told = said(PAYDAY + timedelta(hours=3))

    (sent,) = told["payout.sent"]
    assert (sent["payout"], sent["reference"]) == (str(item.public_id), item.reference)
    assert sent["amount_minor"] == item.amount_minor
    assert [one["statement"] for one in told["statement.ready"]] == [item.statement_number]
    for kind in ("batch.awaiting_approval", "batch.approved", "batch.sent"):
        assert [one["total_minor"] for one in told[kind]] == [item.amount_minor], kind
        assert EventDelivery.objects.get(event__type=kind).endpoint == own


@pytest.mark.parametrize(
    ("status", "kind"),
    [(ItemStatus.SETTLED, "payout.paid"), (ItemStatus.RETURNED, "payout.failed")],
)
def test_where_the_money_ended(ada, endpoint, status, kind):
    make_due(affiliate=ada)
    sent_batch()
    Item.objects.update(status=status, status_changed_at=PAYDAY)
    (told,) = said(PAYDAY)[kind]
    assert told.get("status", "settled") == status


def test_a_payout_that_a_rail_refuses_failed(ada, endpoint):
    make_due(affiliate=ada)
    approved_batch()
    for status in (ItemStatus.SENDING, ItemStatus.FAILED):
        Item.objects.update(status=status, status_changed_at=PAYDAY)
    (told,) = said(PAYDAY)["payout.failed"]
    assert told["status"] == "failed"


# --- everything else ---------------------------------------------------------------------


def test_terms_are_told_when_they_are_announced(ada, endpoint):
    made = published(rate_bps=1_500, valid_from=NOW + timedelta(days=20))
    (told,) = said()["terms.announced"]
    assert (told["version"], told["is_worse"]) == (made.version, True)
    assert told["valid_from"] == "2026-07-05T10:00:00Z"


def test_looks_are_told_to_their_creator_and_those_of_customers_to_nobody(ada, endpoint):
    look = make_look(affiliate=ada)
    for act in LookAct.values:
        look_events.record(look, act, at=NOW)

    told = said()

    kinds = {kind: len(rows) for kind, rows in told.items()}
    assert kinds == {
        "look.approved": 1, "look.changes_requested": 1, "look.refused": 1, "look.published": 1,
        "look.withdrawn": 2,
    }  # fmt: skip
    assert told["look.approved"][0]["look"] == str(look.public_id)


def test_cases_are_told_without_what_was_seen(ada, endpoint, own):
    case = make_case_of(ada)
    make_case_of(
        ada, family="session", status="confirmed", decided_by=make_user(), reason="Cards.",
        status_changed_at=NOW,
    )  # fmt: skip
    told = said()
    assert len(told["case.opened"]) == 2
    assert [one["outcome"] for one in told["case.decided"]] == ["confirmed"]
    assert [one["case"] for one in told["programme.case.opened"]][0] == str(case.public_id)
    assert "identity" not in str(told)
    assert "Cards" not in str(told)


def test_codes_are_told_when_they_are_given_and_not_when_they_only_begin(ada, endpoint):
    make_code(ada)
    made = codes.create(
        affiliate_id=ada.pk, shop_id=make_shop().pk, code="ada15", discount_bps=1_500,
        valid_from=NOW, valid_to=None, actor_id=make_user().pk, now=NOW,
    )  # fmt: skip
    (told,) = said()["code.assigned"]
    assert (told["code"], told["discount_bps"]) == (made.code, 1_500)


def test_a_link_is_broken_once_for_each_time_that_its_page_goes(ada, endpoint):
    link = make_link(ada, code="spring")
    make_link(ada, archived_at=NOW)
    make_link(ada, expires_at=NOW - timedelta(days=1))
    make_link(ada, destination_url="https://shop.example/there")
    make_link()
    page = Destination.objects.create(
        shop=link.shop, url=link.destination_url, digest=digest_of(link.destination_url),
        checked_at=NOW, status=404, gone_since=NOW,
    )  # fmt: skip
    assert [one["link"] for one in said()["link.broken"]] == ["spring"]

    page.gone_since = None
    page.save()
    assert pull() == 0
    page.gone_since = NOW + timedelta(days=1)
    page.save()
    assert pull(NOW + timedelta(days=1)) == 1
    assert Link.objects.count() == 5


def test_the_programme_is_told_of_applications_accounts_and_silent_shops(own):
    sam = make_user(roles=["manager"])
    application = make_application(now=NOW)
    applications.start_review(application_id=application.pk, reviewer_id=sam.pk, now=NOW)
    group = application.terms.group
    made = applications.approve(
        application_id=application.pk, reviewer_id=sam.pk, group_id=group.pk, now=NOW
    )
    accounts.suspend(affiliate_id=made.pk, actor_id=sam.pk, reason="Brand bidding.", now=NOW)
    connection = Connection.objects.create(
        shop=make_shop(), code="silent", connector="shopify", name="Silent", created_at=LONG_AGO,
        silence_told_at=NOW,
    )  # fmt: skip

    told = said()

    assert told["application.submitted"][0]["application"] == str(application.public_id)
    assert told["affiliate.approved"][0]["affiliate"] == str(made.public_id)
    assert told["affiliate.suspended"][0]["affiliate"] == str(made.public_id)
    assert told["connection.silent"][0]["connection"] == connection.code
    assert "Brand" not in str(told)

    later = NOW + timedelta(hours=1)
    for verb in ("reactivate", "suspend"):
        getattr(accounts, verb)(affiliate_id=made.pk, actor_id=sam.pk, reason=verb, now=later)
    assert pull(later) == 1, "suspended once more"
    assert Application.objects.count() == 1


# --- who is told, and since when -----------------------------------------------------------


def test_what_nobody_wants_is_no_event(ada):
    accrued(ada)
    make_endpoint(ada, types=["payout.paid"])
    make_endpoint(make_affiliate())
    assert pull() == 0
    assert not Event.objects.exists()


def test_what_happened_before_somebody_wanted_it_is_not_told(ada):
    accrued(ada)
    make_endpoint(ada, now=NOW + timedelta(seconds=1))
    assert pull(NOW + timedelta(minutes=1)) == 0


def test_a_type_that_is_chosen_later_is_told_from_then_on(ada, endpoint):
    Subscription.objects.filter(type="sale.tracked").update(since=NOW + timedelta(seconds=1))
    accrued(ada)
    assert pull() == 0


def test_facts_of_more_than_a_week_ago_are_left_alone(ada, endpoint):
    accrued(ada)
    assert pull(NOW + timedelta(days=7, seconds=1)) == 0
    assert pull(NOW + timedelta(days=7)) == 1


def test_what_happens_to_a_closed_account_is_no_event(ada, endpoint):
    accrued(ada)
    ada.__class__.objects.filter(pk=ada.pk).update(status=AffiliateStatus.CLOSED)
    assert pull() == 0


def test_the_oldest_facts_go_first_in_batches(ada, endpoint):
    for _number in range(3):
        accrued(ada)
    counts = [of_money.tell_pending(now=NOW, limit=2) for _round in range(3)]
    assert counts == [2, 1, 0]


def test_two_affiliates_are_told_of_their_own_sales_alone(ada, endpoint):
    bob = make_affiliate()
    theirs = make_endpoint(bob)
    accrued(ada)
    accrued(bob)
    pull()
    for one, owner in ((endpoint, ada), (theirs, bob)):
        assert [row.event.affiliate for row in one.deliveries.all()] == [owner]


def test_every_type_has_a_source():
    sources = {source.type for module in ALL for source in module.SOURCES}
    assert sources == set(EVENT_TYPES)
