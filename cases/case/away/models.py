"""Days on which a consultant is away, and the cases that somebody else reads meanwhile."""

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from portal.accounts.models import User

ONE_DAY = dt.timedelta(days=1)


class DateRange(Func):
    """The days from first to last, both included."""

    function = "DATERANGE"
    output_field = DateRangeField()


class AwayQuerySet(models.QuerySet["Away"]):
    def visible_to(self, user: Any) -> "AwayQuerySet":
        """A coordinator's all; a consultant's own, and those in which they stand in."""
        if user.role == User.Role.COORDINATOR:
            return self.all()
        if user.role == User.Role.CONSULTANT:
            return self.filter(Q(consultant=user) | Q(stands_in=user))
        return self.none()

    def open(self) -> "AwayQuerySet":
        """Not ended by anybody; their last day may have passed while cases are still to be handed back."""
        return self.filter(ended_at__isnull=True)

    def between(self, from_on: dt.date, until_on: dt.date) -> "AwayQuerySet":
        """Those that have a day in common with these days."""
        return self.filter(from_on__lte=until_on, until_on__gte=from_on)


class Away(models.Model):
    """A consultant is away on these days, where they live; somebody stands in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stands_in = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField()  # the last day away
    time_zone = models.CharField(max_length=64)  # the consultant's, when it was said
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = AwayQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="away_once_at_a_time",
                expressions=[
                    ("consultant", RangeOperators.EQUAL),
                    (DateRange("from_on", "until_on", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(name="away_ends_after_it_begins", condition=Q(from_on__lte=F("until_on"))),
            models.CheckConstraint(name="away_somebody_else_stands_in", condition=~Q(stands_in=F("consultant"))),
            models.CheckConstraint(
                name="away_ended_at_and_by_together",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"away {self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def back_on(self) -> dt.date:
        """The first day on which the consultant is there again."""
        return self.until_on + ONE_DAY


class CoverQuerySet(models.QuerySet["Cover"]):
    def visible_to(self, user: Any) -> "CoverQuerySet":
        """A patient's own; a coordinator's, of open cases."""
        if user.role == User.Role.COORDINATOR:
            return self.exclude(case__state="closed")
        return self.filter(case__patient=user.pk)

    def open(self) -> "CoverQuerySet":
        """Not handed back."""
        return self.filter(back_at__isnull=True)


class Cover(models.Model):
    """One case that somebody else reads while its consultant is away."""

    class Back(models.TextChoices):
        BACK = "back"  # to the consultant
        KEPT = "kept"  # the one who stood in stays its consultant
        MOVED = "moved"  # somebody else stands in
        CLOSED = "closed"  # the case was closed

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    away = models.ForeignKey(Away, on_delete=models.PROTECT, related_name="covers")
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="covers")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")  # who stands in
    has_own_place = models.BooleanField(default=False)  # the reader was, or became, this case's consultant anyway
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)  # the patient would rather wait
    back_at = models.DateTimeField(null=True, blank=True)
    back_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    back_why = models.CharField(max_length=6, choices=Back.choices, blank=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="cover_one_open_per_case_and_away",
                fields=["case", "away"],
                condition=Q(back_at__isnull=True),
            ),
            models.CheckConstraint(
                name="cover_back_at_by_and_why_together",
                condition=Q(back_at__isnull=True, back_by__isnull=True, back_why="")
                | Q(back_at__isnull=False, back_by__isnull=False, back_why__in=["back", "kept", "moved", "closed"]),
            ),
            models.CheckConstraint(
                name="cover_comes_back_after_it_was_handed_over",
                condition=Q(back_at__isnull=True) | Q(back_at__gte=F("handed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"cover {self.pk}"
