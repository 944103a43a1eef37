import pytest
from django.urls import reverse

from core.models import AuditEntry
from fraud.models import CaseStatus
from shop.models import InboundStatus
from tests.people import make_sam
from tests.portal_staff.world import make_failed_event, make_held, make_open_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    return client


def act(client, verb, case, **fields):
    return client.post(reverse(f"portal:review-{verb}", args=[case.public_id]), fields)


def test_the_queue_names_what_was_seen_and_what_is_at_stake(manager):
    make_open_case()
    make_held()

    page = manager.get(reverse("portal:review-list"), headers={"accept-language": "en"})

    text = page.content.decode()
    assert "Own purchase" in text
    assert page.context["rows"][0].at_stake.minor == 1_000
    assert [row.commission.amount_minor for row in page.context["held"]] == [1_000]


def test_the_case_explains_itself_and_shows_what_the_affiliate_will_read(manager):
    case = make_open_case()

    page = manager.get(
        reverse("portal:review-detail", args=[case.public_id]),
        headers={"accept-language": "en"},
    ).content.decode()

    assert "The customer account has ordered before" in page
    assert "Invalid traffic." in page


@pytest.mark.parametrize(
    ("verb", "status"), [("confirm", CaseStatus.CONFIRMED), ("dismiss", CaseStatus.DISMISSED)]
)
def test_deciding_needs_a_reason_and_opens_the_next_case(manager, verb, status):
    first, second = make_open_case(), make_open_case()

    assert act(manager, verb, first, reason="").status_code == 422
    answer = act(manager, verb, first, reason="I called them.")

    assert answer["Location"] == reverse("portal:review-detail", args=[second.public_id])
    first.refresh_from_db()
    assert (first.status, first.reason) == (status, "I called them.")


def test_a_decided_case_stays_decided(manager):
    case = make_open_case()
    act(manager, "confirm", case, reason="Seen.")

    assert act(manager, "dismiss", case, reason="Not seen.").status_code == 422
    case.refresh_from_db()
    assert case.status == CaseStatus.CONFIRMED


def test_a_failed_delivery_is_replayed(manager):
    event = make_failed_event()

    page = manager.get(reverse("portal:inbound-list"))
    manager.post(reverse("portal:inbound-replay", args=[event.pk]))

    assert b"The order came before with other lines." in page.content
    event.refresh_from_db()
    assert event.status != InboundStatus.DONE
    assert AuditEntry.objects.filter(verb="inbound.replayed").count() == 1
