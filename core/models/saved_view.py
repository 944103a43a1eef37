from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: Whose pages staff share.
STAFF_SCOPE = "staff"


class SavedView(models.Model):
    """A page as somebody left it: its filters and columns under a name.

    ``scope`` is an opaque key of whose page it is (the staff, or one affiliate), so that nothing
    here has to know who works with us. A removed one is kept: removing can be undone.
    """

    owner = models.ForeignKey("core.User", models.CASCADE, related_name="saved_views")
    scope = models.CharField(max_length=60)
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True, help_text="As it stands in the address.")
    is_shared = models.BooleanField(default=False, help_text="With everybody of the scope.")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "scope", "page", "name"],
                condition=Q(removed_at__isnull=True),
                name="saved_view_name_once",
            )
        ]
        indexes = [models.Index(fields=["scope", "page"], name="saved_view_of_page")]

    def __str__(self) -> str:
        return self.name


class Every(models.TextChoices):
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class Schedule(models.Model):
    """A saved report that is sent to one person again and again, at an hour of their own clock."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="schedules")
    person = models.ForeignKey("core.User", models.CASCADE, related_name="schedules")
    every = models.CharField(max_length=5, choices=Every.choices)
    day = models.PositiveSmallIntegerField(
        help_text="Of the week from 1, Monday, to 7; of the month from 1 to 28."
    )
    hour = models.PositiveSmallIntegerField(help_text="In the person's time zone.")
    form = models.CharField(max_length=13, help_text="Of the file.")
    next_on = models.DateField(help_text="The person's day of the next run.")
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_because = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["view", "person"],
                condition=Q(stopped_at__isnull=True),
                name="schedule_once",
            ),
            models.CheckConstraint(
                name="schedule_day_of_its_period",
                condition=Q(every=Every.WEEK, day__gte=1, day__lte=7)
                | Q(every=Every.MONTH, day__gte=1, day__lte=28),
            ),
            models.CheckConstraint(name="schedule_hour_of_a_day", condition=Q(hour__lte=23)),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(stopped_at__isnull=True), name="schedule_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.view} {self.get_every_display()}"
