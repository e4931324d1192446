"""One patient's case, one consultant who left, and what the patient said to it. Beside the models of the case."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User


class DepartureQuerySet(models.QuerySet["Departure"]):
    def visible_to(self, user: Any) -> "DepartureQuerySet":
        """The patient's, and of who acts for her in law; a coordinator writes down what she says."""
        from cases.case.models import Case
        from cases.case.people import where

        theirs = where(user, "consent", "case")
        if user.is_authenticated and user.role == User.Role.COORDINATOR:
            theirs |= Q(case__in=Case.objects.visible_to(user))
        return self.filter(theirs)

    def open(self) -> "DepartureQuerySet":
        """Not answered yet."""
        return self.filter(answered_at=None)

    def unsettled(self) -> "DepartureQuerySet":
        """Those to which nobody else of us was named yet: not answered, or by "call me"."""
        return self.exclude(answer=Departure.Answer.TAKES)


class Departure(models.Model):
    """Nobody else reads because of it: that begins with the patient's yes."""

    class Answer(models.TextChoices):
        TAKES = "takes", _("Somebody else of us")
        CALL = "call", _("Please call me")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="departures")
    consultant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")  # who left
    left_at = models.DateTimeField()
    answer = models.CharField(max_length=5, choices=Answer.choices, blank=True, default="")
    chosen = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="departure_one_open_per_consultant", fields=["case", "consultant"], condition=Q(answered_at=None)
            ),
            models.CheckConstraint(
                name="departure_answered_says_what",
                condition=Q(answered_at=None, answer="", chosen=None)
                | Q(answered_at__isnull=False, answer="takes", chosen__isnull=False) & ~Q(chosen=F("consultant"))
                | Q(answered_at__isnull=False, answer="call", chosen=None),
            ),
            models.CheckConstraint(
                name="departure_is_answered_after_it", condition=Q(answered_at=None) | Q(answered_at__gte=F("left_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"departure {self.pk}"
