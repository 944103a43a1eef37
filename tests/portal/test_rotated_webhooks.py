"""``bin/manage rotate_keys webhooks``: other secrets, each told once (docs/security.md)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from affiliates.domain.sending import OVERLAP
from affiliates.models import Endpoint
from core.models import AuditEntry
from shop.models import Connection, WebhookSecret
from shop.services import secrets
from tests.affiliates.hook_world import make_endpoint, make_own_endpoint
from tests.builders import NOW, make_shop

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(LATER, tick=False)


@pytest.fixture
def shop():
    shop = make_shop()
    secrets.issue(shop_id=shop.pk, actor=None, now=NOW)
    return shop


def rotated(*options):
    """What the command says, line by line."""
    said = StringIO()
    call_command("rotate_keys", "webhooks", *options, stdout=said)
    return said.getvalue().splitlines()


def active(shop):
    """The secrets that a shop may sign with, the oldest first."""
    rows = WebhookSecret.objects.filter(shop=shop, retired_at__isnull=True).order_by("pk")
    return [row.secret for row in rows]


def everything():
    """Whatever the command could change."""
    return (
        list(WebhookSecret.objects.order_by("pk").values_list("pk", "retired_at")),
        [(one.pk, one.secret, one.previous_until) for one in Endpoint.objects.order_by("pk")],
    )


def test_a_shop_has_a_second_secret_until_the_older_one_is_ended(shop):
    [before] = active(shop)

    [line] = rotated()
    new = line.removeprefix("Shop atelier: ")

    assert active(shop) == [before, new]
    assert rotated() == ["Shop atelier: two secrets are active; --retire ends one."]
    assert active(shop) == [before, new]
    assert rotated("--retire") == ["Shop atelier: the older secret is retired."]
    assert active(shop) == [new]
    assert rotated("--retire") == [f"Shop atelier: one secret, of {LATER:%Y-%m-%d}."]
    assert active(shop) == [new]


def test_the_trail_knows_of_it_and_holds_no_secret(shop):
    [line] = rotated()
    rotated("--retire")

    trail = AuditEntry.objects.filter(at=LATER).order_by("pk")
    assert [one.verb for one in trail] == ["webhook_secret.issued", "webhook_secret.retired"]
    assert {one.actor for one in trail} == {None}
    assert line.removeprefix("Shop atelier: ") not in str([one.data for one in trail])


@pytest.mark.parametrize("options", [["--dry-run"], ["--dry-run", "--retire"]])
def test_a_rehearsal_changes_nothing(shop, options):
    other = make_shop(code="other", name="Other")
    for _number in range(secrets.ACTIVE):
        secrets.issue(shop_id=other.pk, actor=None, now=NOW)
    make_own_endpoint()
    before = everything()

    said = rotated(*options)

    assert everything() == before
    assert said == [
        f"Shop atelier: one secret, of {NOW:%Y-%m-%d}.",
        "Shop other: two secrets are active; --retire ends one.",
        f"Webhook “Warehouse”: of {NOW - timedelta(days=1):%Y-%m-%d}.",
    ]


def test_secrets_of_platforms_and_shops_without_any_are_left_alone():
    shop = make_shop()
    connection = Connection.objects.create(
        shop=shop, connector="shopify", code="web", created_at=NOW
    )
    secrets.issue(shop_id=shop.pk, connection_id=connection.pk, actor=None, now=NOW)
    before = everything()

    assert rotated() == rotated("--retire") == []
    assert everything() == before


def test_a_webhook_of_the_programme_signs_with_both_for_a_day():
    endpoint = make_own_endpoint()
    before = endpoint.secret

    [line] = rotated()
    endpoint.refresh_from_db()

    assert line == f"Webhook “Warehouse”: {endpoint.secret}"
    assert endpoint.secrets_at(LATER) == [endpoint.secret, before]
    assert endpoint.secrets_at(LATER + OVERLAP) == [endpoint.secret]


def test_a_second_run_within_the_day_keeps_what_the_first_told(time_machine):
    endpoint = make_own_endpoint()
    rotated()
    told = everything()

    assert rotated() == ["Webhook “Warehouse”: changed already, both secrets sign."]
    assert everything() == told

    time_machine.move_to(LATER + OVERLAP, tick=False)
    [line] = rotated()
    endpoint.refresh_from_db()
    assert line == f"Webhook “Warehouse”: {endpoint.secret}"
    assert everything() != told


def test_retiring_is_for_shops_webhooks_end_their_older_secret_themselves():
    make_own_endpoint()
    before = everything()

    assert rotated("--retire") == [f"Webhook “Warehouse”: of {NOW - timedelta(days=1):%Y-%m-%d}."]
    assert everything() == before


def test_webhooks_of_affiliates_and_deleted_ones_are_left_alone():
    make_endpoint()
    Endpoint.objects.filter(pk=make_own_endpoint().pk).update(deleted_at=NOW)
    before = everything()

    assert rotated() == []
    assert everything() == before
