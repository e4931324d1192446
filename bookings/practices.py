"""A consultant's terms and hours: zone, rest, notice, horizon; weekly hours, time off, extra hours."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from bookings import slots
from portal import when
from portal.accounts.models import User

if TYPE_CHECKING:
    from bookings.models import Consultation, Service


def check_zone(name: str) -> None:
    """A zone the pinned tzdata knows, or a ValidationError."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValidationError(_("Choose a time zone from the list.")) from unknown


def words_in(written: str) -> list[str]:
    """The words between commas: languages, and what somebody knows best."""
    return [word.strip() for word in written.split(",") if word.strip()]


ENDS_AFTER_START = Q(from_time__lt=F("until_time")) | Q(until_time=slots.MIDNIGHT)  # midnight is the end of the day
SERVICE_CODES = ["first_talk", "plan", "after_second"]


class PracticeQuerySet(models.QuerySet["Practice"]):
    def visible_to(self, user: Any) -> "PracticeQuerySet":
        """The consultants somebody may know of: all who work here, for anyone signed in."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.working()

    def working(self) -> "PracticeQuerySet":
        """Of consultants who work here today."""
        return self.filter(consultant__can_sign_in=True, consultant__role=User.Role.CONSULTANT)

    def of(self, user: Any) -> "PracticeQuerySet":
        """A consultant's own."""
        return self.visible_to(user).filter(consultant=user)

    def taking_bookings(self, now: datetime) -> "PracticeQuerySet":
        """Who has hours that are not over, weekly ones or extra ones."""
        return self.with_hours(hours_since(now)).order_by("consultant__name")

    def with_hours(self, since: date) -> "PracticeQuerySet":
        weekly = Hours.objects.since(since).filter(practice=OuterRef("pk"))
        extra = ExtraHours.objects.filter(practice=OuterRef("pk"), on_date__gte=since)
        return self.filter(Exists(weekly) | Exists(extra))


def hours_since(now: datetime) -> date:
    """Consultants live in zones a day apart: a day too many does no harm here."""
    return now.date() - timedelta(days=1)


class Practice(models.Model):
    """One consultant's terms: zone, rest, notice, horizon; and who they are, for the people who book."""

    consultant = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    time_zone = models.CharField(max_length=64, validators=[check_zone])
    chosen_in = models.CharField(
        max_length=64, blank=True, help_text="by which zone they lived when they chose the zone of their hours"
    )
    buffer_minutes = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(120)])
    notice_hours = models.PositiveSmallIntegerField(default=24, validators=[MaxValueValidator(336)])
    horizon_days = models.PositiveSmallIntegerField(default=90, validators=[MaxValueValidator(366)])
    daily_cap = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    profession = models.CharField(max_length=200, blank=True)
    languages = models.CharField(max_length=200, blank=True)
    specialties = models.CharField(max_length=200, blank=True)
    video_address = models.CharField(max_length=200, blank=True)
    left_out = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="services that they do not give"
    )
    region = models.CharField(
        max_length=10, blank=True, help_text="of their public holidays; empty: the organization's"
    )

    objects = PracticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(daily_cap=None) | Q(daily_cap__gt=0), name="practice_cap_leaves_a_call"),
            models.CheckConstraint(
                condition=Q(left_out__contained_by=SERVICE_CODES), name="practice_leaves_out_known_services"
            ),
            models.CheckConstraint(condition=Q(horizon_days__gt=0), name="practice_horizon_leaves_a_day"),
            models.CheckConstraint(
                condition=Q(region__regex=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$"), name="practice_region_is_a_code"
            ),
        ]

    def __str__(self) -> str:
        return f"practice {self.pk}"

    @property
    def gives(self) -> list[str]:
        """The codes of the services that can be booked with them."""
        return [code for code in SERVICE_CODES if code not in self.left_out]

    def is_giving(self, service: "Service") -> bool:
        """Whether it can be booked with them now: they give it, and it is on."""
        return service.is_offered and service.code in self.gives

    @property
    def has_video(self) -> bool:
        """Whether there is an address to meet at; without one they call by phone."""
        return bool(self.video_address)

    def address_for(self, consultation: "Consultation") -> str:
        """Where to meet by video; the pattern may name the call by {reference}."""
        return self.video_address.replace("{reference}", consultation.reference.replace(" ", "-"))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def terms(self) -> slots.Terms:
        return slots.Terms(self.buffer_minutes, self.notice_hours, self.horizon_days, self.daily_cap)


