"""What was guessed of a document. It stands apart from what people said, so that neither can overwrite the other."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q

from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class Guess(models.Model):
    """What the newest checked version seems to be, from whom and of which day, as `guessing` found it."""

    class From(models.TextChoices):
        TEXT = "text"  # it is written on it
        FILE = "file"  # the file was made on that day
        PHOTO = "photo"  # the photo was taken on it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.OneToOneField("documents.Document", on_delete=models.CASCADE, related_name="guess")
    version_number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40, blank=True)
    author = SealedText()
    dated_on = models.DateField(null=True, blank=True)
    dated_from = models.CharField(max_length=5, choices=From.choices, blank=True)
    guessed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guess_dated_on_and_from_together",
                condition=Q(dated_on__isnull=True, dated_from="")
                | Q(dated_on__isnull=False, dated_from__in=["text", "file", "photo"]),
            ),
        ]

    def __str__(self) -> str:
        return f"guess about {self.document_id}"

    @property
    def sealing_key(self) -> DataKey:
        return self.document.case.key

    def date(self, on: dt.date | None, how: str) -> None:
        self.dated_on, self.dated_from = on, how if on else ""
