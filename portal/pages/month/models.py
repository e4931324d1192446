"""A month's counts as they were when it was over: asked later, the same numbers come out."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from portal.pages.month.rules import Counts


class MonthQuerySet(models.QuerySet["Month"]):
    def visible_to(self, user: Any) -> "MonthQuerySet":
        """What the house did as a whole is for its administrators."""
        return self if user.is_authenticated and user.role == "administrator" else self.none()


class Month(models.Model):
    """One month of the house, counted once. Counts only: no name, no id, nothing sealed."""

    first_day = models.DateField(unique=True)
    time_zone = models.CharField(max_length=40)  # by whose midnight the month began and ended
    counted_at = models.DateTimeField()
    counts = models.JSONField()

    objects = MonthQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="month_begins_on_its_first", condition=Q(first_day__day=1)),
            models.CheckConstraint(
                name="month_counted_when_it_was_over", condition=Q(counted_at__date__gt=F("first_day"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"

    @property
    def figures(self) -> Counts:
        return Counts.of(self.counts)
