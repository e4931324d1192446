"""A photo as a page of a joined document. The document's versions are made from its pages by the worker."""

import uuid

from django.db import models
from django.db.models import Deferrable, F, Q


def pages_together(document: models.Model) -> int:
    """How many photos are one letter with this one, or are its pages; 0 for a file on its own."""
    of_it = Q(joined=document) | Q(joined__joined_pages__photo=document)
    return JoinedPage.objects.filter(of_it).distinct().count()


class JoinedPage(models.Model):
    """One photo's place in a joined document, and how far it is turned. The photo stays a document of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    joined = models.ForeignKey("documents.Document", on_delete=models.CASCADE, related_name="joined_pages")
    photo = models.OneToOneField("documents.Document", on_delete=models.CASCADE, related_name="page_of")
    number = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField(default=0)  # degrees, with the clock

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                name="joinedpage_one_per_number", fields=["joined", "number"], deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(name="joinedpage_number_counts_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="joinedpage_turns_by_quarters", condition=Q(turn__in=[0, 90, 180, 270])),
            models.CheckConstraint(name="joinedpage_is_of_another_document", condition=~Q(joined=F("photo"))),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of {self.joined_id}"
