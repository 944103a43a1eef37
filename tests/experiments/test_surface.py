"""Looks on product pages, shown or not: what is logged, and margin per visitor."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from experiments.models import Analysis, Design
from experiments.services import experiments, exposures
from experiments.services.analysis import analyse
from experiments.services.margins import Left, margins_of
from influencers.services.look_experiment import SUBJECT, is_shown
from shop.models import CostCorrection, CostSource, Order, ReturnLine
from tests.builders import NOW, make_order, make_product, make_return, make_shop, make_user
from tests.visitors import seen
from tracking.domain.references import new_reference

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: Sold for 100.00; costs 40.00, and 50.00 by its published band.
SOLD = Left(actual=6_000, reference=5_000)


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


def make_running(design=Design.SURFACE, **overrides):
    person = make_user().pk
    planned = experiments.plan(
        name="Widget", question="Does it add sales?", design=design, subject=SUBJECT,
        shop_id=make_shop().pk, control_bps=5_000, planned_units=400, effect_bps=2_000,
        actor_id=person, now=NOW - 20 * DAY, **overrides,
    )  # fmt: skip
    return experiments.begin(
        experiment_id=planned.pk, ends_at=NOW + 20 * DAY, actor_id=person, now=NOW - 20 * DAY
    )


def see_and_buy(experiment, *, visitors, with_in, without_in, lines):
    """Visitors ask for looks; every n-th of either arm orders a day later."""
    at, asked = NOW - 10 * DAY, {True: 0, False: 0}
    for _number in range(visitors):
        reference = seen(at=at)
        shown = is_shown(reference, shop_id=experiment.shop_id, now=at)
        assert shown is not exposures.does_without(experiment, reference)
        asked[shown] += 1
        if asked[shown] % (with_in if shown else without_in) == 0:
            make_order(
                shop=experiment.shop, click_tokens=[reference], placed_at=at + DAY, lines=lines
            )
    return asked


def test_margin_per_visitor_comes_with_its_intervals_and_its_verdict():
    experiment, product = make_running(), make_product()
    asked = see_and_buy(
        experiment, visitors=400, with_in=3, without_in=20, lines=[{"product": product}]
    )

    look = analyse(experiment_id=experiment.pk, now=NOW)

    figures = look.figures
    assert (figures["treated"], figures["control"]) == (asked[True], asked[False])
    assert look.verdict == "positive"
    for prefix, each in (("margin_", SOLD.actual), ("reference_margin_", SOLD.reference)):
        assert figures[f"{prefix}verdict"] == "positive"
        for name in ("treated_mean", "control_mean", "difference", "low", "always_low"):
            assert figures[f"{prefix}{name}"] == pytest.approx(each * figures[name])


def test_sales_that_leave_nothing_are_more_sales_and_no_more_margin():
    experiment = make_running()
    given_away = {"product": make_product(), "net_minor": 4_000}
    see_and_buy(experiment, visitors=400, with_in=3, without_in=20, lines=[given_away])

    look = analyse(experiment_id=experiment.pk, now=NOW)

    assert look.verdict == "positive"
    assert look.figures["margin_treated_mean"] == 0
    assert look.figures["margin_verdict"] == look.figures["reference_margin_verdict"]
    assert look.figures["margin_verdict"] == "not_enough"


def test_other_designs_ask_for_no_margin():
    experiment = make_running(Design.BENEFIT, parameters={"a": "1"})
    analyse(experiment_id=experiment.pk, now=NOW)
    assert not [name for name in Analysis.objects.get().figures if "margin" in name]


def left_of(*orders):
    found = margins_of([order.pk for order in orders], make_shop())
    return [found.get(order.pk) for order in orders]


def test_what_came_back_was_cancelled_or_is_in_another_currency_leaves_nothing():
    kept, returned, half, cancelled, other = (
        make_order(lines=[{"quantity": 2, "net_minor": 20_000, "product": make_product()}])
        for _number in range(5)
    )
    make_return(returned)
    make_return(half, quantities={half.lines.get(): 1})
    Order.objects.filter(pk=cancelled.pk).update(cancelled_at=NOW)
    Order.objects.filter(pk=other.pk).update(currency="USD")

    assert left_of(kept, returned, half, cancelled, other) == [
        Left(12_000, 10_000), Left(0, 0), Left(6_000, 5_000), None, None,
    ]  # fmt: skip


def test_the_costs_of_the_order_and_money_given_back_come_off():
    shop = make_shop()
    shop.order_cost_minor, shop.order_cost_bps = 500, 100
    shop.save()
    plain, refunded = make_order(), make_order()
    made = make_return(refunded, quantities={})
    ReturnLine.objects.create(
        shop_return=made, external_id="kind", line=refunded.lines.get(), quantity=0, net_minor=900
    )
    assert left_of(plain, refunded) == [Left(5_400, 4_400), Left(4_500, 3_500)]


def test_a_cost_that_is_not_known_leaves_nothing_and_a_corrected_one_counts():
    missing = make_order(lines=[{"unit_cost_minor": None, "cost_source": CostSource.MISSING}])
    corrected = make_order()
    CostCorrection.objects.create(
        line=corrected.lines.get(), external_id="c", unit_cost_minor=4_700, corrected_at=NOW,
        received_at=NOW,
    )  # fmt: skip
    missing.lines.get().product.bands.all().delete()

    assert left_of(missing, corrected) == [Left(0, 0), Left(5_300, 5_000)]


def test_margins_cost_the_same_for_many_orders(django_assert_num_queries):
    shop = make_shop()
    orders = [make_order().pk for _number in range(6)]
    with django_assert_num_queries(5):
        assert len(margins_of(orders[:2], shop)) == 2
    with django_assert_num_queries(5):
        assert set(margins_of(orders, shop).values()) == {SOLD}


def test_logging_one_visitor_reads_no_more_of_the_log_than_theirs(django_assert_num_queries):
    experiment = make_running()
    references = [new_reference() for _number in range(12)]
    assert exposures.expose(experiment, [(one, NOW) for one in references[:10]]) == 10
    with django_assert_num_queries(3) as asked:
        assert exposures.expose(experiment, [(one, NOW) for one in references[9:]]) == 2
    assert '"unit" IN' in asked.captured_queries[0]["sql"]
