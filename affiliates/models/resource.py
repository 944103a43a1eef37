from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ResourceKind(models.TextChoices):
    BANNER = "banner", _("Banner")
    LOGO = "logo", _("Logo or photo")
    TEXT = "text", _("Text to use")
    RULES = "rules", _("Brand rules")
    DOCUMENT = "document", _("Document")


class Resource(models.Model):
    """Something that affiliates promote with: a banner, a logo, a text, what to do and not."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=ResourceKind.choices)
    title_fr = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    text_fr = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    category = models.CharField(max_length=60, blank=True, help_text="Of a campaign, for example.")
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    group = models.ForeignKey("affiliates.Group", models.PROTECT, null=True, related_name="+")
    kinds = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="None: of any kind."
    )
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(help_text="When words or a file last changed.")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="resource_kind_known", condition=Q(kind__in=ResourceKind.values)
            )
        ]
        indexes = [
            models.Index(
                fields=["-changed_at"],
                condition=Q(withdrawn_at__isnull=True),
                name="resource_offered",
            )
        ]

    def __str__(self) -> str:
        return self.title_en

    def title(self, language: str) -> str:
        """Return what it is called for a reader of ``language``."""
        return self.title_en if language == "en" else self.title_fr

    def text(self, language: str) -> str:
        """Return the words for a reader of ``language``; the other's if there are none."""
        first, second = (self.text_fr, self.text_en)
        if language == "en":
            first, second = second, first
        return first or second


class ResourceLanguage(models.TextChoices):
    BOTH = "", _("For both languages")
    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")


class ResourceFile(models.Model):
    """A file of a resource, one version for one language. Never changed: a newer one follows."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="files")
    language = models.CharField(max_length=2, blank=True, choices=ResourceLanguage.choices)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    body = models.BinaryField(help_text="At most 2 MB.")
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "language", "version"], name="resource_file_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @property
    def is_image(self) -> bool:
        return self.width is not None


class ResourceDownload(models.Model):
    """How often the people of an affiliate downloaded a resource on a day of Paris."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="downloads")
    affiliate = models.ForeignKey("affiliates.Affiliate", models.CASCADE, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "affiliate", "day"], name="resource_download_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} of resource {self.resource_id} on {self.day}"


class ResourcesSeen(models.Model):
    """Until when a person has seen what is new among the resources."""

    person = models.OneToOneField("core.User", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Resources seen by {self.person_id}"
