"""What is gathered for the signals of an affiliate as a whole."""

from datetime import timedelta
from uuid import uuid4

import pytest

from affiliates.models import IdentityKey, Membership, Property
from fraud.domain.evidence import SharedIdentity
from fraud.models import ListedHost, Redirector
from fraud.queries import affiliate_evidence
from fraud.services import counting
from tests.builders import (
    NOW,
    make_affiliate,
    make_case,
    make_click,
    make_credit,
    make_link,
    make_order,
    make_payee,
    make_screening,
    make_shop,
    make_user,
)
from tests.fraud.visits_world import TODAY, make_event, sales, traffic
from tracking.models import ClickCount

pytestmark = pytest.mark.django_db

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def of(affiliate):
    return affiliate_evidence(NOW)[affiliate.pk]


def test_the_sums_are_of_thirty_days():
    affiliate = make_affiliate()
    for days, clicks in ((0, 10), (1, 40), (29, 20), (30, 99)):
        traffic(affiliate, day=TODAY - days * DAY, clicks=clicks, told=clicks, returning=1)
        sales(affiliate, day=TODAY - days * DAY, orders=2)
    found = of(affiliate)
    assert (found.traffic.days, found.traffic.clicks, found.traffic.told) == (3, 70, 70)
    assert (found.traffic.busiest_day, found.traffic.median_day) == (40, 20)
    assert (found.traffic.returning, found.traffic.hours[0]) == (3, 30)
    assert (found.sales.orders, found.sales.by_click, found.sales.delays[0]) == (6, 3, 3)


def test_calls_that_are_no_visits_are_told_beside():
    link = make_link()
    make_click(link, clicked_at=NOW)
    for navigation, number in (("prefetch", 3), ("embedded", 5), ("bot", 7)):
        ClickCount.objects.create(
            link_id=link.pk, affiliate_id=link.affiliate_id, hour=NOW, navigation=navigation,
            count=number,
        )  # fmt: skip
    found = of(link.affiliate).traffic
    assert (found.visits, found.prefetches, found.embedded, found.clicks) == (1, 3, 5, 0)


def test_medians_are_of_five_affiliates_of_the_kind_or_not_said():
    kind = [make_affiliate() for _ in range(5)]
    for n, affiliate in enumerate(kind):
        traffic(affiliate, clicks=100, session_known=100, session_open=10 * n)
    other = make_affiliate(kind="influencer")
    traffic(other, clicks=100, session_known=100)
    assert of(kind[0]).usual.session_open_bps == 2_000
    assert (of(kind[0]).usual.affiliates, of(kind[0]).usual.kind) == (5, "content")
    assert of(other).usual.session_open_bps is None


def test_shares_of_the_programme_are_said_of_enough():
    affiliate = make_affiliate()
    row = traffic(affiliate, clicks=499, desktop=100, returning=50, told=499, read_on=250)
    assert of(affiliate).usual.desktop_bps is None
    assert of(affiliate).usual.hours == ()
    row.clicks, row.desktop, row.told = 1_000, 100, 500
    row.save()
    usual = of(affiliate).usual
    assert (usual.desktop_bps, usual.returning_bps) == (1_000, 500)
    assert (usual.told_bps, usual.read_on_bps) == (5_000, 5_000)
    assert sum(usual.hours) == 10


def test_the_usual_delays_are_those_of_content_that_nobody_doubts():
    panel = [make_affiliate() for _ in range(5)]
    for affiliate in panel:
        sales(affiliate, by_click=20, delays=[20] + [0] * 23)
    sales(make_affiliate(kind="coupon"), by_click=900, delays=[900] + [0] * 23)
    assert of(panel[0]).usual.delays[0] == 100
    make_case(make_screening(make_credit(panel[0]), decision="hold"))
    assert of(panel[1]).usual.delays == ()


def test_referring_hosts_are_told_by_site_with_the_lists():
    make_shop()
    for pattern, kind in (("lm.example", "shim"), ("rebates.*", "coupon")):
        ListedHost.objects.create(pattern=pattern, kind=kind, source="s", created_at=NOW)
    link = make_link()
    Property.objects.create(affiliate=link.affiliate, url="https://blog.example", declared_at=NOW)
    hosts = ["www.blog.example", "fr.blog.example", "l.lm.example", "shop.example", "", "x.example",
             "rebates.news.example", "m.news.example"]  # fmt: skip
    for host in [*hosts, "x.example"]:
        make_click(link, referrer_host=host, clicked_at=NOW - MINUTE)
    traffic(link.affiliate)
    found = of(link.affiliate)
    assert [(one.host, one.clicks, one.is_declared, one.listed) for one in found.referrers] == [
        ("blog.example", 2, True, ""),
        ("x.example", 2, False, ""),
        ("lm.example", 1, False, "shim"),
        ("news.example", 1, False, ""),
        ("rebates.news.example", 1, False, "coupon"),
    ]
    (site,) = found.declared_sites
    assert (site.host, site.clicks, site.is_declared) == ("blog.example", 2, True)


