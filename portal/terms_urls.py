"""Addresses of the pages about terms, for managers and for partners."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import (
    manager_terms,
    manager_terms_editor,
    manager_terms_publish,
    manager_terms_try,
    terms,
)

_DRAFT = "manage/terms/drafts/<int:pk>/"
_RULE = f"{_DRAFT}rules/<str:key>/"
_BONUS = f"{_DRAFT}bonuses/<str:key>/"
_VERSION = "manage/terms/versions/<int:pk>/"
_AFFILIATE = "manage/terms/affiliates/<uuid:public_id>/"

manage: list[URLPattern] = [
    path("manage/terms/", manager_terms.terms_list, name="terms-list"),
    path("manage/terms/groups/<slug:slug>/", manager_terms.of_group, name="terms-of-group"),
    path(_AFFILIATE, manager_terms.of_affiliate, name="terms-of-affiliate"),
    path(f"{_AFFILIATE}factor/", manager_terms.factor_set, name="factor-set"),
    path(f"{_AFFILIATE}factor/end/", manager_terms.factor_end, name="factor-end"),
    path(_VERSION, manager_terms.version_detail, name="version-detail"),
    path(f"{_VERSION}end/", manager_terms.version_end, name="version-end"),
    path(f"{_VERSION}try/", manager_terms_try.version_try, name="version-try"),
    path("manage/terms/drafts/new/", manager_terms.draft_new, name="draft-new"),
    path(_DRAFT, manager_terms_editor.draft_edit, name="draft-edit"),
    path(f"{_DRAFT}rules/", manager_terms_editor.rule_new, name="draft-rule-new"),
    path(f"{_DRAFT}bonuses/", manager_terms_editor.bonus_new, name="draft-bonus-new"),
    path(_RULE, manager_terms_editor.rule_edit, name="rule-edit"),
    path(f"{_RULE}move/", manager_terms_editor.rule_move, name="rule-move"),
    path(f"{_RULE}remove/", manager_terms_editor.rule_remove, name="rule-remove"),
    path(_BONUS, manager_terms_editor.bonus_edit, name="bonus-edit"),
    path(f"{_BONUS}remove/", manager_terms_editor.bonus_remove, name="bonus-remove"),
    path(f"{_DRAFT}try/", manager_terms_try.draft_try, name="draft-try"),
    path(f"{_DRAFT}preview/", manager_terms_publish.draft_preview, name="draft-preview"),
    path(f"{_DRAFT}publish/", manager_terms_publish.draft_publish, name="draft-publish"),
    path(f"{_DRAFT}offer/", manager_terms_publish.draft_offer, name="draft-offer"),
    path(f"{_DRAFT}take-back/", manager_terms_publish.draft_take_back, name="draft-take-back"),
    path(f"{_DRAFT}discard/", manager_terms_publish.draft_discard, name="draft-discard"),
    path("manage/programme/", manager_terms.settings_of_programme, name="programme-settings"),
]

_OFFER = "portal/terms/offers/<int:pk>/"

partner: list[URLPattern] = [
    path("portal/terms/", terms.my_terms, name="my-terms"),
    path("portal/terms/<int:pk>/", terms.version, name="my-terms-version"),
    path("portal/terms/<int:pk>/accept/", terms.accept, name="my-terms-accept"),
    path("portal/terms/<int:pk>/object/", terms.object_to, name="my-terms-object"),
    path(f"{_OFFER}accept/", terms.offer_accept, name="my-offer-accept"),
    path(f"{_OFFER}decline/", terms.offer_decline, name="my-offer-decline"),
]
