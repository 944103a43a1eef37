"""Every metric of a report, told apart by everything there is, beside a slow count of the rows."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import BPS, ratio
from portal.reports import asking, engine
from portal.reports.catalogue import DIMENSIONS, METRICS, PRESETS, Unit, fits
from tests.builders import (
    NOW,
    make_affiliate,
    make_product,
    make_return,
)
from tests.portal.report_world import make_world, shared_order, slowly, sold

pytestmark = pytest.mark.django_db

JUNE = "from=2026-05-20&to=2026-06-15"


@pytest.fixture
def world(db):
    affiliate = make_world()
    make_world(make_affiliate(name="Somebody else"))
    return affiliate


def scope_of(affiliate=None):
    key = f"affiliate:{affiliate.public_id}" if affiliate else "staff"
    return asking.Scope(key=key, affiliate=affiliate, sees_costs=affiliate is None)


def ask(query, affiliate=None):
    return asking.read(QueryDict(query), scope_of(affiliate), now=NOW)


def allowed(by, affiliate):
    """Metrics that a dimension can have, by fives."""
    keys = [
        key
        for key, metric in METRICS.items()
        if fits(metric, DIMENSIONS[by]) and not (affiliate and metric.for_staff)
    ]
    return [keys[at : at + 5] for at in range(0, len(keys), 5)]


def compare(question, *, affiliate):
    """The engine's rows and total are those of the slow count."""
    expected = slowly(
        question.by.key, question.period, affiliate=affiliate, filters=question.filters
    )
    names = {name for metric in question.metrics for name in metric.sums}
    assert not question.problems, question.problems
    rows = list(engine.stream(question))
    total, rows = rows[-1], rows[:-1]
    found = {row.key: {name: number for name, number in row.sums.items() if number} for row in rows}
    for key, sums in expected.items():
        sums["rest"] = sums.get("margin", 0) - sums.get("commission", 0)
        wanted = {name: sums[name] for name in names if sums.get(name)}
        assert found.pop(str(key), {}) == wanted, (question.by.key, key)
    assert not any(found.values())
    for name in names:
        assert total.sums[name] == sum(row.sums[name] for row in rows), name
    return rows


@pytest.mark.parametrize("by", DIMENSIONS)
@pytest.mark.parametrize("is_staff", [False, True], ids=["partner", "staff"])
def test_every_metric_is_what_a_slow_count_finds(world, by, is_staff):
    affiliate = None if is_staff else world
    if DIMENSIONS[by].for_staff and not is_staff:
        return
    for metrics in allowed(by, affiliate):
        assert compare(ask(f"by={by}&m={','.join(metrics)}&{JUNE}", affiliate), affiliate=affiliate)


@pytest.mark.parametrize("by", ["affiliate", "day", "product", "category"])
def test_what_came_back_of_a_shared_order_counts_once_for_each_who_shares_it(world, by):
    order = shared_order(world, make_affiliate(name="Sharer"))
    make_return(order, quantities={order.lines.get(): 1})

    compare(ask(f"by={by}&m=units,net,unit_returns&{JUNE}"), affiliate=None)


@pytest.mark.parametrize("by", ["affiliate", "day", "link", "customer"])
@pytest.mark.parametrize("is_staff", [False, True], ids=["partner", "staff"])
def test_what_an_edit_added_is_money_and_pieces_and_no_order_more(world, by, is_staff):
    if by == "affiliate" and not is_staff:
        return
    affiliate = None if is_staff else world
    link = world.links.first()
    before = engine.run(ask(f"by=day&m=orders,net,commission&{JUNE}", affiliate)).total.sums
    with_an_addition(world, link)

    for metrics in allowed(by, affiliate):
        compare(ask(f"by={by}&m={','.join(metrics)}&{JUNE}", affiliate), affiliate=affiliate)
    after = engine.run(ask(f"by=day&m=orders,net,commission&{JUNE}", affiliate)).total.sums
    assert after["orders"] == before["orders"] + 1
    assert after["net"] == before["net"] + 40_000
    assert after["commission"] == before["commission"] + 3_000


