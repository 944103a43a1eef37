from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models.invitation import InvitationQuerySet, MailedInvitation
from core.states import Moves


class StaffRole(models.TextChoices):
    MANAGER = "manager", _("Programme manager")
    FINANCE = "finance", _("Finance")
    OWNER = "owner", _("Owner (CFO)")


#: Roles by which somebody is of staff; an owner is somebody of finance besides.
ENTERING = (StaffRole.MANAGER, StaffRole.FINANCE)


class StaffInvitation(MailedInvitation):
    """Somebody is asked by mail to join the team of the programme. One that lives per address.

    Nothing is sent while a second person has to agree: then ``sent_at`` is empty. One that took two
    stays as long as its proposal; its address does not (ST3).
    """

    roles = ArrayField(models.CharField(max_length=7, choices=StaffRole.choices))
    language = models.CharField(max_length=2, choices=[("fr", "Français"), ("en", "English")])
    sent_at = models.DateTimeField(null=True)
    sendings = models.PositiveSmallIntegerField(default=0)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="staff_invitation_roles",
                condition=Q(roles__len__gt=0) & Q(roles__contained_by=list(ENTERING)),
            ),
            models.CheckConstraint(
                name="staff_invitation_accepted_or_revoked",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="staff_invitation_accepted_by_somebody",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, sent_at__isnull=False),
            ),
            models.UniqueConstraint(
                models.functions.Lower("email"),
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="staff_invitation_one_pending",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can be accepted."""
        return self.sent_at is not None and super().is_open(now)


class ProposalStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back")
    LAPSED = "lapsed", _("Ran out")


class StaffProposal(Moves, models.Model):
    """A role that one of staff wants somebody to have, and another has to agree to.

    It is for a person of staff, or for whoever accepts an invitation that waits for it.
    """

    ARROWS = {
        ProposalStatus.PROPOSED: {
            ProposalStatus.CONFIRMED,
            ProposalStatus.DECLINED,
            ProposalStatus.WITHDRAWN,
            ProposalStatus.LAPSED,
        },
        ProposalStatus.CONFIRMED: set(),
        ProposalStatus.DECLINED: set(),
        ProposalStatus.WITHDRAWN: set(),
        ProposalStatus.LAPSED: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=7, choices=StaffRole.choices)
    person = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    invitation = models.OneToOneField(
        StaffInvitation, models.PROTECT, null=True, related_name="proposal"
    )
    reason = models.TextField()
    proposed_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(
        max_length=9, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED
    )
    status_changed_at = models.DateTimeField()
    decided_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="staff_proposal_status_known", condition=Q(status__in=ProposalStatus.values)
            ),
            models.CheckConstraint(
                name="staff_proposal_role_known", condition=Q(role__in=StaffRole.values)
            ),
            models.CheckConstraint(
                name="staff_proposal_of_somebody",
                condition=Q(person__isnull=True) ^ Q(invitation__isnull=True),
            ),
            models.CheckConstraint(name="staff_proposal_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="staff_proposal_four_eyes",
                condition=~Q(status=ProposalStatus.CONFIRMED)
                | (
                    Q(decided_by__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                    & (Q(person__isnull=True) | ~Q(decided_by=F("person")))
                ),
            ),
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=Q(status=ProposalStatus.PROPOSED, person__isnull=False),
                name="staff_proposal_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.person or self.invitation}"

    @property
    def whom(self) -> str:
        """Whom it is about, as people read it."""
        return str(self.person or self.invitation)

    def waits(self, now: datetime) -> bool:
        """Tell whether it can still be confirmed."""
        return self.status == ProposalStatus.PROPOSED and now < self.expires_at
