from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedTextField
from core.states import Moves
from influencers.models.look import Disclosure
from influencers.models.picture import Scope


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed to new creators")
    DONE = "done", _("Over")
    CANCELLED = "cancelled", _("Cancelled")


class Campaign(Moves, models.Model):
    """A brief: what creators are asked to make, until when, and what they get for it."""

    ARROWS = {
        CampaignStatus.DRAFT: {CampaignStatus.OPEN, CampaignStatus.CANCELLED},
        CampaignStatus.OPEN: {
            CampaignStatus.CLOSED, CampaignStatus.DONE, CampaignStatus.CANCELLED,
        },
        CampaignStatus.CLOSED: {
            CampaignStatus.OPEN, CampaignStatus.DONE, CampaignStatus.CANCELLED,
        },
        CampaignStatus.DONE: set(),
        CampaignStatus.CANCELLED: set(),
    }  # fmt: skip

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=80, help_text="What is promoted: contracts count by it.")
    status = models.CharField(
        max_length=9, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT
    )
    status_changed_at = models.DateTimeField()
    brief = models.TextField(max_length=4_000)
    do = models.TextField(max_length=2_000, blank=True)
    dont = models.TextField(max_length=2_000, blank=True)
    disclosure = models.CharField(max_length=13, choices=Disclosure.choices)
    scopes = ArrayField(models.CharField(max_length=6, choices=Scope.choices), default=list)
    rights_months = models.PositiveSmallIntegerField(default=12, help_text="From publication.")
    fee_minor = models.PositiveBigIntegerField(default=0, help_text="To each, for what is agreed.")
    bonus_minor = models.PositiveBigIntegerField(default=0, help_text="For the best of them.")
    bonus_for = models.CharField(max_length=200, blank=True, help_text="What it is given for.")
    currency = models.CharField(max_length=3, default="EUR")
    budget_minor = models.PositiveBigIntegerField(help_text="Fees, bonuses and gifts together.")
    capacity = models.PositiveIntegerField(help_text="How many creators take part.")
    gift_most_minor = models.PositiveBigIntegerField(default=0, help_text="Value for each.")
    gift_most_items = models.PositiveSmallIntegerField(default=0, help_text="Items for each.")
    products = models.ManyToManyField("shop.Product", related_name="+", blank=True)
    is_open_to_apply = models.BooleanField(default=False, help_text="Else by invitation alone.")
    pool = models.ForeignKey(
        "influencers.Pool", models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    starts_on = models.DateField()
    apply_until = models.DateField()
    ends_on = models.DateField(help_text="The last day on which anything is due.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="campaign_status_known", condition=Q(status__in=CampaignStatus.values)
            ),
            models.CheckConstraint(
                name="campaign_days_in_order",
                condition=Q(ends_on__gte=F("starts_on")) & Q(apply_until__lte=F("ends_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliverableKind(models.TextChoices):
    LOOK = "look", _("Look")
    POST = "post", _("Post")
    STORY = "story", _("Story")
    VIDEO = "video", _("Video")
    EVENT = "event", _("Visit or event")


class Deliverable(models.Model):
    """Something that everybody who takes part makes."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="deliverables")
    kind = models.CharField(max_length=5, choices=DeliverableKind.choices)
    quantity = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.kind}"


class PartStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    APPLIED = "applied", _("Applied")
    ACCEPTED = "accepted", _("Takes part")
    DECLINED = "declined", _("Declined")
    REFUSED = "refused", _("Not chosen")
    DONE = "done", _("Delivered and paid")
    CANCELLED = "cancelled", _("Cancelled")


class Participation(Moves, models.Model):
    """A creator in a campaign. What was accepted stays what it was."""

    ARROWS = {
        PartStatus.INVITED: {PartStatus.ACCEPTED, PartStatus.DECLINED, PartStatus.CANCELLED},
        PartStatus.APPLIED: {PartStatus.ACCEPTED, PartStatus.REFUSED, PartStatus.CANCELLED},
        PartStatus.ACCEPTED: {PartStatus.DONE, PartStatus.CANCELLED},
        PartStatus.DECLINED: {PartStatus.INVITED},
        PartStatus.REFUSED: set(),
        PartStatus.DONE: set(),
        PartStatus.CANCELLED: set(),
    }  # fmt: skip

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="participations")
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="participations"
    )
    status = models.CharField(max_length=9, choices=PartStatus.choices)
    status_changed_at = models.DateTimeField()
    message = models.TextField(max_length=1_000, blank=True, help_text="Of the creator.")
    reason = models.CharField(max_length=300, blank=True, help_text="Shown to the creator.")
    fee_minor = models.PositiveBigIntegerField(default=0, help_text="As it was accepted.")
    brief_sha256 = models.CharField(max_length=64, blank=True, help_text="Of what was accepted.")
    accepted_at = models.DateTimeField(null=True)
    bonus_minor = models.PositiveBigIntegerField(default=0, help_text="As it was awarded.")
    bonus_at = models.DateTimeField(null=True)
    bonus_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "affiliate"], name="participation_once"),
            models.CheckConstraint(
                name="participation_status_known", condition=Q(status__in=PartStatus.values)
            ),
            models.CheckConstraint(
                name="participation_bonus_by_somebody",
                condition=Q(bonus_minor=0) | Q(bonus_at__isnull=False, bonus_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["affiliate", "status"], name="participation_of")]

    def __str__(self) -> str:
        return f"{self.affiliate} in {self.campaign}"


class DeliveryStatus(models.TextChoices):
    SUBMITTED = "submitted", _("In review")
    CHANGES = "changes", _("Changes asked for")
    APPROVED = "approved", _("Approved")


class Delivery(Moves, models.Model):
    """What a creator made for a deliverable: a look, an address with proof, or both."""

    ARROWS = {
        DeliveryStatus.SUBMITTED: {DeliveryStatus.CHANGES, DeliveryStatus.APPROVED},
        DeliveryStatus.CHANGES: {DeliveryStatus.SUBMITTED},
        DeliveryStatus.APPROVED: set(),
    }

    participation = models.ForeignKey(Participation, models.PROTECT, related_name="deliveries")
    deliverable = models.ForeignKey(Deliverable, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="From one to the quantity asked for.")
    status = models.CharField(
        max_length=9, choices=DeliveryStatus.choices, default=DeliveryStatus.SUBMITTED
    )
    status_changed_at = models.DateTimeField()
    look = models.ForeignKey("influencers.Look", models.PROTECT, null=True, related_name="+")
    url = models.URLField(max_length=500, blank=True)
    proof = models.ForeignKey(
        "influencers.Picture", models.PROTECT, null=True, related_name="+",
        help_text="A screenshot that shows the mention.",
    )  # fmt: skip
    reason = models.CharField(max_length=300, blank=True, help_text="Shown to the creator.")
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "deliverable", "number"], name="delivery_once"
            ),
            models.CheckConstraint(
                name="delivery_shows_something", condition=Q(look__isnull=False) | ~Q(url="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deliverable} by {self.participation.affiliate}"


class ShipmentStatus(models.TextChoices):
    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("To be sent")
    REFUSED = "refused", _("Refused")
    SHIPPED = "shipped", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Came back")
    LOST = "lost", _("Lost")


class Shipment(Moves, models.Model):
    """A product from the catalogue on its way to a creator. It is a gift once it is shipped."""

    ARROWS = {
        ShipmentStatus.ASKED: {ShipmentStatus.GRANTED, ShipmentStatus.REFUSED},
        ShipmentStatus.GRANTED: {ShipmentStatus.SHIPPED, ShipmentStatus.REFUSED},
        ShipmentStatus.REFUSED: set(),
        ShipmentStatus.SHIPPED: {
            ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.LOST,
        },
        ShipmentStatus.DELIVERED: {ShipmentStatus.RETURNED},
        ShipmentStatus.RETURNED: set(),
        ShipmentStatus.LOST: set(),
    }  # fmt: skip

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="shipments")
    participation = models.ForeignKey(
        Participation, models.PROTECT, null=True, related_name="shipments"
    )
    product = models.ForeignKey("shop.Product", models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)
    size = models.CharField(max_length=20, blank=True)
    value_minor = models.PositiveBigIntegerField(
        help_text="Excluding VAT, of all its pieces, at the list price of the day it was asked for."
    )
    currency = models.CharField(max_length=3)
    status = models.CharField(
        max_length=9, choices=ShipmentStatus.choices, default=ShipmentStatus.ASKED
    )
    status_changed_at = models.DateTimeField()
    address = EncryptedTextField(help_text="Erased 30 days after delivery.")
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Shown to the creator.")
    gift = models.OneToOneField(
        "influencers.Gift", models.PROTECT, null=True, related_name="shipment"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shipment_status_known", condition=Q(status__in=ShipmentStatus.values)
            ),
            models.CheckConstraint(
                name="shipment_sent_is_gift",
                condition=Q(status__in=["asked", "granted", "refused"], gift__isnull=True)
                | Q(
                    status__in=["shipped", "delivered", "returned", "lost"],
                    gift__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(fields=["status", "created_at"], name="shipment_queue")]

    def __str__(self) -> str:
        return f"{self.product} to {self.affiliate}"


class EditorialEntry(models.Model):
    """A look in the calendar of one of the brand's own accounts."""

    account = models.CharField(max_length=80, help_text="Of the brand, e.g. @maison on Instagram.")
    day = models.DateField()
    look = models.ForeignKey("influencers.Look", models.PROTECT, related_name="editorial_entries")
    caption = models.TextField(max_length=2_200, blank=True)
    url = models.URLField(max_length=500, blank=True, help_text="Once it is out.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["day", "pk"]

    def __str__(self) -> str:
        return f"{self.look} on {self.account}, {self.day}"
