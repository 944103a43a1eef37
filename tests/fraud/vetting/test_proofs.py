"""Proofs of sites and redirectors of affiliates: rules V4, V5 and V14."""

from datetime import timedelta

import pytest

from affiliates.models import Property
from affiliates.services import sites
from affiliates.services.sites import SiteRefused
from core.models import AuditEntry
from fraud.models import ListedHost, Redirector, SiteProof
from fraud.services import proofs, redirectors, vetting
from fraud.services.proofs import FILE_PATH, CheckedJustNow, ProofRefused
from fraud.services.redirectors import FollowedJustNow, RedirectorRefused
from tests.builders import NOW, make_affiliate, make_link, make_shop, make_user
from tests.people import person_of
from tests.portal_staff.world import make_application

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def asked(url, method):
    affiliate = make_affiliate()
    Property.objects.create(affiliate=affiliate, url=url, declared_at=NOW)
    return proofs.ask(url=url, method=method, affiliate_id=affiliate.pk, now=NOW)


def checked(web, proof, now=NOW):
    return proofs.check(proof_id=proof.pk, now=now, using=web.fetcher)


def test_the_same_site_and_way_have_one_token_and_an_applicant_has_too():
    application = make_application()
    ask = {"url": application.sites[0], "application_id": application.pk, "now": NOW}
    first = proofs.ask(method="dns_txt", **ask)
    assert proofs.ask(method="dns_txt", **ask) == first
    assert proofs.ask(method="file", **ask).token != first.token
    with pytest.raises(ProofRefused):
        proofs.ask(method="dns_txt", **{**ask, "url": "https://else.example/"})
    with pytest.raises(ProofRefused):
        proofs.ask(method="smoke", **ask)


def test_a_record_in_the_dns_proves_the_domain_and_its_host(web):
    proof = asked("https://www.blog.site.example/x", "dns_txt")
    assert proofs.names_of(proof) == ["blog.site.example", "site.example"]
    assert checked(web, proof).failure == proofs.UNREACHABLE
    web.texts |= {"blog.site.example": [], "site.example": ["v=spf1", "apport-site"]}
    assert checked(web, proof, NOW + MINUTE).failure == proofs.NOT_FOUND["dns_txt"]
    web.texts["site.example"].append(proofs.record_of(proof))
    found = checked(web, proof, NOW + 2 * MINUTE)
    assert (found.verified_at, found.failure) == (NOW + 2 * MINUTE, "")
    assert AuditEntry.objects.get(verb="site_proof.verified").data["method"] == "dns_txt"


def test_the_domain_of_a_host_of_guests_proves_nothing_of_a_guest():
    ListedHost.objects.create(pattern="host.example", kind="shared", source="s", created_at=NOW)
    assert proofs.names_of(asked("https://me.host.example/", "dns_txt")) == ["me.host.example"]


def test_a_tag_in_the_head_proves_the_page_and_one_in_a_comment_does_not(web):
    url = web.url("blog.example", "/me")
    proof = asked(url, "meta_tag")
    tag = proofs.tag_of(proof)
    web.says("blog.example", "/me", f"<html><body><p>Comments</p>{tag}")
    assert checked(web, proof).failure == proofs.NOT_FOUND["meta_tag"]
    web.says("blog.example", "/me", f"<html><head><!-- {tag} --></head><p>x")
    assert checked(web, proof, NOW + MINUTE).verified_at is None
    web.says("blog.example", "/me", f"<html><head>{tag}</head><p>x")
    assert checked(web, proof, NOW + 2 * MINUTE).verified_at == NOW + 2 * MINUTE


def test_a_page_that_leads_to_another_site_proves_nothing(web):
    proof = asked(web.url("blog.example"), "meta_tag")
    web.says("else.example", "/", f"<head>{proofs.tag_of(proof)}</head>")
    web.says("blog.example", "/", to=web.url("else.example"))
    assert checked(web, proof).failure == proofs.ELSEWHERE


@pytest.mark.parametrize(
    ("body", "is_good"), [("{token}\n", True), ("x {token}", False), ("<p>{token}", False)]
)
def test_a_file_with_nothing_but_the_token_proves_the_site(web, body, is_good):
    proof = asked(web.url("blog.example", "/deep/page"), "file")
    web.says("blog.example", FILE_PATH, body.format(token=proof.token), kind="text/plain")
    assert (checked(web, proof).verified_at is not None) is is_good


def test_nobody_checks_all_the_time(web):
    proof = asked(web.url("blog.example"), "file")
    checked(web, proof)
    with pytest.raises(CheckedJustNow):
        checked(web, proof, NOW + timedelta(seconds=29))
    checked(web, proof, NOW + timedelta(seconds=30))


