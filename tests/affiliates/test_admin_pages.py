"""The superuser's pages of affiliates, tracking and fraud open, and history cannot be changed."""

import pytest
from django.contrib import admin
from django.urls import reverse

from affiliates.models import Affiliate, Application, Group, Payee, Terms
from affiliates.services import applications
from fraud.models import Case, Screening
from tests.builders import IBAN, NOW, make_affiliate, make_case, make_code, make_payee, make_user
from tracking.models import Attribution, CouponCode, Credit, Link

pytestmark = pytest.mark.django_db

READ_ONLY = [Application, Payee, Terms, Link, CouponCode, Attribution, Credit, Screening, Case]


@pytest.fixture
def superuser(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    make_payee(make_affiliate())
    make_code()
    make_case()
    applications.submit(
        user_id=make_user().pk, name="Ada", kind="content", legal_form="company", country="FR",
        sites=["https://ada.example"], channels=[], methods=[], pitch="", now=NOW,
    )  # fmt: skip
    return client


def page(model, action, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


@pytest.mark.parametrize("model", [*READ_ONLY, Affiliate, Group])
def test_the_list_and_a_row_open(superuser, model):
    row = model.objects.first()
    listed = superuser.get(page(model, "changelist"), {"q": "a"} if has_search(model) else {})
    shown = superuser.get(page(model, "change", row.pk))
    assert (listed.status_code, shown.status_code) == (200, 200)
    assert IBAN not in shown.content.decode()


def has_search(model):
    return bool(admin.site.get_model_admin(model).search_fields)


@pytest.mark.parametrize("model", READ_ONLY)
def test_history_is_neither_added_changed_nor_deleted(superuser, model):
    row = model.objects.first()
    assert superuser.post(page(model, "change", row.pk), {}).status_code == 403
    assert superuser.get(page(model, "add")).status_code == 403
    assert superuser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
