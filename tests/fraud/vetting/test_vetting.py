"""Declared sites are read, kept and judged: rules V6 to V13."""

import json
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from affiliates.models import Property
from fraud.models import (
    ListedHost,
    Observation,
    SiteAssessment,
    Snapshot,
    WatchedName,
)
from fraud.services import vetting
from fraud.services.crawling import crawl
from fraud.services.vetting import ReadLately, Site, assess, assess_due, due, read_again
from tests.builders import NOW, make_affiliate, make_shop, make_user
from tests.portal_staff.world import make_application

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SITES = {
    site["class"]: site["pages"][0]
    for site in json.loads((Path(__file__).parent / "sites.json").read_text())
}
BLOG = SITES["content"]


def found_by(web, url, **known):
    return crawl(url, fetcher=web.fetcher, now=NOW, **known)


def test_the_home_and_five_pages_of_the_site_are_read_the_telling_ones_first(web):
    paths = [f"/p{n}" for n in range(8)] + ["/codes-promo", "/a-propos"]
    links = "".join(f"<a href='{path}'>x</a>" for path in paths)
    home = web.says("blog.example", "/", f"<p>Home</p>{links}<a href='/x.pdf'>f</a>"
                    "<a href='https://else.example/'>other</a>")  # fmt: skip
    for path in paths:
        web.says("blog.example", path, f"<p>{path}")
    found = found_by(web, home)
    assert [page.url.partition(str(web.port))[2] for page in found.pages] == [
        "/", "/codes-promo", "/a-propos", "/p0", "/p1", "/p2"
    ]  # fmt: skip
    assert len(found.snapshots) == 6
    assert web.asked.count(("blog.example", "/robots.txt")) == 0  # It says 404 by itself.


def test_what_robots_txt_keeps_for_itself_is_not_asked(web):
    home = web.says("blog.example", "/", "<p>Home</p><a href='/in'>x</a><a href='/private/'>x</a>")
    web.says("blog.example", "/robots.txt", "User-agent: *\nDisallow: /private", kind="text/plain")
    web.says("blog.example", "/in", "<p>In")
    web.says("blog.example", "/private/", "<p>No")
    found = found_by(web, home)
    assert len(found.pages) == 2
    assert ("blog.example", "/private/") not in web.asked
    assert [one.error for one in found.snapshots if one.error] == ["robots.txt asks not to read it"]
    assert web.asked.count(("blog.example", "/robots.txt")) == 1


def test_a_machine_that_is_ill_is_left_alone(web):
    home = web.says("blog.example", "/", "<p>Home")
    web.says("blog.example", "/robots.txt", "", status=503)
    assert found_by(web, home).error == "robots.txt asks not to read it"


def test_redirects_are_noted_and_the_shop_is_never_asked(web):
    home = web.says("blog.example", "/", to=web.url("blog.example", "/fr/"))
    web.says("blog.example", "/fr/", f"{BLOG}<a href='/go'>shop</a>")
    web.says("blog.example", "/go", to=web.url("shop.example", "/c/abc"))
    web.says("shop.example", "/c/abc", "<p>Clicked")
    found = found_by(web, home, own_hosts=frozenset({"shop.example"}))
    assert [hop["status"] for hop in found.snapshots[0].hops] == [302, 200]
    assert found.snapshots[1].error == "leads to the shop"
    assert not [one for one in web.asked if one[0] == "shop.example"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"status": 404, "body": "<p>gone"}, "answered 404"),
        ({"kind": "image/png", "body": "x"}, "no page: image/png"),
        ({"to": "http://127.0.0.1.nip.example/"}, "knows no 127.0.0.1.nip.example"),
    ],
)
def test_what_is_no_page_says_why(web, said, error):
    found = found_by(web, web.says("blog.example", "/", **said))
    assert found.pages == ()
    assert error in found.error


def test_circles_end(web):
    home = web.says("blog.example", "/", to=web.url("blog.example", "/"))
    assert found_by(web, home).error == "too many redirects"


def test_a_snapshot_keeps_the_page_and_is_never_changed(web, as_owner):
    home = web.says("blog.example", "/", "<title>A\x00 b</title><p>Text")
    (snapshot,) = found_by(web, home).snapshots
    snapshot.save()
    kept = Snapshot.objects.get()
    assert (kept.title, kept.text, kept.status) == ("A b", "Text", 200)
    assert zlib.decompress(kept.body) == b"<title>A\x00 b</title><p>Text"
    with pytest.raises(DatabaseError), transaction.atomic(), as_owner() as cursor:
        cursor.execute("UPDATE fraud_snapshot SET title = ''")


def blog(web, page=BLOG, **application):
    url = web.says("blog.example", "/", page)
    return make_application(sites=[url], **application)


