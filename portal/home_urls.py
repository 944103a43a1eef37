"""Addresses of a partner's homes, and of the first steps that they show."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import affiliate_home, link_test

urlpatterns: list[URLPattern] = [
    path("portal/", affiliate_home.home, name="home"),
    path("portal/figures/", affiliate_home.figures, name="figures"),
    path("portal/links/test/", link_test.test, name="link-test"),
    path("portal/beginning/put-away/", link_test.put_away, name="beginning-put-away"),
]