class DateRange(models.Func):
    """The days from first to last, both included; open where there is none."""

    function = "DATERANGE"
    output_field = DateRangeField()


class HoursQuerySet(models.QuerySet["Hours"]):
    def holding(self, day: date) -> "HoursQuerySet":
        """The version that holds on a local day."""
        return self.since(day).filter(Q(from_on=None) | Q(from_on__lte=day))

    def since(self, day: date) -> "HoursQuerySet":
        """What holds on a local day or later."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=day))


class Hours(models.Model):
    """A span of one weekday (Monday is 0), wall time in the practice's zone.

    Other hours from a day on are another version: these end the day before, and the past stays as it was.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    from_time = models.TimeField()
    until_time = models.TimeField()
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)

    objects = HoursQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "from_time"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_weekday_is_a_day"),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="hours_end_after_start"),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(until_on=None) | Q(from_on__lte=F("until_on")),
                name="hours_last_day_after_first",
            ),
            ExclusionConstraint(
                name="hours_start_once_a_day",
                expressions=[
                    ("practice", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    ("from_time", RangeOperators.EQUAL),
                    (DateRange("from_on", "until_on", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.from_time}-{self.until_time}"

    @property
    def span(self) -> slots.Span:
        return slots.Span(self.weekday, self.from_time, self.until_time, self.from_on, self.until_on)


class TimeOffQuerySet(models.QuerySet["TimeOff"]):
    def visible_to(self, user: Any) -> "TimeOffQuerySet":
        """A consultant's own."""
        return self.filter(practice__in=Practice.objects.of(user))


class TimeOff(models.Model):
    """Days off, both ends included; with times, that part of each day. Wall time in the practice's zone.

    Repeated, it is the weekday of the first day only, each week or every other.
    """

    class Every(models.IntegerChoices):
        DAY = 0, _("Each day from first to last")
        WEEK = 1, _("That weekday, every week")
        OTHER_WEEK = 2, _("That weekday, every other week")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="time_off")
    from_on = models.DateField()
    until_on = models.DateField()
    from_time = models.TimeField(null=True, blank=True)
    until_time = models.TimeField(null=True, blank=True)
    every_weeks = models.PositiveSmallIntegerField(choices=Every.choices, default=Every.DAY)
    note = models.CharField(max_length=80, blank=True)

    objects = TimeOffQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "from_time"]
        constraints = [
            models.CheckConstraint(condition=Q(from_on__lte=F("until_on")), name="time_off_ends_after_start"),
            models.CheckConstraint(
                condition=Q(from_time=None, until_time=None)
                | (Q(from_time__isnull=False, until_time__isnull=False) & ENDS_AFTER_START),
                name="time_off_times_are_a_pair",
            ),
            models.CheckConstraint(condition=Q(every_weeks__in=[0, 1, 2]), name="time_off_repeat_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.from_on}-{self.until_on}"

    @property
    def repeated(self) -> str:
        """On which days, in words, where it comes again each week or every other."""
        words = {
            self.Every.WEEK: _("Every %(weekday)s"),
            self.Every.OTHER_WEEK: _("Every other %(weekday)s"),
        }
        return words[self.Every(self.every_weeks)] % {"weekday": when.weekday(self.from_on)} if self.every_weeks else ""

    @property
    def off(self) -> slots.Off:
        return slots.Off(self.from_on, self.until_on, self.from_time, self.until_time, 7 * self.every_weeks or 1)


class ExtraHoursQuerySet(models.QuerySet["ExtraHours"]):
    def visible_to(self, user: Any) -> "ExtraHoursQuerySet":
        """A consultant's own."""
        return self.filter(practice__in=Practice.objects.of(user))


class ExtraHours(models.Model):
    """Hours on one date, above the weekly ones; they hold on a day off too."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="extra_hours")
    on_date = models.DateField()
    from_time = models.TimeField()
    until_time = models.TimeField()

    objects = ExtraHoursQuerySet.as_manager()

    class Meta:
        ordering = ["on_date", "from_time"]
        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="extra_hours_end_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.on_date} {self.from_time}-{self.until_time}"

    @property
    def extra(self) -> slots.Extra:
        return slots.Extra(self.on_date, self.from_time, self.until_time)
