"""Addresses of the pages of programme managers and finance."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal import (
    adjustment_urls,
    bank_urls,
    campaign_urls,
    case_urls,
    claim_urls,
    closing_urls,
    contract_urls,
    control_urls,
    creator_urls,
    domain_urls,
    experiment_urls,
    invoice_urls,
    moderation_urls,
    simulation_urls,
    stripe_urls,
    tax_urls,
    terms_urls,
    vetting_urls,
)
from portal.views import (
    finance_approval,
    finance_batches,
    finance_checks,
    finance_ledger,
    finance_overview,
    finance_payments,
    manager_affiliates,
    manager_applications,
    manager_bands,
    manager_codes,
    manager_dashboard,
    manager_group_moves,
    manager_groups,
    manager_orders,
    manager_policies,
    manager_returns,
    manager_reviews,
    manager_staff_codes,
    manager_tracking,
)

_APPLICATION = "manage/applications/<uuid:public_id>/"
_AFFILIATE = "manage/affiliates/<uuid:public_id>/"
_PROMO = "manage/codes/<int:pk>/"
_REQUEST = "manage/codes/requests/<int:pk>/"
_GROUP = "manage/groups/<slug:slug>/"
_BATCH = "finance/batches/<uuid:public_id>/"
_ITEM = f"{_BATCH}items/<uuid:item_id>/"
_LEDGER = "finance/ledger/<uuid:public_id>/"

manage: list[URLPattern] = [
    path("manage/", manager_dashboard.manage_home, name="manage-home"),
    path("manage/applications/", manager_applications.application_list, name="application-list"),
    path(_APPLICATION, manager_applications.application_detail, name="application-detail"),
    path(
        f"{_APPLICATION}review/",
        manager_applications.application_review,
        name="application-review",
    ),
    path(
        f"{_APPLICATION}approve/",
        manager_applications.application_approve,
        name="application-approve",
    ),
    path(
        f"{_APPLICATION}reject/",
        manager_applications.application_reject,
        name="application-reject",
    ),
    path("manage/affiliates/", manager_affiliates.affiliate_list, name="affiliate-list"),
    path(_AFFILIATE, manager_affiliates.affiliate_detail, name="affiliate-detail"),
    path(f"{_AFFILIATE}move/", manager_group_moves.affiliate_move, name="affiliate-move"),
    path(
        f"{_AFFILIATE}move/cancel/",
        manager_group_moves.affiliate_move_cancel,
        name="affiliate-move-cancel",
    ),
    path(f"{_AFFILIATE}suspend/", manager_affiliates.affiliate_suspend, name="affiliate-suspend"),
    path(
        f"{_AFFILIATE}reactivate/",
        manager_affiliates.affiliate_reactivate,
        name="affiliate-reactivate",
    ),
    path(f"{_AFFILIATE}close/", manager_affiliates.affiliate_close, name="affiliate-close"),
    path("manage/orders/", manager_orders.order_list, name="order-list"),
    path("manage/orders/refunds/", manager_returns.refund_list, name="refund-list"),
    path("manage/orders/<int:pk>/", manager_orders.order_detail, name="order-detail"),
    path(
        "manage/orders/<int:pk>/blocks/<int:block_pk>/release/",
        manager_orders.block_release,
        name="block-release",
    ),
    path("manage/codes/", manager_codes.promo_list, name="promo-list"),
    path("manage/codes/new/", manager_codes.promo_new, name="promo-new"),
    path("manage/codes/new/make/", manager_codes.promo_create, name="promo-create"),
    path(_PROMO, manager_codes.promo_detail, name="promo-detail"),
    path(f"{_PROMO}revise/", manager_codes.promo_revise, name="promo-revise"),
    path(f"{_PROMO}end/", manager_codes.promo_end, name="promo-end"),
    path("manage/codes/requests/", manager_codes.request_list, name="request-list"),
    path("manage/codes/staff/", manager_staff_codes.discount_list, name="discount-list"),
    path("manage/codes/staff/add/", manager_staff_codes.discount_add, name="discount-add"),
    path(
        "manage/codes/staff/<int:pk>/end/", manager_staff_codes.discount_end, name="discount-end"
    ),
    path(_REQUEST, manager_codes.request_detail, name="request-detail"),
    path(f"{_REQUEST}grant/", manager_codes.request_grant, name="request-grant"),
    path(f"{_REQUEST}refuse/", manager_codes.request_refuse, name="request-refuse"),
    path("manage/groups/", manager_groups.group_list, name="group-list"),
    path(_GROUP, manager_groups.group_detail, name="group-detail"),
    path(f"{_GROUP}utm/", manager_groups.group_utm, name="group-utm"),
    path("manage/bands/", manager_bands.band_list, name="band-list"),
    path("manage/bands/new/", manager_bands.band_new, name="band-new"),
    path("manage/bands/publish/", manager_bands.band_publish, name="band-publish"),
    path("manage/policies/", manager_policies.policy_list, name="policy-list"),
    path("manage/policies/new/", manager_policies.policy_new, name="policy-new"),
    path("manage/policies/<int:number>/", manager_policies.policy_detail, name="policy-detail"),
    *terms_urls.manage,
    *domain_urls.staff,
    *simulation_urls.shared,
    *adjustment_urls.staff,
    *claim_urls.staff,
    *case_urls.manage,
    *contract_urls.manage,
    *creator_urls.manage,
    *campaign_urls.manage,
    *moderation_urls.manage,
    *vetting_urls.manage,
    *experiment_urls.manage,
    path("manage/inbound/", manager_reviews.inbound_list, name="inbound-list"),
    path("manage/inbound/parked/", manager_returns.parked_list, name="parked-list"),
    path("manage/inbound/<int:pk>/replay/", manager_reviews.inbound_replay, name="inbound-replay"),
    path("manage/tracking/", manager_tracking.overview, name="tracking"),
    path("manage/tracking/live/", manager_tracking.stream, name="tracking-stream"),
    path("manage/tracking/rejects/", manager_tracking.rejects, name="tracking-rejects"),
    path("manage/tracking/debug/", manager_tracking.debug, name="tracking-debug"),
    path(
        "manage/tracking/debug/installation/",
        manager_tracking.installation,
        name="tracking-installation",
    ),
    path("manage/tracking/debug/visit/", manager_tracking.visit, name="tracking-visit"),
]

finance: list[URLPattern] = [
    path("finance/", finance_overview.finance_home, name="finance-home"),
    path("finance/batches/", finance_batches.batch_list, name="batch-list"),
    path("finance/batches/new/", finance_batches.batch_new, name="batch-new"),
    path(_BATCH, finance_batches.batch_detail, name="batch-detail"),
    path(f"{_BATCH}recompute/", finance_batches.batch_recompute, name="batch-recompute"),
    path(f"{_BATCH}submit/", finance_batches.batch_submit, name="batch-submit"),
    path(f"{_BATCH}send-back/", finance_batches.batch_send_back, name="batch-send-back"),
    path(f"{_BATCH}approve/", finance_approval.batch_approve, name="batch-approve"),
    path(f"{_BATCH}cancel/", finance_batches.batch_cancel, name="batch-cancel"),
    path(f"{_BATCH}file/make/", finance_payments.batch_file_make, name="batch-file-make"),
    path(f"{_BATCH}file/", finance_payments.batch_file, name="batch-file"),
    path(f"{_BATCH}file/refused/", finance_batches.batch_file_refused, name="batch-file-refused"),
    path(f"{_BATCH}mark-sent/", finance_batches.batch_mark_sent, name="batch-mark-sent"),
    path(f"{_BATCH}export.csv", finance_payments.batch_export, name="batch-export"),
    path(_ITEM, finance_payments.batch_item, name="batch-item"),
    path(f"{_ITEM}exclude/", finance_payments.item_exclude, name="item-exclude"),
    path(f"{_ITEM}include/", finance_payments.item_include, name="item-include"),
    path("finance/ledger/", finance_ledger.ledger_list, name="ledger-list"),
    path(_LEDGER, finance_ledger.ledger_detail, name="ledger-detail"),
    path(f"{_LEDGER}export.csv", finance_ledger.ledger_export, name="ledger-export"),
    *control_urls.finance,
    *bank_urls.finance,
    *closing_urls.finance,
    *invoice_urls.finance,
    *stripe_urls.finance,
    *tax_urls.finance,
    path("finance/checks/", finance_checks.checks, name="checks"),
    path("finance/checks/run/", finance_checks.checks_run, name="checks-run"),
]

urlpatterns: list[URLPattern] = [*manage, *finance]
