""" "Worried about this person": what one of the team saw, in a few words that only the team reads."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class WorryQuerySet(models.QuerySet["Worry"]):
    def visible_to(self, user: Any) -> "WorryQuerySet":
        """The team's of the case; never the patient's or a helper's."""
        from cases.case.people import where

        return self.filter(where(user, "worry", "case"))

    def open(self) -> "WorryQuerySet":
        """Not cleared by anybody."""
        return self.filter(cleared_at__isnull=True)


class Worry(models.Model):
    """One member of the team is worried about the patient. Part of the record if she asks; on none of her pages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="worries")
    reason = SealedText()
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done = SealedText()  # what was done about it

    objects = WorryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="worry_one_open_per_person",
                fields=["case", "raised_by"],
                condition=Q(cleared_at__isnull=True),
            ),
            models.CheckConstraint(name="worry_says_why", condition=~Q(reason=b"")),
            models.CheckConstraint(
                name="worry_cleared_at_by_and_what_was_done_together",
                condition=Q(cleared_at__isnull=True, cleared_by__isnull=True, done=b"")
                | Q(cleared_at__isnull=False, cleared_by__isnull=False) & ~Q(done=b""),
            ),
            models.CheckConstraint(
                name="worry_is_cleared_after_it_was_raised",
                condition=Q(cleared_at__isnull=True) | Q(cleared_at__gte=F("raised_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"worry {self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key  # type: ignore[no-any-return]