def test_an_applicants_site_is_assessed_once_with_its_evidence(web):
    make_shop()
    application = blog(web)
    assert run(web) == 1
    assert run(web) == 0
    found = SiteAssessment.objects.get()
    assert (found.application, found.affiliate) == (application, None)
    assert (found.site_class, found.is_current, found.findings) == ("content", True, [])
    assert found.features["weights"]["content"]
    assert [one.status for one in found.snapshots.all()] == [200]


def run(web, now=NOW, most=10):
    return assess_due(now=now, most=most, using=web.fetcher, clock=lambda: 0.0)


def test_lists_look_alikes_and_another_class_are_findings(web):
    WatchedName.objects.create(name="Atelier Belle", created_at=NOW)
    ListedHost.objects.create(
        pattern="atelierbele.example", kind="coupon", source="our search", created_at=NOW
    )
    url = web.says("atelierbele.example", "/", SITES["coupon"])
    make_application(sites=[url])
    run(web)
    found = {one["kind"]: one for one in SiteAssessment.objects.get().findings}
    assert found["listed"]["list"] == "coupon"
    assert found["lookalike"]["level"] == "L3"
    assert (found["other_class"]["declared"], found["other_class"]["suggested"]) == (
        "content", "coupon"
    )  # fmt: skip


def test_a_site_that_moved_says_where_to(web):
    web.says("new.example", "/", BLOG)
    url = web.says("blog.example", "/", to=web.url("new.example"))
    make_application(sites=[url])
    run(web)
    assert SiteAssessment.objects.get().findings == [
        {"kind": "moved", "to": web.url("new.example")}
    ]


def test_what_cannot_be_read_is_not_known_and_read_again_tomorrow(web):
    make_application(sites=["http://gone.example/"])
    run(web)
    found = SiteAssessment.objects.get()
    assert (found.site_class, found.features["is_read"]) == ("unknown", False)
    assert found.findings[0]["kind"] == "unread"
    assert list(due(NOW + DAY - timedelta(minutes=1))) == []
    assert len(list(due(NOW + DAY))) == 1


def test_a_page_that_breaks_us_holds_up_nobody(web, monkeypatch):
    blog(web)

    def breaks(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(vetting, "suggest", breaks)
    assert run(web) == 1
    assert SiteAssessment.objects.get().features == {"is_read": False}


def declared(web, affiliate=None):
    url = web.says("blog.example", "/", BLOG)
    affiliate = affiliate or make_affiliate()
    Property.objects.create(affiliate=affiliate, url=url, declared_at=NOW)
    return affiliate


def test_sites_are_read_again_after_ninety_days_and_the_former_reading_stays(web):
    affiliate = declared(web)
    run(web)
    assert run(web, NOW + 89 * DAY) == 0
    assert run(web, NOW + 90 * DAY) == 1
    assert list(SiteAssessment.objects.order_by("pk").values_list("is_current", flat=True)) == [
        False, True
    ]  # fmt: skip
    assert {one.affiliate for one in SiteAssessment.objects.all()} == {affiliate}


def test_traffic_from_undeclared_hosts_has_the_sites_read_again(web):
    affiliate = declared(web)
    run(web)
    Observation.objects.create(
        affiliate=affiliate, code="undeclared_site", version=1, family="domain",
        severity="review", first_seen_at=NOW + DAY, last_seen_at=NOW + DAY,
    )  # fmt: skip
    assert run(web, NOW + 2 * DAY) == 1
    assert run(web, NOW + 3 * DAY) == 0


def test_closed_accounts_and_decided_applications_are_not_read(web):
    declared(web, make_affiliate(status="closed"))
    assert list(due(NOW)) == []


def test_a_manager_may_have_sites_read_again_but_not_all_the_time(web):
    affiliate, sam = declared(web), make_user()
    run(web)
    with pytest.raises(ReadLately):
        read_again(affiliate_id=affiliate.pk, actor_id=sam.pk, now=NOW)
    later = NOW + timedelta(hours=1)
    assert read_again(affiliate_id=affiliate.pk, actor_id=sam.pk, now=later) == 1
    assert run(web, later) == 1


def test_one_site_of_two_owners_is_assessed_for_each(web):
    declared(web)
    declared(web)
    assert run(web) == 2
    assert SiteAssessment.objects.filter(is_current=True).count() == 2


def test_an_assessment_by_hand_returns_what_was_kept(web):
    affiliate = declared(web)
    url = affiliate.properties.get().url
    site = Site(url, affiliate.kind, affiliate_id=affiliate.pk)
    assert assess(site, now=NOW, using=web.fetcher) == SiteAssessment.objects.get()
