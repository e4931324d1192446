"""A second reader's own remarks. Beside the models of reviews, which load it."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from cases.case.models import SecondReader
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from portal.vault.models import DataKey


class SecondNoteQuerySet(models.QuerySet["SecondNote"]):
    def of(self, seconds: Iterable[SecondReader]) -> "SecondNoteQuerySet":
        """Those of second readings that somebody was shown, in the order in which they were written."""
        found = self.filter(second__in=[second.pk for second in seconds])
        return found.select_related("second__case__key").order_by("written_at", "pk")


class SecondNote(models.Model):
    """A remark on the plan or one of its pages, for the consultant who asked. Staff's only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    second = models.ForeignKey(SecondReader, on_delete=models.CASCADE, related_name="+")
    page = models.PositiveIntegerField(null=True)  # None: about the whole
    text = SealedText()
    written_at = models.DateTimeField()

    objects = SecondNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="secondnote_pages_count_from_1", condition=Q(page__isnull=True) | Q(page__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk} of {self.second_id}"

    @property
    def sealing_key(self) -> "DataKey":
        return self.second.sealing_key