def test_proofs_are_looked_at_again_every_month_and_can_be_lost(web):
    proof = asked(web.url("blog.example"), "file")
    web.says("blog.example", FILE_PATH, proof.token)
    checked(web, proof)

    def again(days):
        number = proofs.check_due(now=NOW + days * DAY, most=10, using=web.fetcher)
        proof.refresh_from_db()
        return number, proof.verified_at is not None

    assert again(29) == (0, True)
    web.says("blog.example", FILE_PATH, "", status=503)
    assert again(30) == (1, True)  # A machine that is ill takes nothing away.
    web.says("blog.example", FILE_PATH, "", status=404)
    assert again(60) == (1, False)
    assert AuditEntry.objects.filter(verb="site_proof.lost").count() == 1
    assert again(120) == (0, False)


def test_a_code_in_a_profile_is_confirmed_by_somebody_else_of_the_team(web):
    proof, sam = asked("https://social.example/me", "bio_code"), make_user()
    with pytest.raises(ProofRefused):
        checked(web, proof)
    owner = person_of(proof.affiliate)
    with pytest.raises(ProofRefused):
        proofs.confirm(proof_id=proof.pk, is_there=True, actor_id=owner.pk, now=NOW)
    found = proofs.confirm(proof_id=proof.pk, is_there=True, actor_id=sam.pk, now=NOW)
    assert (found.verified_at, found.verified_by) == (NOW, sam)
    found = proofs.confirm(proof_id=proof.pk, is_there=False, actor_id=sam.pk, now=NOW)
    assert (found.verified_at, found.failure) == (None, proofs.NOT_FOUND["bio_code"])
    other = asked("https://blog.example/", "file")
    with pytest.raises(ProofRefused):
        proofs.confirm(proof_id=other.pk, is_there=True, actor_id=sam.pk, now=NOW)


def test_another_site_is_declared_once():
    affiliate = make_affiliate()
    declare = {"affiliate_id": affiliate.pk, "actor_id": make_user().pk, "now": NOW}
    first = sites.declare(url=" https://new.example/ ", **declare)
    assert sites.declare(url="https://new.example/", **declare) == first
    for wrong in ("new.example", "ftp://new.example", "https://new", "https://[", "https://a.b\0"):
        with pytest.raises(SiteRefused):
            sites.declare(url=wrong, **declare)
    assert affiliate.properties.count() == 1


def test_a_site_is_taken_back_its_row_stays_and_declared_again_it_stands():
    affiliate, actor = make_affiliate(), make_user()
    declare = {"affiliate_id": affiliate.pk, "actor_id": actor.pk}
    site = sites.declare(url="https://new.example/", now=NOW, **declare)
    proofs.ask(url=site.url, method="file", affiliate_id=affiliate.pk, now=NOW)
    for _again in range(2):
        sites.remove(property_id=site.pk, actor_id=actor.pk, now=NOW + DAY)
    site.refresh_from_db()
    assert (site.declared_at, site.removed_at) == (NOW, NOW + DAY)
    assert AuditEntry.objects.filter(verb="affiliate.property_removed").count() == 1
    assert [one.url for one in vetting.due(NOW + DAY)] == []
    with pytest.raises(ProofRefused):
        proofs.ask(url=site.url, method="meta_tag", affiliate_id=affiliate.pk, now=NOW)
    assert sites.declare(url="https://new.example/", now=NOW + 2 * DAY, **declare) == site
    assert [one.url for one in vetting.due(NOW + DAY)] == ["https://new.example/"]


def test_a_proof_of_a_site_taken_back_is_not_looked_at_again(web):
    url = web.says("blog.example", "/")
    proof = asked(url, "meta_tag")
    SiteProof.objects.update(verified_at=NOW, checked_at=NOW)
    Property.objects.update(removed_at=NOW)
    assert proofs.check_due(now=NOW + 31 * DAY, most=9, using=web.fetcher) == 0
    Property.objects.update(removed_at=None)
    assert proofs.check_due(now=NOW + 31 * DAY, most=9, using=web.fetcher) == 1
    proof.refresh_from_db()
    assert proof.failure == proofs.NOT_FOUND["meta_tag"]


def test_what_somebody_waits_for_is_checked_once_by_a_worker(web):
    url = web.says("blog.example", "/")
    proof = asked(url, "meta_tag")
    for _again in range(2):
        proofs.check_soon(proof_id=proof.pk, now=NOW)
    assert proofs.check_asked(now=NOW, most=9, using=web.fetcher) == 1
    assert proofs.check_asked(now=NOW, most=9, using=web.fetcher) == 0
    proof.refresh_from_db()
    assert (proof.checked_at, proof.check_asked_at) == (NOW, None)
    with pytest.raises(CheckedJustNow):
        proofs.check_soon(proof_id=proof.pk, now=NOW)
    bio = asked("https://social.example/me", "bio_code")
    with pytest.raises(ProofRefused):
        proofs.check_soon(proof_id=bio.pk, now=NOW)


