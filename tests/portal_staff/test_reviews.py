import pytest
from django.urls import reverse

from core.models import AuditEntry
from shop.models import InboundStatus
from tests.people import make_sam
from tests.portal_staff.world import make_failed_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    return client


def test_a_failed_delivery_is_replayed(manager):
    event = make_failed_event()

    page = manager.get(reverse("portal:inbound-list"))
    manager.post(reverse("portal:inbound-replay", args=[event.pk]))

    assert b"The order came before with other lines." in page.content
    event.refresh_from_db()
    assert event.status != InboundStatus.DONE
    assert AuditEntry.objects.filter(verb="inbound.replayed").count() == 1
