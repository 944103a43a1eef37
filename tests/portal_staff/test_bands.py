"""Margin bands on screen: who sees what, what moving an edge would do, and publishing."""

from datetime import datetime, time, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from affiliates.models import Programme
from core.models import AuditEntry, Delivery
from core.money import Money
from payouts.models import CommissionLine
from payouts.queries.moved_bands import effects_by_affiliate, summed
from portal.forms.bands import BandsForm
from portal.queries.bands import preview
from shop.domain.bands import bands_between
from shop.domain.margin import BandEdges
from shop.models import BandPeriod
from tests.builders import LONG_AGO, NOW, make_product
from tests.payouts.stories import accrued
from tests.people import make_fin, make_sam

pytestmark = pytest.mark.django_db

LIST, NEW, PUBLISH = "portal:band-list", "portal:band-new", "portal:band-publish"


def signed_in(client, person):
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def finance(client):
    return signed_in(client, make_fin())


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def filled(**said):
    return {"edges": "20 40 60", "name": "Next", "begins_on": in_days(40).isoformat(), **said}


def looks():
    return AuditEntry.objects.filter(verb="bandperiod.costs_viewed")


def test_the_list_shows_the_bands_in_force_with_their_products(finance):
    make_product(cost_minor=4_000)
    make_product(cost_minor=4_500)

    page = finance.get(reverse(LIST)).content.decode()

    assert "In force" in page
    assert "50% – 65%" in page
    assert not looks().exists()


def test_the_form_begins_with_the_bands_in_force_and_leaves_time_to_tell(finance):
    page = finance.get(reverse(NEW))

    assert page.context["form"].initial["edges"] == "20 35 50 65"
    notice = Programme.get().notice_days
    assert page.context["form"].initial["begins_on"] == in_days(notice + 1)
    assert "preview" not in page.context


def test_the_preview_shows_what_moves_and_is_one_look(finance):
    make_product(cost_minor=4_000)  # 60 %, from 50-65 to 60-100.
    make_product(cost_minor=9_000)  # 10 %, stays in 0-20.
    make_product(cost_minor=12_000)  # A loss.

    page = finance.get(reverse(NEW), filled())

    found = page.context["preview"]
    assert (found.products, found.moved, found.losses) == (3, 1, 1)
    assert [(move.before, move.after, move.products) for move in found.moves] == [
        (BandEdges(5_000, 6_500), BandEdges(6_000, 10_000), 1)
    ]
    assert [share.products for share in found.shares] == [2, 0, 0, 1]
    assert dict(found.margins)[6_000] == 1
    assert found.narrowest_bps is None  # 60-65 % is five points: as wide as a band may be.
    entry = looks().get()
    assert entry.data == {"edges": [0, 2_000, 4_000, 6_000, 10_000]}
    assert "chart__bar" in page.content.decode()


def test_the_preview_warns_of_what_old_and_new_bands_tell_together(finance):
    make_product(cost_minor=5_100)  # 49 %: 35-50 before, 48-100 then.

    page = finance.get(reverse(NEW), filled(edges="20 35 48"))

    assert (page.context["preview"].narrow, page.context["preview"].narrowest_bps) == (1, 200)
    assert "the narrowest is 2%" in page.content.decode()


def test_a_manager_without_the_permission_sees_public_figures_only(client):
    sam = signed_in(client, make_sam())
    make_product(cost_minor=4_137)

    assert sam.get(reverse(LIST)).status_code == 200
    page = sam.get(reverse(NEW), filled())
    answer = sam.post(reverse(PUBLISH), filled(), follow=True)

    assert "preview" not in page.context
    assert "You may not see costs" in page.content.decode()
    assert "ask finance" in answer.content.decode()
    assert BandPeriod.objects.count() == 1
    assert not looks().exists()


def test_a_manager_with_the_permission_publishes(client):
    person = make_sam()
    person.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    sam = signed_in(client, person)

    answer = sam.post(reverse(PUBLISH), filled(edges="12,5, 40"), follow=True)

    period = BandPeriod.objects.order_by("-valid_from")[0]
    assert period.valid_from == datetime.combine(
        in_days(40), time(), tzinfo=timezone.get_default_timezone()
    )
    assert [band.lower_bps for band in period.bands.all()] == [0, 1_250, 4_000]
    assert AuditEntry.objects.get(verb="bands.published").actor == person
    assert "Announced" in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"edges": "20 x"}, "Write percentages"),
        ({"edges": "20 NaN"}, "Write percentages"),
        ({"edges": "20 1e9"}, "Write percentages"),
        ({"edges": "20.001"}, "Write percentages"),
        ({"edges": "20 22"}, "5 percentage points above"),
        ({"edges": "50 20"}, "5 percentage points above"),
        ({"edges": "5 10 15 20 25 30 35 40 45 50 55 60"}, "at most 12 bands"),
        ({"name": ""}, "This field is required"),
        ({"begins_on": "soon"}, "Enter a valid date"),
        ({"begins_on": timezone.localdate().isoformat()}, "future"),
        ({"begins_on": (timezone.localdate() + timedelta(days=2)).isoformat()}, "days before"),
    ],
)
def test_what_cannot_be_published_is_said_and_changes_nothing(finance, said, sentence):
    answer = finance.post(reverse(PUBLISH), filled(**said))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert BandPeriod.objects.count() == 1


def test_edges_are_written_as_they_are_read():
    form = BandsForm(filled(edges=BandsForm.written([0, 1_250, 4_000, 10_000])))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["edges"] == [0, 1_250, 4_000, 10_000]


@pytest.mark.parametrize(
    ("rule", "edges", "would_be"),
    [
        ("M9", (0, 5_000, 10_000), 1_000),
        ("M9", (0, 6_000, 10_000), 1_200),
        ("M9", (0, 4_000, 6_500, 10_000), 800),
        ("M9", (0, 6_500, 10_000), 0),
    ],
)
def test_commissions_of_the_past_under_moved_edges(rule, edges, would_be):
    product = make_product(cost_minor=4_000)
    accrued(lines=[{"product": product}])
    make_product(cost_minor=9_000)

    effect = preview(bands_between(edges), now=NOW).effects[0]

    assert (effect.lines, effect.paid, effect.would_be) == (
        1,
        Money(1_000, "EUR"),
        Money(would_be, "EUR"),
    )
    assert CommissionLine.objects.get().amount_minor == 1_000


def test_lines_of_unknown_products_and_of_other_days_are_left_alone():
    accrued()

    assert summed(effects_by_affiliate({}, since=LONG_AGO, until=NOW))[0].difference == Money(
        0, "EUR"
    )
    assert summed(effects_by_affiliate({}, since=LONG_AGO, until=LONG_AGO)) == []


def test_the_preview_shows_who_is_told_and_the_mail_of_who_loses_most(finance):
    product = make_product(cost_minor=4_000)
    now = timezone.now()
    commission = accrued(lines=[{"product": product}], placed_at=now - timedelta(days=3))

    page = finance.get(reverse(NEW), filled(edges="40 65"))

    context = page.context
    assert (context["told"], context["losing"]) == (1, 1)
    assert context["reader"] == commission.affiliate
    text = page.content.decode()
    assert "€8.00 instead of €10.00, €2.00 less." in text
    assert f"as {commission.affiliate.name} reads it" in text
    assert not Delivery.objects.exists()


def test_publishing_tells_whom_it_concerns(finance):
    accrued(lines=[{"product": make_product(cost_minor=4_000)}])

    finance.post(reverse(PUBLISH), filled())

    assert Delivery.objects.filter(key__startswith="bands:").count() == 1
