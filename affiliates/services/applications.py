"""Joining the programme: an application and what becomes of it (docs/rules/applications.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates import queries
from affiliates.domain.eligibility import Claim, Lack, lack_of, tidy_sites
from affiliates.models import (
    Affiliate,
    AffiliateKind,
    AffiliateStatus,
    Application,
    ApplicationStatus,
    Group,
    LegalForm,
    Membership,
    Property,
    Terms,
)
from affiliates.services import application_mails
from core import audit
from core.errors import DomainError
from core.models import User

LACKS = {
    Lack.NAME: gettext_lazy("Give the name under which you promote, in at most 120 characters."),
    Lack.KIND: gettext_lazy("Choose what kind of affiliate you are."),
    Lack.LEGAL_FORM: gettext_lazy("Choose a legal form."),
    Lack.COUNTRY: gettext_lazy("Choose a country."),
    Lack.PITCH: gettext_lazy("Tell us about you in at most 600 characters."),
    Lack.STORE: gettext_lazy("Store employees give their store and their staff number."),
    Lack.SITES: gettext_lazy(
        "Give the full address of at least one site or profile, such as https://example.org."
    ),
}


#: Applications of one person within 24 hours: each is read, and so are its sites.
MOST_IN_A_DAY = 5


class IncompleteApplication(DomainError):
    """An application lacks something, or says something that cannot be."""

    code = "incomplete_application"


class AlreadyApplied(DomainError):
    """A person with an open application, or with an account, applied again."""

    code = "already_applied"


class TooManyApplications(DomainError):
    """A person applied, and took it back, again and again."""

    code = "too_many_applications"


class NoTerms(DomainError):
    """Nobody can join while there are no terms to join on."""

    code = "no_terms"


class ReasonMissing(DomainError):
    """A person was to be refused without being told why."""

    code = "reason_missing"


class OwnApplication(DomainError):
    """A manager was to decide on their own application."""

    code = "own_application"


class StaffNumberTaken(DomainError):
    """Another account carries the staff number of the applicant."""

    code = "staff_number_taken"


@transaction.atomic
def submit(
    *,
    user_id: int,
    name: str,
    kind: str,
    legal_form: str,
    country: str,
    sites: Sequence[str],
    channels: Sequence[str],
    methods: Sequence[str],
    pitch: str,
    store: str = "",
    staff_number: str = "",
    now: datetime,
) -> Application:
    """Record a request to join on today's terms. Safe to repeat while it is open and the same.

    :raises IncompleteApplication: when something is missing or impossible.
    :raises AlreadyApplied: when another application is open, or the person has an account.
    :raises TooManyApplications: from the sixth within 24 hours on.
    :raises NoTerms: when the programme has no terms today.
    """
    claim = Claim(
        name=name.strip(),
        kind=kind,
        legal_form=legal_form,
        country=country,
        sites=tidy_sites(sites),
        pitch=pitch.strip(),
        store=store.strip(),
        staff_number=staff_number.strip(),
    )
    lack = lack_of(claim, kinds=AffiliateKind.values, legal_forms=LegalForm.values)
    if lack is not None:
        raise IncompleteApplication(str(LACKS[lack]))
    content = _content(claim, channels=list(channels), methods=list(methods))
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    open_one = Application.objects.filter(user=user, status__in=Application.OPEN).first()
    if open_one is not None:
        return _same_or_refuse(open_one, content)
    if _has_account(user):
        raise AlreadyApplied(_("You already have an account: there is nothing to apply for."))
    _demand_few(user, now)
    terms = queries.programme_terms(now)
    if terms is None:
        raise NoTerms(_("The programme takes no applications at the moment."))
    application = Application.objects.create(
        user=user, terms=terms, submitted_at=now, status_changed_at=now, **content
    )
    audit.record(actor=user, verb="application.submitted", subject=application, at=now)
    application_mails.received(application, now=now)
    return application


def _content(claim: Claim, **lists: list[str]) -> dict[str, Any]:
    is_employee = claim.kind == AffiliateKind.EMPLOYEE
    return {
        **asdict(claim),
        **lists,
        "store": claim.store if is_employee else "",
        "staff_number": claim.staff_number if is_employee else "",
    }


def _same_or_refuse(open_one: Application, content: dict[str, Any]) -> Application:
    if any(getattr(open_one, field) != value for field, value in content.items()):
        raise AlreadyApplied(
            _("Your application is being looked at. Withdraw it before you send another.")
        )
    return open_one


def _demand_few(user: User, now: datetime) -> None:
    lately = Application.objects.filter(user=user, submitted_at__gt=now - timedelta(days=1))
    if lately.count() >= MOST_IN_A_DAY:
        raise TooManyApplications(
            _("You have applied %(most)s times within a day. Try again tomorrow.")
            % {"most": MOST_IN_A_DAY}
        )


def _has_account(user: User) -> bool:
    accounts = Affiliate.objects.filter(memberships__user=user)
    return accounts.exclude(status=AffiliateStatus.CLOSED).exists()


@transaction.atomic
def start_review(*, application_id: int, reviewer_id: int, now: datetime) -> Application:
    """Show that a manager reads the application. Safe to repeat by the same manager.

    :raises InvalidTransition: when it is not waiting for a reader.
    :raises OwnApplication: when the reviewer is the applicant.
    """
    application, reviewer = _locked(application_id), User.objects.get(pk=reviewer_id)
    if _stands(application, ApplicationStatus.UNDER_REVIEW, reviewer):
        return application
    _take(application, reviewer, now)
    application.save(update_fields=["status", "status_changed_at", "reviewer"])
    return application


@transaction.atomic
def approve(
    *, application_id: int, reviewer_id: int, group_id: int, now: datetime, message: str = ""
) -> Affiliate:
    """Make an affiliate of the applicant, in a group. Safe to repeat by the same manager.

    :raises InvalidTransition: when the application is already decided or withdrawn.
    :raises OwnApplication: when the reviewer is the applicant.
    :raises NoTerms: when the group has no terms today.
    :raises StaffNumberTaken: when another account carries the staff number.
    """
    application, reviewer = _locked(application_id), User.objects.get(pk=reviewer_id)
    if (
        _stands(application, ApplicationStatus.APPROVED, reviewer)
        and application.affiliate is not None
        and application.affiliate.group_id == group_id
    ):
        return application.affiliate
    if application.status == ApplicationStatus.SUBMITTED:
        _take(application, reviewer, now)
    _refuse_own(application, reviewer)
    application.move_to(ApplicationStatus.APPROVED, at=now)
    affiliate = _create_affiliate(application, Group.objects.get(pk=group_id), now)
    application.affiliate, application.reviewer = affiliate, reviewer
    application.save(update_fields=["status", "status_changed_at", "reviewer", "affiliate"])
    audit.record(
        actor=reviewer,
        verb="application.approved",
        subject=application,
        at=now,
        reason=message,
        data={"affiliate": str(affiliate.public_id), "group": affiliate.group.slug},
    )
    application_mails.approved(application, message=message, now=now)
    return affiliate


@transaction.atomic
def reject(*, application_id: int, reviewer_id: int, reason: str, now: datetime) -> Application:
    """Refuse the application with a reason that the applicant reads. Safe to repeat with it.

    :raises ReasonMissing: without a reason.
    :raises InvalidTransition: when the application is already decided or withdrawn.
    :raises OwnApplication: when the reviewer is the applicant.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(_("Say why: the applicant reads the reason."))
    application, reviewer = _locked(application_id), User.objects.get(pk=reviewer_id)
    if _stands(application, ApplicationStatus.REJECTED, reviewer) and application.reason == reason:
        return application
    if application.status == ApplicationStatus.SUBMITTED:
        _take(application, reviewer, now)
    _refuse_own(application, reviewer)
    application.move_to(ApplicationStatus.REJECTED, at=now)
    application.reviewer, application.reason = reviewer, reason
    application.save(update_fields=["status", "status_changed_at", "reviewer", "reason"])
    audit.record(
        actor=reviewer, verb="application.rejected", subject=application, at=now, reason=reason
    )
    application_mails.refused(application, now=now)
    return application


