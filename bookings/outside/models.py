"""A consultant's calendar elsewhere, by its secret address, and when it says that she is busy: no titles, no places."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from bookings.outside.net import Trouble
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.keys import house_key
from portal.vault.models import DataKey

READ_EVERY = timedelta(minutes=15)
CLAIM_LASTS = timedelta(minutes=5)


class OutsideCalendarQuerySet(models.QuerySet["OutsideCalendar"]):
    def visible_to(self, user: Any) -> "OutsideCalendarQuerySet":
        """A consultant's own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(consultant=user, consultant__role=User.Role.CONSULTANT)

    def due(self, now: datetime) -> "OutsideCalendarQuerySet":
        """Of consultants who work here, those not tried lately, and claimed by no worker that may still be at it."""
        found = self.filter(consultant__role=User.Role.CONSULTANT, consultant__can_sign_in=True)
        found = found.filter(Q(tried_at=None) | Q(tried_at__lte=now - READ_EVERY))
        return found.filter(Q(claimed_at=None) | Q(claimed_at__lte=now - CLAIM_LASTS))

    def wanting(self) -> "OutsideCalendarQuerySet":
        """Those of which something is not read as busy: all that is new, or some entries."""
        return self.exclude(trouble="", unread=0)


class OutsideCalendar(models.Model):
    """One address, sealed. `host` is all that is ever shown of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultant = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    address = SealedText()
    host = models.CharField(max_length=255)
    added_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True, help_text="the last time that it could be read")
    whole_at = models.DateTimeField(null=True, blank=True, help_text="the last time that its file came")
    trouble = models.CharField(max_length=12, blank=True)
    odd_zones = models.PositiveIntegerField(default=0, help_text="entries that name a zone nobody knows")
    unread = models.PositiveIntegerField(default=0, help_text="entries that could not be read")
    news = models.PositiveIntegerField(default=0, help_text="how often there was something to tell its consultant")
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)

    objects = OutsideCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(trouble__in=["", *(each.value for each in Trouble)]),
                name="outsidecalendar_trouble_is_known",
            ),
            models.CheckConstraint(
                # Without `tried_at` it is read with the next turn, whether it ever was or not.
                condition=Q(read_at=None) | Q(tried_at=None) | Q(read_at__lte=F("tried_at")),
                name="outsidecalendar_read_was_tried",
            ),
        ]
        indexes = [models.Index(fields=["tried_at"], name="outsidecalendar_next")]

    def __str__(self) -> str:
        return f"outside calendar {self.pk}"

    @property
    def is_whole(self) -> bool:
        """Whether all that it says is read as busy."""
        return not self.trouble and not self.unread

    @property
    def sealing_key(self) -> DataKey:
        return house_key()


class OutsideBusy(models.Model):
    """A stretch of UTC in which her own calendar says busy."""

    calendar = models.ForeignKey(OutsideCalendar, on_delete=models.CASCADE, related_name="busy")
    consultant = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="outsidebusy_ends_after_start")
        ]
        indexes = [models.Index(fields=["consultant", "ends_at"], name="outsidebusy_of_consultant")]

    def __str__(self) -> str:
        return f"outside busy {self.pk}"
