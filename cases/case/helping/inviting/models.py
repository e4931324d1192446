"""Somebody was asked by email or phone to come to a case. Beside the models of the case, which load it."""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from phonenumber_field.modelfields import PhoneNumberField

from cases.case.helping.inviting.rules import Closed, Part
from cases.case.helping.rules import SWITCHES, How
from portal import clock
from portal.accounts.models import User

HEARD = [how.value for how in How if how != How.LAW]


class InviteQuerySet(models.QuerySet["Invite"]):
    def visible_to(self, user: Any) -> "InviteQuerySet":
        """Those of a patient's own cases; a coordinator's, of open cases."""
        from cases.case.models import Case

        if not user.is_authenticated or not user.is_active:
            return self.none()
        known = Q(patient=user)
        if user.role == User.Role.COORDINATOR:
            known |= ~Q(case__state=Case.State.CLOSED)
        return self.filter(known)

    def open(self) -> "InviteQuerySet":
        """Not answered and not taken back; its last day may have passed."""
        return self.filter(ended_at__isnull=True)

    def standing(self) -> "InviteQuerySet":
        """Those that can be taken up now."""
        return self.open().filter(good_until__gt=clock.now()).exclude(case__state="closed")


class Invite(models.Model):
    """One person asked to help in one case, with what the patient allows; nothing holds until that person takes it.
    Or the patient herself, asked to take over the page that a helper began.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="invites")
    patient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=7, choices=Part.choices, default=Part.HELPER, db_default=Part.HELPER)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = PhoneNumberField(blank=True, default="")
    switches = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    until_on = models.DateField(null=True, blank=True)  # the last day of the help, where the patient lives
    how = models.CharField(max_length=5, choices=How.choices, blank=True)  # how the patient said so
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()  # the last time that it was said
    times = models.PositiveSmallIntegerField(default=1)  # how often; a link of an earlier time is false
    good_until = models.DateTimeField()
    came_back_at = models.DateTimeField(null=True, blank=True)  # the mail of the last time could not be brought
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=9, choices=Closed.choices, blank=True)
    taken_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = InviteQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "asked_at"], name="invite_by_case")]
        constraints = [
            models.UniqueConstraint(
                F("case"),
                Lower("email"),
                name="invite_one_open_per_address",
                condition=Q(ended_at__isnull=True) & ~Q(email=""),
            ),
            models.UniqueConstraint(
                fields=["case", "phone"],
                name="invite_one_open_per_phone",
                condition=Q(ended_at__isnull=True, email="") & ~Q(phone=""),
            ),
            models.CheckConstraint(
                name="invite_switches_are_known", condition=Q(switches__contained_by=list(SWITCHES))
            ),
            models.UniqueConstraint(
                fields=["case"],
                name="invite_one_open_to_the_patient",
                condition=Q(ended_at__isnull=True, part=Part.PATIENT),
            ),
            models.CheckConstraint(
                name="invite_how_is_known",
                condition=Q(part=Part.HELPER, how__in=HEARD) | Q(part=Part.PATIENT, how="", switches=[]),
            ),
            models.CheckConstraint(
                name="invite_names_whom_and_where",
                condition=Q(ended_at__isnull=False) | ~Q(name="") & (~Q(email="") | ~Q(phone="")),
            ),
            models.CheckConstraint(
                name="invite_ended_at_and_as_together",
                condition=Q(ended_at__isnull=True, ended_as="")
                | Q(ended_at__gte=F("asked_at"), ended_as__in=Closed.values),
            ),
            models.CheckConstraint(
                name="invite_taken_says_by_whom",
                condition=Q(ended_as=Closed.TAKEN, taken_by__isnull=False)
                | ~Q(ended_as=Closed.TAKEN) & Q(taken_by__isnull=True),
            ),
            models.CheckConstraint(
                name="invite_is_taken_by_whom_it_is_for",
                condition=Q(taken_by__isnull=True)
                | Q(part=Part.HELPER) & ~Q(taken_by=F("patient"))
                | Q(part=Part.PATIENT, taken_by=F("patient")),
            ),
            models.CheckConstraint(
                name="invite_times_in_order",
                condition=Q(sent_at__gte=F("asked_at"), good_until__gt=F("sent_at"), times__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"invite {self.pk}"

    @property
    def is_standing(self) -> bool:
        return self.ended_at is None and self.good_until > clock.now()
