"""Sums of orders by day, so that nobody who looks at two months reads every order of them."""

from django.db import models


class OrderDay(models.Model):
    """The orders placed on a day in Paris in one currency, and what came back on that day.

    As they were when the day was last summed: of a day that :class:`ChangedDay` names, the facts
    are asked instead (``tracking.queries.order_days``). Test orders are left out; an addition to
    an order (rule O15) is no order more, and its money counts.
    """

    day = models.DateField()
    currency = models.CharField(max_length=3)
    orders = models.PositiveIntegerField()
    decided = models.PositiveIntegerField(help_text="Of them: attributed to somebody or nobody.")
    attributed = models.PositiveIntegerField(help_text="Of them: brought by affiliates.")
    known = models.PositiveIntegerField(help_text="Of these: the shop knows if the buyer is new.")
    new = models.PositiveIntegerField(help_text="Of these: of new customers.")
    revenue_minor = models.BigIntegerField(help_text="Products of attributed orders, net.")
    returned_minor = models.BigIntegerField(help_text="Products of theirs that came back, net.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "currency"], name="order_day_once")]

    def __str__(self) -> str:
        return f"{self.orders} orders on {self.day}"


class ChangedDay(models.Model):
    """A day of which something changed since it was summed; PostgreSQL's triggers name it.

    One row per change: a row that two changes shared could be taken away between them.
    """

    day = models.DateField(db_index=True)

    def __str__(self) -> str:
        return str(self.day)
