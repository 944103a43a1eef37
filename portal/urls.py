from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from portal import (
    adjustment_urls,
    campaign_urls,
    case_urls,
    claim_urls,
    contract_urls,
    invoice_urls,
    link_urls,
    moderation_urls,
    stripe_urls,
    tax_urls,
    terms_urls,
    vetting_urls,
)
from portal.views import (
    affiliate_home,
    application,
    dev,
    payee,
    payouts,
    preferences,
    public,
    sales,
    sessions,
    styleguide,
)

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.program, name="program"),
    path("start/", public.start, name="start"),
    path("apply/", application.apply, name="apply"),
    path("apply/status/", application.status, name="apply-status"),
    path("apply/withdraw/", application.withdraw, name="apply-withdraw"),
    path("portal/", affiliate_home.home, name="home"),
    *link_urls.urlpatterns,
    path("portal/sales/", sales.sale_list, name="sale-list"),
    path("portal/sales/<int:pk>/", sales.detail, name="sale-detail"),
    *adjustment_urls.partner,
    *claim_urls.partner,
    *contract_urls.partner,
    *campaign_urls.partner,
    *case_urls.partner,
    *vetting_urls.partner,
    *moderation_urls.public,
    path("portal/payouts/", payouts.payout_list, name="payout-list"),
    path("portal/payouts/<uuid:public_id>/", payouts.detail, name="payout-detail"),
    path(
        "portal/payouts/<uuid:public_id>/statement.pdf",
        payouts.statement,
        name="payout-statement",
    ),
    path("portal/payee/", payee.payee, name="payee"),
    *tax_urls.partner,
    *stripe_urls.partner,
    *invoice_urls.partner,
    *terms_urls.partner,
    path("account/sessions/<int:pk>/end/", sessions.end, name="session-end"),
    path("demo/sign-in/<slug:person>/", dev.demo_sign_in, name="demo-sign-in"),
    path("dev/outbox/", dev.outbox, name="dev-outbox"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<slug:shell>/", styleguide.styleguide, name="styleguide-shell"),
    path("", include("portal.staff_urls")),
]
