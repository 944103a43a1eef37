"""Addresses of looks for the team, and of photos that customers send."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import (
    customer_photo,
    manager_customer_photos,
    manager_look_acts,
    manager_looks,
    manager_rights,
)

_LOOK = "manage/looks/<uuid:public_id>/"
_INVITE = "manage/looks/customers/<int:pk>/"

manage: list[URLPattern] = [
    path("manage/looks/", manager_looks.moderation_list, name="moderation-list"),
    path("manage/looks/customers/", manager_customer_photos.invite_list, name="invite-list"),
    path("manage/looks/customers/new/", manager_customer_photos.invite_new, name="invite-new"),
    path(
        "manage/looks/customers/erase/",
        manager_customer_photos.photo_erase_all,
        name="photo-erase-all",
    ),
    path(
        "manage/looks/customers/photos/<uuid:public_id>/erase/",
        manager_customer_photos.photo_erase,
        name="photo-erase",
    ),
    path(_INVITE, manager_customer_photos.invite_detail, name="invite-detail"),
    path(f"{_INVITE}end/", manager_customer_photos.invite_end, name="invite-end"),
    path(_LOOK, manager_looks.moderation_detail, name="moderation-detail"),
    path(f"{_LOOK}approve/", manager_look_acts.moderation_approve, name="moderation-approve"),
    path(f"{_LOOK}ask/", manager_look_acts.moderation_ask, name="moderation-ask"),
    path(f"{_LOOK}refuse/", manager_look_acts.moderation_refuse, name="moderation-refuse"),
    path(f"{_LOOK}remark/", manager_look_acts.moderation_remark, name="moderation-remark"),
    path(
        f"{_LOOK}remarks/<int:pk>/resolve/",
        manager_look_acts.moderation_resolve,
        name="moderation-resolve",
    ),
    path(f"{_LOOK}pause/", manager_look_acts.moderation_pause, name="moderation-pause"),
    path(f"{_LOOK}resume/", manager_look_acts.moderation_resume, name="moderation-resume"),
    path(f"{_LOOK}remove/", manager_look_acts.moderation_remove, name="moderation-remove"),
    path(
        f"{_LOOK}rights/<uuid:licence_id>/end/",
        manager_rights.moderation_licence_end,
        name="moderation-licence-end",
    ),
    path(f"{_LOOK}words/", manager_look_acts.moderation_complete, name="moderation-complete"),
    path(f"{_LOOK}products/", manager_look_acts.moderation_product, name="moderation-product"),
    path(
        f"{_LOOK}products/<uuid:key>/drop/",
        manager_look_acts.moderation_drop,
        name="moderation-drop",
    ),
]

public: list[URLPattern] = [
    path("looks/send/<str:key>/", customer_photo.photo_send, name="photo-send"),
    path("looks/sent/<str:token>/", customer_photo.photo_sent, name="photo-sent"),
    path("looks/sent/<str:token>/erase/", customer_photo.photo_withdraw, name="photo-withdraw"),
]
