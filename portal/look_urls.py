"""Addresses of a creator's looks: the list, the editor and what it asks for, one look."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import look_acts, look_editor, look_share, look_upload, looks, product_search

_ONE = "portal/looks/<uuid:public_id>/"

partner: list[URLPattern] = [
    path("portal/looks/", looks.look_list, name="look-list"),
    path("portal/looks/new/", look_acts.new, name="look-new"),
    path("portal/looks/products/", product_search.products, name="look-products"),
    path(_ONE, looks.detail, name="look-detail"),
    path(f"{_ONE}edit/", look_editor.edit, name="look-edit"),
    path(f"{_ONE}save/", look_editor.save, name="look-save"),
    path(f"{_ONE}preview/", look_editor.preview, name="look-preview"),
    path(f"{_ONE}send/", look_editor.send, name="look-send"),
    path(f"{_ONE}photos/", look_upload.upload, name="look-upload"),
    path(f"{_ONE}comments/<int:pk>/resolve/", look_acts.resolve, name="look-comment-resolve"),
    path(f"{_ONE}take-back/", look_acts.take_back, name="look-take-back"),
    path(f"{_ONE}discard/", look_acts.discard, name="look-discard"),
    path(f"{_ONE}withdraw/", look_acts.withdraw, name="look-withdraw"),
    path(f"{_ONE}duplicate/", look_acts.duplicate, name="look-duplicate"),
    path(f"{_ONE}archive/", look_acts.archive, name="look-archive"),
    path(f"{_ONE}restore/", look_acts.restore, name="look-restore"),
    path(f"{_ONE}story.png", look_share.story, name="look-story"),
]
