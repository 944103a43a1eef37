from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves


class LookStatus(models.TextChoices):
    """What the public sees of a look; its versions have states of their own."""

    DRAFT = "draft", _("Not published yet")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    PAUSED = "paused", _("Paused")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn by its creator")
    REMOVED = "removed", _("Removed by the programme")


class Look(Moves, models.Model):
    """Products worn together on photos of one creator, and whether the public sees it."""

    ARROWS = {
        LookStatus.DRAFT: {LookStatus.SCHEDULED, LookStatus.PUBLISHED, LookStatus.WITHDRAWN},
        LookStatus.SCHEDULED: {
            LookStatus.PUBLISHED, LookStatus.PAUSED, LookStatus.WITHDRAWN, LookStatus.REMOVED,
        },
        LookStatus.PUBLISHED: {
            LookStatus.PAUSED, LookStatus.EXPIRED, LookStatus.WITHDRAWN, LookStatus.REMOVED,
        },
        LookStatus.PAUSED: {
            LookStatus.PUBLISHED, LookStatus.EXPIRED, LookStatus.WITHDRAWN, LookStatus.REMOVED,
        },
        LookStatus.EXPIRED: {LookStatus.PUBLISHED, LookStatus.WITHDRAWN, LookStatus.REMOVED},
        LookStatus.WITHDRAWN: set(),
        LookStatus.REMOVED: set(),
    }  # fmt: skip

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="looks",
        help_text="Who earns by it; none: a customer sent it.",
    )  # fmt: skip
    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=80, unique=True)
    link = models.OneToOneField("tracking.Link", models.PROTECT, null=True, related_name="look")
    live = models.OneToOneField(
        "influencers.LookVersion", models.PROTECT, null=True, related_name="+",
        help_text="The approved version that the public sees.",
    )  # fmt: skip
    status = models.CharField(max_length=9, choices=LookStatus.choices, default=LookStatus.DRAFT)
    status_changed_at = models.DateTimeField()
    status_reason = models.TextField(blank=True, help_text="Shown to the creator.")
    publish_at = models.DateTimeField(null=True, help_text="When a scheduled look appears.")
    expires_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True, help_text="For the first time.")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, help_text="Its creator put it out of sight.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="look_status_known", condition=Q(status__in=LookStatus.values)
            ),
            models.CheckConstraint(
                name="look_published_has_version",
                condition=~Q(status__in=[LookStatus.PUBLISHED, LookStatus.SCHEDULED])
                | Q(live__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["affiliate", "-created_at"], name="look_of_affiliate"),
            models.Index(fields=["status", "-published_at"], name="look_by_status"),
        ]

    def __str__(self) -> str:
        return self.slug


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("In review")
    CHANGES = "changes", _("Changes asked for")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    DISCARDED = "discarded", _("Discarded")


class Disclosure(models.TextChoices):
    """The words of law 2023-451, article 5."""

    COLLABORATION = "collaboration", _("Commercial collaboration")
    ADVERTISING = "advertising", _("Advertising")


