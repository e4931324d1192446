"""One thing that is wrong, in the patient's words, with our answer. Beside the models of the case, which load it."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from cases.case.corrections.rules import ANSWERED, About, CorrectionState
from portal.accounts.models import User
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from portal.vault.models import DataKey


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: Any) -> "CorrectionQuerySet":
        """The patient's own, and those of every open case for coordinators."""
        from cases.case.people import where

        return self.filter(where(user, "ask_to_correct", "case"))

    def open(self) -> "CorrectionQuerySet":
        return self.filter(state=CorrectionState.OPEN)

    def standing_beside(self) -> "CorrectionQuerySet":
        """What she says of things that stayed as they are."""
        return self.filter(state=CorrectionState.KEPT)


class Correction(models.Model):
    """What is wrong and what would be right; later what became of it, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="corrections")
    about = models.CharField(max_length=8, choices=About.choices)
    words = SealedText()  # what is wrong, and what would be right
    state = models.CharField(max_length=9, choices=CorrectionState.choices, default=CorrectionState.OPEN)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")  # one of us, when said by phone
    due_on = models.DateField()
    answer = SealedText()  # what was done, or why it stays
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="correction_about_is_known", condition=Q(about__in=About.values)),
            models.CheckConstraint(name="correction_state_is_known", condition=Q(state__in=CorrectionState.values)),
            models.CheckConstraint(name="correction_says_what_is_wrong", condition=~Q(words=b"")),
            models.CheckConstraint(
                name="correction_ended_at_unless_open",
                condition=Q(state="open", ended_at=None, ended_by=None) | ~Q(state="open") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="correction_answered_with_words_by_somebody",
                condition=Q(state__in=ANSWERED, ended_by__isnull=False) & ~Q(answer=b"")
                | ~Q(state__in=ANSWERED) & Q(answer=b""),
            ),
            models.CheckConstraint(
                name="correction_ends_after_it_begins", condition=Q(ended_at=None) | Q(ended_at__gte=F("asked_at"))
            ),
        ]
        indexes = [models.Index(fields=["case", "-asked_at"], name="correction_of_case")]

    def __str__(self) -> str:
        return f"correction {self.pk}"

    @property
    def sealing_key(self) -> "DataKey":
        return self.case.sealing_key

    @property
    def is_open(self) -> bool:
        return self.state == CorrectionState.OPEN

    @property
    def is_kept(self) -> bool:
        return self.state == CorrectionState.KEPT
