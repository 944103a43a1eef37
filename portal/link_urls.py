"""Addresses of a partner's links and promo codes."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import codes, link_builder, link_detail, link_import, link_qr, links

_LINK = "portal/links/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("portal/links/", links.link_list, name="link-list"),
    path("portal/links/bulk/", links.bulk, name="link-bulk"),
    path("portal/links/import/", link_import.bring_in_links, name="link-import"),
    path("portal/links/qr.zip", link_qr.qr_zip, name="link-qr-zip"),
    path("portal/links/new/", link_builder.new, name="link-new"),
    path("portal/links/new/preview/", link_builder.preview, name="link-preview"),
    path("portal/links/new/slug/", link_builder.slug, name="link-slug"),
    path("portal/links/new/products/", link_builder.products, name="link-products"),
    path(_LINK, link_detail.detail, name="link-detail"),
    path(f"{_LINK}edit/", link_builder.edit, name="link-edit"),
    path(f"{_LINK}pages/", link_builder.pages, name="link-pages"),
    path(f"{_LINK}duplicate/", links.duplicate, name="link-duplicate"),
    path(f"{_LINK}archive/", links.archive, name="link-archive"),
    path(f"{_LINK}restore/", links.restore, name="link-restore"),
    path(f"{_LINK}qr/", link_qr.qr, name="link-qr"),
    path(f"{_LINK}qr.svg", link_qr.qr_svg, name="link-qr-svg"),
    path(f"{_LINK}qr.png", link_qr.qr_png, name="link-qr-png"),
    path(f"{_LINK}qr.pdf", link_qr.qr_pdf, name="link-qr-pdf"),
    path("portal/codes/", codes.code_list, name="code-list"),
    path("portal/codes/request/", codes.ask, name="code-request"),
    path("portal/codes/requests/<int:pk>/withdraw/", codes.withdraw, name="code-withdraw"),
]
