"""Does the widget add sales? Asked, seen in the shop and read by managers, on the screens."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse

from affiliates.models import IncrementalityFactor
from core.models import AuditEntry, User
from experiments.models import Analysis, Experiment, Exposure
from experiments.services import experiments
from experiments.services.analysis import analyse
from experiments.services.exposures import does_without
from influencers.services.look_experiment import SUBJECT
from shop.domain.canonical import CanonicalLine, CanonicalOrder
from shop.services import orders as shop_orders
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_link,
    make_product,
    make_shop,
)
from tests.influencers.look_surface_world import make_look
from tests.portal_staff.test_experiments import address
from tests.visitors import seen
from tracking.domain.references import new_reference

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def sku(settings, tmp_path):
    """A product that a look shows on its page: sold for 100.00, costs 40.00, by its band 50.00."""
    settings.MEDIA_ROOT = tmp_path
    coat, shoes = (make_product(url=f"https://shop.example/p/{n}") for n in (1, 2))
    make_look(coat, shoes)
    return coat.sku


def plan_of(**changes):
    return {
        "name": "Widget", "question": "Does it add sales?", "shop": make_shop().pk,
        "design": "surface", "control": "50", "outcome_days": "30", "effect": "20",
        "conversion": "20", **changes,
    }  # fmt: skip


def begun(sam):
    """Sam plans and begins the experiment."""
    sam.post(reverse("portal:experiment-new"), plan_of())
    planned = Experiment.objects.get()
    sam.post(address("begin", planned), {"ends_on": f"{NOW + 40 * DAY:%Y-%m-%d}"})
    planned.refresh_from_db()
    return planned


def one_of_each_arm(experiment):
    """A visitor who is shown looks, and one who is not."""
    found = {}
    while len(found) < 2:
        reference = seen()
        found[does_without(experiment, reference)] = reference
    return found[False], found[True]


def is_shown(client, sku, reference=""):
    """Ask as the shop's server does while it makes the page of a product."""
    asked = {"shop": "atelier", "sku": sku}
    if reference:
        asked["ref"] = reference
    return client.get("/looks/widget", asked).status_code == 200


def buys(reference, sku, *, at):
    """The shop tells an order of the visitor."""
    line = CanonicalLine(
        external_id="1", kind="product", sku=sku, title="Coat", quantity=1, net_minor=10_000,
        unit_cost_minor=4_000,
    )  # fmt: skip
    order = CanonicalOrder(
        external_id=f"o-{reference}", number="1", placed_at=at, updated_at=at, currency="EUR",
        lines=(line,), click_tokens=(reference,),
    )  # fmt: skip
    shop_orders.record(shop_id=make_shop().pk, orders=[order], now=at)


def page_of(browser, experiment):
    return browser.get(address("detail", experiment)).content.decode()


def test_two_visitors_from_the_lot_to_the_figures(sam, sku, time_machine):
    experiment = begun(sam)
    with_looks, without = one_of_each_arm(experiment)

    assert is_shown(sam, sku, with_looks)
    assert not is_shown(sam, sku, without)
    assert is_shown(sam, sku)  # Nobody agreed to anything.
    assert sorted(Exposure.objects.values_list("is_control", flat=True)) == [False, True]
    kept = str(list(Exposure.objects.values()))
    assert with_looks not in kept
    assert without not in kept

    buys(with_looks, sku, at=NOW + DAY)
    time_machine.move_to(NOW + 2 * DAY, tick=False)
    sam.post(address("look", experiment))

    figures = Analysis.objects.get().figures
    assert (figures["treated_mean"], figures["control_mean"]) == (1, 0)
    assert (figures["margin_difference"], figures["reference_margin_difference"]) == (6_000, 5_000)
    page = page_of(sam, experiment)
    for said in ("Not enough data", "Reference margin", "€50,000.00", "+€50,000.00", "€0.00",
                 "not known yet", "of 1 visitors", "1,000.0"):  # fmt: skip
        assert said in page, said

    sam.post(address("end", experiment), {"reason": "Enough."})
    cache.clear()
    assert is_shown(sam, sku, without)
    assert is_shown(sam, sku, new_reference())
    assert Exposure.objects.count() == 2


