"""Addresses of the domain watch."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_domains

_DOMAIN = "manage/domains/<int:pk>/"

staff: list[URLPattern] = [
    path("manage/domains/", manager_domains.domain_list, name="domain-list"),
    path("manage/domains/add/", manager_domains.domain_add, name="domain-add"),
    path("manage/domains/register/", manager_domains.domain_register, name="domain-register"),
    path("manage/domains/register.csv", manager_domains.domain_export, name="domain-export"),
    path("manage/domains/names/", manager_domains.domain_names, name="domain-names"),
    path("manage/domains/names/add/", manager_domains.name_add, name="domain-name-add"),
    path(
        "manage/domains/names/<int:name_pk>/remove/",
        manager_domains.name_remove,
        name="domain-name-remove",
    ),
    path(_DOMAIN, manager_domains.domain_detail, name="domain-detail"),
    path(f"{_DOMAIN}look/", manager_domains.domain_look, name="domain-look"),
    path(f"{_DOMAIN}allow/", manager_domains.domain_allow, name="domain-allow"),
    path(f"{_DOMAIN}disallow/", manager_domains.domain_disallow, name="domain-disallow"),
    path(f"{_DOMAIN}ours/", manager_domains.domain_ours, name="domain-ours"),
]
