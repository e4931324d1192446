"""What every row has whose last move can be taken back. Beside the models of records, which load it."""

from typing import Any

from django.db import models
from django.db.models import Q

from cases.case.people import put_in
from portal.accounts.models import User


def moved_when_and_by_whom(thing: str) -> models.CheckConstraint:
    """For each undoable model: whoever moved it stands beside when."""
    condition = Q(moved_by__isnull=True) | Q(moved_at__isnull=False)
    return models.CheckConstraint(name=f"{thing}_moved_by_has_moved_at", condition=condition)


def of_visit(user: Any) -> Q:
    """Of the rows of a visit those that this person may see: the visit is theirs to see, and so is the row."""
    return put_in(user, "visit__case", "visit__") & put_in(user, "visit__case")


class Undoable(models.Model):
    """Whose the row is; who moved it last and how it stood before, so that the move can be taken back."""

    # Who put it in, or changed it since another did. Null: nobody knows, or our own system.
    put_in_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(null=True, blank=True)
    moved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True, blank=True)  # states, dates and kinds only

    class Meta:
        abstract = True
