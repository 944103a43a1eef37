"""Addresses of campaigns and parcels: the team's pages, and the creator's."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import (
    brief_deliveries,
    briefs,
    manager_campaign_parts,
    manager_campaigns,
    manager_shipments,
)

_ONE = "manage/campaigns/<uuid:public_id>/"
_PART = "manage/campaigns/parts/<uuid:public_id>/"
_DELIVERY = "manage/campaigns/deliveries/<int:pk>/"
_SHIPMENT = "manage/shipments/<uuid:public_id>/"
_OWN = "portal/briefs/<uuid:public_id>/"

manage: list[URLPattern] = [
    path("manage/campaigns/", manager_campaigns.campaign_list, name="campaign-list"),
    path("manage/campaigns/new/", manager_campaigns.campaign_new, name="campaign-new"),
    path(
        "manage/campaigns/calendar/", manager_campaigns.campaign_calendar, name="campaign-calendar"
    ),
    path(_ONE, manager_campaigns.campaign_detail, name="campaign-detail"),
    path(f"{_ONE}edit/", manager_campaigns.campaign_edit, name="campaign-edit"),
    path(f"{_ONE}publish/", manager_campaigns.campaign_publish, name="campaign-publish"),
    path(f"{_ONE}close/", manager_campaigns.campaign_close, name="campaign-close"),
    path(f"{_ONE}finish/", manager_campaigns.campaign_finish, name="campaign-finish"),
    path(f"{_ONE}cancel/", manager_campaigns.campaign_cancel, name="campaign-cancel"),
    path(f"{_ONE}resize/", manager_campaigns.campaign_resize, name="campaign-resize"),
    path(f"{_ONE}invite/", manager_campaign_parts.campaign_invite, name="campaign-invite"),
    path(f"{_PART}choose/", manager_campaign_parts.part_choose, name="part-choose"),
    path(f"{_PART}refuse/", manager_campaign_parts.part_refuse, name="part-refuse"),
    path(f"{_PART}end/", manager_campaign_parts.part_end, name="part-end"),
    path(f"{_PART}award/", manager_campaign_parts.part_award, name="part-award"),
    path(f"{_DELIVERY}approve/", manager_campaign_parts.delivery_approve, name="delivery-approve"),
    path(f"{_DELIVERY}change/", manager_campaign_parts.delivery_change, name="delivery-change"),
    path(f"{_DELIVERY}proof.jpg", manager_campaign_parts.delivery_proof, name="delivery-proof"),
    path("manage/shipments/", manager_shipments.shipment_list, name="shipment-list"),
    path("manage/shipments/to-send.csv", manager_shipments.shipment_export, name="shipment-export"),
    path(f"{_SHIPMENT}grant/", manager_shipments.shipment_grant, name="shipment-grant"),
    path(f"{_SHIPMENT}refuse/", manager_shipments.shipment_refuse, name="shipment-refuse"),
    path(f"{_SHIPMENT}ship/", manager_shipments.shipment_ship, name="shipment-ship"),
    path(f"{_SHIPMENT}deliver/", manager_shipments.shipment_deliver, name="shipment-deliver"),
    path(f"{_SHIPMENT}return/", manager_shipments.shipment_return, name="shipment-return"),
    path(f"{_SHIPMENT}lose/", manager_shipments.shipment_lose, name="shipment-lose"),
]

partner: list[URLPattern] = [
    path("portal/briefs/", briefs.brief_list, name="my-briefs"),
    path("portal/briefs/calendar/", briefs.brief_calendar, name="my-brief-calendar"),
    path("portal/briefs/proofs/<int:pk>.jpg", briefs.brief_proof, name="my-brief-proof"),
    path(_OWN, briefs.brief, name="my-brief"),
    path(f"{_OWN}apply/", briefs.brief_apply, name="my-brief-apply"),
    path(f"{_OWN}accept/", briefs.brief_accept, name="my-brief-accept"),
    path(f"{_OWN}decline/", briefs.brief_decline, name="my-brief-decline"),
    path(f"{_OWN}withdraw/", briefs.brief_withdraw, name="my-brief-withdraw"),
    path(f"{_OWN}deliver/", brief_deliveries.brief_deliver, name="my-brief-deliver"),
    path(f"{_OWN}ask/", brief_deliveries.brief_ask, name="my-brief-ask"),
]
