"""The plain admin of the shop's facts: looked at, replayed, never typed."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from core.models import AuditEntry
from shop.models import InboundEvent, InboundStatus, WebhookSecret
from tests.builders import NOW, make_order, make_product, make_return, make_shop, make_user

pytestmark = pytest.mark.django_db

MODELS = ("shop", "webhooksecret", "inboundevent", "product", "order", "return")


@pytest.fixture
def superuser(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def make_event(**overrides):
    fields = {"connector": "generic", "topic": "unreadable", "event_id": "evt", "received_at": NOW,
              "body": b"{oops", "sha256": "0" * 64, "status_changed_at": NOW}  # fmt: skip
    return InboundEvent.objects.create(shop=make_shop(), **{**fields, **overrides})


def act(client, model, action, *rows):
    return client.post(
        reverse(f"admin:shop_{model}_changelist"),
        {"action": action, "_selected_action": [row.pk for row in rows]},
        follow=True,
    )


@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_every_row_opens(client, superuser, model):
    order = make_order(lines=[{"product": make_product()}])
    rows = {
        "shop": make_shop(),
        "webhooksecret": WebhookSecret.objects.create(shop=make_shop(), secret="s", created_at=NOW),
        "inboundevent": make_event(),
        "product": order.lines.get().product,
        "order": order,
        "return": make_return(order),
    }

    assert client.get(reverse(f"admin:shop_{model}_changelist")).status_code == 200
    page = client.get(reverse(f"admin:shop_{model}_change", args=[rows[model].pk]))
    assert page.status_code == 200
    deleted = client.post(reverse(f"admin:shop_{model}_delete", args=[rows[model].pk]))
    assert deleted.status_code == 403


def test_a_secret_is_shown_when_it_is_issued_and_never_again(client, superuser):
    page = act(client, "shop", "issue_secret", make_shop())

    row = WebhookSecret.objects.get()
    assert row.secret in page.content.decode()
    again = client.get(reverse("admin:shop_webhooksecret_change", args=[row.pk]))
    assert row.secret not in again.content.decode()

    act(client, "webhooksecret", "retire", row)
    row.refresh_from_db()
    assert row.retired_at is not None


def test_a_third_secret_is_refused(client, superuser):
    for _ in range(3):
        page = act(client, "shop", "issue_secret", make_shop())

    assert "Two secrets are active" in page.content.decode()
    assert WebhookSecret.objects.count() == 2


def test_only_failed_deliveries_are_processed_again(client, superuser):
    failed = make_event(status=InboundStatus.FAILED)
    done = make_event(event_id="other", status=InboundStatus.DONE)

    page = act(client, "inboundevent", "process_again", failed, done)

    failed.refresh_from_db()
    assert failed.status == InboundStatus.NEW
    assert "A done inboundevent cannot become new" in page.content.decode()


@pytest.mark.parametrize(
    ("model", "verb"),
    [
        ("inboundevent", "inbound.viewed"),
        ("product", "costs.viewed"),
        ("order", "order.costs_viewed"),
    ],
)
def test_each_look_at_bodies_and_costs_is_kept(client, superuser, model, verb):
    make = {"inboundevent": make_event, "product": make_product, "order": make_order}[model]
    row, other = make(), make_user(is_staff=True, is_superuser=True)
    page = reverse(f"admin:shop_{model}_change", args=[row.pk])

    for minutes, person in ((0, superuser), (5, superuser), (10, other), (61, superuser)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            client.force_login(person)
            assert client.get(page).status_code == 200
    client.get(reverse(f"admin:shop_{model}_changelist"))

    kept = AuditEntry.objects.filter(verb=verb, subject_id=str(row.pk))
    assert list(kept.order_by("pk").values_list("actor", flat=True)) == [
        superuser.pk,
        superuser.pk,
        other.pk,
        superuser.pk,
    ]
