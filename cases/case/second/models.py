"""A grant with an end: a colleague reads along in one case. Beside the models of the case, which load it."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from cases.case.second.rules import OPEN, SecondEnded, SecondState
from portal import clock
from portal.accounts.models import User
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from portal.vault.models import DataKey


class SecondReaderQuerySet(models.QuerySet["SecondReader"]):
    def visible_to(self, user: Any) -> "SecondReaderQuerySet":
        """A colleague's own, while the case is open; what was asked in a consultant's cases; a patient's own, also a
        consultant's who is the patient.
        """
        from cases.case.people import where

        if user.role == User.Role.CONSULTANT:
            told = where(user, "see_second_readers", "case") & Q(answered_at__isnull=False)
            return self.filter(Q(reader=user) & ~Q(case__state="closed") | where(user, "review", "case") | told)
        return self.told_to(user)

    def told_to(self, user: Any) -> "SecondReaderQuerySet":
        """What the patient hears of, and whoever speaks for her: from the colleague's yes on."""
        from cases.case.people import where

        return self.filter(where(user, "see_second_readers", "case"), answered_at__isnull=False)

    def open(self) -> "SecondReaderQuerySet":
        """Asked or agreed, and not ended by anybody; the last day may have passed."""
        return self.filter(state__in=OPEN)

    def standing(self) -> "SecondReaderQuerySet":
        """Asked or agreed, and not over at this moment."""
        return self.open().filter(over_at__gt=clock.now()).exclude(case__state="closed")

    def granted(self) -> "SecondReaderQuerySet":
        """Those that hold at this moment. The rule of who may what goes by them."""
        return self.standing().filter(state=SecondState.READING)


class SecondReader(models.Model):
    """One colleague, asked by the reader of a plan: what she is asked, why in the patient's words, until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="second_readers")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    question = SealedText()  # between colleagues
    why = SealedText()  # as the patient reads it
    until_on = models.DateField()  # the last day, a business day of our house
    over_at = models.DateTimeField()  # when that day ends there
    state = models.CharField(max_length=8, choices=SecondState.choices, default=SecondState.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)  # the colleague's yes or no
    patient_no_at = models.DateTimeField(null=True, blank=True)  # the patient would rather not
    answer = SealedText()  # what the colleague says when she is done
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(max_length=8, choices=SecondEnded.choices, blank=True, default="")

    objects = SecondReaderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="second_one_open_per_case", fields=["case"], condition=Q(state__in=["asked", "reading"])
            ),
            models.CheckConstraint(name="second_is_another_person", condition=~Q(reader=F("asked_by"))),
            models.CheckConstraint(
                name="second_state_is_known", condition=Q(state__in=["asked", "reading", "declined", "ended"])
            ),
            models.CheckConstraint(name="second_is_over_after_it_was_asked", condition=Q(over_at__gt=F("asked_at"))),
            models.CheckConstraint(
                name="second_yes_or_no_has_its_time",
                condition=~Q(state__in=["reading", "declined"]) | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="second_ended_says_when_and_why",
                condition=Q(state="ended", ended_at__isnull=False, ended_why__in=SecondEnded.values)
                | Q(~Q(state="ended"), ended_at__isnull=True, ended_by__isnull=True, ended_why=""),
            ),
        ]
        indexes = [
            models.Index(fields=["over_at"], name="second_open_by_end", condition=Q(state__in=["asked", "reading"])),
            models.Index(fields=["case", "asked_at"], name="second_of_case"),
        ]

    def __str__(self) -> str:
        return f"second reader {self.pk}"

    @property
    def sealing_key(self) -> "DataKey":
        return self.case.sealing_key

    @property
    def is_over(self) -> bool:
        """Ended, declined, or past its last day."""
        return self.state not in OPEN or self.over_at <= clock.now()
