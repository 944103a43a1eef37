"""Every address outside the staff's, with its things, asked by whose they are and by another
partner. Whom each lets in at all is asked in tests/access."""

import pytest
from django.urls import reverse

from portal import access_table, staff_urls, urls
from portal.access import Role, roles_of
from tests.builders import make_link, make_user
from tests.fraud.case_world import make_case_file
from tests.payouts.invoice_stories import invoice_of
from tests.people import make_fin, make_sam
from tests.portal.look_world import LOOK_DOORS
from tests.portal.partner_world import partner_addresses
from tests.portal.report_places import (
    OWN,
    REPORT_POSTS,
    report_addresses,
)
from tests.portal.resource_world import RESOURCE_OWN, RESOURCE_PUBLIC, resource_addresses
from tests.portal.team_doors import TEAM_ANYBODY, TEAM_POSTS, TEAM_PUBLIC, team_addresses
from tests.portal.webhook_doors import WEBHOOK_POSTS, webhook_addresses
from tests.portal_staff.creator_doors import OWN_POSTS
from tests.portal_staff.privacy_doors import OWN_DATA
from tests.portal_staff.service_places import SERVICE_PUBLIC
from tracking.models import Link

pytestmark = pytest.mark.slow

#: Customers' photos are tried in tests/portal_staff/test_manager_looks.py.
CUSTOMERS = {"photo-send", "photo-sent", "photo-withdraw"}
PUBLIC = CUSTOMERS | TEAM_PUBLIC | SERVICE_PUBLIC | RESOURCE_PUBLIC | {
    "product-feed",  # Tried in tests/portal/test_products.py.
    "letters-stop", "notification-count",  # Tried in tests/portal/test_notification_pages.py.
    "event-schema", "schedule-stop", "stripe-webhook", "program", "dev-outbox", "dev-outbox-html",
    "styleguide", "styleguide-shell",
}  # fmt: skip
LINK_POSTS = {"link-archive", "link-restore", "link-duplicate"}
TERMS_POSTS = {"my-terms-accept", "my-terms-object", "my-offer-accept", "my-offer-decline"}
BRIEF_POSTS = {
    f"my-brief-{act}" for act in ("apply", "accept", "decline", "withdraw", "deliver", "ask")
}
POSTS = LINK_POSTS | TERMS_POSTS | TEAM_POSTS | {
    "api-key-revoke", "case-answer", "case-contest", "sanction-contest", "stripe-open",
    "apply-withdraw", "claim-reply", "claim-withdraw", "link-bulk", "code-withdraw", "demo-sign-in",
    "announcement-dismiss", "message-close", "notification-read", "preferences",
    "columns", "session-end",
    "beginning-put-away", "my-product-link", "product-feed-make", "product-feed-revoke",
    "site-declare", "proof-ask", "proof-check", "redirector-declare",
    "redirector-check", "redirector-remove", "site-remove", "apply-proof-ask", "apply-proof-check",
    "payee-tax-confirm", "payee-mandate-accept", "payee-mandate-end",
    "my-contract-sign", "my-contract-refuse", *BRIEF_POSTS, *WEBHOOK_POSTS,
    *(f"my-{name}" for name in REPORT_POSTS),
}  # fmt: skip
FOR_ANYBODY_SIGNED_IN = TEAM_ANYBODY | OWN_DATA | {
    "search", "search-found",  # Tried in tests/portal/test_search.py.
    "announcement", "notification", "notifications", "letter-choices-lead", "start", "apply",
    "apply-status",
    "apply-proof-watch",
}  # fmt: skip
#: Ada is no influencer: these doors are tried in tests/influencers/test_contract_pages.py,
#: and tests/portal/test_briefs.py,
INFLUENCERS = {"my-contract", "my-contract-pdf", "my-brief", "my-brief-proof"}
#: and those of creators in tests/influencers/test_creator_doors.py.
INFLUENCERS |= {"my-page", "my-standing", *OWN_POSTS}
#: Looks are tried in tests/portal/test_looks_pages.py.
INFLUENCERS |= LOOK_DOORS
#: Of one person alone: tests/portal/test_saved_view_pages.py and test_export_pages.py.
PERSONS = {f"my-{name}" for name in OWN - REPORT_POSTS} | RESOURCE_OWN
INFLUENCERS |= PERSONS


def addresses(world):
    """Every partner page, with the documents and the codes beside them."""
    invoice = invoice_of(world.payout)
    return (
        partner_addresses(world)
        | team_addresses()
        | webhook_addresses(world.ada)
        | resource_addresses(world.ada)
        | {
            **report_addresses(),
            "link-qr-svg": reverse("portal:link-qr-svg", args=[world.link.pk]),
            "link-qr-png": reverse("portal:link-qr-png", args=[world.link.pk]),
            "link-qr-pdf": reverse("portal:link-qr-pdf", args=[world.link.pk]),
            "link-qr-zip": f"{reverse('portal:link-qr-zip')}?selected={world.link.pk}",
            "site-watch": reverse("portal:site-watch"),
            "claim-proof": reverse("portal:claim-proof", args=[world.claim.public_id, 0]),
            "case-file": reverse(
                "portal:case-file", args=[world.case.public_id, make_case_file(world.case).pk]
            ),
            "payout-statement": reverse("portal:payout-statement", args=[world.payout.public_id]),
            "payout-invoice": reverse("portal:payout-invoice", args=[invoice.public_id]),
            "payout-year": reverse("portal:payout-year", args=[invoice.issued_on.year]),
            "payee-mandate-pdf": reverse("portal:payee-mandate-pdf"),
        }
    )


