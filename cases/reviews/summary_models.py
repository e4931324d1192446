"""Summaries as they were shared, frozen, and what people said of their parts."""

import json
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cases.case.people import where
from cases.threads.models import Message
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from portal.vault.models import DataKey


class SummaryQuerySet(models.QuerySet["Summary"]):
    def visible_to(self, user: Any) -> Self:
        """The patient's own; a helper's who may read them; those of a consultant's cases; all for a coordinator."""
        known = self.filter(where(user, "read_summary", "review__case"))
        return known.exclude(review__case__starter=user) if user.role else known

    def live(self) -> Self:
        """Shared and not taken back."""
        return self.filter(withdrawn_at=None)


class Summary(models.Model):
    """What was shared with the patient, frozen as it was then. A change is a new number."""

    class Clear(models.TextChoices):
        UNSAID = "", _("not said")
        YES = "yes", _("Yes, it is")
        QUESTION = "question", _("I have a question")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="summaries")
    number = models.PositiveIntegerField()
    plan = ArrayField(models.UUIDField(), help_text="the versions it is about, in page order")
    body = SealedText()  # JSON, the form that frozen.compose makes
    correction = SealedText()  # why this number follows a shared one; "" for a first or a completed one
    is_complete = models.BooleanField(default=False)
    statement = models.ForeignKey("texts.Text", on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField()
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_read_at = models.DateTimeField(null=True)
    # What was said of a whole summary before each of its parts was asked about; see PartAnswer.
    clear = models.CharField(max_length=10, choices=Clear.choices, blank=True, default=Clear.UNSAID)
    asked = SealedText()  # the patient's question about it
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_why = SealedText()
    withdrawn_read_at = models.DateTimeField(null=True)  # when the patient first read that it was taken back

    objects = SummaryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="summary_numbers_are_used_once"),
            models.CheckConstraint(name="summary_numbers_count_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="summary_clear_is_known", condition=Q(clear__in=["", "yes", "question"])),
            models.CheckConstraint(
                name="summary_clear_and_answered_go_together",
                condition=Q(clear="", answered_at__isnull=True) | (~Q(clear="") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="summary_withdrawn_at_and_by_go_together",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="summary_withdrawn_before_that_is_read",
                condition=Q(withdrawn_read_at__isnull=True) | Q(withdrawn_read_at__gte=F("withdrawn_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"summary {self.number} of {self.review_id}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:summary", args=[self.review.case_id])

    @property
    def sealing_key(self) -> "DataKey":
        return self.review.sealing_key

    @property
    def state(self) -> str:
        return "withdrawn" if self.withdrawn_at else "shared"

    @cached_property
    def frozen(self) -> dict[str, Any]:
        """What it says, as plain data; {} once its case was erased."""
        return json.loads(self.body) if self.body else {}


class PartAnswerQuerySet(models.QuerySet["PartAnswer"]):
    def standing(self) -> Self:
        """Without questions whose message was taken back."""
        return self.filter(message__taken_back_at__isnull=True)


class PartAnswer(models.Model):
    """What a person said of one part of a version: it is clear, or a question, which stands in the case's thread."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    summary = models.ForeignKey(Summary, on_delete=models.CASCADE, related_name="part_answers")
    part = models.CharField(max_length=12)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    message = models.OneToOneField(Message, null=True, on_delete=models.CASCADE, related_name="+")  # the question
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PartAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partanswer_part_is_known",
                condition=Q(part__in=["answers", "steps", "missing", "questions", "options", "words"]),
            ),
            models.UniqueConstraint(
                name="partanswer_clear_is_said_once",
                fields=["summary", "part", "person"],
                condition=Q(message__isnull=True),
            ),
            models.CheckConstraint(
                name="partanswer_answered_at_and_by_go_together",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="partanswer_only_questions_are_answered",
                condition=Q(answered_at__isnull=True) | Q(message__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def is_question(self) -> bool:
        return self.message_id is not None
