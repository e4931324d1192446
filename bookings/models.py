"""Consultants' time and consultations: services, hours, holds, reservations. The database refuses overlaps."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings import slots
from bookings.asked_holds import AskedHold as AskedHold
from bookings.asked_holds import How as How
from bookings.company.models import Companion
from bookings.late.models import Late
from bookings.outside.models import OutsideBusy, OutsideCalendar
from bookings.practices import ExtraHours, Hours, Practice, TimeOff, check_zone
from bookings.waiting.models import FreeTimes, ToldTime, Wish
from cases.case.models import Assignment, Case, Consent
from cases.case.people import began, where
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey

__all__ = [
    "Companion",
    "Consultation",
    "ExtraHours",
    "FreeTimes",
    "Hold",
    "Hours",
    "How",
    "Late",
    "OutsideBusy",
    "OutsideCalendar",
    "Practice",
    "Reservation",
    "Service",
    "TimeOff",
    "ToldTime",
    "Wish",
]

READING_DAYS = 2


class TsTzRange(Func):
    """The stretch from start to end, end excluded, so that what touches does not overlap."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def stretch() -> TsTzRange:
    return TsTzRange("starts_at", "ends_at", RangeBoundary())


class ServiceQuerySet(models.QuerySet["Service"]):
    def open(self) -> "ServiceQuerySet":
        """Those that can be booked now."""
        return self.filter(is_offered=True)

    def offered(self, code: str) -> "Service":
        """The service under this code, else the treatment-plan consultation."""
        return self.filter(code=code).first() or self.get(code=Service.Code.PLAN)


class Service(models.Model):
    """What can be booked. The rows come with the first migration; administrators may change the figures."""

    class Code(models.TextChoices):
        FIRST_TALK = "first_talk", _("First talk")
        PLAN = "plan", _("Treatment-plan consultation")
        AFTER_SECOND = "after_second", _("After the second opinion")

    code = models.CharField(max_length=20, choices=Code.choices, unique=True)
    minutes = models.PositiveSmallIntegerField()
    preparation_minutes = models.PositiveSmallIntegerField(default=0)
    needs_plan = models.BooleanField(default=False)
    is_offered = models.BooleanField(default=True, db_default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="service_takes_time"),
            models.CheckConstraint(
                condition=Q(minutes__lte=240, preparation_minutes__lte=240), name="service_fits_a_day"
            ),
            models.CheckConstraint(
                condition=Q(code__in=["first_talk", "plan", "after_second"]), name="service_code_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """What it is called, in the reader's language."""
        return str(self.Code(self.code).label)

    @property
    def talk(self) -> slots.Talk:
        return slots.Talk(self.minutes, self.preparation_minutes, READING_DAYS if self.needs_plan else 0)


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: Any) -> "ConsultationQuerySet":
        """The consultations of the cases a person may open, and a consultant's own, after an assignment
        ended too: one's calendar keeps its past."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        # Nobody who only began a case books in it: the calls there are what others put in.
        cases = Case.objects.visible_to(user).exclude(began(user, "", OuterRef("pk"))).values("pk")
        if user.role == "consultant":
            return self.filter(Q(case__in=cases) | Q(consultant=user))
        return self.filter(case__in=cases)

    def booked(self) -> "ConsultationQuerySet":
        return self.filter(state=Consultation.State.BOOKED)

    def upcoming(self, now: datetime) -> "ConsultationQuerySet":
        """Booked and not over, soonest first."""
        return self.booked().filter(ends_at__gt=now).order_by("starts_at")

    def next_for(self, case: Case, now: datetime) -> "Consultation | None":
        """The case's next consultation, or None."""
        return self.upcoming(now).filter(case=case).select_related("consultant", "service").first()

    def unsettled_of(self, case: Case, now: datetime) -> "Consultation | None":
        """The first call of a case that is over, where a consultant is there who can still say how it went."""
        there = Assignment.objects.filter(case=OuterRef("case"), ended_at=None, user__role=User.Role.CONSULTANT)
        over = self.booked().filter(Exists(there.filter(user__can_sign_in=True)), case=case, ends_at__lte=now)
        return over.select_related("consultant").order_by("starts_at").first()

    def between(self, starts_at: datetime, ends_at: datetime) -> "ConsultationQuerySet":
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).order_by("starts_at")


