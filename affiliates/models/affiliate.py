from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from affiliates.domain.abilities import TeamRole
from core.states import Moves


class Group(models.Model):
    """Affiliates that share terms."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(
        default=False,
        help_text="The group whose terms the public programme page shows.",
    )
    utm_template = models.JSONField(
        default=dict, blank=True, help_text="UTM parameters of new links, {placeholders} filled."
    )
    sees_costs = models.BooleanField(
        default=False,
        help_text="Its people may know cost prices. Only then may its terms pay on actual margin,"
        " from which a cost can be computed.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="group_one_default",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AffiliateKind(models.TextChoices):
    CONTENT = "content", _("Site, blog or newsletter")
    INFLUENCER = "influencer", _("Influencer")
    EMPLOYEE = "employee", _("Store employee")
    COMPARISON = "comparison", _("Comparison site")
    COUPON = "coupon", _("Promo code site")
    CASHBACK = "cashback", _("Cashback")


class AffiliateStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class Affiliate(Moves, models.Model):
    """An account that earns by sending customers."""

    ARROWS = {
        AffiliateStatus.ACTIVE: {AffiliateStatus.SUSPENDED, AffiliateStatus.CLOSED},
        AffiliateStatus.SUSPENDED: {AffiliateStatus.ACTIVE, AffiliateStatus.CLOSED},
        AffiliateStatus.CLOSED: {AffiliateStatus.ACTIVE},  # Only if it was closed in error.
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=AffiliateKind.choices)
    group = models.ForeignKey(Group, models.PROTECT, related_name="affiliates")
    country = models.CharField(max_length=2)
    is_contracted = models.BooleanField(
        default=False, help_text="Under contract: a policy may prefer its touchpoints."
    )
    is_trusted = models.BooleanField(
        default=False, help_text="Terms may end the hold of its commissions earlier."
    )
    status = models.CharField(
        max_length=9, choices=AffiliateStatus.choices, default=AffiliateStatus.ACTIVE
    )
    status_changed_at = models.DateTimeField()
    status_reason = models.TextField(blank=True, help_text="Shown to the affiliate.")
    store = models.CharField(max_length=80, blank=True)
    staff_number = models.CharField(max_length=40, blank=True)
    joined_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="affiliate_status_known",
                condition=Q(status__in=AffiliateStatus.values),
            ),
            models.CheckConstraint(
                name="affiliate_employee_has_store",
                condition=~Q(kind=AffiliateKind.EMPLOYEE) | ~(Q(store="") | Q(staff_number="")),
            ),
            models.UniqueConstraint(
                fields=["staff_number"],
                condition=~Q(staff_number=""),
                name="affiliate_staff_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_employee(self) -> bool:
        return self.kind == AffiliateKind.EMPLOYEE

    @property
    def is_active(self) -> bool:
        return self.status == AffiliateStatus.ACTIVE


class MemberRole(models.TextChoices):
    OWNER = TeamRole.OWNER.value, _("Owner")
    MANAGER = TeamRole.MANAGER.value, _("Manager")
    ACCOUNTANT = TeamRole.ACCOUNTANT.value, _("Accountant")
    READER = TeamRole.READER.value, _("Reader")


class Membership(models.Model):
    """A person of an affiliate's team. What they may do is in ``domain/abilities.py``."""

    affiliate = models.ForeignKey(Affiliate, models.CASCADE, related_name="memberships")
    user = models.ForeignKey("core.User", models.CASCADE, related_name="memberships")
    role = models.CharField(
        max_length=10, choices=MemberRole.choices, default=MemberRole.OWNER, db_default="owner"
    )
    joined_at = models.DateTimeField(null=True, editable=False)
    is_owner = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["affiliate", "user"], name="membership_once"),
            models.CheckConstraint(
                name="membership_role_known", condition=Q(role__in=MemberRole.values)
            ),
            models.CheckConstraint(
                name="membership_owner_by_role",
                condition=Q(role=MemberRole.OWNER, is_owner=True)
                | (~Q(role=MemberRole.OWNER) & Q(is_owner=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.affiliate}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep ``is_owner``, by which people are sorted, as the role says."""
        self.is_owner = self.role == MemberRole.OWNER
        super().save(*args, **kwargs)


class PropertyQuerySet(models.QuerySet["Property"]):
    """Words for declared sites."""

    def standing(self) -> Self:
        """Leave out what its affiliate took back."""
        return self.filter(removed_at__isnull=True)


class Property(models.Model):
    """A site, newsletter or social account on which an affiliate promotes."""

    affiliate = models.ForeignKey(Affiliate, models.CASCADE, related_name="properties")
    url = models.URLField(max_length=300)
    declared_at = models.DateTimeField()
    removed_at = models.DateTimeField(
        null=True, editable=False, help_text="Its affiliate took it back."
    )

    objects = PropertyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "properties"
        constraints = [models.UniqueConstraint(fields=["affiliate", "url"], name="property_once")]

    def __str__(self) -> str:
        return self.url
