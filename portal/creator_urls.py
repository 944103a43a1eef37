"""Addresses of creators, pools, stores and the editorial calendar, and of a creator's own page."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import (
    creator_page,
    creator_standing,
    manager_creators,
    manager_editorial,
    manager_pools,
    manager_rights,
    manager_standing,
    manager_stores,
)

_ALL = "manage/creators/"
_ONE = f"{_ALL}<uuid:public_id>/"
_POOL = f"{_ALL}pools/<int:pk>/"
_STORE = f"{_ALL}stores/<int:pk>/"
_SEGMENTS = f"{_ALL}segments/"
_EDITORIAL = "manage/editorial/"
_OWN = "portal/creator/"

_creators: list[URLPattern] = [
    path(_ALL, manager_creators.creator_list, name="creator-list"),
    path(f"{_ALL}tag/", manager_creators.creator_tag, name="creator-tag"),
    path(f"{_ALL}ranking/", manager_standing.creator_ranking, name="creator-ranking"),
    path(f"{_ALL}ranking/weights/", manager_standing.creator_weights, name="creator-weights"),
    path(f"{_SEGMENTS}save/", manager_creators.segment_save, name="segment-save"),
    path(f"{_SEGMENTS}<int:pk>/delete/", manager_creators.segment_delete, name="segment-delete"),
    path(_ONE, manager_creators.creator_detail, name="creator-detail"),
    path(f"{_ONE}describe/", manager_creators.creator_describe, name="creator-describe"),
    path(f"{_ONE}notes/", manager_creators.creator_note, name="creator-note"),
    path(f"{_ONE}agreement/", manager_creators.creator_agreement, name="creator-agreement"),
    path(f"{_ONE}rights/", manager_rights.creator_rights, name="creator-rights"),
    path(f"{_ONE}rights/end/", manager_rights.creator_rights_end, name="creator-rights-end"),
    path(
        f"{_ONE}rights/<uuid:licence_id>/end/",
        manager_rights.creator_licence_end,
        name="creator-licence-end",
    ),
    path(f"{_ONE}accounts/", manager_standing.creator_account, name="creator-account"),
    path(
        f"{_ONE}accounts/<int:pk>/remove/",
        manager_standing.creator_account_remove,
        name="creator-account-remove",
    ),
    path(
        f"{_ONE}accounts/<int:pk>/figures/",
        manager_standing.creator_figures,
        name="creator-figures",
    ),
    path(f"{_ONE}marks/", manager_standing.creator_mark, name="creator-mark"),
    path(
        f"{_ONE}marks/<int:pk>/take-back/",
        manager_standing.creator_mark_take_back,
        name="creator-mark-take-back",
    ),
    path(
        f"{_ONE}contests/<int:pk>/answer/", manager_standing.creator_answer, name="creator-answer"
    ),
    path(f"{_ONE}bonus/", manager_standing.creator_bonus, name="creator-bonus"),
]
_pools: list[URLPattern] = [
    path(f"{_ALL}pools/", manager_pools.pool_list, name="pool-list"),
    path(f"{_ALL}pools/new/", manager_pools.pool_new, name="pool-new"),
    path(_POOL, manager_pools.pool_detail, name="pool-detail"),
    path(f"{_POOL}edit/", manager_pools.pool_edit, name="pool-edit"),
    path(f"{_POOL}invite/", manager_pools.pool_invite, name="pool-invite"),
    path(f"{_POOL}close/", manager_pools.pool_close, name="pool-close"),
    path(f"{_POOL}members/<int:member_pk>/remove/", manager_pools.pool_remove, name="pool-remove"),
]
_stores: list[URLPattern] = [
    path(f"{_ALL}stores/", manager_stores.store_list, name="store-list"),
    path(f"{_ALL}stores/new/", manager_stores.store_new, name="store-new"),
    path(_STORE, manager_stores.store_detail, name="store-detail"),
    path(f"{_STORE}change/", manager_stores.store_change, name="store-change"),
]
_editorial: list[URLPattern] = [
    path(_EDITORIAL, manager_editorial.editorial_list, name="editorial-list"),
    path(f"{_EDITORIAL}reposts/", manager_editorial.editorial_reposts, name="editorial-reposts"),
    path(
        f"{_EDITORIAL}reposts/export.zip",
        manager_editorial.editorial_export,
        {"kind": "zip"},
        name="editorial-zip",
    ),
    path(
        f"{_EDITORIAL}reposts/export.csv",
        manager_editorial.editorial_export,
        {"kind": "csv"},
        name="editorial-csv",
    ),
    path(
        f"{_EDITORIAL}looks/<int:pk>/plan/", manager_editorial.editorial_plan, name="editorial-plan"
    ),
    path(f"{_EDITORIAL}<int:pk>/out/", manager_editorial.editorial_out, name="editorial-out"),
    path(f"{_EDITORIAL}<int:pk>/drop/", manager_editorial.editorial_drop, name="editorial-drop"),
]
manage: list[URLPattern] = [*_creators, *_pools, *_stores, *_editorial]

partner: list[URLPattern] = [
    path(f"{_OWN}page/", creator_page.page, name="my-page"),
    path(f"{_OWN}page/picture/", creator_page.picture, name="my-page-picture"),
    path(f"{_OWN}page/looks/<int:pk>/first/", creator_page.put_first, name="my-page-first"),
    path(f"{_OWN}standing/", creator_standing.my_standing, name="my-standing"),
    path(f"{_OWN}standing/contest/", creator_standing.contest, name="my-standing-contest"),
    path(f"{_OWN}accounts/", creator_standing.account_add, name="my-account-add"),
    path(f"{_OWN}accounts/<int:pk>/remove/", creator_standing.account_remove,
         name="my-account-remove"),
    path(f"{_OWN}accounts/<int:pk>/figures/", creator_standing.figures, name="my-figures"),
    *(
        path(
            f"{_OWN}pools/<int:pk>/{act}/",
            creator_standing.pool_answer,
            {"act": act},
            name=f"my-pool-{act}",
        )
        for act in ("accept", "decline", "leave")
    ),
]  # fmt: skip
