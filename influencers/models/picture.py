from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """A photo that somebody uploaded, re-encoded, without EXIF. The file is never public."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="pictures"
    )
    sha256 = models.CharField(max_length=64, help_text="Of the file as it was uploaded.")
    fingerprint = models.BigIntegerField(
        help_text="64 bits of brightness differences (dHash): near copies differ in few of them."
    )
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    color = models.CharField(max_length=7, help_text="The average, #rrggbb, while it loads.")
    name = models.CharField(max_length=120, blank=True, help_text="Of the private original.")
    bytes_kept = models.PositiveIntegerField(help_text="Size of the private original.")
    uploaded_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, help_text="Its files are gone for good.")
    files_left = ArrayField(
        models.CharField(max_length=160), null=True,
        help_text="Files of a deleted picture that are still to go; none: they are gone.",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "sha256"],
                condition=Q(deleted_at__isnull=True),
                name="picture_once",
            )
        ]
        indexes = [
            models.Index(fields=["sha256"], name="picture_by_hash"),
            models.Index(fields=["fingerprint"], name="picture_by_fingerprint"),
        ]

    def __str__(self) -> str:
        return f"{self.width} x {self.height}, {self.sha256[:8]}"


class Rendition(models.Model):
    """A picture, cropped and scaled for pages. ``name`` leads to the file."""

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")
    crop = models.CharField(max_length=40, help_text="x,y,width,height as fractions.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    kind = models.CharField(max_length=4, choices=[("webp", _("WebP")), ("jpeg", _("JPEG"))])
    name = models.CharField(max_length=160)
    size = models.PositiveIntegerField(help_text="Bytes.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["picture", "crop", "width", "kind"], name="rendition_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """Where a picture may be used."""

    SITE = "site", _("Looks pages")
    PDP = "pdp", _("Product pages")
    EMAIL = "email", _("Newsletters")
    SOCIAL = "social", _("The brand's social accounts")
    ADS = "ads", _("Advertisements")
    PRINT = "print", _("Print")
    STORE = "store", _("Stores")


class ImageLicence(models.Model):
    """What the programme may do with a picture, where and until when. Revoked, never edited."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    picture = models.ForeignKey(Picture, models.PROTECT, related_name="licences")
    scopes = ArrayField(models.CharField(max_length=6, choices=Scope.choices))
    territory = models.CharField(max_length=140)
    is_exclusive = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day; none: until revoked.")
    fee_minor = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")
    credit = models.CharField(max_length=120, help_text="Who is named as the photographer.")
    people = models.CharField(
        max_length=8,
        choices=[
            ("none", _("Nobody else can be recognised")),
            ("released", _("Everybody who can be recognised agreed in writing")),
        ],
    )
    has_minors = models.BooleanField(default=False)
    guardian = models.CharField(
        max_length=120, blank=True, help_text="Who agreed for the minors, in writing."
    )
    text_sha256 = models.CharField(max_length=64, help_text="Of the terms as they were read.")
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    revoke_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="image_licence_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="image_licence_minors_have_guardian",
                condition=Q(has_minors=False) | ~Q(guardian=""),
            ),
        ]
        indexes = [models.Index(fields=["picture", "-granted_at"], name="image_licence_of_picture")]

    def __str__(self) -> str:
        return f"{', '.join(self.scopes)} from {self.starts_on}"
