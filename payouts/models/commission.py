from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError, InvalidTransition
from core.money import BPS, Money
from core.states import Moves


class StillOnHold(DomainError):
    """A commission was to be approved before the end of its hold period."""

    code = "still_on_hold"


class CommissionStatus(models.TextChoices):
    PENDING = "pending", gettext_lazy("Pending")
    APPROVED = "approved", gettext_lazy("Approved")
    PAID = "paid", gettext_lazy("Paid")
    REVERSED = "reversed", gettext_lazy("Reversed")


class ReversalReason(models.TextChoices):
    RETURNED = "returned", gettext_lazy("Returned")
    CANCELLED = "cancelled", gettext_lazy("Order cancelled")
    INVALID_TRAFFIC = "invalid_traffic", gettext_lazy("Invalid traffic")
    SELF_PURCHASE = "self_purchase", gettext_lazy("Own purchase")
    TEST_ORDER = "test_order", gettext_lazy("Test order")
    OTHER = "other", gettext_lazy("Other")


class CommissionQuerySet(models.QuerySet["Commission"]):
    def due(self, now: datetime) -> CommissionQuerySet:
        """Commissions whose hold is over and that nothing blocks."""
        blocked = Block.objects.filter(commission=models.OuterRef("pk"), released_at__isnull=True)
        return self.filter(
            ~models.Exists(blocked),
            status=CommissionStatus.PENDING,
            hold_until__lte=now,
        )


class Commission(Moves, models.Model):
    """What one affiliate earned by one credit. The amount never changes."""

    ARROWS = {
        CommissionStatus.PENDING: {
            CommissionStatus.APPROVED,
            CommissionStatus.REVERSED,
        },
        # From here on what is taken back is a new, negative Adjustment.
        CommissionStatus.APPROVED: {CommissionStatus.PAID},
        CommissionStatus.PAID: set(),
        CommissionStatus.REVERSED: set(),
    }

    credit = models.OneToOneField("tracking.Credit", models.PROTECT, related_name="commission")
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="commissions"
    )
    terms = models.ForeignKey("affiliates.Terms", models.PROTECT, related_name="+")
    basis = models.CharField(max_length=9)
    rate_bps = models.PositiveIntegerField()
    amount_minor = models.PositiveBigIntegerField()
    approved_minor = models.PositiveBigIntegerField(
        null=True,
        help_text="What became payable: the amount less what was returned before.",
    )
    currency = models.CharField(max_length=3)
    status = models.CharField(
        max_length=8, choices=CommissionStatus.choices, default=CommissionStatus.PENDING
    )
    hold_until = models.DateTimeField()
    hold_days = models.PositiveIntegerField(
        null=True, help_text="As decided by category and trust; empty: before it was kept."
    )
    status_changed_at = models.DateTimeField()
    accrued_at = models.DateTimeField()
    reversal_reason = models.CharField(max_length=20, choices=ReversalReason.choices, blank=True)

    objects = CommissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="commission_status_known",
                condition=Q(status__in=CommissionStatus.values),
            ),
            models.CheckConstraint(
                name="commission_payable_only_after_hold",
                condition=~Q(status__in=[CommissionStatus.APPROVED, CommissionStatus.PAID])
                | Q(status_changed_at__gte=F("hold_until")),
            ),
            models.CheckConstraint(
                name="commission_approved_has_amount",
                condition=~Q(status__in=[CommissionStatus.APPROVED, CommissionStatus.PAID])
                | Q(approved_minor__isnull=False),
            ),
            models.CheckConstraint(
                name="commission_reversed_has_reason",
                condition=~Q(status=CommissionStatus.REVERSED) | ~Q(reversal_reason=""),
            ),
            models.CheckConstraint(
                name="commission_rate_at_most_all", condition=Q(rate_bps__lte=BPS)
            ),
        ]
        indexes = [
            models.Index(
                fields=["hold_until"],
                name="commission_due",
                condition=Q(status="pending"),
            ),
            models.Index(fields=["affiliate", "status"], name="commission_of_affiliate"),
            models.Index(fields=["accrued_at"], name="commission_accrued"),
        ]

    def __str__(self) -> str:
        return f"Commission #{self.pk} ({self.status})"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_pending(self) -> bool:
        return self.status == CommissionStatus.PENDING

    @property
    def agreed_days(self) -> int:
        """The days of its hold, from the order or from its delivery."""
        return self.terms.hold_days if self.hold_days is None else self.hold_days

    def approve(self, *, at: datetime, payable: Money) -> None:
        """Make ``payable``. In memory only: the caller holds the row lock and saves.

        :raises StillOnHold: before ``hold_until``.
        :raises InvalidTransition: if not pending.
        """
        if self.is_pending and at < self.hold_until:
            raise StillOnHold(
                _("On hold until %(date)s.") % {"date": f"{self.hold_until:%Y-%m-%d}"}
            )
        self.move_to(CommissionStatus.APPROVED, at=at)
        self.approved_minor = payable.minor

    def reverse(self, *, at: datetime, reason: str) -> None:
        """Say that the commission does not stand, and why. In memory only.

        :raises InvalidTransition: if not pending.
        """
        self.move_to(CommissionStatus.REVERSED, at=at)
        self.reversal_reason = reason

    def release_early(self, *, at: datetime) -> None:
        """End the hold period now. In memory only.

        :raises InvalidTransition: if not pending.
        """
        if not self.is_pending:
            raise InvalidTransition(f"A {self.status} commission is not on hold.")
        self.hold_until = min(self.hold_until, at)


