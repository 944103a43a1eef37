"""A version of a look on its way to review and back, and a look that its creator withdraws.

Rules LE2 and LE15 to LE18 of docs/rules/look-versions.md.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from influencers.domain.look import Problem, problems
from influencers.models import Look, LookAct, LookStatus, LookVersion, VersionStatus
from influencers.queries.looks import OPEN, content_of, facts_of, with_content
from influencers.services import licences, look_cache, look_events
from influencers.services.licences import LicenceTerms
from influencers.services.look_saving import NotEditable, check_person
from influencers.services.looks import new_slug


class NotReady(DomainError):
    """Something blocks the look; ``problems`` says what."""

    code = "look_not_ready"

    def __init__(self, found: tuple[Problem, ...]) -> None:
        super().__init__(_("Something is missing: the list of step 4 says what."))
        self.problems = found


class NotInReview(DomainError):
    """There is nothing to take back: it was decided on meanwhile, or never sent."""

    code = "look_not_in_review"


@transaction.atomic
def submit(
    version_id: int, rights: LicenceTerms, *, by_id: int | None, now: datetime
) -> LookVersion:
    """Send a version to review and grant ``rights`` on its pictures. Safe to repeat.

    :raises NotTheirLook: when the person does not act for the look's creator.
    :raises NotEditable: once it was decided on.
    :raises NotReady: while something blocking is missing.
    """
    version = _locked(version_id, by_id)
    if version.status == VersionStatus.SUBMITTED:
        return version
    if version.status not in LookVersion.EDITABLE:
        raise NotEditable(_("It was decided on already: make a new version of it."))
    content = content_of(with_content(LookVersion.objects.all()).get(pk=version_id))
    blocking = tuple(one for one in problems(content, facts_of(content)) if one.is_blocking)
    if blocking:
        raise NotReady(blocking)
    pictures = list(version.images.values_list("picture_id", flat=True))
    licences.grant(pictures, rights, by_id=by_id, now=now)
    version.move_to(VersionStatus.SUBMITTED, at=now)
    version.submitted_at = now
    version.save(update_fields=["status", "status_changed_at", "submitted_at"])
    if version.look.published_at is None and version.look.live_id is None:
        version.look.slug = new_slug(content.title)
        version.look.save(update_fields=["slug"])
    _record(version, LookAct.SUBMITTED, by_id, now)
    return version


@transaction.atomic
def take_back(version_id: int, *, by_id: int | None, now: datetime) -> LookVersion:
    """Take a version back from review to change it. Safe to repeat.

    :raises NotTheirLook: when the person does not act for the look's creator.
    :raises NotInReview: once it was decided on.
    """
    version = _locked(version_id, by_id)
    if version.status == VersionStatus.DRAFT:
        return version
    if version.status != VersionStatus.SUBMITTED:
        raise NotInReview(_("It was decided on meanwhile: reload the page."))
    version.move_to(VersionStatus.DRAFT, at=now)
    version.save(update_fields=["status", "status_changed_at"])
    _record(version, LookAct.TAKEN_BACK, by_id, now)
    return version


@transaction.atomic
def discard(version_id: int, *, by_id: int | None, now: datetime) -> LookVersion:
    """Throw a draft away; a look that was nothing else leaves its creator's list. Safe to repeat.

    :raises NotTheirLook: when the person does not act for the look's creator.
    :raises NotEditable: while it is reviewed, and once it was decided on.
    """
    version = _locked(version_id, by_id)
    if version.status == VersionStatus.DISCARDED:
        return version
    if version.status not in LookVersion.EDITABLE:
        raise NotEditable(_("It is in review: take it back first, then change it."))
    _discard(version, by_id, now)
    look = version.look
    if look.live_id is None and look.archived_at is None:
        look.archived_at = now
        look.save(update_fields=["archived_at"])
    return version


@transaction.atomic
def withdraw(look_id: int, *, reason: str, by_id: int | None, now: datetime) -> Look:
    """Take a look away from the public for good, with what was being written. Safe to repeat.

    :raises NotTheirLook: when the person does not act for the look's creator.
    :raises InvalidTransition: once the programme removed it.
    """
    look = Look.objects.select_for_update(of=["self"]).get(pk=look_id)
    check_person(look, by_id)
    if look.status == LookStatus.WITHDRAWN:
        return look
    for version in look.versions.select_for_update(of=["self"]).filter(status__in=OPEN):
        if version.status == VersionStatus.SUBMITTED:
            version.move_to(VersionStatus.DRAFT, at=now)
        _discard(version, by_id, now)
    look.move_to(LookStatus.WITHDRAWN, at=now)
    look.status_reason = reason
    look.save(update_fields=["status", "status_changed_at", "status_reason"])
    look_events.record(look, LookAct.WITHDRAWN, at=now, actor_id=by_id, note=reason)
    look_cache.purge([look.shop_id])
    audit.record(actor=by_id, verb="look.withdrawn", subject=look, reason=reason, at=now)
    return look


def _locked(version_id: int, by_id: int | None) -> LookVersion:
    """Lock the look, then the version: everybody in this order."""
    look_id = LookVersion.objects.values_list("look", flat=True).get(pk=version_id)
    look = Look.objects.select_for_update(of=["self"]).get(pk=look_id)
    version = LookVersion.objects.select_for_update(of=["self"]).get(pk=version_id)
    version.look = look
    check_person(look, by_id)
    return version


def _discard(version: LookVersion, by_id: int | None, now: datetime) -> None:
    version.move_to(VersionStatus.DISCARDED, at=now)
    version.save(update_fields=["status", "status_changed_at"])
    _record(version, LookAct.DISCARDED, by_id, now)


def _record(version: LookVersion, act: str, by_id: int | None, now: datetime) -> None:
    look_events.record(version.look, act, at=now, actor_id=by_id, version=version)