def test_a_check_that_a_lost_worker_had_begun_is_done_later(web):
    proof = asked(web.says("blog.example", "/"), "meta_tag")
    proofs.check_soon(proof_id=proof.pk, now=NOW)
    SiteProof.objects.update(checked_at=NOW)  # Claimed, and then the worker was lost.
    assert proofs.check_asked(now=NOW, most=9, using=web.fetcher) == 0
    assert proofs.check_asked(now=NOW + MINUTE, most=9, using=web.fetcher) == 1


def test_a_redirector_is_followed_by_a_worker_once_it_is_declared(web):
    make_shop()
    link = make_link()
    web.says("go.example", "/", to=f"https://shop.example/c/{link.code}")
    row = declared(web.url("go.example"), link.affiliate)
    assert (row.check_asked_at, row.checked_at) == (NOW, None)
    assert redirectors.check_asked(now=NOW, most=9, using=web.fetcher) == 1
    row.refresh_from_db()
    assert (row.verified_at, row.check_asked_at) == (NOW, None)
    with pytest.raises(FollowedJustNow):
        redirectors.check_soon(redirector_id=row.pk, now=NOW)


def declared(url, affiliate=None):
    affiliate = affiliate or make_affiliate()
    return redirectors.declare(affiliate_id=affiliate.pk, url=url, actor_id=make_user().pk, now=NOW)


def followed(web, row, now=NOW):
    return redirectors.check(redirector_id=row.pk, now=now, using=web.fetcher)


@pytest.mark.parametrize("how", ["redirect", "script", "meta"])
def test_a_redirector_is_verified_by_where_it_ends_and_our_link_is_not_asked(web, how):
    make_shop()
    link = make_link()
    target = f"https://shop.example/c/{link.code}"
    go = web.url("go.example", "/shop")
    if how == "redirect":
        web.says("go.example", "/shop", to=web.url("go.example", "/2"))
        web.says("go.example", "/2", to=target)
    else:
        page = {
            "script": f"<script>location.href='{target}'</script>",
            "meta": f"<meta http-equiv=refresh content='0;url={target}'>",
        }[how]
        web.says("go.example", "/shop", page)
    row = followed(web, declared(go, link.affiliate))
    assert (row.verified_at, row.failure) == (NOW, "")
    assert row.snapshot.hops[-1]["url"] == target
    assert not [host for host, _path in web.asked if host == "shop.example"]


@pytest.mark.parametrize(
    ("target", "failure"),
    [
        ("https://shop.example/c/{other}", redirectors.TO_OTHERS),
        ("https://shop.example/c/nobodys", redirectors.TO_NOBODY),
        ("https://shop.example/", redirectors.TO_NOBODY),
        ("{elsewhere}", redirectors.TO_ELSEWHERE),
        ("", redirectors.TO_PAGE),
    ],
)
def test_a_redirector_that_leads_elsewhere_says_where(web, target, failure):
    make_shop()
    elsewhere = web.says("else.example", "/", "<p>" + "Here is a page. " * 30)
    to = target.format(other=make_link().code, elsewhere=elsewhere)
    web.says("go.example", "/", "<p>" + "Nothing forwards here. " * 20, to=to)
    row = followed(web, declared(web.url("go.example")))
    assert (row.verified_at, row.failure) == (None, failure)


def test_a_redirector_that_is_silent_keeps_what_it_had(web):
    make_shop()
    link = make_link()
    web.says("go.example", "/", to=f"https://shop.example/c/{link.code}")
    row = followed(web, declared(web.url("go.example"), link.affiliate))
    web.hosts.clear()
    with pytest.raises(FollowedJustNow):
        followed(web, row)
    assert redirectors.check_due(now=NOW + 30 * DAY, most=9, using=web.fetcher) == 1
    row.refresh_from_db()
    assert (row.verified_at, row.failure) == (NOW, redirectors.UNANSWERED)
    web.says("go.example", "/", "<p>Parked")
    row = followed(web, row, NOW + 31 * DAY)
    assert row.verified_at is None
    assert AuditEntry.objects.filter(verb="redirector.lost").count() == 1


def test_what_cannot_be_declared_is_refused_and_what_is_removed_can_be_declared_again():
    make_shop()
    affiliate = make_affiliate()
    for wrong in ("go.example", "https://shop.example/x", "https://x", "https://" + "a" * 300):
        with pytest.raises(RedirectorRefused):
            declared(wrong, affiliate)
    first = declared("https://go.example/", affiliate)
    assert declared("https://go.example/", affiliate) == first
    for _ in range(2):
        redirectors.remove(redirector_id=first.pk, actor_id=make_user().pk, now=NOW)
    assert declared("https://go.example/", affiliate) != first
    assert Redirector.objects.filter(removed_at__isnull=True).count() == 1
    assert SiteProof.objects.count() == 0
