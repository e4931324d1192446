"""One wish to have a case erased. Beside the models of the case, which load it."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q

from portal.accounts.models import User


class ErasureWishQuerySet(models.QuerySet["ErasureWish"]):
    def open(self) -> "ErasureWishQuerySet":
        """Neither taken back nor done."""
        return self.filter(taken_back_at=None, done_at=None)

    def due(self, now: dt.datetime) -> "ErasureWishQuerySet":
        return self.open().filter(due_at__lte=now)


class ErasureWish(models.Model):
    """Asked for by the patient, or written down by a coordinator for one who signs in nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="erasure_wishes")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ErasureWishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="erasurewish_one_open_per_case", fields=["case"], condition=Q(taken_back_at=None, done_at=None)
            ),
            models.CheckConstraint(name="erasurewish_waits", condition=Q(due_at__gt=F("asked_at"))),
            models.CheckConstraint(
                name="erasurewish_taken_back_or_done", condition=Q(taken_back_at=None) | Q(done_at=None)
            ),
            models.CheckConstraint(
                name="erasurewish_taken_back_at_and_by_together",
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
            models.CheckConstraint(
                name="erasurewish_is_done_when_due", condition=Q(done_at=None) | Q(done_at__gte=F("due_at"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="erasurewish_open_by_day", condition=Q(taken_back_at=None, done_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"erasure wish {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.taken_back_at is None and self.done_at is None
