"""Who is told of a message: the other side, each in their language."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.models import Thread, ThreadMessage
from affiliates.queries import people_of
from core import staff
from core.letters import tell


def written(message: ThreadMessage, thread: Thread, *, now: datetime) -> None:
    """Tell the other side what was written: the affiliate's people, or who answers them.

    A note for the team alone is told to nobody.
    """
    if message.is_internal:
        return
    if message.is_from_team:
        tell(
            people_of(thread.affiliate_id, Ability.SEE_WORK),
            f"message:{message.pk}",
            now,
            lambda: _("The team wrote to you: %(subject)s") % {"subject": thread.subject},
            lambda: [
                message.text,
                _("Answer here: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}/portal/messages/{thread.public_id}/"},
            ],
            kind="message_from_team",
        )
        return
    name = {"name": thread.affiliate.name, "subject": thread.subject}
    tell(
        staff.who_answers(thread.assignee, "manager"),
        f"message:{message.pk}",
        now,
        lambda: _("%(name)s wrote: %(subject)s") % name,
        lambda: [
            message.text,
            _("Answer here: %(address)s")
            % {"address": f"{settings.PUBLIC_URL}/manage/messages/{thread.public_id}/"},
        ],
        kind="message_to_team",
    )
