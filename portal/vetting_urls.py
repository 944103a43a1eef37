"""Addresses of vetting: policy lists, sites, proofs and redirectors."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_policy_lists, manager_vetting, sites

_LISTS = "manage/policy-lists/"
_LISTED = f"{_LISTS}<int:pk>/"
_REDIRECTOR = "portal/sites/redirectors/<int:pk>/"

manage: list[URLPattern] = [
    path(_LISTS, manager_policy_lists.listed_host_list, name="listed-host-list"),
    path(f"{_LISTS}new/", manager_policy_lists.listed_host_new, name="listed-host-new"),
    path(f"{_LISTS}import/", manager_policy_lists.listed_host_import, name="listed-host-import"),
    path(_LISTED, manager_policy_lists.listed_host_detail, name="listed-host-detail"),
    path(f"{_LISTED}remove/", manager_policy_lists.listed_host_remove, name="listed-host-remove"),
    path(
        "manage/applications/<uuid:public_id>/read-again/",
        manager_vetting.application_read_again,
        name="application-read-again",
    ),
    path(
        "manage/affiliates/<uuid:public_id>/read-again/",
        manager_vetting.affiliate_read_again,
        name="affiliate-read-again",
    ),
    path(
        "manage/site-proofs/<int:pk>/confirm/",
        manager_vetting.site_proof_confirm,
        name="site-proof-confirm",
    ),
    path("manage/snapshots/<int:pk>/", manager_vetting.snapshot_detail, name="snapshot-detail"),
]

partner: list[URLPattern] = [
    path("portal/sites/", sites.site_list, name="site-list"),
    path("portal/sites/declare/", sites.site_declare, name="site-declare"),
    path("portal/sites/watch/", sites.site_watch, name="site-watch"),
    path("portal/sites/<int:pk>/remove/", sites.site_remove, name="site-remove"),
    path("portal/sites/proofs/", sites.proof_ask, name="proof-ask"),
    path("portal/sites/proofs/<int:pk>/check/", sites.proof_check, name="proof-check"),
    path("portal/sites/redirectors/", sites.redirector_declare, name="redirector-declare"),
    path(f"{_REDIRECTOR}check/", sites.redirector_check, name="redirector-check"),
    path(f"{_REDIRECTOR}remove/", sites.redirector_remove, name="redirector-remove"),
    path("apply/proofs/", sites.apply_proof_ask, name="apply-proof-ask"),
    path("apply/proofs/watch/", sites.apply_proof_watch, name="apply-proof-watch"),
    path("apply/proofs/<int:pk>/check/", sites.apply_proof_check, name="apply-proof-check"),
]
