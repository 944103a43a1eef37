from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


def _count(help_text: str = "") -> models.PositiveIntegerField[int, int]:
    return models.PositiveIntegerField(default=0, help_text=help_text)


class TrafficDay(models.Model):
    """What is counted of an affiliate's consented visits of one UTC day: sums, nobody in them.

    Every share is of those of whom the fact is known: the column that counts them stands beside.
    """

    affiliate_id = models.BigIntegerField()
    day = models.DateField()
    clicks = _count("Consented visits; duplicates of one visitor within 30 minutes are one.")
    duplicates = _count("Left out of all other columns.")
    visitors = _count("Different ones on this day.")
    told = _count("Landing pages that told what they saw.")
    unseen = _count("Of told: hidden and without focus.")
    typed_bare = _count("From no site and without Referer: typed, or from a program.")
    redirect_known = _count("Of typed_bare: it is known whether a redirect stood before us.")
    redirect_hidden = _count("Of redirect_known: one did.")
    forwarded_bare = _count("From another site without Referer and gesture, where both are told.")
    gesture_known = _count("Clicks of browsers that tell whether there was a gesture.")
    no_gesture = _count("Of gesture_known.")
    strict_contradictions = _count()
    search = _count("The Referer is a search engine.")
    paid_ids = _count("The address carried the id of an advertisement's click.")
    home_landings = _count("Of clicks: the link leads to the shop's home page.")
    desktop = _count()
    returning = _count("Visitors who were known from before.")
    session_known = _count("Clicks of whose visitor an earlier visit could have been seen.")
    session_open = _count("Of session_known: a page was looked at in the 30 minutes before.")
    basket_before = _count("Of session_known: the basket had changed in the 60 minutes before.")
    checkout_before = _count("Of session_known: the checkout was opened in the 30 minutes before.")
    read_on = _count("Of told: another page was looked at within 30 minutes.")
    largest_network = _count("Clicks of the network (/24 or /48) that brought most.")
    hours = ArrayField(models.PositiveIntegerField(), size=24, help_text="Clicks by hour, UTC.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["affiliate_id", "day"], name="traffic_day_once")
        ]
        indexes = [models.Index(fields=["day"], name="traffic_day_on")]

    def __str__(self) -> str:
        return f"{self.clicks} clicks on {self.day}"


class SalesDay(models.Model):
    """What is counted of an affiliate's credited orders of one UTC day of the order."""

    affiliate_id = models.BigIntegerField()
    day = models.DateField()
    orders = _count("Credited, test orders left out.")
    by_click = _count("Of them with a click of the affiliate.")
    within_15_s = _count("Of by_click: ordered within 15 seconds of it.")
    within_60_s = _count("Of by_click: ordered within 60 seconds of it.")
    delays = ArrayField(
        models.PositiveIntegerField(),
        help_text="Of by_click: how many per class of delay, fraud.domain.delays.EDGES_S.",
    )
    customer_known = _count("Of orders: it is known whether the customer is new.")
    new_customers = _count("Of customer_known.")
    by_code_only = _count("By the affiliate's code, without a click of its own.")
    returned = _count("Of orders: something came back.")
    cancelled = _count("Of orders.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["affiliate_id", "day"], name="sales_day_once")
        ]
        indexes = [models.Index(fields=["day"], name="sales_day_on")]

    def __str__(self) -> str:
        return f"{self.orders} orders on {self.day}"


class Progress(models.Model):
    """How far the counting is: everything before ``until`` is counted, exactly once."""

    name = models.CharField(max_length=20, unique=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%Y-%m-%d %H:%M}"
