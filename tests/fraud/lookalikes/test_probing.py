"""Looks at domains that forward, hide, dawdle and lie, over a real DNS and real web servers."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.wrappers import Response

from fraud.models import (
    Case,
    CaseCredit,
    HostKind,
    ListedHost,
    Lookalike,
    LookalikeStatus,
    Observation,
    WatchedName,
)
from fraud.queries.chains import chains_of
from fraud.services import probing
from fraud.services.screening import screen_pending
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_link,
    make_order,
    make_user,
)
from tests.fraud.lookalikes.internet import HERE, page, per_request, to

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOST = "ccvmod.fr"
LINK = "https://shop.test/c/thelink"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def is_on(settings):
    settings.DOMAIN_WATCH = True


@pytest.fixture
def squatter():
    return make_affiliate()


@pytest.fixture
def link(squatter):
    return make_link(squatter, code="thelink")


@pytest.fixture
def row():
    name = WatchedName.objects.create(name="CCV Mode", created_at=NOW, author=make_user())
    return Lookalike.objects.create(
        host=HOST, name=name, level="L3", way="omission", priority=1, first_seen_at=NOW,
        probe_at=NOW,
    )  # fmt: skip


def look(net, row, now=NOW, **changes):
    using = replace(net.prober, **changes)
    return probing.look(lookalike_id=row.pk, now=now, using=using)


def ways(row):
    return {tuple(hop["way"] for hop in probe.hops) for probe in row.probes.all()}


# --- what the DNS says ---------------------------------------------------------------


def test_a_domain_that_nobody_has_is_to_be_registered(net, row):
    seen = look(net, row)

    assert seen.status == LookalikeStatus.UNREGISTERED
    probe = row.probes.get()
    assert (probe.client, probe.hops, probe.error) == ("dns", [], f"The DNS knows no {HOST}.")


def test_a_domain_without_any_address_is_silent(net, row):
    net.zone.hosts[HOST] = net.zone.NO_ADDRESS
    assert look(net, row).status == LookalikeStatus.SILENT


def test_a_domain_with_a_page_under_www_alone_is_looked_at_there(net, row):
    net.site(f"www.{HOST}", page())
    net.zone.hosts[HOST] = net.zone.NO_ADDRESS

    assert look(net, row).status == LookalikeStatus.PAGE
    assert row.probes.first().hops[0]["url"].startswith(f"http://www.{HOST}")


def test_a_dns_that_does_not_answer_says_nothing_about_the_domain(net, row):
    net.zone.hosts[HOST] = net.zone.BROKEN

    seen = look(net, row)

    assert seen.status == LookalikeStatus.GENERATED
    assert "did not answer" in row.probes.get().error
    assert seen.probe_at == NOW + probing.AFTER_FAILURE


def test_a_machine_that_answers_nobody_is_asked_by_one_visitor_only(net, row):
    net.zone.hosts[HOST] = [HERE]

    assert look(net, row, http_port=1, https_port=1).status == LookalikeStatus.SILENT
    assert row.probes.count() == 2
    assert {probe.client for probe in row.probes.all()} == {"chrome"}


def test_an_address_of_our_own_networks_is_never_asked(net, row):
    net.site(HOST, to(LINK))
    closed = replace(net.prober.fetcher, may_reach=lambda _address: False)

    assert look(net, row, fetcher=closed).status == LookalikeStatus.SILENT
    assert "not public" in row.probes.first().error


# --- every way to forward ------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_link_proves_the_chain(net, row, squatter, link, status):
    net.site(HOST, to(LINK, status))

    seen = look(net, row)

    assert (seen.status, seen.affiliate) == (LookalikeStatus.LEADS_TO_LINK, squatter)
    probe = row.probes.first()
    assert (probe.link_code, probe.affiliate, probe.addresses) == (
        "thelink", squatter, ["127.0.0.1"],
    )  # fmt: skip
    assert [(hop["url"], hop["status"], hop["way"]) for hop in probe.hops] == [
        (net.url(HOST), status, "http"),
        (LINK, 0, ""),
    ]
    assert {found.client for found in row.probes.all()} == {
        "chrome", "iphone", "firefox", "search",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("site", "way"),
    [
        (page(refresh=f"0;url={LINK}"), "refresh"),
        (page(f'<meta http-equiv="refresh" content="0;url={LINK}">'), "meta"),
        (page(f"<script>location.replace('{LINK}')</script>"), "script"),
        (page(f'<frameset><frame src="{LINK}"></frameset>'), "frame"),
    ],
)
def test_a_page_that_forwards_by_itself_proves_the_chain_too(net, row, link, site, way):
    net.site(HOST, site)

    assert look(net, row).status == LookalikeStatus.LEADS_TO_LINK
    assert ways(row) == {(way, "")}


def test_a_chain_of_every_way_is_kept_hop_by_hop(net, row, link):
    tracker = net.url("tracker.test", "/x", "https")
    net.site(HOST, page(refresh=f"0;url={tracker}"))
    last = page(f"<script>location='{LINK}'</script>")
    net.site(
        "tracker.test", per_request(lambda request: to("/y") if request.path == "/x" else last)
    )

    assert look(net, row).status == LookalikeStatus.LEADS_TO_LINK
    assert ways(row) == {("refresh", "http", "script", "")}


def test_the_shop_is_never_asked_so_that_a_look_is_no_click(net, row, link):
    asked = []
    net.site(HOST, to(LINK))
    net.site("shop.test", per_request(lambda request: asked.append(request.path) or page()))

    look(net, row)

    assert asked == []


@pytest.mark.parametrize("target", ["https://shop.test/", "https://shop.test/c/unknown"])
def test_what_leads_to_the_shop_by_no_known_link_is_nobodys(net, row, target):
    net.site(HOST, to(target))

    seen = look(net, row)

    assert (seen.status, seen.affiliate) == (LookalikeStatus.LEADS_TO_US, None)


def test_what_leads_to_a_rival_leads_elsewhere(net, row):
    net.site(HOST, to(net.url("tracker.test")))
    net.site("tracker.test", page())
    assert look(net, row).status == LookalikeStatus.LEADS_ELSEWHERE


# --- hiding --------------------------------------------------------------------------


def test_who_forwards_all_but_searchers_is_found(net, row, link):
    net.site(HOST, per_request(lambda request: page() if request.referrer else to(LINK)))

    assert look(net, row).status == LookalikeStatus.LEADS_TO_LINK
    told = dict(row.probes.values_list("client", "status"))
    assert told["search"] == LookalikeStatus.PAGE


def test_who_forwards_only_searchers_is_found(net, row, link):
    net.site(HOST, per_request(lambda request: to(LINK) if request.referrer else page()))

    assert look(net, row).status == LookalikeStatus.LEADS_TO_LINK


def test_who_forwards_telephones_only_is_found(net, row, link):
    net.site(HOST, per_request(lambda request: (
        to(LINK) if "iPhone" in request.user_agent.string else page())))  # fmt: skip

    assert look(net, row).status == LookalikeStatus.LEADS_TO_LINK


def test_who_forwards_each_address_once_is_found_and_a_clean_look_acquits_nobody(net, row, link):
    seen = set()

    def once(request):
        is_first = request.remote_addr not in seen
        seen.add(request.remote_addr)
        return to(LINK) if is_first else page()

    net.site(HOST, per_request(once))

    assert look(net, row).status == LookalikeStatus.LEADS_TO_LINK
    assert look(net, row, now=NOW + DAY).status == LookalikeStatus.LEADS_TO_LINK
    assert {probe.status for probe in row.probes.filter(at=NOW + DAY)} == {"page"}
    assert look(net, row, now=NOW + 100 * DAY).status == LookalikeStatus.PAGE


def test_who_forwards_an_address_only_when_it_comes_again_is_found(net, row, link):
    seen = []

    def later(request):
        seen.append(request.remote_addr)
        return page() if len(seen) < 12 else to(LINK)

    net.site(HOST, per_request(later))

    statuses = [look(net, row, now=NOW + days * DAY).status for days in (0, 1)]

    assert statuses == [LookalikeStatus.PAGE, LookalikeStatus.LEADS_TO_LINK]


def test_who_asks_for_a_cookie_first_is_given_it(net, row, link):
    def asks(request):
        if request.cookies.get("seen") == "1":
            return to(LINK)
        answer = to(request.url)
        answer.set_cookie("seen", "1", max_age=60)
        return answer

    net.site(HOST, per_request(asks))

    assert look(net, row).status == LookalikeStatus.LEADS_TO_LINK


def test_each_look_begins_with_another_visitor(net, row):
    net.site(HOST, page())
    for days in range(4):
        look(net, row, now=NOW + days * DAY)
    first = [row.probes.filter(at=NOW + days * DAY).order_by("pk")[0].client for days in range(4)]
    assert sorted(first) == ["chrome", "firefox", "iphone", "search"]


# --- what would stop others ----------------------------------------------------------


def test_a_loop_ends(net, row):
    net.site(HOST, to(net.url("tracker.test")))
    net.site("tracker.test", to(net.url(HOST)))

    assert look(net, row).status == LookalikeStatus.LEADS_ELSEWHERE
    assert row.probes.first().error == "goes round in circles"


def test_a_chain_without_end_ends(net, row):
    net.site(HOST, per_request(lambda request: to(f"{request.path}a")))

    assert look(net, row).status == LookalikeStatus.PAGE
    assert row.probes.first().error == "too many redirects"


def test_a_machine_that_dawdles_costs_its_time_and_no_more(net, row):
    net.site(HOST, per_request(lambda _request: time.sleep(3) or page()))
    hasty = replace(net.prober.fetcher, seconds=0.3)
    begun = time.monotonic()

    assert look(net, row, fetcher=hasty).status == LookalikeStatus.SILENT
    assert time.monotonic() - begun < 2.5


def test_a_site_that_forwards_over_https_alone_is_found_with_its_certificate_checked(
    net, row, link
):
    net.site(HOST, page(), secure=to(LINK))
    assert look(net, row).status == LookalikeStatus.LEADS_TO_LINK

    distrustful = replace(net.prober.fetcher, authority=None)
    probing.look(lookalike_id=row.pk, now=NOW + DAY, using=replace(net.prober, fetcher=distrustful))
    errors = {probe.error for probe in row.probes.filter(at=NOW + DAY)} - {""}
    assert len(errors) == 1
    assert "CERTIFICATE_VERIFY_FAILED" in errors.pop()


def test_strange_signs_are_no_reason_to_lose_a_look(net, row):
    net.site(HOST, page("<script>location='http://x.test/\\0\\ud800\0'</script>"))
    assert look(net, row).status == LookalikeStatus.LEADS_ELSEWHERE


# --- what follows --------------------------------------------------------------------


def test_a_proven_chain_holds_the_account_at_once(net, row, squatter, link):
    order = make_order(number="1", placed_at=NOW - 2 * DAY)
    credit = make_credit(order=order, affiliate=squatter)
    screen_pending(now=NOW)
    net.site(HOST, to(LINK))

    look(net, row)

    case = Case.objects.get()
    assert (case.affiliate, case.family, case.holds_account) == (squatter, "domain", True)
    assert CaseCredit.objects.get().credit == credit
    observation = Observation.objects.get()
    assert (observation.code, observation.evidence["host"]) == ("proven_chains", HOST)


def test_nothing_follows_from_a_domain_that_is_allowed_or_ours(net, row, squatter, link):
    allowed = ListedHost.objects.create(
        pattern=HOST, kind=HostKind.ALLOWED, source="test", created_at=NOW
    )
    net.site(HOST, to(LINK))
    look(net, row)
    assert chains_of([squatter.pk]) == {}
    assert not Case.objects.exists()

    allowed.removed_at = NOW
    allowed.save()
    assert [chain.host for chain in chains_of()[squatter.pk]] == [HOST]

    Lookalike.objects.update(status=LookalikeStatus.OURS)
    assert look(net, row, now=NOW + DAY).status == LookalikeStatus.OURS
    assert chains_of() == {}
    assert not Case.objects.exists()


def test_looks_come_at_other_hours_and_stop_when_the_watch_is_off(net, row, settings):
    net.site(HOST, page())
    hours, now = set(), NOW
    for _look in range(6):
        now = look(net, row, now=now).probe_at
        hours.add(now.hour)
    assert len(hours) == 6

    settings.DOMAIN_WATCH = False
    assert look(net, row, now=now).probe_at is None


def test_what_is_due_is_looked_at_by_urgency_and_a_failure_stops_nobody(net, row, monkeypatch):
    other = Lookalike.objects.create(
        host="ccvmdoe.fr", name=row.name, level="L3", way="transposition", priority=9,
        first_seen_at=NOW, probe_at=NOW,
    )  # fmt: skip
    later = Lookalike.objects.create(
        host="ccvmode.shop", name=row.name, level="L1", way="tld-swap", priority=99,
        first_seen_at=NOW, probe_at=NOW + DAY,
    )  # fmt: skip
    net.site(other.host, page())
    broken = replace(net.prober, ours=None)

    assert probing.look_due(now=NOW, most=9, using=broken, clock=time.monotonic) == 2
    other.refresh_from_db()
    assert other.probe_at == NOW + probing.AFTER_FAILURE

    Lookalike.objects.update(probe_at=NOW)
    later.delete()
    assert probing.look_due(now=NOW, most=1, using=net.prober, clock=time.monotonic) == 1
    other.refresh_from_db()
    row.refresh_from_db()
    assert (other.status, row.probed_at) == (LookalikeStatus.PAGE, NOW)


def test_no_look_begins_when_the_time_is_up(net, row):
    clock = iter([0, 1_000]).__next__
    assert probing.look_due(now=NOW, most=9, using=net.prober, clock=clock) == 0


def test_a_page_that_answers_errors_is_a_page(net, row):
    net.site(HOST, Response("Gone.", status=410))
    assert look(net, row).status == LookalikeStatus.PAGE
