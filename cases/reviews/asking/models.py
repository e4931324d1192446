"""What a reader asked the patient for. Beside the models of reviews, which load it."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.case.people import where
from cases.reviews.asking.rules import OPEN, AskingKind, AskingState
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from cases.case.models import Case
    from portal.vault.models import DataKey


class AskingQuerySet(models.QuerySet["Asking"]):
    def visible_to(self, user: Any) -> "AskingQuerySet":
        """For those who may answer, and for the case's consultants whom the patient lets read."""
        answers = where(user, "answer_asking", "review__case")
        return self.filter(answers | where(user, "review", "review__case"))

    def open(self) -> "AskingQuerySet":
        """Not answered, taken back or dropped; the reading may go on without it."""
        return self.filter(state__in=OPEN)

    def resting(self) -> "AskingQuerySet":
        """Those for which the reading rests."""
        return self.filter(state=AskingState.WITH_PATIENT)


class Asking(models.Model):
    """One thing that the reader of a plan needs from the patient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="askings")
    kind = models.CharField(max_length=8, choices=AskingKind.choices)
    page = models.PositiveIntegerField(null=True)  # of the plan, for a clear copy
    words = SealedText()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()  # the day of our house from which the reading rests
    until_on = models.DateField()  # the last one
    state = models.CharField(max_length=12, choices=AskingState.choices, default=AskingState.WITH_PATIENT)
    answer = SealedText()
    documents = ArrayField(models.UUIDField(), default=list)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AskingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="asking_one_open_per_review",
                fields=["review"],
                condition=Q(state__in=["with_patient", "passed"]),
            ),
            models.CheckConstraint(name="asking_kind_is_known", condition=Q(kind__in=AskingKind.values)),
            models.CheckConstraint(name="asking_state_is_known", condition=Q(state__in=AskingState.values)),
            models.CheckConstraint(
                name="asking_copy_names_its_page", condition=~Q(kind="copy") | Q(page__isnull=False, page__gte=1)
            ),
            models.CheckConstraint(name="asking_rests_from_its_day_on", condition=Q(until_on__gte=F("asked_on"))),
            models.CheckConstraint(
                name="asking_ended_has_its_time",
                condition=Q(state__in=["with_patient", "passed"], ended_at__isnull=True, ended_by__isnull=True)
                | ~Q(state__in=["with_patient", "passed"]) & Q(ended_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["until_on"], name="asking_resting", condition=Q(state="with_patient"))]

    def __str__(self) -> str:
        return f"asking {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:asked", args=[self.pk])

    @property
    def case(self) -> "Case":
        return self.review.case

    @property
    def sealing_key(self) -> "DataKey":
        return self.review.sealing_key

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_resting(self) -> bool:
        return self.state == AskingState.WITH_PATIENT

    @property
    def gives_time(self) -> bool:
        """Whether the reading rests for it at all: not where it is to be read for a call by then."""
        return self.is_resting and self.until_on > self.asked_on
