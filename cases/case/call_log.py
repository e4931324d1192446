"""Calls of the team, one row each. Beside the models of the case, which load it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class CallLogQuerySet(models.QuerySet["CallLog"]):
    def visible_to(self, user: Any) -> "CallLogQuerySet":
        """Coordinators read what the team heard by phone; a patient reads in their history that a call was made."""
        if user.role != User.Role.COORDINATOR:
            return self.none()
        from cases.case.models import Case

        return self.filter(case__in=Case.objects.visible_to(user))


class CallLog(models.Model):
    """One call of ours: whom we rang, what came of it, what follows. Written once, never changed."""

    class Whom(models.TextChoices):
        PATIENT = "patient", _("The patient")
        OFFICE = "office", _("An office")

    class CameOf(models.TextChoices):
        REACHED = "reached", _("Reached them")
        LEFT_MESSAGE = "left_message", _("Left a message")
        NO_ANSWER = "no_answer", _("No answer")
        WRONG_NUMBER = "wrong_number", _("Wrong number")

    class Follows(models.TextChoices):
        DONE = "done", _("Nothing more")
        AGAIN = "again", _("Call again")
        WORD = "word", _("A word about a record")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="calls")
    todo = models.ForeignKey("case.ToDo", null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    press = models.UUIDField(unique=True)  # made with the form: the other press of a double click is the same call
    whom = models.CharField(max_length=10, choices=Whom)
    about_item = models.UUIDField(null=True, blank=True)  # the record or report that an office was asked about
    came_of = models.CharField(max_length=14, choices=CameOf)
    follows = models.CharField(max_length=8, choices=Follows)
    again_on = models.DateField(null=True, blank=True)
    words = SealedText()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = CallLogQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="calllog_by_case")]
        constraints = [
            models.CheckConstraint(name="calllog_whom_is_known", condition=Q(whom__in=["patient", "office"])),
            models.CheckConstraint(
                name="calllog_came_of_is_known",
                condition=Q(came_of__in=["reached", "left_message", "no_answer", "wrong_number"]),
            ),
            models.CheckConstraint(
                name="calllog_again_says_when",
                condition=Q(follows="again", again_on__isnull=False)
                | Q(follows__in=["done", "word"], again_on__isnull=True),
            ),
            models.CheckConstraint(
                name="calllog_a_word_needs_someone_reached",
                condition=~Q(follows="word") | Q(came_of="reached", about_item__isnull=False),
            ),
            models.CheckConstraint(
                name="calllog_only_offices_speak_of_records", condition=Q(about_item__isnull=True) | Q(whom="office")
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key
