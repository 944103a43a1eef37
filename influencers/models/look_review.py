from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LookComment(models.Model):
    """A moderator's or creator's remark, pinned to a photo, a hotspot or a field."""

    version = models.ForeignKey("influencers.LookVersion", models.PROTECT, related_name="comments")
    place = models.CharField(
        max_length=40, blank=True, help_text="A field's name; empty: the look, or a photo."
    )
    image = models.ForeignKey(
        "influencers.LookImage", models.SET_NULL, null=True, related_name="comments"
    )
    slot_key = models.UUIDField(null=True, help_text="Of the slot whose hotspot is meant.")
    x = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    y = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    text = models.TextField(max_length=1_000)
    asks_for_change = models.BooleanField(default=False)
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                name="look_comment_pin_whole",
                condition=Q(x__isnull=True, y__isnull=True)
                | Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1),
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class LookAct(models.TextChoices):
    CREATED = "created", _("Created")
    SUBMITTED = "submitted", _("Sent for review")
    TAKEN_BACK = "taken_back", _("Taken back from review")
    CHANGES = "changes", _("Changes asked for")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    DISCARDED = "discarded", _("Draft discarded")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    PAUSED = "paused", _("Paused")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REMOVED = "removed", _("Removed")
    SWAPPED = "swapped", _("Another product stands in")


class LookEvent(models.Model):
    """One thing that happened to a look. Never edited."""

    look = models.ForeignKey("influencers.Look", models.PROTECT, related_name="events")
    version = models.ForeignKey(
        "influencers.LookVersion", models.PROTECT, null=True, related_name="+"
    )
    act = models.CharField(max_length=10, choices=LookAct.choices)
    code = models.CharField(max_length=30, blank=True, help_text="Of the reason.")
    note = models.TextField(blank=True, help_text="Shown to the creator.")
    actor = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", help_text="None: the system."
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["look", "at"], name="look_event_of_look")]

    def __str__(self) -> str:
        return f"{self.act}: {self.look}"


class Surface(models.TextChoices):
    """Where a look was seen. A click keeps ``look:<id>:<surface>``."""

    OFFSITE = "offsite", _("Off our pages")
    PAGE = "page", _("Its own page")
    CREATOR = "creator", _("The creator's page")
    LOOKBOOK = "lookbook", _("Lookbook")
    PDP = "pdp", _("Product page")
    EMBED = "embed", _("Embedded elsewhere")


class LookCount(models.Model):
    """How often a look was seen or tapped on a day. Counts alone: nobody is in them."""

    look = models.ForeignKey("influencers.Look", models.CASCADE, related_name="counts")
    day = models.DateField(help_text="In the programme's time zone.")
    surface = models.CharField(max_length=8, choices=Surface.choices)
    act = models.CharField(max_length=4, choices=[("view", _("Seen")), ("tap", _("Tapped"))])
    slot_key = models.UUIDField(
        default="00000000-0000-0000-0000-000000000000", help_text="Zero: the look as a whole."
    )
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["look", "day", "surface", "act", "slot_key"], name="look_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.act} of {self.look} on {self.day}"


class CustomerInvite(models.Model):
    """A link by which customers send photos of what they bought."""

    name = models.CharField(max_length=80, help_text="For managers, e.g. the newsletter's name.")
    key_hash = models.CharField(max_length=64, unique=True)
    shop = models.ForeignKey("shop.Shop", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    most = models.PositiveIntegerField(default=500, help_text="How many photos it takes.")
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class CustomerPhoto(models.Model):
    """What a customer sent: the look made of it, and what was agreed to. Erased on demand."""

    public_id = models.UUIDField(unique=True)
    invite = models.ForeignKey(CustomerInvite, models.PROTECT, related_name="photos")
    look = models.OneToOneField("influencers.Look", models.PROTECT, related_name="customer_photo")
    shown_name = models.CharField(max_length=60, help_text="As the customer wants to be named.")
    email_hash = models.CharField(max_length=64, help_text="Keyed: to find it again, not to write.")
    is_of_age = models.BooleanField(help_text="Said to be 18 or older.")
    sent_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="customer_photo_by_adults", condition=Q(is_of_age=True))
        ]

    def __str__(self) -> str:
        return self.shown_name