@pytest.mark.parametrize(("days_ago", "is_declared"), [(5, True), (45, False)])
def test_a_site_that_was_taken_back_explains_visits_before_and_is_none_of_theirs(
    days_ago, is_declared
):
    make_shop()
    link = make_link()
    Property.objects.create(
        affiliate=link.affiliate, url="https://blog.example", declared_at=NOW,
        removed_at=NOW - timedelta(days=days_ago),
    )  # fmt: skip
    make_click(link, referrer_host="blog.example", clicked_at=NOW - MINUTE)
    traffic(link.affiliate)
    found = of(link.affiliate)
    assert [one.is_declared for one in found.referrers] == [is_declared]
    assert found.declared_sites == ()


def test_a_site_that_changed_hands_is_shared_by_nobody():
    seller, buyer = make_affiliate(), make_affiliate()
    for affiliate, removed_at in ((seller, NOW), (buyer, None)):
        traffic(affiliate)
        Property.objects.create(
            affiliate=affiliate, url="https://blog.example", declared_at=NOW, removed_at=removed_at
        )
    assert of(buyer).shared == ()


def test_redirectors_are_counted_as_declared_and_verified():
    affiliate = make_affiliate()
    traffic(affiliate)
    for n, verified in enumerate((NOW, None, None)):
        Redirector.objects.create(
            affiliate=affiliate, url=f"https://r.example/{n}", host="r.example", declared_at=NOW,
            verified_at=verified, removed_at=NOW if n == 2 else None,
        )  # fmt: skip
    found = of(affiliate)
    assert (found.redirectors_declared, found.redirectors_verified) == (2, 1)


def test_what_other_accounts_have_too_is_told_with_their_names():
    ann, bob, cid = make_affiliate(), make_affiliate(status="closed"), make_affiliate()
    traffic(ann)
    person = make_user()
    for affiliate in (ann, cid):
        Membership.objects.create(affiliate=affiliate, user=person)
    make_payee(ann)
    make_payee(bob)
    for affiliate in (ann, bob, cid):
        IdentityKey.objects.create(
            affiliate=affiliate, kind="phone", key="p", source="payee", seen_at=NOW
        )
    for affiliate, path in ((ann, "ann"), (bob, "Ann/"), (cid, "cid")):
        url = f"https://www.social.example/{path}"
        Property.objects.create(affiliate=affiliate, url=url, declared_at=NOW)
    assert of(ann).shared == (
        SharedIdentity(kind="email", affiliate_ids=(cid.pk,)),
        SharedIdentity(kind="iban", affiliate_ids=(bob.pk,)),
        SharedIdentity(kind="phone", affiliate_ids=(bob.pk, cid.pk)),
        SharedIdentity(kind="site", affiliate_ids=(bob.pk,)),
    )


def test_nothing_is_shared_by_those_who_have_nothing_in_common():
    ann = make_affiliate()
    make_affiliate()
    traffic(ann)
    assert of(ann).shared == ()


def test_the_largest_cluster_is_of_orders_of_one_buyer():
    affiliate = make_affiliate()
    for address in ("a", "a", "a", "b", ""):
        make_credit(affiliate, make_order(address_key=address))
    make_credit(affiliate, make_order(address_key="a", is_test=True))
    counting.count_sales(now=NOW + MINUTE)
    make_credit(make_affiliate(), make_order(address_key="a"))
    assert of(affiliate).sales.largest_cluster == 3


def test_sub_ids_are_told_of_those_who_send_through_a_sub_network():
    ListedHost.objects.create(pattern="net.example", kind="sub_network", source="s", created_at=NOW)
    link = make_link()
    for n in range(4):
        visitor, at = uuid4(), NOW - DAY - n * MINUTE
        make_click(link, visitor=visitor, clicked_at=at, referrer_host="net.example",
                   sub_id="pub" if n else "")  # fmt: skip
        make_event(visitor, "page_view", at - MINUTE * (5 if n == 1 else 45), path="/")
    traffic(link.affiliate)
    found = of(link.affiliate)
    assert found.sub_id_clicks == 3
    (sub_id,) = found.sub_ids
    assert (sub_id.sub_id, sub_id.clicks) == ("pub", 3)
    assert (sub_id.session_known, sub_id.session_open) == (3, 1)


def test_screenings_are_counted_with_those_that_refused():
    affiliate = make_affiliate()
    traffic(affiliate)
    for days, decision in (
        (1, "refuse"),
        (1, "refuse"),
        (2, "refuse"),
        (2, "clear"),
        (40, "refuse"),
    ):
        order = make_order(placed_at=NOW - days * DAY)
        make_screening(make_credit(affiliate, order), decision=decision)
    found = of(affiliate)
    assert (found.screened, found.refused, found.refused_days) == (4, 3, 2)


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    for _ in range(2):
        traffic(make_affiliate())
    with django_assert_max_num_queries(26):
        affiliate_evidence(NOW)
    for _ in range(10):
        sales(make_affiliate())
    with django_assert_max_num_queries(26):
        assert len(affiliate_evidence(NOW)) == 12
