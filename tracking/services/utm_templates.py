"""The campaign parameters that every new link of a group gets (docs/rules/links.md, L11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Group
from core import audit
from tracking.domain import utm
from tracking.services.link_content import InvalidUtm, checked_utm


@transaction.atomic
def change(*, group_id: int, template: Mapping[str, str], actor_id: int, now: datetime) -> Group:
    """Give a group another template. Links that exist keep what they have. Safe to repeat.

    :raises InvalidUtm: for an unknown parameter or placeholder, or an impossible value.
    """
    wanted = checked_utm(template)
    for value in wanted.values():
        unknown = utm.unknown_placeholders(value)
        if unknown:
            raise InvalidUtm(
                _("%(name)s is not filled in. Use {affiliate}, {campaign} or {sub_id}.")
                % {"name": "{" + unknown[0].strip("{") + "}"}
            )
    group = Group.objects.select_for_update(no_key=True).get(pk=group_id)
    before = group.utm_template
    if before != wanted:
        group.utm_template = wanted
        group.save(update_fields=["utm_template"])
        audit.record(
            actor=actor_id, verb="group.utm_changed", subject=group, at=now,
            data={"utm_template": [before, wanted]},
        )  # fmt: skip
    return group
