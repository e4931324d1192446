"""How a call went, as its consultant saved it: a row a save, of which the newest counts and the others are history."""

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models import Consultation
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from portal.vault.models import DataKey


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def of_call(self, call: Consultation) -> Self:
        """All that was saved of a call, the newest first."""
        return self.filter(call=call).order_by("-number")


class Outcome(models.Model):
    """One save. Nobody changes a row: a change is the next number."""

    class Went(models.TextChoices):
        TOOK_PLACE = "took_place", _("It took place")
        CUT_SHORT = "cut_short", _("It was cut short")
        DID_NOT = "did_not", _("It did not take place")

    class Why(models.TextChoices):
        NOT_THERE = "not_there", _("The patient was not there")
        NOT_WELL = "not_well", _("The patient did not feel up to it")
        TECHNICAL = "technical", _("The line or the video did not work")
        OURS = "ours", _("We could not be there")
        OTHER = "other", _("Something else")

    class Follows(models.TextChoices):
        NOTHING = "nothing", _("Nothing more")
        TALK = "talk", _("Another talk is offered")
        TO_DO = "todo", _("I do something by a day")
        COORDINATOR = "coordinator", _("A question goes to the coordinator")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    went = models.CharField(max_length=12, choices=Went.choices)
    why = models.CharField(max_length=12, choices=Why.choices, blank=True)
    follows = models.CharField(max_length=12, choices=Follows.choices)
    follow_words = SealedText()  # what is done, or what is asked; the patient reads it
    due_on = models.DateField(null=True)
    answers = models.JSONField(default=dict, help_text="where each question was answered, by its id; open where not")
    notes = SealedText()  # the team's alone
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="outcome_numbers_are_used_once"),
            models.CheckConstraint(name="outcome_numbers_count_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="outcome_says_why_unless_it_took_place",
                condition=Q(went="took_place", why="")
                | Q(
                    went__in=["cut_short", "did_not"],
                    why__in=["not_there", "not_well", "technical", "ours", "other"],
                ),
            ),
            models.CheckConstraint(
                name="outcome_has_a_day_for_what_we_do",
                condition=Q(follows="todo", due_on__isnull=False)
                | Q(follows__in=["nothing", "talk", "coordinator"], due_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"outcome {self.number} of {self.call_id}"

    @property
    def told(self) -> tuple[Any, ...]:
        """What the patient reads of it."""
        return self.went, self.why, self.follows, self.follow_words, self.due_on, self.answers

    @property
    def sealing_key(self) -> "DataKey":
        return self.call.case.sealing_key
