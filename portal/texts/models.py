"""Words that people accept, by version; the organisation's facts; days the offices are closed."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from portal import clock

ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"  # with something on it


class Text(models.Model):
    """One version of a wording in one language. Never updated: a change is a new version."""

    class Kind(models.TextChoices):
        SCOPE_SHORT = "scope_short"
        SCOPE_FULL = "scope_full"
        SCOPE_TICK = "scope_tick"
        CONSULTANT_TICK = "consultant_tick"
        CONSENT_READ = "consent_read"
        PRIVACY_NOTICE = "privacy_notice"
        AUTHORITY = "authority"  # that we may ask about, receive and pass on records
        RELEASE = "release"  # the three statements of a form that lets an office send records
        HELPER_YES = "helper_yes"  # read out to a patient whom somebody wants to help

    kind = models.CharField(max_length=30, choices=Kind.choices)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=10, default="en")
    body = models.TextField()
    from_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="text_one_per_version", fields=["kind", "version", "language"]),
            models.CheckConstraint(name="text_version_counts_from_1", condition=Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version} ({self.language})"


class Organisation(models.Model):
    """The organisation's facts; each change is a new row and the newest holds. An empty fact shows in brackets."""

    from_at = models.DateTimeField()
    name = models.CharField(max_length=80, default="Remission Support")
    sender_name = models.CharField(max_length=40, default="RS office")  # discreet: the full name alone tells
    phone = models.CharField(max_length=40, blank=True)
    fax = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    region = models.CharField(max_length=10, default="US")  # for public holidays: "US", "US-NY", "CA-ON"
    emergency_number = models.CharField(max_length=40, blank=True)
    crisis_lines = models.CharField(max_length=200, blank=True)
    price = models.CharField(max_length=200, blank=True)
    answer_time = models.CharField(max_length=80, blank=True)
    languages = models.CharField(max_length=120, blank=True)
    serves = models.CharField(max_length=200, blank=True)
    # Who hears when something of the portal needs a person; null: every administrator.
    alarms_to = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        get_latest_by = ["from_at", "id"]
        constraints = [
            # Both stand in the header of mails.
            models.CheckConstraint(
                name="organisation_name_is_one_line", condition=Q(name__regex=ONE_LINE) & Q(sender_name__regex=ONE_LINE)
            ),
        ]

    def __str__(self) -> str:
        return f"facts from {self.from_at:%Y-%m-%d}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> dt.date:
        """The day on our own wall: what our people do is due by it."""
        return clock.today(self.zone)


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def visible_to(self, user: Any) -> "HolidayQuerySet":
        """Those who set up the house, and those who keep its calendar."""
        return self if getattr(user, "role", "") in ("administrator", "coordinator") else self.none()


class Holiday(models.Model):
    """A day the offices of a region are closed, besides its public holidays."""

    region = models.CharField(max_length=10)
    on_date = models.DateField()
    name = models.CharField(max_length=60, blank=True)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="holiday_once_per_region", fields=["region", "on_date"])]

    def __str__(self) -> str:
        return f"{self.region} {self.on_date}"
