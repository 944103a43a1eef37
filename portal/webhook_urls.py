"""Addresses of webhooks: an affiliate's, the programme's own, and the published schemas."""

from __future__ import annotations

from django.urls import URLPattern, path

from affiliates.domain.abilities import Ability
from affiliates.domain.event_types import Audience
from portal.access import manager_required, partner_may
from portal.views import webhook_acts as acts
from portal.views import webhooks as pages
from portal.webhook_side import Side

PARTNER = Side(
    place="portal/webhooks/",
    prefix="webhook-",
    base="partner/base.html",
    audience=Audience.AFFILIATE,
    guard=partner_may(Ability.MANAGE_KEYS),
)
OWN = Side(
    place="manage/webhooks/",
    prefix="own-webhook-",
    base="manager/page.html",
    audience=Audience.PROGRAMME,
    guard=manager_required,
)
_ONE = "<uuid:public_id>/"
_DELIVERY = f"{_ONE}deliveries/<int:pk>/"


def _of(side: Side) -> list[URLPattern]:
    return [
        side.route("", pages.webhook_list, "list"),
        side.route("new/", pages.webhook_new, "new"),
        side.route(_ONE, pages.webhook_detail, "detail"),
        side.route(f"{_ONE}edit/", pages.webhook_edit, "edit"),
        side.route(f"{_ONE}secret/", acts.webhook_rotate, "rotate"),
        side.route(f"{_ONE}pause/", acts.webhook_pause, "pause"),
        side.route(f"{_ONE}resume/", acts.webhook_resume, "resume"),
        side.route(f"{_ONE}delete/", acts.webhook_delete, "delete"),
        side.route(f"{_ONE}test/", acts.webhook_test, "test"),
        side.route(f"{_ONE}resend/", acts.webhook_resend_all, "resend-all"),
        side.route(_DELIVERY, pages.webhook_delivery, "delivery"),
        side.route(f"{_DELIVERY}resend/", acts.webhook_resend, "resend"),
    ]


partner: list[URLPattern] = _of(PARTNER)
manage: list[URLPattern] = _of(OWN)
public: list[URLPattern] = [
    path("webhooks/events/<str:name>.json", pages.event_schema, name="event-schema")
]
