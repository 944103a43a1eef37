from __future__ import annotations

from django.db import models


class Click(models.Model):
    """One consented landing through a link. Nothing points here by foreign key (docs/adr)."""

    token = models.CharField(max_length=22, unique=True, help_text="128 random bits.")
    clicked_at = models.DateTimeField()
    link_id = models.BigIntegerField()
    affiliate_id = models.BigIntegerField()
    sub_id = models.CharField(max_length=64, blank=True)
    navigation = models.CharField(max_length=20)
    referrer_host = models.CharField(max_length=253, blank=True)
    surface = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["link_id", "clicked_at"], name="click_of_link"),
            models.Index(fields=["affiliate_id", "clicked_at"], name="click_of_affiliate"),
        ]

    def __str__(self) -> str:
        return f"Click #{self.pk}"


class ClickCount(models.Model):
    """Landings without consent: counted by the hour, with nothing about anybody."""

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
        indexes = [models.Index(fields=["affiliate_id", "hour"], name="click_count_of_affiliate")]

    def __str__(self) -> str:
        return f"{self.count} landings in the hour from {self.hour:%Y-%m-%d %H:%M}"
