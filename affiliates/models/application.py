from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from affiliates.models.affiliate import AffiliateKind
from core.states import Moves


class ApplicationStatus(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class LegalForm(models.TextChoices):
    COMPANY = "company", _("Company")
    SOLE_TRADER = "sole_trader", _("Sole trader (micro-entreprise)")
    ASSOCIATION = "association", _("Association")
    INDIVIDUAL = "individual", _("Private individual")


class Application(Moves, models.Model):
    """A request to join. One open application per person."""

    ARROWS = {
        ApplicationStatus.SUBMITTED: {
            ApplicationStatus.UNDER_REVIEW,
            ApplicationStatus.WITHDRAWN,
        },
        ApplicationStatus.UNDER_REVIEW: {
            ApplicationStatus.APPROVED,
            ApplicationStatus.REJECTED,
            ApplicationStatus.WITHDRAWN,
        },
        ApplicationStatus.APPROVED: set(),
        ApplicationStatus.REJECTED: set(),
        ApplicationStatus.WITHDRAWN: set(),
    }
    OPEN = (ApplicationStatus.SUBMITTED, ApplicationStatus.UNDER_REVIEW)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("core.User", models.PROTECT, related_name="applications")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=AffiliateKind.choices)
    legal_form = models.CharField(max_length=12, choices=LegalForm.choices)
    country = models.CharField(max_length=2)
    sites = ArrayField(models.URLField(max_length=300), default=list)
    channels = ArrayField(models.CharField(max_length=20), default=list)
    methods = ArrayField(models.CharField(max_length=20), default=list)
    pitch = models.CharField(max_length=600, blank=True)
    store = models.CharField(max_length=80, blank=True)
    staff_number = models.CharField(max_length=40, blank=True)
    terms = models.ForeignKey("affiliates.Terms", models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=12,
        choices=ApplicationStatus.choices,
        default=ApplicationStatus.SUBMITTED,
    )
    submitted_at = models.DateTimeField()
    status_changed_at = models.DateTimeField()
    reviewer = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True, help_text="Shown to the applicant.")
    affiliate = models.OneToOneField(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="application"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="application_status_known",
                condition=Q(status__in=ApplicationStatus.values),
            ),
            models.CheckConstraint(
                name="application_approved_has_affiliate",
                condition=~Q(status=ApplicationStatus.APPROVED) | Q(affiliate__isnull=False),
            ),
            models.CheckConstraint(
                name="application_rejected_has_reason",
                condition=~Q(status=ApplicationStatus.REJECTED) | ~Q(reason=""),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status__in=["submitted", "under_review"]),
                name="application_one_open_per_person",
            ),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"], name="application_queue")]

    def __str__(self) -> str:
        return f"Application of {self.name}"
