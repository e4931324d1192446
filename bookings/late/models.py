"""That a side of a call is late, by how many minutes. Beside the models of bookings, which load it."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User

MINUTES = (5, 10, 15, 20, 30)


class Side(models.TextChoices):
    """Who is late."""

    CONSULTANT = "consultant", _("The consultant")
    PATIENT = "patient", _("The patient")


class Late(models.Model):
    """The newest word of one side about one call; it holds for the start it was said about."""

    Side = Side

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey("bookings.Consultation", on_delete=models.CASCADE, related_name="late")
    side = models.CharField(max_length=10, choices=Side.choices)
    minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "side"], name="late_one_word_a_side"),
            models.CheckConstraint(condition=Q(side__in=["consultant", "patient"]), name="late_side_is_known"),
            models.CheckConstraint(condition=Q(minutes__in=MINUTES), name="late_minutes_can_be_pressed"),
        ]

    def __str__(self) -> str:
        return f"late {self.pk}"

    @property
    def expected_at(self) -> datetime:
        """So many minutes after the start; said after it, after that word."""
        return max(self.starts_at, self.said_at) + timedelta(minutes=self.minutes)
