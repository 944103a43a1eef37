"""Addresses of claims: those of affiliates, and those of the team."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import claim_import, claims, manager_claims

_CLAIM = "portal/claims/<uuid:public_id>/"
_STAFF = "manage/claims/<uuid:public_id>/"

partner: list[URLPattern] = [
    path("portal/claims/", claims.claim_list, name="claim-list"),
    path("portal/claims/new/", claims.claim_new, name="claim-new"),
    path("portal/claims/import/", claim_import.claim_import, name="claim-import"),
    path(_CLAIM, claims.claim_detail, name="claim-detail"),
    path(f"{_CLAIM}reply/", claims.claim_reply, name="claim-reply"),
    path(f"{_CLAIM}withdraw/", claims.claim_withdraw, name="claim-withdraw"),
    path(f"{_CLAIM}proof/<int:number>/", claims.claim_proof, name="claim-proof"),
]

staff: list[URLPattern] = [
    path("manage/claims/", manager_claims.claim_list, name="staff-claim-list"),
    path(_STAFF, manager_claims.claim_detail, name="staff-claim-detail"),
    path(f"{_STAFF}decide/", manager_claims.claim_decide, name="staff-claim-decide"),
    path(f"{_STAFF}assign/", manager_claims.claim_assign, name="staff-claim-assign"),
    path(f"{_STAFF}proof/<int:number>/", manager_claims.claim_proof, name="staff-claim-proof"),
]