#: affiliates.domain.terms.Pays
PAYS = [
    ("margin", gettext_lazy("Share of the margin")),
    ("net", gettext_lazy("Share of the price paid")),
    ("flat", gettext_lazy("Fixed amount")),
    ("nothing", gettext_lazy("Nothing")),
]


class CommissionLine(models.Model):
    """What one order line earned, with its whole computation as data."""

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(
        "shop.OrderLine", models.PROTECT, related_name="commission_lines"
    )
    amount_minor = models.PositiveBigIntegerField()
    margin_minor = models.BigIntegerField(
        null=True,
        help_text="On the basis of the terms; empty when the line cannot earn.",
    )
    actual_margin_minor = models.BigIntegerField(
        null=True, help_text="With the real cost. For those who may see costs only."
    )
    order_cost_minor = models.BigIntegerField(
        help_text="Its share of the order's costs, by the shop's tariff when it was accrued."
    )
    rule = models.CharField(
        max_length=40, blank=True, help_text="Key of the rule of the terms; empty: their base."
    )
    pays = models.CharField(max_length=7, choices=PAYS, default="margin")
    rate = models.PositiveBigIntegerField(
        default=0, help_text="Basis points, with tier and factor; of a flat amount minor units."
    )
    cut_minor = models.PositiveBigIntegerField(
        default=0, help_text="What caps and budgets took off; the amount is what is left."
    )
    steps = models.JSONField(help_text="See payouts/explanation.py.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "order_line"], name="commission_line_once"
            )
        ]
        permissions = [
            ("view_actual_margin", "Can see unit costs, actual margins and what follows from them")
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} for line {self.order_line_id}"


class BlockKind(models.TextChoices):
    COST_MISSING = "cost_missing", gettext_lazy("Cost missing")
    BAND_MISSING = "band_missing", gettext_lazy("Margin band missing")
    FRAUD_CASE = "fraud_case", gettext_lazy("Under review")
    UNPAID = "unpaid", gettext_lazy("Not paid by the customer")
    MANUAL = "manual", gettext_lazy("Held by the team")


class Block(models.Model):
    """A reason why a commission may not be approved yet. Released by a person or by its cause."""

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="blocks")
    kind = models.CharField(max_length=12, choices=BlockKind.choices)
    reason = models.TextField(help_text="Internal.")
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "kind"],
                condition=Q(released_at__isnull=True),
                name="block_one_of_a_kind",
            ),
            models.CheckConstraint(name="block_kind_known", condition=Q(kind__in=BlockKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.commission}"