def with_an_addition(affiliate, link):
    """An order of a new customer and two that edits brought: one came back, one is refused."""
    at = NOW - timedelta(hours=5)
    order = sold(affiliate, link, [(make_product(), 1)], at, is_new_customer=True).credit.order
    added = {"follows": order, "is_addition": True, "is_new_customer": True}
    make_return(sold(affiliate, link, [(make_product(), 2)], at, **added).credit.order)
    sold(affiliate, link, [(make_product(), 1)], at, decision="refuse", **added)


FILTERS = {
    "link": ["none", *map(str, range(1, 400))],
    "sub": ["letter-5", "x", "none"],
    "look": ["7", "none"],
    "customer": ["new", "returning", "unknown"],
    "code": ["none"],
}


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_narrowed_in_any_way_it_still_is(world, data):
    by = data.draw(st.sampled_from([k for k, one in DIMENSIONS.items() if not one.for_staff]))
    names = data.draw(st.sets(st.sampled_from(sorted(FILTERS)), max_size=2))
    links = [str(one.pk) for one in world.links.all()] + ["none"]
    query = QueryDict(mutable=True)
    for name in names:
        query[name] = data.draw(st.sampled_from(links if name == "link" else FILTERS[name]))
    has_clicks = not names & {"customer", "code"}
    metrics = [
        key
        for key, metric in METRICS.items()
        if fits(metric, DIMENSIONS[by])
        and not metric.for_staff
        and (has_clicks or "clicks" not in metric.sums)
    ]
    chosen = data.draw(st.lists(st.sampled_from(metrics), min_size=1, max_size=5, unique=True))
    first = date(2026, 4, 1) + timedelta(days=data.draw(st.integers(0, 75)))
    query["by"], query["m"] = by, ",".join(chosen)
    query["from"], query["to"] = first.isoformat(), "2026-06-15"

    question = asking.read(query, scope_of(world), now=NOW)

    compare(question, affiliate=world)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.key)
def test_presets_ask_what_can_be_answered(world, preset):
    question = ask(f"by={preset.by}&m={','.join(preset.metrics)}&{JUNE}")

    assert not question.problems
    report = engine.run(question)
    assert [one.key for one in question.metrics] == list(preset.metrics)
    assert report.count >= len(report.rows) > 0


def test_a_ratio_is_that_of_the_sums_and_never_an_average(world):
    report = engine.run(ask(f"by=link&m=conversion,aov,epc&{JUNE}", world))

    for metric in report.question.metrics:
        for row in [*report.rows, report.total]:
            top, bottom = row.sums[metric.top], row.sums[metric.bottom]
            scale = BPS if metric.unit == Unit.SHARE else 1
            wanted = ratio(top * scale, bottom) if bottom else None
            assert engine.value_of(metric, row.sums) == wanted


def test_the_parts_of_the_commission_come_to_the_whole(world):
    total = engine.run(ask(f"m=commission,pending,validated,paid&{JUNE}", world)).total.sums

    assert total["commission"] == total["pending"] + total["validated"] + total["paid"] != 0


def test_by_product_nothing_of_the_commission_is_lost(world):
    of_orders = engine.run(ask(f"by=day&m=commission,net,units&{JUNE}", world)).total.sums

    for by in ("product", "category"):
        of_lines = engine.run(ask(f"by={by}&m=commission,net,units&{JUNE}", world)).total.sums
        assert of_lines == of_orders


def test_whatever_is_sorted_by_the_rows_are_the_same(world):
    keys = {row.key for row in engine.run(ask(f"by=product&{JUNE}", world)).rows}

    for sort in ("units", "-units", "net", "-commission", "key", "-key"):
        report = engine.run(ask(f"by=product&sort={sort}&{JUNE}", world))
        assert {row.key for row in report.rows} == keys
        metric = METRICS.get(sort.removeprefix("-"))
        if metric:
            values = [engine.value_of(metric, row.sums) for row in report.rows]
            assert values == sorted(values, reverse=sort.startswith("-"))


def test_pages_hold_every_row_once(world, monkeypatch):
    whole = [row.key for row in engine.stream(ask(f"by=product&{JUNE}", world))][:-1]
    monkeypatch.setattr(engine, "PAGE", 2)
    pages = [engine.run(ask(f"by=product&{JUNE}&page={number}", world)) for number in (1, 2, 3)]

    assert [row.key for page in pages for row in page.rows] == whole
    assert {page.count for page in pages} == {len(whole)}
    assert len({tuple(page.total.sums.items()) for page in pages}) == 1