def test_real_margins_are_read_by_those_who_may_see_costs_and_each_look_is_kept(sam, sku):
    experiment = begun(sam)
    with_looks, _without = one_of_each_arm(experiment)
    is_shown(sam, sku, with_looks)
    buys(with_looks, sku, at=NOW + timedelta(minutes=1))
    analyse(experiment_id=experiment.pk, now=NOW + DAY)
    looks = AuditEntry.objects.filter(verb="experiment.costs_viewed")

    def file():
        chunks = sam.get(address("export", experiment)).streaming_content
        return b"".join(chunks).decode()

    for page in (page_of(sam, experiment), file()):
        assert "60,000" not in page
        assert "6000" not in page
        assert "Actual margin" not in page
    assert "reference_margin_treated_mean" in file()
    assert not looks.exists()

    person = User.objects.get(email="sam@example.com")
    person.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    page = page_of(sam, experiment)
    assert page.index("Reference margin") < page.index("Actual margin") < page.index("€60,000.00")
    assert '"margin_treated_mean"' in file()
    assert list(looks.values_list("actor", flat=True)) == [person.pk, person.pk]


def test_a_settled_result_has_the_interval_of_the_planned_end_and_is_no_factor(sam, sku):
    experiment = begun(sam)
    buyers = []
    for number in range(240):
        reference = seen()
        shown = is_shown(sam, sku, reference)
        if number % (2 if shown else 8) == 0:
            buyers.append(reference)
    for reference in buyers:
        buys(reference, sku, at=NOW + DAY)
    experiments.end_due(now=experiment.ends_at)
    analyse(experiment_id=experiment.pk, now=experiment.ends_at + 31 * DAY)

    page = page_of(sam, experiment)

    assert page.count("It brings more") >= 2
    assert page.count("At the planned end") == 2
    assert "not known yet" not in page
    assert "It brings more" in sam.get(reverse("portal:experiment-list")).content.decode()
    assert "Use it as factor" not in page
    sam.post(address("use", experiment), {"begins_on": "2026-12-01"})
    assert not IncrementalityFactor.objects.exists()


def test_it_is_named_on_its_page_and_in_the_list(sam):
    experiment = begun(sam)
    assert (experiment.design, experiment.subject, experiment.status) == (
        "surface", SUBJECT, "running",
    )  # fmt: skip
    assert experiment.planned_units > 0
    for page in (page_of(sam, experiment), sam.get(reverse("portal:experiment-list"))):
        text = page if isinstance(page, str) else page.content.decode()
        assert "Looks on product pages, or not" in text
        assert "Looks on product pages<" in text
        assert SUBJECT not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"design": "benefit", "parameters": "a=1"}, "Choose an affiliate."),
        ({"design": "switchback"}, "Choose an affiliate."),
        ({"conversion": ""}, "Type how many of them order"),
        ({"control": "0"}, "Somebody has to do without."),
    ],
)
def test_what_a_plan_lacks_is_said(sam, changes, said):
    answer = sam.post(reverse("portal:experiment-new"), plan_of(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Experiment.objects.exists()


def test_looks_on_product_pages_are_of_no_single_affiliate(sam):
    chosen = plan_of(affiliate=make_affiliate().pk)
    answer = sam.post(reverse("portal:experiment-new"), chosen)
    assert "are of no single affiliate" in answer.content.decode()
    assert not Experiment.objects.exists()


def test_the_calculator_takes_no_traffic_of_an_affiliate_for_that_of_product_pages(sam):
    link = make_link()
    for _number in range(30):
        make_click(link, clicked_at=NOW - DAY)
    asked = {"design": "surface", "conversion": "5", "affiliate": link.affiliate.pk}
    page = sam.get(reverse("portal:experiment-power"), asked).content.decode()
    assert "How many come a day is not known" in page
