"""The superuser's pages are listed here: another one is a decision, not an accident."""

from collections import defaultdict

import pytest
from django.contrib import admin

from tests.builders import make_user

ALLOWED = {
    "affiliates": {"affiliate", "application", "group", "groupmove", "payee", "terms"},
    "fraud": {"case", "screening"},
    "payouts": {
        "account", "adjustment", "adjustmentproposal", "batch", "batchfile", "claim", "commission",
        "debtoraccount", "item", "meter", "refundruling", "statement", "tierreached", "transfer",
    },
    "shop": {"inboundevent", "order", "product", "return", "shop", "webhooksecret"},
    "tracking": {"attribution", "couponcode", "credit", "link"},
}  # fmt: skip
IDENTITY = ["account/emailaddress", "mfa/authenticator", "usersessions/usersession", "auth/group"]


def test_only_what_is_listed_has_pages():
    found = defaultdict(set)
    for model in admin.site._registry:
        found[model._meta.app_label].add(model._meta.model_name)
    assert found == ALLOWED


@pytest.mark.django_db
@pytest.mark.parametrize("path", IDENTITY)
def test_a_superuser_cannot_write_who_somebody_is(client, path):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    for page in ("", "add/", "1/change/"):
        assert client.get(f"/admin/{path}/{page}").status_code == 404
