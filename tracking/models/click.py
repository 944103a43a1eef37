from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from tracking.domain.references import to_text


class Click(models.Model):
    """One consented landing through a link, written by the shipper alone.

    Partitioned by month of ``clicked_at`` and dropped by partition; nothing points here by foreign
    key (docs/adr/0005-no-consent-no-click.md).
    """

    clicked_at = models.DateTimeField()
    visitor = models.UUIDField(null=True, help_text="The reference in ap_ref; null once erased.")
    link_id = models.IntegerField(help_text="Four bytes: they are paid for by every click.")
    affiliate_id = models.IntegerField()
    ip_hash = models.BigIntegerField(
        null=True, help_text="Of the /24 or /48 under the day's salt; null without a salt."
    )
    facts = models.IntegerField(default=0, help_text="tracking.domain.navigation.Fact")
    browser = models.SmallIntegerField(default=0, help_text="tracking.domain.user_agent.Browser")
    device = models.SmallIntegerField(default=0, help_text="tracking.domain.user_agent.Device")
    navigation = models.CharField(max_length=20)
    referrer_host = models.CharField(max_length=253, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="Where the edge says it.")
    sub_id = models.CharField(max_length=64, blank=True)
    surface = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["visitor"], name="click_of_visitor")]

    def __str__(self) -> str:
        return f"Click #{self.pk}"

    @property
    def reference(self) -> str:
        """The visitor as ``ap_ref`` spells it; empty once erased."""
        return to_text(self.visitor) if self.visitor else ""


class ClickCount(models.Model):
    """Landings without a row of their own: counted by the hour, with nothing about anybody."""

    link_id = models.BigIntegerField()
    affiliate_id = models.BigIntegerField()
    hour = models.DateTimeField()
    navigation = models.CharField(max_length=20)
    referrer_host = models.CharField(max_length=253, blank=True)
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link_id", "hour", "navigation", "referrer_host"],
                name="click_count_once",
            )
        ]
        indexes = [
            models.Index(fields=["affiliate_id", "hour"], name="click_count_of_affiliate"),
            BrinIndex(fields=["hour"], name="click_count_at"),
        ]

    def __str__(self) -> str:
        return f"{self.count} landings in the hour from {self.hour:%Y-%m-%d %H:%M}"


class ClickHour(models.Model):
    """What a link brought in an hour, with and without consent: exact, made with the clicks."""

    affiliate_id = models.BigIntegerField()
    hour = models.DateTimeField()
    link_id = models.BigIntegerField()
    visits = models.PositiveIntegerField(default=0, help_text="People who came, all of them.")
    consented = models.PositiveIntegerField(default=0, help_text="Of them, with consent.")
    others = models.PositiveIntegerField(default=0, help_text="Bots, frames, previews: nobody.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate_id", "hour", "link_id"], name="click_hour_once"
            )
        ]
        indexes = [BrinIndex(fields=["hour"], name="click_hour_at")]

    def __str__(self) -> str:
        return f"{self.visits} visits in the hour from {self.hour:%Y-%m-%d %H:%M}"


class ClickDay(models.Model):
    """What an affiliate brought on a day of the programme's time zone."""

    day = models.DateField()
    affiliate_id = models.BigIntegerField()
    visits = models.PositiveIntegerField(default=0)
    consented = models.PositiveIntegerField(default=0)
    others = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "affiliate_id"], name="click_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.visits} visits on {self.day}"


class ClickReferrer(models.Model):
    """From which hosts a link's visits of a day came, the rarest of them together."""

    link_id = models.BigIntegerField()
    day = models.DateField()
    referrer_host = models.CharField(max_length=253, blank=True)
    visits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link_id", "day", "referrer_host"], name="click_referrer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visits} visits from {self.referrer_host or 'nowhere'} on {self.day}"


class ClickMark(models.Model):
    """What the consented visits of a day carried: the mark and the place of their address."""

    affiliate_id = models.BigIntegerField()
    day = models.DateField()
    link_id = models.BigIntegerField()
    sub_id = models.CharField(max_length=64, blank=True)
    surface = models.CharField(max_length=64, blank=True)
    visits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate_id", "day", "link_id", "sub_id", "surface"],
                name="click_mark_once",
            )
        ]
        indexes = [models.Index(fields=["day"], name="click_mark_of_day")]

    def __str__(self) -> str:
        return f"{self.visits} visits with {self.sub_id or self.surface or 'no mark'} on {self.day}"


class JourneyEvent(models.Model):
    """What a consenting visitor did in the shop. Partitioned by month of ``at``, like clicks."""

    at = models.DateTimeField()
    visitor = models.UUIDField()
    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["visitor"], name="journey_of_visitor")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"


class Salt(models.Model):
    """The key of one UTC day's address hashes. Gone after 48 hours, and the link with it."""

    day = models.DateField(unique=True)
    value = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Salt of {self.day}"
