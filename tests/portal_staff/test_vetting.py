"""Vetting for managers: policy lists, what was read of a site, proofs and duplicates."""

import pytest
from django.urls import reverse

from affiliates.models import Property
from fraud.models import ListedHost, Redirector, SiteAssessment, SiteProof, Snapshot
from fraud.services import proofs
from tests.builders import NOW, make_affiliate, make_user
from tests.portal_staff.world import make_application

pytestmark = pytest.mark.django_db
LISTS = "/manage/policy-lists/"


def assessed(owner, url, **said):
    """An assessment of a promo code site, with two pages."""
    assessment = SiteAssessment.objects.create(
        url=url,
        site_class="coupon",
        version=1,
        features={
            "counts": {"pages": 1, "words": 300, "reveal_words": 12, "links_coupon": 2},
            "weights": {"coupon": [["reveal_words", 12, 40], ["sites_linked", 12, 20]]},
            "is_read": True,
        },
        findings=[
            {"kind": "listed", "list": "coupon", "pattern": "carnet.example", "source": "Press"},
            {"kind": "lookalike", "host": "carnet.example", "name": "Carnet", "level": "L1"},
            {"kind": "other_class", "declared": "content", "suggested": "coupon"},
            {"kind": "moved", "to": "https://new.example/"},
            {"kind": "unread", "error": "answered 404"},
        ],
        assessed_at=NOW,
        **owner,
        **said,
    )
    page = Snapshot.objects.create(
        asked_url=url, final_url=url, status=200, title="<b>Codes</b>", fetched_at=NOW,
        text="First line\n<script>alert(1)</script>",
        hops=[{"url": url, "status": 200, "location": "", "error": ""}],
    )  # fmt: skip
    assessment.snapshots.add(page)
    return page


def test_the_page_of_an_application_shows_what_its_site_seems_to_be(sam):
    application = make_application()
    page = assessed({"application": application}, application.sites[0])
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
    page = assessed({"affiliate": make_affiliate()}, "https://carnet.example/")
    shown = sam.get(f"/manage/snapshots/{page.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown


def test_the_sites_of_an_affiliate_are_a_tab(sam):
    affiliate = make_affiliate()
    Property.objects.create(affiliate=affiliate, url="https://carnet.example/", declared_at=NOW)
    assessed({"affiliate": affiliate}, "https://carnet.example/")
    Redirector.objects.create(
        affiliate=affiliate, url="https://go.example/x", host="go.example", declared_at=NOW,
        checked_at=NOW, failure="It leads to another site.",
    )  # fmt: skip
    shown = sam.get(f"/manage/affiliates/{affiliate.public_id}/?tab=sites").content.decode()
    assert "https://go.example/x" in shown
    assert "It leads to another site." in shown
    assert "What led to it" in shown


def test_a_manager_has_the_sites_read_again_and_the_journal_says_so(sam):
    application = make_application()
    assessed({"application": application}, application.sites[0])
    sam.post(f"/manage/applications/{application.public_id}/read-again/")
    assert SiteAssessment.objects.get().is_current  # A few minutes ago: refused.
    SiteAssessment.objects.update(assessed_at=NOW.replace(hour=1))
    answer = sam.post(
        f"/manage/applications/{application.public_id}/read-again/", follow=True
    ).content.decode()
    assert not SiteAssessment.objects.get().is_current
    assert "Sites read again" in answer


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
