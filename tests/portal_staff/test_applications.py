from datetime import timedelta

import pytest
from django.urls import reverse

from affiliates.models import Affiliate, ApplicationStatus
from core.models import AuditEntry, Delivery
from tests.builders import NOW, make_affiliate, make_group, make_shop, make_user
from tests.people import make_sam
from tests.portal_staff.world import make_application
from tracking.models import CouponCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    return client


def detail(application):
    return reverse("portal:application-detail", args=[application.public_id])


def act(client, verb, application, **fields):
    url = reverse(f"portal:application-{verb}", args=[application.public_id])
    return client.post(url, fields)


def test_the_queue_shows_who_waits_and_says_when_it_is_late(manager):
    make_application(name="Late", now=NOW - timedelta(days=400))

    page = manager.get(reverse("portal:application-list"), headers={"accept-language": "en"})

    assert b"Late" in page.content
    assert b"badge--danger" in page.content


def test_an_empty_queue_says_where_applications_come_from(manager):
    page = manager.get(reverse("portal:application-list"), headers={"accept-language": "en"})

    assert b"They come in from the public programme page." in page.content


def test_accepting_makes_the_account_and_its_first_code_and_opens_the_next(manager):
    make_shop()
    first, second = make_application(), make_application(name="Second")

    answer = act(manager, "approve", first, group=make_group().pk, message="Welcome!")

    assert answer["Location"] == detail(second)
    first.refresh_from_db()
    assert first.status == ApplicationStatus.APPROVED
    assert CouponCode.objects.filter(affiliate=first.affiliate).count() == 1
    assert "Welcome!" in Delivery.objects.get(key__endswith="approved").body


def test_accepting_without_a_group_changes_nothing_and_says_so(manager):
    application = make_application()

    answer = manager.post(
        reverse("portal:application-approve", args=[application.public_id]),
        headers={"accept-language": "en"},
    )

    assert answer.status_code == 422
    assert b"Choose a group" in answer.content
    assert not Affiliate.objects.exists()


def test_refusing_tells_the_applicant_what_was_written(manager):
    application = make_application()

    answer = act(manager, "reject", application, reason="Your pages are empty.")

    assert answer["Location"] == reverse("portal:application-list")
    application.refresh_from_db()
    assert (application.status, application.reason) == ("rejected", "Your pages are empty.")
    assert "Your pages are empty." in Delivery.objects.get(key__endswith="refused").body


def test_a_refusal_needs_its_words(manager):
    application = make_application()

    assert act(manager, "reject", application, reason=" ").status_code == 422
    application.refresh_from_db()
    assert application.status == ApplicationStatus.SUBMITTED


def test_a_common_reason_fills_the_text(manager):
    application = make_application()

    page = manager.get(detail(application) + "?reason=method", headers={"accept-language": "en"})

    assert b"does not work with promo code sites" in page.content


def test_starting_the_review_is_seen_by_colleagues(manager):
    application = make_application()

    act(manager, "review", application)

    application.refresh_from_db()
    assert application.status == ApplicationStatus.UNDER_REVIEW
    assert AuditEntry.objects.filter(verb="application.review_started").count() == 1


def test_a_decided_application_is_not_decided_again(manager):
    application = make_application()
    act(manager, "reject", application, reason="No.")

    answer = act(manager, "approve", application, group=make_group().pk)

    assert answer.status_code == 422
    application.refresh_from_db()
    assert application.status == ApplicationStatus.REJECTED


def test_neighbours_are_found_by_mail_domain_and_by_site(manager):
    make_affiliate(user=make_user(email="other@carnet.example"), name="Same mail")
    twin = make_affiliate(name="Same site")
    twin.properties.create(url="https://www.carnet.example/blog", declared_at=NOW)
    application = make_application(user=make_user(email="ada@carnet.example"))

    page = manager.get(detail(application))

    assert b"Same mail" in page.content
    assert b"Same site" in page.content


def test_public_mail_services_make_nobody_a_neighbour(manager):
    make_affiliate(user=make_user(email="other@gmail.com"), name="Somebody else")
    application = make_application(user=make_user(email="ada@gmail.com"))

    assert b"Somebody else" not in manager.get(detail(application)).content


def test_staff_read_the_names_of_countries(manager):
    application = make_application(country="BE")

    for address in (reverse("portal:application-list"), detail(application)):
        page = manager.get(address, headers={"accept-language": "en"}).content.decode()
        assert "Belgium" in page
        assert ">BE<" not in page
