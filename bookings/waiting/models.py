"""Somebody asked to hear of earlier times; what they were told of; what was free at the last look."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases.case.models import Case
from cases.case.people import where
from portal.accounts.models import User

WEEK = list(range(7))


def every_day() -> list[int]:
    return WEEK.copy()


class Part(models.TextChoices):
    """Which half of her day suits."""

    ANY = "any", _("Any time of day")
    MORNING = "morning", _("Mornings")
    AFTERNOON = "afternoon", _("Afternoons")


class Ended(models.TextChoices):
    """Why nobody is told any more."""

    BOOKED = "booked", _("Booked")
    TAKEN_BACK = "taken_back", _("Taken back")
    OVER = "over", _("Its days are over")
    CLOSED = "closed", _("The case was closed")


class WishQuerySet(models.QuerySet["Wish"]):
    def visible_to(self, user: Any) -> "WishQuerySet":
        """Whoever may book in the case."""
        return self.filter(where(user, "book", "case"))

    def open(self) -> "WishQuerySet":
        return self.filter(ended_at=None)

    def without_whom(self) -> "WishQuerySet":
        """Those for times with somebody who works here no more."""
        works = User.objects.working_as(User.Role.CONSULTANT).order_by().filter(pk=OuterRef("consultant"))
        return self.exclude(consultant=None).exclude(Exists(works))

    def of(self, case: Case) -> "Wish | None":
        """What the case asks for now, or None."""
        return self.open().filter(case=case).select_related("consultant", "service").first()

    def off(self) -> "WishQuerySet":
        """Those about a call that was canceled, but by its consultant: what one of us takes, she still waits for."""
        kept = Q(call__cancelled_by=F("call__consultant"))
        return self.filter(call__state="cancelled").exclude(kept)


class Wish(models.Model):
    """A patient would like an earlier time for one call, or for one kind of call where none is booked: with whom, when
    it suits, until which day. One open in a case.
    """

    Part, Ended = Part, Ended

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey("bookings.Service", on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey(
        "bookings.Consultation",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="the booked call that an earlier time takes the place of",
    )
    consultant = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="empty: any who fits"
    )
    speaks = models.CharField(max_length=200, blank=True, help_text="who fits speaks this language; empty: any")
    knows = models.CharField(
        max_length=8, blank=True, help_text="the code of what who fits knows best; empty: anything"
    )
    part = models.CharField(max_length=10, choices=Part.choices, default=Part.ANY)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=every_day, help_text="Monday is 0")
    until_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    times_told = models.PositiveIntegerField(default=0)
    left_told_at = models.DateTimeField(null=True, blank=True, help_text="she knows that whom she waits for has left")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_as = models.CharField(max_length=10, choices=Ended.choices, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="wish_one_open_in_a_case"),
            models.CheckConstraint(condition=Q(part__in=["any", "morning", "afternoon"]), name="wish_part_is_known"),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=WEEK) & Q(weekdays__len__gt=0), name="wish_weekdays_are_days"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_as="")
                | Q(ended_at__isnull=False, ended_as__in=["booked", "taken_back", "over", "closed"]),
                name="wish_ended_says_how",
            ),
            models.CheckConstraint(
                condition=Q(left_told_at=None) | Q(consultant__isnull=False), name="wish_left_is_of_somebody"
            ),
            models.CheckConstraint(
                condition=Q(consultant=None) | Q(speaks="", knows=""), name="wish_fit_is_asked_of_anyone"
            ),
            models.CheckConstraint(
                condition=Q(knows="") | Q(knows__regex=r"^[0-9a-f]{8}$"), name="wish_knows_is_a_code"
            ),
        ]

    def __str__(self) -> str:
        return f"wish {self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        """Mornings and weekdays are the patient's own."""
        return self.case.patient.zone


class ToldTime(models.Model):
    """A freed time somebody was told of, and with which message: never twice."""

    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="told")
    consultant = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey("bookings.Service", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    told_at = models.DateTimeField()
    version = models.PositiveIntegerField(help_text="the message it is in")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wish", "consultant", "starts_at"], name="toldtime_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="toldtime_is_in_a_message"),
        ]

    def __str__(self) -> str:
        return f"told time {self.pk}"


class FreeTimes(models.Model):
    """What one consultant had free for one service at the last look: what is free now and was not then, got free.

    For anybody; and beside it, for a wish about a call, of its own consultant as if that call moved. Kept only while
    somebody waits.
    """

    practice = models.ForeignKey("bookings.Practice", on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey("bookings.Service", on_delete=models.CASCADE, related_name="+")
    wish = models.ForeignKey(
        Wish, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="empty: for anybody"
    )
    starts: list[datetime] = ArrayField(models.DateTimeField(), default=list)  # type: ignore[assignment]
    until_on = models.DateField(help_text="the last day that was looked at: later ones come by themselves")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "service"], condition=Q(wish=None), name="freetimes_once"),
            models.UniqueConstraint(fields=["wish"], condition=Q(wish__isnull=False), name="freetimes_once_for_a_wish"),
        ]

    def __str__(self) -> str:
        return f"free times {self.pk}"