def test_every_address_is_asked_here_or_by_the_staffs_doors(world):
    """A new address without an entry in this file fails here."""
    staff = {route.name for route in staff_urls.urlpatterns}
    named = {route.name for route in urls.urlpatterns if getattr(route, "name", None)}
    asked = set(addresses(world)) | {"sale-detail", "stripe-forms", "stripe-back"}

    assert named - staff == (PUBLIC | POSTS | INFLUENCERS | FOR_ANYBODY_SIGNED_IN | (asked & named))


@pytest.mark.django_db
def test_a_visitor_who_applies_signs_up_first(client):
    assert client.get("/apply/")["Location"] == "/account/signup/?next=%2Fapply%2F"
    assert client.get("/apply/status/")["Location"].startswith("/account/login/")
    assert client.get("/start/")["Location"].startswith("/account/login/")
    assert client.post("/apply/withdraw/")["Location"].startswith("/account/login/")


def test_ada_enters_every_page_of_hers(ada, world):
    for address in addresses(world).values():
        assert ada.get(address).status_code == 200, address


@pytest.mark.django_db
@pytest.mark.parametrize("make_person", [make_sam, make_fin])
def test_staff_do_not_apply(sign_in, make_person):
    assert sign_in(make_person()).get("/apply/").status_code == 403


def test_another_partner_enters_the_lists_and_finds_nothing_of_adas(sign_in, world):
    browser = sign_in(world.people["mallory"])
    for name, address in addresses(world).items():
        parts = address.replace("?sale=", "/").split("/")
        is_somebodys = any(part.isdigit() or len(part) == 36 for part in parts)
        response = browser.get(address)
        assert response.status_code == (404 if is_somebodys else 200), name
        if not is_somebodys and not response.streaming:
            assert b"Spring letter" not in response.content, name


def test_nobody_archives_the_link_of_another(sign_in, world):
    browser = sign_in(world.people["mallory"])

    response = browser.post(f"/portal/links/{world.link.pk}/archive/")

    world.link.refresh_from_db()
    assert response.status_code == 404
    assert world.link.archived_at is None


@pytest.mark.parametrize("act", ["restore", "duplicate", "archive", "edit", "qr"])
def test_nobody_acts_on_the_link_of_another(sign_in, world, act):
    browser, before = sign_in(world.people["mallory"]), Link.objects.count()

    response = browser.post(f"/portal/links/{world.link.pk}/{act}/", {"label": "Mine"})

    world.link.refresh_from_db()
    assert response.status_code == 404
    assert (world.link.label, world.link.archived_at) == ("Spring letter", None)
    assert Link.objects.count() == before


@pytest.mark.parametrize("act", ["archive", "tag"])
def test_nobody_acts_on_many_links_of_others(sign_in, world, act):
    browser = sign_in(world.people["mallory"])

    browser.post("/portal/links/bulk/", {"act": act, "tag": "x", "selected": [world.link.pk]})

    world.link.refresh_from_db()
    assert (world.link.tags, world.link.archived_at) == ([], None)


def test_nobody_withdraws_the_request_of_another(sign_in, world):
    response = sign_in(world.people["mallory"]).post(
        f"/portal/codes/requests/{world.asked.pk}/withdraw/"
    )
    world.asked.refresh_from_db()
    assert (response.status_code, world.asked.status) == (404, "open")


def test_acts_are_not_done_by_following_a_link():
    """They are of POST alone, and every other method is refused: tests/access asks."""
    methods = {row.name: row.methods for row in access_table.pages()}

    for name in POSTS:
        assert methods[f"portal:{name}"] == ("POST",), name


@pytest.mark.parametrize(
    ("person", "page"),
    [("ada", "/portal/"), ("sam", "/manage/"), ("fin", "/finance/")],
)
def test_everybody_starts_where_their_work_is(sign_in, world, person, page):
    assert sign_in(world.people[person]).get("/start/")["Location"] == page


def test_a_newcomer_starts_with_the_application(sign_in, world):
    assert sign_in(make_user()).get("/start/")["Location"] == "/apply/"


def test_a_superuser_has_both_staff_roles_and_is_no_partner(world):
    boss = make_user(is_superuser=True)
    assert roles_of(boss) == {Role.MANAGER, Role.FINANCE}


def test_somebody_who_left_has_no_role(world):
    person = world.people["ada"]
    person.is_active = False
    assert roles_of(person) == frozenset()


def test_of_several_accounts_the_newest_open_one_acts(ada, world):
    person = world.people["ada"]
    make_link(world.mallory, label="Not hers")
    person.memberships.create(affiliate=world.mallory)

    assert b"Not hers" in ada.get("/portal/links/").content
    world.mallory.status = "closed"
    world.mallory.save()
    assert b"Spring letter" in ada.get("/portal/links/").content
