"""Looks of the programme's team at an account as its people see it: short, and all kept.

Rules E10 to E14 of docs/rules/teams.md. What such a look may ask for is decided in the portal.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from affiliates.models import AccountView, Affiliate
from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from core.models import User

LONGEST = timedelta(minutes=30)
_PATH = 200


class ViewRefused(DomainError):
    """An account was to be looked at that may not be, or without a reason."""

    code = "view_refused"


@transaction.atomic
def begin(*, affiliate_id: int, viewer_id: int, reason: str, now: datetime) -> AccountView:
    """Let somebody of the team see an account as its people do, for at most half an hour.

    A look of theirs that has not ended ends now.

    :raises ViewRefused: without a reason, for an account of one's own, and for one in whose team
        is somebody of the programme.
    """
    if not reason.strip():
        raise ViewRefused(_("Say why: it is kept, and the people of the account may read it."))
    affiliate = Affiliate.objects.get(pk=affiliate_id)
    if acts_for(viewer_id, affiliate_id):
        raise ViewRefused(_("You act for this account yourself: open the portal instead."))
    if _people_of_the_programme(affiliate).exists():
        raise ViewRefused(_("Somebody of the programme is in this team: it is not looked at."))
    viewer = User.objects.select_for_update(no_key=True).get(pk=viewer_id)
    for other in AccountView.objects.filter(viewer=viewer, ended_at__isnull=True):
        _end(other, now)
    view = AccountView.objects.create(
        affiliate=affiliate,
        viewer=viewer,
        reason=reason.strip(),
        begun_at=now,
        ends_at=now + LONGEST,
    )
    audit.record(
        actor=viewer,
        verb="affiliate.view_begun",
        subject=affiliate,
        at=now,
        reason=view.reason,
        data={"view": view.pk},
    )
    return view


@transaction.atomic
def end(*, view_id: int, now: datetime) -> AccountView:
    """End a look. Safe to repeat. One that had run out ended when it did."""
    view = AccountView.objects.select_for_update(no_key=True).get(pk=view_id)
    if view.ended_at is None:
        _end(view, now)
    return view


def end_overdue(*, now: datetime, limit: int = 500) -> int:
    """End the looks that ran out and that nobody ended; return how many."""
    overdue = AccountView.objects.filter(ended_at__isnull=True, ends_at__lte=now)
    pks = list(overdue.order_by("pk").values_list("pk", flat=True)[:limit])
    for pk in pks:
        end(view_id=pk, now=now)
    return len(pks)


def note_page(view: AccountView, *, method: str, path: str, now: datetime) -> None:
    """Keep that a page was asked for, whatever the answer was."""
    audit.record(
        actor=view.viewer_id,
        verb="affiliate.page_viewed",
        subject=view.affiliate,
        at=now,
        data={"view": view.pk, "method": method, "path": path[:_PATH]},
    )


def _end(view: AccountView, now: datetime) -> None:
    view.ended_at = min(now, view.ends_at)
    view.save(update_fields=["ended_at"])
    audit.record(
        actor=view.viewer_id if now < view.ends_at else None,
        verb="affiliate.view_ended",
        subject=view.affiliate,
        at=now,
        data={"view": view.pk, "viewer": view.viewer_id},
    )


def _people_of_the_programme(affiliate: Affiliate) -> QuerySet[User]:
    has_rights = Q(is_superuser=True) | Q(is_staff=True) | Q(groups__isnull=False)
    return User.objects.filter(has_rights, memberships__affiliate=affiliate)
