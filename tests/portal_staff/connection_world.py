"""A shop connected with a platform, with one of everything that its page shows; and its doors."""

from datetime import timedelta

from shop.models import (
    CustomerRequest,
    Difference,
    DroppedFile,
    InboundEvent,
    SyncRun,
    WebhookSecret,
)
from shop.services import connections
from tests.builders import NOW, make_product, make_shop, make_user

CONNECTION_POSTS = {
    "connection-secret", "connection-retire", "connection-check", "connection-ask",
    "connection-replay", "connection-pause", "connection-resume", "connection-explain",
    "connection-disclose", "connection-try", "connection-file-again", "category-map",
}  # fmt: skip
CONNECTION_FORMS = {"connection-new", "connection-edit"}


def make_connection(
    code="maison-web",
    *,
    platform="woocommerce",
    shop=None,
    entered=None,
    address="https://shop.invalid",
):
    """A connection with a platform whose API is at a place that nobody reaches."""
    return connections.connect(
        shop_id=(shop or make_shop()).pk,
        code=code,
        connector_name=platform,
        name="Maison's web shop",
        address=address,
        entered=entered or {"consumer_key": "ck_1", "consumer_secret": "cs_1"},
        actor=None,
        now=NOW,
    )


def make_secret(connection):
    return WebhookSecret.objects.create(
        shop=connection.shop, connection=connection, secret="kept", created_at=NOW
    )


def make_failed(connection, **overrides):
    fields = {
        "shop": connection.shop, "connection": connection, "connector": connection.connector,
        "topic": "order.updated", "event_id": "evt-9", "subject": "1001", "received_at": NOW,
        "body": b"{", "sha256": "0" * 64, "status": "failed", "status_changed_at": NOW,
        "error": "The order has no lines.",
        "reasons": [{"about": "", "template": "The order has no lines.", "facts": {}}],
        **overrides,
    }  # fmt: skip
    return InboundEvent.objects.create(**fields)


def make_difference(connection, **overrides):
    run = SyncRun.objects.create(
        connection=connection, kind="orders", until=NOW, started_at=NOW, finished_at=NOW,
        pages=3, seen=250, differing=1, theirs_minor=1_250_000, ours_minor=1_240_000,
    )  # fmt: skip
    return Difference.objects.create(
        run=run, connection=connection, order_external_id="1001", kind="lines",
        **{"theirs": "1 x SCARF", "found_at": NOW, **overrides},
    )  # fmt: skip


def make_request(connection, kind="disclosure", **overrides):
    return CustomerRequest.objects.create(
        connection=connection, kind=kind, external_id=f"{kind}-1", customer_ref="c" * 64,
        asked_at=NOW, received_at=NOW, due_at=NOW + timedelta(days=30), **overrides,
    )  # fmt: skip


def make_drop(code="till"):
    """A drop that is no folder of this machine: what was read is there, and nothing can be."""
    return make_connection(code, platform="file_drop", entered={"folder": code}, address="")


def make_file(connection, name="sales.csv", **overrides):
    fields = {
        "size": 2_048, "seen_at": NOW, "sha256": "0" * 64, "read_at": NOW, "rows": 12, "orders": 9,
        "returns": 1, "refused_rows": 2,
        "refused": [[4, "1004", "no quantity"], [0, "1005", "The order has no lines."]],
        **overrides,
    }  # fmt: skip
    return DroppedFile.objects.create(connection=connection, name=name, **fields)


def connection_things():
    connection = make_connection()
    make_failed(connection)
    connections.begin_trial(connection_id=connection.pk, actor=make_user(), now=NOW)
    return (connection, make_secret(connection), make_difference(connection),
            make_request(connection))  # fmt: skip


def connection_arguments():
    """What the addresses are about: all of them by default, and those that name more."""
    connection, secret, difference, request = connection_things()
    drop = make_drop()
    file = [drop.pk, make_file(drop).pk]
    return [connection.pk], {
        "connection-files": [drop.pk],
        "connection-file-refused": file,
        "connection-file-again": file,
        "connection-choose": [],
        "category-map": [],
        "product-detail": [make_product(sku="DOOR").pk],
        "connection-new": ["woocommerce"],
        "connection-retire": [connection.pk, secret.pk],
        "connection-explain": [connection.pk, difference.pk],
        "connection-disclose": [connection.pk, request.pk],
    }


def connection_places():
    connection, secret, difference, request = connection_things()
    drop = make_drop()
    file = make_file(drop)
    make_file(drop, "waiting.csv", read_at=None, sha256="", rows=0, refused_rows=0, refused=[])
    return {
        "manage/connections/<int:pk>/files/": [f"manage/connections/{drop.pk}/files/"],
        "<int:file_pk>/": [f"{file.pk}/"],
        "manage/catalogue/<int:pk>/": [f"manage/catalogue/{make_product(sku='DOOR').pk}/"],
        "secrets/<int:secret_pk>/": [f"secrets/{secret.pk}/"],
        "differences/<int:difference_pk>/": [f"differences/{difference.pk}/"],
        "requests/<int:request_pk>/": [f"requests/{request.pk}/"],
        "manage/connections/<int:pk>/": [
            f"manage/connections/{one.pk}/" for one in (connection, drop)
        ],
        "manage/connections/new/<slug:name>/": [
            f"manage/connections/new/{name}/" for name in ("woocommerce", "shopify")
        ],
    }
