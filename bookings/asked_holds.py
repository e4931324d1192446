"""A time that a helper chose, held while the patient is asked. Beside the models of bookings, which load it."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.case.models import Case
from cases.case.people import where
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class How(models.TextChoices):
    """How the two talk."""

    VIDEO = "video", _("Video call")
    PHONE = "phone", _("Phone call")


class AskedState(models.TextChoices):
    """What came of it."""

    WAITING = "waiting", _("Waits for an answer")
    ACCEPTED = "accepted", _("Accepted and booked")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Nobody answered in time")
    WITHDRAWN = "withdrawn", _("Another time was chosen")
    GONE = "gone", _("Not offered any more")


class AskedHoldQuerySet(models.QuerySet["AskedHold"]):
    def visible_to(self, user: Any) -> "AskedHoldQuerySet":
        """Whoever may book in the case; never a consultant, who sees in the calendar that a time is held."""
        return self.filter(where(user, "book", "case"))

    def waiting(self) -> "AskedHoldQuerySet":
        return self.filter(state=AskedState.WAITING)

    def over(self, now: datetime) -> "AskedHoldQuerySet":
        """Those that nobody answered in time."""
        return self.waiting().filter(until__lte=now)


class AskedHold(models.Model):
    """A helper's choice of a time before the patient has accepted what our calls are: hers to accept, for 3 days."""

    State = AskedState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    consultant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("bookings.Service", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    # What was said, as beside a call; rows from before these were kept have none, and stay where they are.
    wall_at = models.CharField(max_length=16, db_default="", default="")
    time_zone = models.CharField(max_length=64, db_default="", default="")
    version = models.PositiveIntegerField(db_default=0, default=0)
    how = models.CharField(max_length=10, choices=How.choices)
    hope = SealedText()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=AskedState.choices, default=AskedState.WAITING)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = AskedHoldQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["until"], name="askedhold_waiting_by_until", condition=Q(state="waiting"))]
        constraints = [
            models.UniqueConstraint(
                name="askedhold_one_waiting_per_patient", fields=["patient"], condition=Q(state="waiting")
            ),
            models.CheckConstraint(name="askedhold_state_is_known", condition=Q(state__in=AskedState.values)),
            models.CheckConstraint(name="askedhold_how_is_known", condition=Q(how__in=How.values)),
            models.CheckConstraint(
                name="askedhold_ends_before_its_call",
                condition=Q(asked_at__lt=F("until"), until__lte=F("starts_at")),
            ),
            models.CheckConstraint(name="askedhold_is_for_somebody_else", condition=~Q(asked_by=F("patient"))),
            models.CheckConstraint(
                name="askedhold_settled_once_it_is_over",
                condition=Q(state="waiting", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="askedhold_is_answered_by_somebody",
                condition=~Q(state__in=["accepted", "declined"]) | Q(settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="askedhold_wall_time_has_its_zone",
                condition=Q(wall_at="", time_zone="") | (~Q(wall_at="") & ~Q(time_zone="")),
            ),
        ]

    def __str__(self) -> str:
        return f"asked hold {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("bookings:asked", args=[self.pk])

    @property
    def sealing_key(self) -> DataKey:
        return self.case.sealing_key

    @property
    def zone(self) -> ZoneInfo:
        """The consultant's clock by which the time was promised; rows from before it was kept go by hers of today."""
        return ZoneInfo(self.time_zone) if self.time_zone else self.consultant.zone

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.service.minutes)

    @property
    def is_waiting(self) -> bool:
        return self.state == AskedState.WAITING
