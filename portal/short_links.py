"""The public address of a link: what partners copy, print and post."""

from __future__ import annotations

from django.conf import settings

from tracking.models import Link


def short_url(link: Link) -> str:
    """Return the whole address that people click: on the shop's own origin where it has /c/."""
    return f"{link.shop.link_origin or settings.PUBLIC_URL}/c/{link.code}"


def shown_url(link: Link) -> str:
    """Return the same address as it stands in a list: without its scheme."""
    return short_url(link).partition("://")[2]
