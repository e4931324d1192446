"""One question of a case: for which visit or talk, among the three on top or below, open or what became of it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from bookings.models import Consultation
from cases.case import people
from cases.case.models import Case
from cases.opinions.questions.rules import ON_TOP, AnsweredIn, CameOf, QuestionState
from cases.opinions.talk.models import Talk
from cases.records.models import Visit
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: Any) -> "QuestionQuerySet":
        """Those of the cases in which a person may see questions; a private one with whom she trusts such words, and
        to the helper who wrote it. One of us who raised it reads it no more once she made it private.
        """
        own = Q(is_private=False) | people.where(user, "see_private_words", "case")
        if not getattr(user, "role", ""):
            own |= Q(put_in_by=user.pk)
        return self.filter(people.where(user, "see_questions", "case"), own)

    def open(self) -> "QuestionQuerySet":
        return self.filter(state=QuestionState.OPEN)

    def not_dropped(self) -> "QuestionQuerySet":
        return self.exclude(state=QuestionState.DROPPED)

    def in_order(self) -> "QuestionQuerySet":
        """Those on top first, as she ordered them, then as they were put in."""
        return self.order_by(models.F("top").asc(nulls_last=True), "put_in_at", "pk")


def _at_most_one_of(*names: str) -> Q:
    """None of these is set, or one alone."""
    found = Q(**{f"{name}__isnull": True for name in names})
    for name in names:
        found |= Q(**{f"{other}__isnull": True for other in names if other != name})
    return found


FOR = ("for_visit", "for_consultation", "for_talk")


class Question(models.Model):
    """What is to be asked. It follows its visit or talk when that is booked anew."""

    State = QuestionState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="questions")
    text = SealedText()
    put_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    put_in_at = models.DateTimeField()
    written_by = models.ForeignKey(  # one of us, who wrote the words down on the phone
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    came_of = models.CharField(max_length=10, choices=CameOf.choices, blank=True)
    idea = models.CharField(max_length=20, blank=True)  # the point of the list it was taken from
    for_visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    for_consultation = models.ForeignKey(
        Consultation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    for_talk = models.ForeignKey(Talk, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    top = models.PositiveSmallIntegerField(null=True, blank=True)  # 1, 2, 3 of its visit or talk
    is_private = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=QuestionState.choices, default=QuestionState.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_in = models.CharField(max_length=12, choices=AnsweredIn.choices, blank=True)
    answered_id = models.UUIDField(null=True, blank=True)  # the visit, talk or summary, where one is named
    answer = SealedText()  # her own note of what was said
    version = models.PositiveIntegerField(default=1)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="question_state_is_known", condition=Q(state__in=QuestionState.values)),
            models.CheckConstraint(name="question_came_of_is_known", condition=Q(came_of__in=CameOf.values)),
            models.CheckConstraint(name="question_is_for_one_thing_at_most", condition=_at_most_one_of(*FOR)),
            models.CheckConstraint(name="question_says_something", condition=~Q(text=b"")),
            models.CheckConstraint(
                name="question_written_down_by_another",
                condition=Q(written_by__isnull=True) | ~Q(written_by=models.F("put_in_by")),
            ),
            models.CheckConstraint(
                name="question_top_is_one_to_three_and_open",
                condition=Q(top__isnull=True) | Q(top__gte=1, top__lte=ON_TOP, state=QuestionState.OPEN),
            ),
            models.UniqueConstraint(
                name="question_one_in_each_place_on_top",
                fields=["case", *FOR, "top"],
                condition=Q(top__isnull=False),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="question_idea_taken_once",
                fields=["case", "idea"],
                condition=~Q(idea="") & ~Q(state=QuestionState.DROPPED),
            ),
            models.CheckConstraint(
                name="question_settled_when_and_open_not",
                condition=Q(state=QuestionState.OPEN, settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(state=QuestionState.OPEN) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="question_answered_says_where",
                condition=Q(state=QuestionState.ANSWERED, answered_in__in=AnsweredIn.values)
                | (~Q(state=QuestionState.ANSWERED) & Q(answered_in="", answered_id__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["case", "put_in_at"], name="question_of_case")]

    def __str__(self) -> str:
        return f"question {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("opinions:questions", args=[self.case_id]) + f"#question-{self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key

    @property
    def is_open(self) -> bool:
        return self.state == QuestionState.OPEN
