"""Stores: who works there, what was agreed, and the league from commissions that stand."""

from datetime import date, timedelta

import pytest

from core.money import Money
from influencers.models import Influencer, Store
from influencers.services import profiles, stores
from influencers.services.profiles import ProfileRefused
from influencers.services.stores import StoreRefused
from payouts.models import Commission
from payouts.services import returns
from portal.queries.creator_money import brought_by, league_of, leaked, margins
from tests.builders import NOW, make_affiliate, make_return, make_user
from tests.influencers.creator_world import make_creator
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db
SINCE = NOW - timedelta(days=90)


def give_one_back(commission):
    """One of two pieces comes back."""
    line = commission.credit.order.lines.get()
    make_return(commission.credit.order, quantities={line: 1})
    returns.apply_pending(now=NOW)


def employee(store="Lyon Bellecour", **facts):
    return make_creator(kind="employee", store=store, **facts)


def test_lg4_an_employees_store_is_the_one_that_the_account_names():
    first, second = employee(), employee()

    assert Store.objects.get().code == "lyon-bellecour"
    assert first.influencer.store == second.influencer.store


def test_lg5_names_of_stores_are_gathered_and_profiles_follow():
    worker = employee()
    worker.store = "Nantes Crébillon"
    worker.save()
    make_affiliate(kind="employee", store="Brest Siam")

    assert stores.gather() == 1
    assert stores.gather() == 0
    assert set(Store.objects.values_list("code", flat=True)) == {
        "lyon-bellecour", "nantes-crebillon", "brest-siam",
    }  # fmt: skip
    assert Influencer.objects.get(affiliate=worker).store.name == "Nantes Crébillon"


def test_lg6_stores_have_names_of_their_own():
    sam = make_user()
    lille = stores.open_store(name="Lille", city="Lille", region="Nord", by_id=sam.pk, now=NOW)
    with pytest.raises(StoreRefused):
        stores.open_store(name="lille", city="", region="", by_id=sam.pk, now=NOW)

    stores.change(lille.pk, city="Lille", region="Flandre", closed_on=None, by_id=sam.pk, now=NOW)
    lille.refresh_from_db()
    assert (lille.region, lille.closed_on) == ("Flandre", None)


def test_pr6_what_the_manager_of_a_store_agreed_to_is_kept():
    sam, worker = make_user(), employee()
    lille = stores.open_store(name="Lille", city="", region="", by_id=sam.pk, now=NOW)
    agreed = {
        "store_id": lille.pk,
        "agreed_by": "Paul Durand",
        "agreed_on": date(2026, 6, 1),
        "working_time": "Tuesday mornings",
        "by_id": sam.pk,
        "now": NOW,
    }

    found = profiles.agree(worker.pk, **agreed)

    worker.refresh_from_db()
    assert (worker.store, found.store, found.agreed_by) == ("Lille", lille, "Paul Durand")
    with pytest.raises(ProfileRefused):
        profiles.agree(worker.pk, **{**agreed, "agreed_on": date(2026, 7, 1)})
    with pytest.raises(ProfileRefused):
        profiles.agree(worker.pk, **{**agreed, "agreed_by": ""})
    with pytest.raises(ProfileRefused):
        profiles.agree(make_creator().pk, **agreed)
    stores.change(lille.pk, city="", region="", closed_on=date(2026, 6, 1), by_id=sam.pk, now=NOW)
    with pytest.raises(ProfileRefused):
        profiles.agree(worker.pk, **agreed)


def test_lg1_to_lg3_the_league_goes_by_commission_for_each_head():
    lyon, brest = employee(), employee("Brest Siam")
    employee()
    accrued(lyon)
    accrued(lyon)
    accrued(brest, lines=[{}, {}])
    accrued(make_affiliate(kind="influencer"))
    stores.open_store(name="Empty", city="", region="", by_id=make_user().pk, now=NOW)

    found = league_of(SINCE, NOW, "EUR")

    assert [(one.sales.name, one.place, one.sales.heads, one.sales.orders) for one in found] == [
        ("Brest Siam", 1, 1, 1),
        ("Lyon Bellecour", 2, 2, 2),
        ("Empty", None, 0, 0),
    ]
    assert found[0].commission_per_head == Money(2_000, "EUR")
    assert found[1].commission_per_head == Money(1_000, "EUR")
    assert league_of(SINCE - timedelta(days=90), SINCE, "EUR")[0].sales.orders == 0


def test_lg1_what_comes_back_is_taken_off():
    lyon = employee()
    commission = accrued(lyon, lines=[{"quantity": 2}])
    before = brought_by([lyon.pk], SINCE, NOW, "EUR")[lyon.pk].commission_minor
    give_one_back(commission)

    after = brought_by([lyon.pk], SINCE, NOW, "EUR")[lyon.pk]

    assert before > 0
    assert (after.commission_minor, after.orders) == (before // 2, 1)
    assert league_of(SINCE, NOW, "EUR")[0].sales.commission == Money(before // 2, "EUR")


def test_lg1_what_was_refused_counts_nothing():
    lyon = employee()
    accrued(lyon)
    Commission.objects.update(status="reversed", reversal_reason="invalid_traffic")

    found = league_of(SINCE, NOW, "EUR")[0]

    assert (found.sales.orders, found.sales.commission.minor) == (0, 0)


def test_st17_margin_is_what_is_left_after_returns_and_commission():
    ines = make_creator()
    commission = accrued(ines, lines=[{"quantity": 2}])
    whole = sum(line.margin_minor for line in commission.lines.all())
    assert margins(NOW, "EUR") == {ines.pk: whole - commission.amount_minor}

    give_one_back(commission)

    assert margins(NOW, "EUR") == {ines.pk: (whole - commission.amount_minor) // 2}
    assert margins(NOW, "GBP") == {}
    assert leaked() == frozenset()
