"""Managers try terms on an order: which rule takes each line, and what it would earn."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from affiliates.models import Programme
from core.models import AuditEntry, User
from payouts.explanation import all_sentences
from payouts.models import Commission
from payouts.services import accruals
from tests.affiliates.terms_world import drafted, rule
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_line,
    make_order,
    make_product,
    make_screening,
    make_terms,
)
from tests.people import make_sam

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(client, name, *args, **query):
    answer = client.get(reverse(f"portal:{name}", args=args), query)
    assert answer.status_code == 200
    return answer


RULES = {
    "rules": [
        rule("sale", priority=5, pays="nothing", rate_bps=None, reason="On sale.",
             when={"discount_bps": {"at_least": 3_000}}),
        rule("linen"),
        rule("all", priority=20, when={}),
    ]
}  # fmt: skip


def verdicts(line):
    return [(one.name, one.status.code) for one in line.verdicts]


def test_typed_facts_show_who_wins_who_is_beaten_and_what_failed(manager):
    draft = drafted(rules=RULES)

    (line,) = page(manager, "draft-try", draft.pk, category="linen", discount="10").context["lines"]

    assert verdicts(line) == [("Sale", "failed"), ("Linen", "wins"), ("All", "beaten")]
    assert line.verdicts[0].why == "Does not hold: Discount of the line."
    assert (line.winner, line.pays) == ("Linen", "25% of the margin")


def test_a_real_order_is_tried_line_by_line(manager):
    affiliate = make_affiliate()
    new = make_terms(rules={"rules": RULES["rules"][:2]})
    order = make_order(number="FR-77", lines=[{"product": make_product(category="linen")}])
    make_line(order, discount_minor=10_000, net_minor=10_000)
    make_line(order, kind="shipping")
    make_credit(affiliate, order, terms=new)

    shown = page(manager, "version-try", new.pk, number=" FR-77 ")

    assert [one.winner for one in shown.context["lines"]] == ["Linen", "Sale"]
    assert "On sale." in shown.content.decode()


def test_without_a_rule_the_base_rate_pays(manager):
    (line,) = page(manager, "draft-try", drafted().pk, category="linen").context["lines"]

    assert (line.winner, line.pays) == ("No rule takes it: the base rate", "20% of the margin")


def test_an_order_that_is_not_there_is_said_beside_the_field(manager):
    shown = page(manager, "draft-try", drafted(rules=RULES).pk, number="FR-0")

    assert "No order has this number" in shown.context["form"].errors["number"][0]


# --- what it would earn ------------------------------------------------------------------


def tried(client, new, number):
    return page(client, "version-try", new.pk, number=number)


def test_a_tried_order_earns_what_the_engine_pays_for_it(manager):
    affiliate = make_affiliate()
    new = make_terms(
        rules={"rules": RULES["rules"][:2], "order_cap_minor": 3_000}, valid_from=NOW - 30 * DAY
    )
    order = make_order(
        number="FR-78",
        lines=[{"product": make_product(category="linen")}, {"quantity": 3, "net_minor": 28_000}],
    )
    make_line(order, kind="shipping")
    credit = make_credit(affiliate, order, terms=new, share_bps=6_000)

    shown = tried(manager, new, "FR-78")

    make_screening(credit)
    accruals.accrue_pending(now=NOW)
    commission = Commission.objects.get()
    lines = list(commission.lines.filter(order_line__kind="product").order_by("order_line"))
    assert [one.amount.minor for one in shown.context["lines"]] == [
        line.amount_minor for line in lines
    ]
    assert shown.context["tried"].total == commission.amount
    assert shown.context["tried"].hold_until == commission.hold_until
    assert [one.steps for one in shown.context["lines"]] == [
        all_sentences(line.steps, "EUR") for line in lines
    ]
    assert "Share of the order: 60 %." in shown.content.decode()


def test_what_other_orders_take_is_left_out_and_said(manager):
    programme = Programme.get()
    programme.month_budget_minor = 500_000
    programme.save()
    rules = {
        "month_cap_minor": 1_000, "is_base_scaled": True,
        "tiers": {"metric": "orders", "every": "month", "steps": [{"at": 1, "rate_bps": 9_000}]},
    }  # fmt: skip
    new = make_terms(rules=rules)
    make_order(number="FR-79")

    left_out = " ".join(tried(manager, new, "FR-79").context["tried"].left_out)

    for words in ("€10.00", "€5,000.00", "Steps of the base rate", "measured factor", "returned"):
        assert words in left_out


def test_an_order_of_nobody_and_a_test_order_are_tried(manager):
    new = make_terms()
    make_order(number="FR-80")
    make_order(number="FR-81", is_test=True)

    (line,) = tried(manager, new, "FR-80").context["lines"]
    (test,) = tried(manager, new, "FR-81").context["lines"]

    assert line.amount.minor > 0
    assert (test.amount.minor, test.steps) == (0, ["Test order: it earns nothing."])


def test_a_line_without_a_band_waits_and_has_no_amount(manager):
    new = make_terms()
    make_order(number="FR-82", lines=[{"product": make_product(cost_minor=None)}])

    (line,) = tried(manager, new, "FR-82").context["lines"]

    assert line.amount is None
    assert "waits for a fact" in line.steps[-1]


def test_a_typed_line_with_a_product_and_a_price_has_an_amount(manager):
    product = make_product(sku="LIN-1", category="linen", cost_minor=4_000)
    new = make_terms(rules=RULES)

    shown = page(manager, "version-try", new.pk, sku="LIN-1", net="180", quantity="2")
    without = page(manager, "version-try", new.pk, sku="LIN-1")

    (line,) = shown.context["lines"]
    # 60 % at list price: the band from 50 %, so 50.00 of reference cost each; 25 % of the rest.
    cost = product.shop.order_cost_minor
    assert line.winner == "Linen"
    assert line.amount.minor == round((18_000 - 2 * 5_000 - cost) * 0.25)
    assert "€50.00" in " ".join(line.steps)
    assert without.context["lines"][0].amount is None
    assert "the price paid to see" in without.content.decode()


def test_on_actual_margin_amounts_need_the_permission_and_are_kept(manager):
    new = make_terms(basis="actual")
    order = make_order(number="FR-83", lines=[{"product": make_product(sku="ACT-1")}])

    hidden = tried(manager, new, "FR-83")
    typed = page(manager, "version-try", new.pk, sku="ACT-1", net="90")

    for shown in (hidden, typed):
        (line,) = shown.context["lines"]
        assert (line.amount, line.steps, shown.context["tried"].total) == (None, [], None)
        assert "Amounts are not shown" in shown.content.decode()
    assert not AuditEntry.objects.filter(verb__endswith="costs_viewed").exists()

    sam = User.objects.get(pk=manager.session["_auth_user_id"])
    sam.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    (line,) = tried(manager, new, "FR-83").context["lines"]
    assert "Real cost" in " ".join(line.steps)
    entry = AuditEntry.objects.get(verb="order.costs_viewed")
    assert (entry.subject_id, entry.data) == (str(order.pk), {"tried": new.pk})
    assert page(manager, "version-try", new.pk, sku="ACT-1", net="90").context["lines"][0].steps
    assert AuditEntry.objects.filter(verb="product.costs_viewed").count() == 1