class Consultation(models.Model):
    """A booked meeting of a patient with a consultant.

    The instant says when it is; `wall_at` and `time_zone` (the consultant's) say what was promised, so that a
    changed law on clocks can be found and put right.
    """

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        CANCELLED = "cancelled", _("Canceled")
        COMPLETED = "completed", _("Took place")
        NO_SHOW = "no_show", _("Did not take place")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consultations")
    patient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    consultant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    wall_at = models.CharField(max_length=16, help_text="2026-11-17T10:30, as promised in time_zone")
    time_zone = models.CharField(max_length=64, validators=[check_zone])
    how = models.CharField(max_length=10, choices=How.choices)
    needs_plan = models.BooleanField(db_default=False, help_text="whether a plan is read before it, as it was booked")
    hope = SealedText()
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOOKED)
    version = models.PositiveIntegerField(default=0)
    uid = models.CharField(max_length=255, unique=True)
    reference = models.CharField(max_length=12, unique=True)
    held_as = models.UUIDField(unique=True, help_text="the hold it came from: a second press finds it")
    scope = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancel_reason = SealedText()
    interpreter = SealedText()  # the language somebody needs one for
    captions = models.BooleanField(default=False)
    move_asked_at = models.DateTimeField(null=True, blank=True, help_text="the patient is asked for another time")
    note = SealedText()  # to the patient, from who asks for another time or cancels
    override_reason = SealedText(db_default=b"")  # why one of us booked or moved it beyond the rules; one a line

    region: str | None = None  # where its consultant's closed days are from, where that was read along

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            ExclusionConstraint(
                name="consultation_patient_is_in_one_place",
                expressions=[("patient", RangeOperators.EQUAL), (stretch(), RangeOperators.OVERLAPS)],
                condition=Q(state="booked"),
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="consultation_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state__in=["booked", "cancelled", "completed", "no_show"]),
                name="consultation_state_is_known",
            ),
            models.CheckConstraint(condition=Q(how__in=["video", "phone"]), name="consultation_how_is_known"),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False, cancelled_by__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None, cancelled_by=None)),
                name="consultation_cancelled_has_time_and_person",
            ),
            models.CheckConstraint(
                condition=Q(move_asked_at=None) | Q(state="booked"), name="consultation_asked_to_move_is_booked"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "state", "starts_at"], name="consultation_of_case"),
            models.Index(fields=["consultant", "starts_at"], name="consultation_of_consultant"),
        ]

    def __str__(self) -> str:
        return f"consultation {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("bookings:detail", args=[self.pk])

    @property
    def sealing_key(self) -> DataKey:
        return self.case.sealing_key

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_booked(self) -> bool:
        return self.state == self.State.BOOKED

    @property
    def talk(self) -> slots.Talk:
        """What was booked: its kind may have other figures since."""
        kind = self.service
        return slots.Talk(kind.minutes, kind.preparation_minutes, READING_DAYS if self.needs_plan else 0)

    @property
    def needs_something(self) -> bool:
        return self.captions or bool(self.interpreter)

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: Any) -> "HoldQuerySet":
        """One's own choice of a time, while one may book; nobody else has a use for it. What one of us chose for a
        patient beyond the rules, with a reason, is not hers to see.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        is_hers = Q(patient=user, override_reason=b"")
        return self.filter(is_hers | Q(made_by=user), where(user, "book", "case"))

    def live(self, now: datetime) -> "HoldQuerySet":
        return self.filter(expires_at__gt=now)

    def with_time(self) -> "HoldQuerySet":
        """Each with whether its time is reserved still."""
        return self.annotate(has_time=Exists(Reservation.objects.filter(hold=OuterRef("pk"))))


class Hold(models.Model):
    """A time somebody is about to book, kept for them while they read and type.

    When its time is over only its reservation goes: the row stays until the person chooses again, so that
    their page still opens and says what happened.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    consultant = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    moving = models.ForeignKey(Consultation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    how = models.CharField(max_length=10, choices=How.choices)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    override_reason = SealedText(db_default=b"")  # why one of us goes beyond the rules with it

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(made_at__lt=F("expires_at")), name="hold_ends_after_start"),
            models.CheckConstraint(condition=Q(how__in=["video", "phone"]), name="hold_how_is_known"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("bookings:check", args=[self.pk])

    @property
    def sealing_key(self) -> DataKey:
        return self.case.sealing_key

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.service.minutes)

    @property
    def replaces(self) -> Consultation | None:
        """The call with somebody else that this one takes the place of."""
        return self.moving if self.moving and self.moving.consultant_id != self.consultant_id else None

    @property
    def moves(self) -> Consultation | None:
        """The call that goes to this time, with the same consultant."""
        return None if self.replaces else self.moving

    @property
    def choice(self) -> str:
        """What was chosen, in one word that a form can carry: another tab may have chosen differently since."""
        at = self.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
        chosen = (at, self.consultant_id, self.service_id, self.how, self.moving_id or "", self.service.minutes)
        return "|".join(map(str, chosen))


class Reservation(models.Model):
    """One stretch of one consultant's time, whatever it is for: a constraint cannot span tables.

    A call's stretch includes the rest after it; a hold's also the preparation before it, and that
    of a call that moves is in parts around where the call is now. So "overlaps" in the
    rule and in the database are the same word, and a rest once promised stays when the terms change.
    """

    class Kind(models.TextChoices):
        HOLD = "hold"
        ASKED = "asked"  # chosen by a helper, and waits for the patient's yes
        CONSULTATION = "consultation"
        PREPARATION = "preparation"
        BLOCKED = "blocked"

    CALLS = frozenset({Kind.HOLD, Kind.ASKED, Kind.CONSULTATION})  # what counts as a call of the day

    consultant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.CASCADE, related_name="reservations")
    asked = models.ForeignKey(AskedHold, null=True, blank=True, on_delete=models.CASCADE, related_name="reservations")
    consultation = models.ForeignKey(
        Consultation, null=True, blank=True, on_delete=models.CASCADE, related_name="reservations"
    )
    note = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            ExclusionConstraint(
                name="reservation_consultant_is_in_one_place",
                expressions=[("consultant", RangeOperators.EQUAL), (stretch(), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="reservation_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind="hold", hold__isnull=False, asked=None, consultation=None)
                | Q(kind="asked", hold=None, asked__isnull=False, consultation=None)
                | Q(kind__in=["consultation", "preparation"], hold=None, asked=None, consultation__isnull=False)
                | Q(kind="blocked", hold=None, asked=None, consultation=None),
                name="reservation_says_what_it_is_for",
            ),
            models.UniqueConstraint(
                fields=["consultation", "kind"],
                condition=Q(consultation__isnull=False),
                name="reservation_once_per_consultation_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def taken(self) -> slots.Taken:
        return slots.Taken(self.starts_at, self.ends_at, self.kind in self.CALLS)
