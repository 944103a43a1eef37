"""Addresses of the products that affiliates promote, and of their feeds."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import my_products

urlpatterns: list[URLPattern] = [
    path("portal/products/", my_products.product_list, name="my-products"),
    path("portal/products/<int:pk>/link/", my_products.make_link, name="my-product-link"),
    path("portal/products/feed/", my_products.feed_make, name="product-feed-make"),
    path("portal/products/feed/revoke/", my_products.feed_revoke, name="product-feed-revoke"),
    path("feeds/products/<str:token>.<str:form>", my_products.feed, name="product-feed"),
]