class LookVersion(Moves, models.Model):
    """What a look says and shows. A change of a published look is its next version."""

    ARROWS = {
        VersionStatus.DRAFT: {VersionStatus.SUBMITTED, VersionStatus.DISCARDED},
        VersionStatus.SUBMITTED: {
            VersionStatus.DRAFT, VersionStatus.CHANGES, VersionStatus.APPROVED,
            VersionStatus.REFUSED,
        },
        VersionStatus.CHANGES: {VersionStatus.SUBMITTED, VersionStatus.DISCARDED},
        VersionStatus.APPROVED: set(),
        VersionStatus.REFUSED: set(),
        VersionStatus.DISCARDED: set(),
    }  # fmt: skip
    #: Its creator may still change it.
    EDITABLE = (VersionStatus.DRAFT, VersionStatus.CHANGES)

    look = models.ForeignKey(Look, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(
        max_length=9, choices=VersionStatus.choices, default=VersionStatus.DRAFT
    )
    status_changed_at = models.DateTimeField()
    title = models.CharField(max_length=80, blank=True)
    story = models.TextField(blank=True, max_length=2_000)
    language = models.CharField(max_length=2, default="fr")
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    disclosure = models.CharField(max_length=13, choices=Disclosure.choices, blank=True)
    is_retouched = models.BooleanField(default=False, help_text="“Retouched images” is said.")
    is_virtual = models.BooleanField(default=False, help_text="“Virtual images” is said.")
    saves = models.PositiveIntegerField(
        default=0, help_text="Counts saves: who saves over a newer one is told."
    )
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True, help_text="Why it was refused. Shown to the creator.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["look", "number"], name="look_version_number_once"),
            models.UniqueConstraint(
                fields=["look"],
                condition=Q(status__in=["draft", "submitted", "changes"]),
                name="look_version_one_open",
            ),
            models.CheckConstraint(
                name="look_version_status_known", condition=Q(status__in=VersionStatus.values)
            ),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"], name="look_version_queue")]

    def __str__(self) -> str:
        return f"{self.look}, version {self.number}"


_FRACTION = (MinValueValidator(0), MaxValueValidator(1))


class LookImage(models.Model):
    """A photo of a version: which part of it is shown, and what it says to who cannot see it."""

    version = models.ForeignKey(LookVersion, models.CASCADE, related_name="images")
    picture = models.ForeignKey("influencers.Picture", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    alt = models.CharField(max_length=250, blank=True)
    crop_x = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    crop_y = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    crop_width = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    crop_height = models.DecimalField(max_digits=5, decimal_places=4, default=1)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="look_image_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="look_image_crop_inside",
                condition=Q(crop_x__gte=0, crop_y__gte=0, crop_width__gt=0, crop_height__gt=0)
                & Q(crop_x__lte=1 - models.F("crop_width"))
                & Q(crop_y__lte=1 - models.F("crop_height")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, photo {self.position}"


class SlotRole(models.TextChoices):
    TOP = "top", _("Top")
    BOTTOM = "bottom", _("Bottom")
    DRESS = "dress", _("Dress")
    OUTER = "outer", _("Jacket or coat")
    SHOES = "shoes", _("Shoes")
    BAG = "bag", _("Bag")
    ACCESSORY = "accessory", _("Accessory")


class LookSlot(models.Model):
    """A place in the look that a product fills, or one of its alternates."""

    version = models.ForeignKey(LookVersion, models.CASCADE, related_name="slots")
    key = models.UUIDField(default=uuid.uuid4, help_text="The same in the versions that follow.")
    role = models.CharField(max_length=9, choices=SlotRole.choices)
    position = models.PositiveSmallIntegerField()
    is_required = models.BooleanField(
        default=True, help_text="Without it the look is placed nowhere by itself."
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="look_slot_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["version", "key"], name="look_slot_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.version}"


class SlotOption(models.Model):
    """A product that fills a slot. Rank 1 is the one worn; the others stand in when it is gone."""

    slot = models.ForeignKey(LookSlot, models.CASCADE, related_name="options")
    product = models.ForeignKey("shop.Product", models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    is_exact = models.BooleanField(default=True, help_text="The very one on the photo.")
    added_by = models.CharField(
        max_length=7,
        choices=[("creator", _("Creator")), ("staff", _("Staff")), ("auto", _("Automatically"))],
        default="creator",
    )

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "rank"],
                name="slot_option_rank_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["slot", "product"], name="slot_option_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product} ({self.rank})"


class Hotspot(models.Model):
    """Where a slot's product is seen on a photo, as fractions of the uncropped picture."""

    image = models.ForeignKey(LookImage, models.CASCADE, related_name="hotspots")
    slot = models.ForeignKey(LookSlot, models.CASCADE, related_name="hotspots")
    x = models.DecimalField(max_digits=5, decimal_places=4, validators=_FRACTION)
    y = models.DecimalField(max_digits=5, decimal_places=4, validators=_FRACTION)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "slot"], name="hotspot_once"),
            models.CheckConstraint(
                name="hotspot_on_picture", condition=Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} at {self.x}, {self.y}"
