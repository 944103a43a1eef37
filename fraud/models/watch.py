from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WatchedName(models.Model):
    """A name of the shop that others may imitate: a word, or an official domain."""

    name = models.CharField(
        max_length=80, unique=True, help_text="As written: CCV Mode, ccv-mode.fr"
    )
    is_domain = models.BooleanField(default=False, help_text="One of the shop's own domains.")
    created_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class LookalikeStatus(models.TextChoices):
    GENERATED = "generated", _("Not yet looked up")
    UNREGISTERED = "unregistered", _("Unregistered")
    SILENT = "silent", _("Registered, answers nothing")
    PAGE = "page", _("Shows a page")
    LEADS_TO_US = "leads_to_us", _("Forwards to the shop")
    LEADS_TO_LINK = "leads_to_link", _("Forwards to a partner's link")
    LEADS_ELSEWHERE = "leads_elsewhere", _("Forwards elsewhere")
    OURS = "ours", _("Ours")


class Lookalike(models.Model):
    """A domain that imitates a watched name, whether or not anybody has it."""

    host = models.CharField(max_length=253, unique=True)
    name = models.ForeignKey(WatchedName, models.PROTECT, related_name="lookalikes")
    level = models.CharField(max_length=2, help_text="L1 (nearest) to L4: fraud.domain.lookalikes")
    way = models.CharField(max_length=30, help_text="How it differs, e.g. omission.")
    status = models.CharField(
        max_length=15, choices=LookalikeStatus.choices, default=LookalikeStatus.GENERATED
    )
    priority = models.IntegerField(default=0, help_text="The higher, the sooner to register.")
    first_seen_at = models.DateTimeField()
    probed_at = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True, help_text="When it is looked at next.")
    affiliate = models.ForeignKey(
        "affiliates.Affiliate",
        models.PROTECT,
        null=True,
        related_name="lookalikes",
        help_text="Whose link a chain ended on, last time one did.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lookalike_status_known", condition=Q(status__in=LookalikeStatus.values)
            )
        ]
        indexes = [
            models.Index(fields=["probe_at"], name="lookalike_due"),
            models.Index(fields=["status", "-priority"], name="lookalike_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.host} ({self.level})"


class Probe(models.Model):
    """One look at a look-alike, with every hop. Append-only: it is evidence."""

    lookalike = models.ForeignKey(Lookalike, models.PROTECT, related_name="probes")
    at = models.DateTimeField()
    client = models.CharField(max_length=20, help_text="Which browser it pretended to be.")
    referrer = models.CharField(max_length=200, blank=True, help_text="The Referer it sent.")
    addresses = models.JSONField(default=list, help_text="What the DNS said.")
    hops = models.JSONField(
        default=list, help_text="Every answer: address, status, location, how it forwards."
    )
    status = models.CharField(max_length=15, choices=LookalikeStatus.choices)
    link_code = models.CharField(
        max_length=40, blank=True, help_text="Of our /c/<code> it ended on."
    )
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="probes"
    )
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["lookalike", "-at"], name="probe_of_lookalike")]

    def __str__(self) -> str:
        return f"{self.lookalike.host} at {self.at:%Y-%m-%d %H:%M}: {self.status}"
