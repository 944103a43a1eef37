"""Which names are watched, which domains are kept, the tasks and the command. W1, W2, W9, W12."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config.celery import app
from fraud import tasks
from fraud.models import Case, Lookalike, LookalikeStatus, Observation, WatchedName
from fraud.services import observing, probing, watch
from shop.models import Shop
from tests.builders import NOW, make_affiliate, make_link, make_shop, make_user
from tests.fraud.lookalikes.internet import page, to
from tracking.models import ClickReferrer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def is_on(settings):
    settings.DOMAIN_WATCH, settings.LOOKALIKES_PER_NAME = True, 20


def named(*texts):
    return [
        WatchedName.objects.create(name=text, is_domain="." in text, created_at=NOW)
        for text in texts
    ]


def test_the_names_and_domains_of_the_shops_are_watched_by_themselves_once():
    make_shop(
        name="CCV Mode", home_url="https://www.ccv-mode.fr/",
        link_hosts=["www.ccv-mode.fr", "outlet.ccv-mode.fr", "ccv.example"],
    )  # fmt: skip
    Shop.objects.create(
        code="here", name="Local", home_url="http://localhost:8000/", currency="EUR",
        link_hosts=["localhost", "127.0.0.1"],
    )  # fmt: skip

    assert watch.take_over_shops(now=NOW) == 3
    assert watch.take_over_shops(now=NOW) == 0
    assert set(WatchedName.objects.values_list("name", "is_domain")) == {
        ("ccv-mode.fr", True), ("ccv.example", True), ("CCV Mode", False),
    }  # fmt: skip


def test_a_name_that_somebody_removed_does_not_come_back_by_itself():
    make_shop(name="CCV Mode", home_url="https://ccv-mode.fr/", link_hosts=["ccv-mode.fr"])
    watch.take_over_shops(now=NOW)
    name = WatchedName.objects.get(name="CCV Mode")
    watch.remove_name(name_id=name.pk, actor_id=make_user().pk, reason="Too common.", now=NOW)

    assert watch.take_over_shops(now=NOW) == 0
    name.refresh_from_db()
    assert name.removed_at == NOW


def test_the_likeliest_of_each_name_are_kept_and_never_twice():
    named("CCV Mode", "ccv-mode.fr", "Maison Lutèce")

    assert 20 < watch.gather(now=NOW) <= 60
    first = set(Lookalike.objects.values_list("host", "priority"))
    assert watch.gather(now=NOW) == 0
    assert set(Lookalike.objects.values_list("host", "priority")) == first
    assert "ccv-mode.fr" not in {host for host, _priority in first}
    assert {"ccv-mode.com", "maisonlutece.fr"} <= {host for host, _priority in first}
    assert Lookalike.objects.filter(probe_at=NOW).count() == len(first)


def test_with_the_watch_off_domains_are_kept_and_nobody_looks(settings):
    settings.DOMAIN_WATCH = False
    named("CCV Mode")
    watch.gather(now=NOW)
    assert Lookalike.objects.exists()
    assert not Lookalike.objects.filter(probe_at__isnull=False).exists()

    settings.DOMAIN_WATCH = True
    watch.gather(now=NOW + DAY)
    assert not Lookalike.objects.filter(probe_at__isnull=True).exists()


def test_what_visitors_came_from_lately_goes_first():
    named("CCV Mode")
    for host, days in (("shop.ccvmod.io", 1), ("ccvmodee.io", 9), ("honest.example", 1)):
        ClickReferrer.objects.create(
            link_id=1, day=(NOW - days * DAY).date(), referrer_host=host, visits=3
        )

    watch.gather(now=NOW)

    seen = Lookalike.objects.get(way="seen")
    assert (seen.host, seen.level) == ("ccvmod.io", "L3")
    assert Lookalike.objects.order_by("-priority").first() == seen


def test_a_name_that_is_given_up_is_looked_at_no_more():
    [name] = named("CCV Mode")
    watch.gather(now=NOW)
    watch.remove_name(name_id=name.pk, actor_id=make_user().pk, reason="Sold.", now=NOW)
    assert probing.look_due(now=NOW, most=5, clock=time.monotonic, using=object()) == 0


@pytest.mark.slow
def test_free_names_are_to_be_registered_and_the_worker_does_all_of_it(net, monkeypatch):
    make_shop(name="CCV Mode", home_url="https://ccv-mode.fr/", link_hosts=["ccv-mode.fr"])
    monkeypatch.setattr(probing, "fetcher", lambda: net.prober.fetcher)

    assert tasks.gather_lookalikes() >= 20
    assert tasks.watch_domains() == len(
        Lookalike.objects.filter(status=LookalikeStatus.UNREGISTERED)
    )
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {"fraud.tasks.gather_lookalikes", "fraud.tasks.watch_domains"} <= planned


@pytest.mark.slow
def test_an_account_without_visits_stays_held_for_its_chain(net):
    [name] = named("CCV Mode")
    link = make_link(make_affiliate(), code="thelink")
    row = Lookalike.objects.create(
        host="ccvmod.fr", name=name, level="L3", way="omission", first_seen_at=NOW
    )
    net.site("ccvmod.fr", to("https://shop.test/c/thelink"))
    probing.look(lookalike_id=row.pk, now=NOW, using=net.prober)

    observing.observe(now=NOW + DAY)

    assert Observation.objects.get(code="proven_chains").ended_at is None
    assert Case.objects.get().affiliate == link.affiliate


@pytest.mark.slow
def test_the_command_tells_what_each_domain_does(net, monkeypatch):
    [name] = named("CCV Mode")
    make_shop(link_hosts=["shop.test"])
    make_link(make_affiliate(), code="thelink")
    monkeypatch.setattr(
        "fraud.management.commands.watch_domains.probing.prober", lambda: net.prober
    )
    for host in ("ccvmod.fr", "tracker.test", "ccvmo.fr"):
        Lookalike.objects.create(
            host=host, name=name, level="L3", way="omission", first_seen_at=NOW
        )
    net.site("ccvmod.fr", to("https://shop.test/c/thelink"))
    net.site("tracker.test", page())
    said = StringIO()

    call_command("watch_domains", "--host", "CCVmod.fr", "tracker.test", "ccvmo.fr", stdout=said)

    lines = said.getvalue()
    assert "1/3 ccvmod.fr: Forwards to a partner's link" in lines
    assert "/ > https://shop.test/c/thelink" in lines
    assert "2/3 tracker.test: Shows a page" in lines
    assert "3/3 ccvmo.fr: Unregistered" in lines
    with pytest.raises(CommandError, match="Nobody watches x.test"):
        call_command("watch_domains", "--host", "x.test", stdout=said)

    Lookalike.objects.update(probe_at=None)
    said = StringIO()
    call_command("watch_domains", "--gather", "--most", "3", stdout=said)
    assert "3 domains were looked at." in said.getvalue()
