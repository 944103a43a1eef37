"""Addresses of contracts and gifts: the team's pages, and the influencer's."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import contracts, manager_contract_texts, manager_contracts, manager_gifts

_ONE = "manage/contracts/<uuid:public_id>/"
_TEXTS = "manage/contracts/texts/"
_OWN = "portal/contracts/<uuid:public_id>/"

#: Managers and finance write the clauses that are the same for everybody.
shared: list[URLPattern] = [
    path(_TEXTS, manager_contract_texts.text_list, name="contract-text-list"),
    path(f"{_TEXTS}new/", manager_contract_texts.text_new, name="contract-text-new"),
    path(f"{_TEXTS}<int:number>/", manager_contract_texts.text_detail, name="contract-text-detail"),
]

manage: list[URLPattern] = [
    *shared,
    path("manage/contracts/", manager_contracts.contract_list, name="contract-list"),
    path("manage/contracts/new/", manager_contracts.contract_new, name="contract-new"),
    path(_ONE, manager_contracts.contract_detail, name="contract-detail"),
    path(f"{_ONE}edit/", manager_contracts.contract_edit, name="contract-edit"),
    path(f"{_ONE}offer/", manager_contracts.contract_offer, name="contract-offer"),
    path(f"{_ONE}withdraw/", manager_contracts.contract_withdraw, name="contract-withdraw"),
    path(f"{_ONE}end/", manager_contracts.contract_end, name="contract-end"),
    path(f"{_ONE}contract.pdf", manager_contracts.contract_file, name="contract-pdf"),
    path("manage/gifts/", manager_gifts.gift_list, name="gift-list"),
    path("manage/gifts/new/", manager_gifts.gift_new, name="gift-new"),
    path("manage/gifts/<int:pk>/take-back/", manager_gifts.gift_take_back, name="gift-take-back"),
]

partner: list[URLPattern] = [
    path("portal/contracts/", contracts.contract_list, name="my-contracts"),
    path(_OWN, contracts.detail, name="my-contract"),
    path(f"{_OWN}sign/", contracts.sign, name="my-contract-sign"),
    path(f"{_OWN}refuse/", contracts.refuse, name="my-contract-refuse"),
    path(f"{_OWN}contract.pdf", contracts.document, name="my-contract-pdf"),
]
