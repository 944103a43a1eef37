"""The newest announcement, as a banner on the home of whoever it is for."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from affiliates.services.announcements import banner_for, words_for
from core.models import User

register = template.Library()


@register.inclusion_tag("announcements/_banner.html", takes_context=True)
def announcement_banner(context: Context) -> dict[str, Any]:
    """The newest announcement that the reader did not put away; nothing when there is none."""
    person = context["request"].user
    found = banner_for(person, now=timezone.now()) if isinstance(person, User) else None
    if found is None:
        return {"found": None}
    title, text = words_for(found, person)
    return {
        "found": found,
        "title": title,
        "text": text,
        "csrf_token": context.get("csrf_token"),
    }
