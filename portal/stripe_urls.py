"""Addresses of the Stripe rail: onboarding, progress and Stripe's own messages."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import finance_stripe, stripe

_BATCH = "finance/batches/<uuid:public_id>/stripe/"

finance: list[URLPattern] = [
    path(f"{_BATCH}start/", finance_stripe.start, name="stripe-start"),
    path(f"{_BATCH}watch/", finance_stripe.watch, name="stripe-watch"),
    path(f"{_BATCH}<uuid:item_id>/decide/", finance_stripe.decide, name="stripe-decide"),
]

partner: list[URLPattern] = [
    path("portal/payee/stripe/open/", stripe.open_account, name="stripe-open"),
    path("portal/payee/stripe/forms/", stripe.forms, name="stripe-forms"),
    path("portal/payee/stripe/back/", stripe.back, name="stripe-back"),
    path("webhooks/stripe/<slug:kind>/", stripe.webhook, name="stripe-webhook"),
]
