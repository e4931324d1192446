"""Helpers of a case, and papers by which somebody acts in law. Beside the models of the case, which load it."""

import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy

from cases.case.helping.rules import SETS, SWITCHES, Chosen, Ended, How, Kin
from portal import clock
from portal.accounts.models import User


class HelperQuerySet(models.QuerySet["Helper"]):
    def visible_to(self, user: Any) -> "HelperQuerySet":
        """A helper's own; those of a patient's own cases; a coordinator's, of open cases."""
        from cases.case.models import Case

        if not user.is_authenticated or not user.is_active:
            return self.none()
        known = Q(person=user) | Q(patient=user)
        if user.role == User.Role.COORDINATOR:
            known |= ~Q(case__state=Case.State.CLOSED)
        return self.filter(known)

    def open(self) -> "HelperQuerySet":
        """Asked or agreed, and not ended by anybody; its last day may have passed."""
        return self.filter(ended_at__isnull=True)

    def asked(self) -> "HelperQuerySet":
        """Those that wait for the patient's yes."""
        return self.open().filter(agreed_at__isnull=True)

    def granted(self) -> "HelperQuerySet":
        """Those that hold at this moment. The rule of who may what goes by them."""
        holds = Q(over_at__isnull=True) | Q(over_at__gt=clock.now())
        return self.open().filter(holds, agreed_at__isnull=False).exclude(case__state="closed")

    def answered(self) -> "HelperQuerySet":
        """Those that were agreed to, declined or ended: whoever has one is no longer someone who only began."""
        return self.filter(Q(agreed_at__isnull=False) | Q(ended_at__isnull=False))


def _switched(on: frozenset[str]) -> Q:
    return Q(**{switch: switch in on for switch in SWITCHES})


class Helper(models.Model):
    """One person who helps, or asked to, in one case: what the patient allowed, and until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="helpers")
    patient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kin = models.CharField(max_length=10, choices=Kin.choices, blank=True)
    chosen = models.CharField(max_length=5, choices=Chosen.choices, blank=True)  # "" while it waits for the yes
    files = models.BooleanField(default=False)
    papers = models.BooleanField(default=False)
    bookings = models.BooleanField(default=False)
    messages = models.BooleanField(default=False)
    summary = models.BooleanField(default=False)
    private = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_how = models.CharField(max_length=5, choices=How.choices, blank=True)
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    until_on = models.DateField(null=True, blank=True)  # its last day, where the patient lives
    over_at = models.DateTimeField(null=True, blank=True)  # when that day ends there
    paused_at = models.DateTimeField(null=True, blank=True)  # since when the helper wants no copies of messages
    version = models.PositiveIntegerField(default=1)  # rises with each change: messages about it go by that
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(max_length=8, choices=Ended.choices, blank=True)

    objects = HelperQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "case"], name="helper_open_by_person", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["case", "asked_at"], name="helper_by_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="helper_one_open_per_person", fields=["case", "person"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="helper_is_another_person", condition=~Q(person=F("patient"))),
            models.CheckConstraint(name="helper_kin_is_known", condition=Q(kin__in=["", *Kin.values])),
            models.CheckConstraint(
                name="helper_agreed_says_how_and_to_whom",
                condition=Q(agreed_at__isnull=True, agreed_how="", recorded_by__isnull=True, chosen="")
                | Q(agreed_at__isnull=False, agreed_how__in=How.values, recorded_by__isnull=False)
                & Q(chosen__in=Chosen.values),
            ),
            models.CheckConstraint(
                name="helper_set_and_switches_agree",
                condition=Q(chosen=Chosen.OWN)
                | Q(chosen="") & _switched(frozenset())
                | Q(chosen=Chosen.DATES) & _switched(SETS[Chosen.DATES])
                | Q(chosen=Chosen.MOST) & _switched(SETS[Chosen.MOST])
                | Q(chosen=Chosen.ACTS) & _switched(SETS[Chosen.ACTS]),
            ),
            models.CheckConstraint(
                name="helper_until_on_and_over_at_together",
                condition=Q(until_on__isnull=True, over_at__isnull=True)
                | Q(until_on__isnull=False, over_at__isnull=False, agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="helper_ended_at_and_why_together",
                condition=Q(ended_at__isnull=True, ended_why="", ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_why__in=Ended.values),
            ),
            models.CheckConstraint(
                name="helper_declined_was_not_agreed", condition=~Q(ended_why="declined") | Q(agreed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="helper_times_in_order",
                condition=(Q(agreed_at__isnull=True) | Q(agreed_at__gte=F("asked_at")))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("asked_at")))
                & (Q(ended_at__isnull=True) | Q(agreed_at__isnull=True) | Q(ended_at__gte=F("agreed_at")))
                & (Q(over_at__isnull=True) | Q(over_at__gt=F("asked_at"))),
            ),
        ]

    def __str__(self) -> str:
        return f"helper {self.pk}"

    @property
    def switches(self) -> frozenset[str]:
        """Those that are on."""
        return frozenset(switch for switch in SWITCHES if getattr(self, switch))

    @property
    def is_asked(self) -> bool:
        return self.agreed_at is None and self.ended_at is None

    def holds(self, now: dt.datetime) -> bool:
        """Whether the grant holds at a moment, in a case that is open."""
        return self.agreed_at is not None and self.ended_at is None and (self.over_at is None or self.over_at > now)


class MandateQuerySet(models.QuerySet["Mandate"]):
    def visible_to(self, user: Any) -> "MandateQuerySet":
        """The coordinators who looked at the paper, and the patient it is about."""
        from cases.case.models import Case

        seen = Case.objects.visible_to(user)
        return self.filter(case__in=seen if user.role == User.Role.COORDINATOR else seen.filter(patient=user.pk))

    def standing(self) -> "MandateQuerySet":
        """Those that count now. One counts within the help it was recorded for: help that was agreed to anew needs
        the paper anew.
        """
        helps = Helper.objects.granted().filter(case=OuterRef("case"), person=OuterRef("person"))
        holds = Q(over_at__isnull=True) | Q(over_at__gt=clock.now())
        return self.filter(holds, Exists(helps.filter(asked_at__lte=OuterRef("recorded_at"))), ended_at__isnull=True)


class Mandate(models.Model):
    """What lets someone act for the patient in law, as staff read on a paper: such a helper signs and decides too."""

    class Kind(models.TextChoices):
        POWER_OF_ATTORNEY = "power", gettext_lazy("by power of attorney")
        PARENT = "parent", gettext_lazy("as a parent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="mandates")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    paper = models.UUIDField(null=True, blank=True)  # the paper as a document, which stands above
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)  # its last day, where the patient lives
    over_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="mandate_one_open_per_person", fields=["case", "person"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="mandate_kind_is_known", condition=Q(kind__in=["power", "parent"])),
            models.CheckConstraint(
                name="mandate_until_on_and_over_at_together",
                condition=Q(until_on__isnull=True, over_at__isnull=True)
                | Q(until_on__isnull=False, over_at__isnull=False, until_on__gte=F("from_on")),
            ),
            models.CheckConstraint(
                name="mandate_ended_at_and_by_together",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=F("recorded_at")),  # nobody, where the help itself came to its last day
            ),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}"
