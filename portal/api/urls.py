"""Addresses of the API. A new resource is a module of its own, and its lines in ``RESOURCES``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from core.api import problem
from portal.api import (
    claims,
    clicks,
    codes,
    docs,
    links,
    looks,
    payouts,
    products,
    sales,
    staff_orders,
    staff_people,
    staff_work,
    terms,
    webhooks,
    whoami,
)

RESOURCES: list[URLPattern] = [
    path("key", whoami.OwnKey.as_view(), name="key"),
    # --- of affiliates ---
    path("links", links.LinkList.as_view(), name="links"),
    path("links/<slug:code>", links.LinkDetail.as_view(), name="link"),
    path("links/<slug:code>/archive", links.LinkArchive.as_view(), name="link-archive"),
    path("links/<slug:code>/restore", links.LinkRestore.as_view(), name="link-restore"),
    path("codes", codes.CodeList.as_view(), name="codes"),
    path("clicks", clicks.ClickSums.as_view(), name="clicks"),
    path("sales", sales.SaleList.as_view(), name="sales"),
    path("sales/<slug:reference>", sales.SaleDetail.as_view(), name="sale"),
    path("sales/<slug:reference>/commission", sales.SaleCommission.as_view(), name="commission"),
    path("payouts", payouts.PayoutList.as_view(), name="payouts"),
    path("payouts/<uuid:public_id>", payouts.PayoutDetail.as_view(), name="payout"),
    path("payouts/<uuid:public_id>/lines", payouts.PayoutLines.as_view(), name="payout-lines"),
    path(
        "payouts/<uuid:public_id>/statement.pdf",
        payouts.PayoutStatement.as_view(),
        name="payout-statement",
    ),
    path("products", products.ProductList.as_view(), name="products"),
    path("looks", looks.LookList.as_view(), name="looks"),
    path("looks/<uuid:public_id>", looks.LookDetail.as_view(), name="look"),
    path("terms", terms.TermsList.as_view(), name="terms-list"),
    path("terms/<int:pk>", terms.TermsDetail.as_view(), name="terms"),
    path("claims", claims.ClaimList.as_view(), name="claims"),
    path("claims/<uuid:public_id>", claims.ClaimDetail.as_view(), name="claim"),
    path("webhooks", webhooks.WebhookList.as_view(), name="webhooks"),
    path("webhooks/<uuid:public_id>", webhooks.WebhookDetail.as_view(), name="webhook"),
    *(
        path(f"webhooks/<uuid:public_id>/{name}", view.as_view(), name=f"webhook-{name}")
        for name, view in webhooks.ACTS.items()
    ),
    # --- of the team ---
    path("applications", staff_people.ApplicationList.as_view(), name="applications"),
    path(
        "applications/<uuid:public_id>",
        staff_people.ApplicationDetail.as_view(),
        name="application",
    ),
    path("affiliates", staff_people.AffiliateList.as_view(), name="affiliates"),
    path("affiliates/<uuid:public_id>", staff_people.AffiliateDetail.as_view(), name="affiliate"),
    path("orders", staff_orders.OrderList.as_view(), name="orders"),
    path("orders/<int:pk>", staff_orders.OrderDetail.as_view(), name="order"),
    path("cases", staff_work.CaseList.as_view(), name="cases"),
    path("cases/<uuid:public_id>", staff_work.CaseDetail.as_view(), name="case"),
    path("batches", staff_work.BatchList.as_view(), name="batches"),
    path("batches/<uuid:public_id>", staff_work.BatchDetail.as_view(), name="batch"),
    path("batches/<uuid:public_id>/payouts", staff_work.BatchItems.as_view(), name="batch-payouts"),
]


@csrf_exempt
def nothing(_request: HttpRequest, rest: str) -> HttpResponse:
    """Answer what is nowhere as the API answers, and not with a page."""
    said = _("There is nothing at /api/v1/%(rest)s. Every address is listed in %(schema)s.")
    schema_path = "/api/v1/schema.json"
    return problem(404, "not_found", said % {"rest": rest[:100], "schema": schema_path})


app_name = "api"
urlpatterns: list[URLPattern] = [
    path("schema.json", docs.schema, name="schema"),
    path("docs/", docs.Docs.as_view(), name="docs"),
    *RESOURCES,
    path("<path:rest>", nothing, name="nothing"),
]