@transaction.atomic
def withdraw(*, application_id: int, user_id: int, now: datetime) -> Application:
    """Take one's own application back. Safe to repeat.

    :raises Application.DoesNotExist: when it is somebody else's.
    :raises InvalidTransition: when it is already decided.
    """
    application = Application.objects.select_for_update(of=("self",)).get(
        pk=application_id, user=user_id
    )
    if application.status == ApplicationStatus.WITHDRAWN:
        return application
    application.move_to(ApplicationStatus.WITHDRAWN, at=now)
    application.save(update_fields=["status", "status_changed_at"])
    audit.record(actor=application.user, verb="application.withdrawn", subject=application, at=now)
    return application


def _locked(application_id: int) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("user", "affiliate")
        .get(pk=application_id)
    )


def _stands(application: Application, status: str, reviewer: User) -> bool:
    return application.status == status and application.reviewer_id == reviewer.pk


def _take(application: Application, reviewer: User, now: datetime) -> None:
    _refuse_own(application, reviewer)
    application.move_to(ApplicationStatus.UNDER_REVIEW, at=now)
    application.reviewer = reviewer
    audit.record(actor=reviewer, verb="application.review_started", subject=application, at=now)


def _refuse_own(application: Application, reviewer: User) -> None:
    if application.user_id == reviewer.pk:
        raise OwnApplication(_("Somebody else must decide on your own application."))


def _create_affiliate(application: Application, group: Group, now: datetime) -> Affiliate:
    if not Terms.objects.at(now).filter(group=group).exists():
        raise NoTerms(_("The group “%(group)s” has no terms today.") % {"group": group.name})
    number = application.staff_number
    if number and Affiliate.objects.filter(staff_number=number).exists():
        raise StaffNumberTaken(
            _("Another account carries the staff number %(number)s.") % {"number": number}
        )
    affiliate = Affiliate.objects.create(
        name=application.name,
        kind=application.kind,
        group=group,
        country=application.country,
        store=application.store,
        staff_number=number,
        joined_at=now,
        status_changed_at=now,
    )
    Membership.objects.create(affiliate=affiliate, user=application.user)
    Property.objects.bulk_create(
        Property(affiliate=affiliate, url=url, declared_at=application.submitted_at)
        for url in application.sites
    )
    return affiliate
