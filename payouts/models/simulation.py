from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.states import Moves
from payouts.domain.commission import ACTUAL


class SimulationStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped")


class Simulation(Moves, models.Model):
    """What orders of the past would have earned under draft terms or another attribution policy."""

    ARROWS = {
        SimulationStatus.QUEUED: {SimulationStatus.RUNNING, SimulationStatus.CANCELLED},
        SimulationStatus.RUNNING: {
            SimulationStatus.DONE,
            SimulationStatus.FAILED,
            SimulationStatus.CANCELLED,
        },
        SimulationStatus.DONE: set(),
        SimulationStatus.FAILED: set(),
        SimulationStatus.CANCELLED: set(),
    }

    name = models.CharField(max_length=120)
    terms = models.JSONField(
        default=list, help_text="Drafts: their holder and content, as they were when it was asked."
    )
    policy = models.JSONField(
        null=True, blank=True, help_text="Name and rules of another attribution policy, if any."
    )
    period_from = models.DateField(help_text="First day of orders, in the programme's time zone.")
    period_to = models.DateField(help_text="First day no longer.")
    status = models.CharField(
        max_length=9, choices=SimulationStatus.choices, default=SimulationStatus.QUEUED
    )
    status_changed_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0, help_text="Orders so far.")
    total = models.PositiveIntegerField(default=0)
    summary = models.JSONField(default=dict, help_text="payouts.domain.simulation.Summary")
    problem = models.TextField(blank=True)
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    progressed_at = models.DateTimeField(null=True, help_text="When its worker last said so.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="simulation_status_known", condition=Q(status__in=SimulationStatus.values)
            ),
            models.CheckConstraint(
                name="simulation_period_in_order", condition=Q(period_from__lt=F("period_to"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        return self.status == SimulationStatus.DONE

    @property
    def is_under_way(self) -> bool:
        return self.status in (SimulationStatus.QUEUED, SimulationStatus.RUNNING)

    @property
    def reads_costs(self) -> bool:
        """Whether its figures depend on real costs by terms that do not hold yet."""
        return any(one["content"].get("basis") == ACTUAL for one in self.terms)


class SimulatedAffiliate(models.Model):
    """Before and after for one affiliate."""

    simulation = models.ForeignKey(Simulation, models.CASCADE, related_name="affiliates")
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    orders_before = models.PositiveIntegerField()
    orders_after = models.PositiveIntegerField()
    before_minor = models.BigIntegerField()
    after_minor = models.BigIntegerField()
    net_before_minor = models.BigIntegerField(default=0, help_text="Its share of the orders' net.")
    net_after_minor = models.BigIntegerField(default=0, help_text="Its share of the orders' net.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["simulation", "affiliate", "currency"], name="simulated_affiliate_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.affiliate}: {self.before_minor} -> {self.after_minor}"


class SimulatedOrder(models.Model):
    """An order that would change hands, or change its commission most; a bounded number of them."""

    simulation = models.ForeignKey(Simulation, models.CASCADE, related_name="orders")
    order = models.ForeignKey("shop.Order", models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    before = models.JSONField(help_text="Minor units by affiliate id.")
    after = models.JSONField(help_text="Minor units by affiliate id.")
    change_minor = models.BigIntegerField()
    changes_hands = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["simulation", "order"], name="simulated_order_once")
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.change_minor}"
