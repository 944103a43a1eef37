"""Vetting for managers: policy lists, what was read of a site, proofs and duplicates."""

import pytest
from django.urls import reverse

from core.models import AuditEntry
from fraud.models import ListedHost, SiteAssessment, SiteProof
from fraud.services import proofs
from tests.builders import NOW, make_affiliate, make_user
from tests.portal_staff.vetting_world import make_assessment, make_vetted
from tests.portal_staff.world import make_application

pytestmark = pytest.mark.django_db
LISTS = "/manage/policy-lists/"


def test_the_page_of_an_application_shows_what_its_site_seems_to_be(sam):
    application = make_application()
    page = make_assessment(application.sites[0], application=application)
    twin = make_application(user=make_user(), name="Le Carnet bis")

    shown = sam.get(f"/manage/applications/{application.public_id}/").content.decode()

    for words in (
        "Promo codes", "Words such as “show the code”", "On the list “Promo codes”",
        "resembles the watched name “Carnet”", "it looks like “Promo codes”",
        "leads to another site: https://new.example/", "could not be read (answered 404)",
        "&lt;b&gt;Codes&lt;/b&gt;", f"/manage/snapshots/{page.pk}/", "Le Carnet bis", "Same site",
        "Nobody has proved yet",
    ):  # fmt: skip
        assert words in shown, words
    assert str(twin.public_id) in shown


def test_a_snapshot_is_shown_as_text_and_never_run(sam):
    page = make_assessment("https://carnet.example/", affiliate=make_affiliate())
    shown = sam.get(f"/manage/snapshots/{page.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown


def test_the_sites_of_an_affiliate_are_a_tab(sam):
    affiliate = make_affiliate()
    make_vetted(affiliate)
    shown = sam.get(f"/manage/affiliates/{affiliate.public_id}/?tab=sites").content.decode()
    assert "https://go.example/x" in shown
    assert "It leads to another site." in shown
    assert "What led to it" in shown


def test_a_manager_has_the_sites_read_again_and_the_journal_says_so(sam):
    application = make_application()
    make_assessment(application.sites[0], application=application)
    sam.post(f"/manage/applications/{application.public_id}/read-again/")
    assert SiteAssessment.objects.get().is_current  # A few minutes ago: refused.
    SiteAssessment.objects.update(assessed_at=NOW.replace(hour=1))
    sam.post(f"/manage/applications/{application.public_id}/read-again/")
    assert not SiteAssessment.objects.get().is_current
    assert AuditEntry.objects.filter(verb="vetting.read_again").count() == 1


@pytest.mark.parametrize(("found", "is_verified"), [("yes", True), ("no", False)])
def test_a_manager_says_whether_the_code_stands_in_the_profile(sam, found, is_verified):
    application = make_application()
    proof = proofs.ask(
        url=application.sites[0], method="bio_code", application_id=application.pk, now=NOW
    )
    page = sam.get(f"/manage/applications/{application.public_id}/").content.decode()
    assert proof.token in page
    answer = sam.post(f"/manage/site-proofs/{proof.pk}/confirm/", {"found": found})
    assert answer["Location"].endswith("#vetting")
    proof = SiteProof.objects.get()
    assert (proof.verified_at is not None, proof.checked_at) == (is_verified, NOW)


def test_the_lists_are_filtered_and_searched(sam):
    ListedHost.objects.all().delete()
    for host, kind in (("a.example", "coupon"), ("b.example", "cashback")):
        ListedHost.objects.create(pattern=host, kind=kind, source="Press", created_at=NOW)
    ListedHost.objects.create(
        pattern="c.example", kind="coupon", source="Press", created_at=NOW, removed_at=NOW,
        removed_by=make_user(),
    )  # fmt: skip

    def hosts(query):
        page = sam.get(LISTS + query).content.decode()
        return [host for host in ("a.example", "b.example", "c.example") if host in page]

    assert hosts("") == ["a.example", "b.example"]
    assert hosts("?kind=coupon") == ["a.example"]
    assert hosts("?state=removed") == ["c.example"]
    assert hosts("?q=b.ex") == ["b.example"]
    assert "Nothing matches" in sam.get(f"{LISTS}?q=zzz").content.decode()


def test_a_host_is_listed_and_taken_off_with_a_reason(sam):
    content = {"pattern": "WWW.Deals.example", "kind": "coupon", "source": "My own look"}
    assert sam.post(f"{LISTS}new/", {**content, "source": ""}).status_code == 422
    assert sam.post(f"{LISTS}new/", {**content, "pattern": "*"}).status_code == 422
    page = sam.post(f"{LISTS}new/", content, follow=True).content.decode()
    row = ListedHost.objects.get(pattern="deals.example")
    assert "My own look" in page
    remove = reverse("portal:listed-host-remove", args=[row.pk])
    assert sam.post(remove, {"reason": ""}).status_code == 422
    sam.post(remove, {"reason": "It closed"})
    row.refresh_from_db()
    assert row.removed_at == NOW
    page = sam.get(reverse("portal:listed-host-detail", args=[row.pk])).content.decode()
    assert "It closed" in page
    assert "Take off" not in page


def test_a_file_is_shown_first_and_then_brought_in(sam):
    lines = "pattern;kind;source\ndeals.example;coupon;Press\n*;coupon;Press\n"
    page = sam.post(f"{LISTS}import/", {"lines": lines}).content.decode()
    assert "Nothing can be listed yet" in page
    good = lines.replace("*;coupon;Press\n", "")
    page = sam.post(f"{LISTS}import/", {"lines": good}).content.decode()
    assert "List 1 host" in page
    assert not ListedHost.objects.filter(pattern="deals.example").exists()
    sam.post(f"{LISTS}import/", {"lines": good, "act": "list"})
    assert ListedHost.objects.filter(pattern="deals.example").exists()
    assert sam.post(f"{LISTS}import/", {"lines": "x"}).status_code == 422


def test_a_site_that_was_taken_back_is_shown_as_such(sam):
    affiliate = make_affiliate()
    make_vetted(affiliate)
    address = f"/manage/affiliates/{affiliate.public_id}/?tab=sites"
    assert "Taken back" not in sam.get(address).content.decode()
    affiliate.properties.update(removed_at=NOW)
    shown = sam.get(address).content.decode()
    assert "Taken back" in shown
    assert "it explains the visits before" in shown
