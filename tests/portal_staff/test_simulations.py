"""Simulations on the pages of staff."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from affiliates.models import Group
from core.models import AuditEntry
from payouts.models import Simulation, SimulationStatus
from payouts.services import simulations
from tests.builders import NOW, make_group, make_user
from tests.payouts.simulated_world import ask, make_draft, make_season, run
from tests.people import make_ada, make_fin, make_sam, person_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def sam(client):
    user = make_sam()
    client.force_login(user)
    return user


def page(client, name, *args, query=""):
    answer = client.get(reverse(f"portal:{name}", args=args) + query, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def done(**content):
    make_season(orders=16)
    author = make_user()
    draft = make_draft(
        Group.objects.get(slug="partners"), author=author, **{"rate_bps": 3_000, **content}
    )
    return run(ask(author, draft_ids=[draft.pk], name="Thirty percent"))


def test_a_manager_asks_for_a_simulation_and_stops_it(client, sam):
    draft = make_draft(make_group(), author=sam)
    form = {"name": "Spring", "drafts": [draft.pk], "policy": "1", "first": "2026-04-01",
            "last": "2026-05-31"}  # fmt: skip

    answer = client.post(reverse("portal:simulation-new"), form)

    simulation = Simulation.objects.get()
    assert answer["Location"] == reverse("portal:simulation-detail", args=[simulation.pk])
    assert (simulation.author, simulation.status) == (sam, SimulationStatus.QUEUED)
    assert simulation.terms[0]["draft"] == draft.pk
    assert simulation.policy["number"] == 1
    assert (simulation.period_to - simulation.period_from).days == 61
    shown = page(client, "simulation-detail", simulation.pk)
    assert "Waiting" in shown
    assert "1 April 2026 to 31 May 2026" in shown
    assert "Spring" in page(client, "simulation-list")

    client.post(reverse("portal:simulation-cancel", args=[simulation.pk]))

    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.CANCELLED
    assert "It was stopped before it was done" in page(client, "simulation-detail", simulation.pk)


def test_what_cannot_be_run_is_said_in_the_form(client, sam):
    form = {"name": "Spring", "first": "2026-05-31", "last": "2026-04-01"}

    answer = client.post(reverse("portal:simulation-new"), form, headers=ENGLISH)

    assert answer.status_code == 422
    assert "The last day is before the first." in answer.content.decode()
    assert not Simulation.objects.exists()


def test_progress_is_told_and_the_page_is_loaded_again_when_it_is_over(client, sam):
    simulation = ask(sam)
    simulations.claim_next(now=NOW)
    Simulation.objects.update(done=20, total=80)
    watch = reverse("portal:simulation-watch", args=[simulation.pk])
    listed = reverse("portal:simulation-progress")

    assert "20 of 80 orders" in page(client, "simulation-detail", simulation.pk)
    assert "20 of 80 orders" in page(client, "simulation-list")
    assert "HX-Refresh" not in client.get(watch)
    assert "HX-Refresh" not in client.get(f"{listed}?shown={simulation.pk}")

    simulations.fail(simulation_id=simulation.pk, problem=simulations.WORKER_DIED, now=NOW)

    assert client.get(watch)["HX-Refresh"] == "true"
    assert client.get(f"{listed}?shown={simulation.pk}")["HX-Refresh"] == "true"
    assert "Its worker stopped" in page(client, "simulation-detail", simulation.pk)


def test_the_result_is_shown_from_every_side(client, sam):
    simulation = done()

    overview = page(client, "simulation-detail", simulation.pk)
    affiliates = page(client, "simulation-detail", simulation.pk, query="?tab=affiliates")
    losers = page(
        client, "simulation-detail", simulation.pk, query="?tab=affiliates&who=losers&sort=-change"
    )
    orders = page(client, "simulation-detail", simulation.pk, query="?tab=orders")

    assert "Margin left on published bands" in overview
    assert "is exactly what the simulation found" in overview
    assert "Bonuses that terms promise" in overview
    for row in simulation.affiliates.select_related("affiliate"):
        assert row.affiliate.name in affiliates
        assert (row.affiliate.name in losers) == (row.after_minor < row.before_minor)
    for order in simulation.orders.select_related("order"):
        assert order.order.number in orders
        assert reverse("portal:order-detail", args=[order.order_id]) in orders


def test_real_margins_are_for_those_who_may_see_them_and_each_look_is_kept(client, sam):
    simulation = done()
    looks = AuditEntry.objects.filter(verb="simulation.costs_viewed")

    assert "Real margin left" not in page(client, "simulation-detail", simulation.pk)
    assert not looks.exists()

    fin = make_fin()
    client.force_login(fin)
    assert "Real margin left" in page(client, "simulation-detail", simulation.pk)
    assert looks.get().actor == fin


def test_a_result_that_follows_from_real_costs_is_closed_to_others(client, sam):
    group = make_group(slug="staff", sees_costs=True)
    author = make_fin()
    draft = make_draft(group, author=author, basis="actual")
    simulation = ask(author, draft_ids=[draft.pk])
    names = ("detail", "watch", "export")

    for name in names:
        address = reverse(f"portal:simulation-{name}", args=[simulation.pk])
        assert client.get(address).status_code == 403
    for name in ("cancel", "repeat"):
        address = reverse(f"portal:simulation-{name}", args=[simulation.pk])
        assert client.post(address).status_code == 403

    sam.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    for name in names:
        address = reverse(f"portal:simulation-{name}", args=[simulation.pk])
        assert client.get(address).status_code == 200


def test_each_side_of_a_result_from_real_costs_is_a_look_that_is_kept(client, sam):
    author = make_fin()
    make_season(orders=6)
    Group.objects.filter(slug="partners").update(sees_costs=True)
    draft = make_draft(Group.objects.get(slug="partners"), author=author, basis="actual")
    simulation = run(ask(author, draft_ids=[draft.pk]))
    looks = AuditEntry.objects.filter(verb="simulation.costs_viewed")
    listed = client.get(reverse("portal:simulation-list"))
    assert [row["changes"] for row in listed.context["rows"]] == [[]]
    assert not looks.exists()

    client.force_login(author)
    for query in ("", "?tab=affiliates", "?tab=orders"):
        before = looks.count()
        page(client, "simulation-detail", simulation.pk, query=query)
        assert looks.count() == before + 1, query
    client.get(reverse("portal:simulation-export", args=[simulation.pk]))
    assert looks.count() == 4
    assert set(looks.values_list("actor", flat=True)) == {author.pk}


def test_two_are_put_side_by_side(client, sam):
    first = done()
    again = run(simulations.repeat(simulation_id=first.pk, author_id=sam.pk, now=NOW))
    Simulation.objects.filter(pk=again.pk).update(name="Once more")

    shown = page(client, "simulation-compare", query=f"?selected={first.pk}&selected={again.pk}")

    assert "Thirty percent" in shown
    assert "Once more" in shown
    for row in first.affiliates.select_related("affiliate"):
        assert row.affiliate.name in shown
    alone = client.get(reverse("portal:simulation-compare"), {"selected": [first.pk, "x"]})
    assert alone["Location"] == reverse("portal:simulation-list")


def test_the_files_hold_every_affiliate_and_order(client, sam):
    simulation = done()
    address = reverse("portal:simulation-export", args=[simulation.pk])

    affiliates = rows(client.get(address, headers=ENGLISH))
    orders = rows(client.get(f"{address}?what=orders&form=international", headers=ENGLISH), ",")

    assert {row["Affiliate"] for row in affiliates} == {
        one.affiliate.name for one in simulation.affiliates.all()
    }
    assert {row["Order"] for row in orders} == {one.order.number for one in simulation.orders.all()}


def rows(answer, separator=";"):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


def test_it_is_run_again_and_a_fourth_is_refused_with_a_sentence(client, sam):
    simulation = ask(sam)
    address = reverse("portal:simulation-repeat", args=[simulation.pk])

    for _number in range(3):
        answer = client.post(address, headers=ENGLISH, follow=True)

    assert Simulation.objects.count() == 3
    assert "Three of your simulations wait or run" in answer.content.decode()


def test_no_affiliate_enters(client):
    simulation = ask(make_user())
    client.force_login(person_of(make_ada()))

    for name in ("detail", "watch", "export"):
        address = reverse(f"portal:simulation-{name}", args=[simulation.pk])
        assert client.get(address).status_code == 403
    for name in ("list", "new", "compare", "progress"):
        assert client.get(reverse(f"portal:simulation-{name}")).status_code == 403
