"""Merges of two entries of the directory, one row each. Beside the models of the case, which load it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from portal.accounts.models import User


class OfficeMergeQuerySet(models.QuerySet["OfficeMerge"]):
    def visible_to(self, user: Any) -> "OfficeMergeQuerySet":
        return self if user.role == User.Role.COORDINATOR else self.none()

    def standing(self) -> "OfficeMergeQuerySet":
        return self.filter(undone_at__isnull=True)


class OfficeMerge(models.Model):
    """One entry became part of another: what moved, so that it can go back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey("case.Office", on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey("case.Office", on_delete=models.CASCADE, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField()  # by room and table: ids of the rows that named the source
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_why = models.CharField(max_length=200, blank=True)  # for the team

    objects = OfficeMergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="officemerge_one_standing", fields=["source"], condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(name="officemerge_is_of_two", condition=~Q(source=F("target"))),
            models.CheckConstraint(
                name="officemerge_undone_at_and_by_together",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undone_why="")
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
            models.CheckConstraint(
                name="officemerge_is_undone_after_it_was_made",
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("merged_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"
