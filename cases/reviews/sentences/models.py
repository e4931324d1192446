"""A consultant's own sentences. Beside the models of reviews, which load it."""

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Deferrable, Q

from cases.reviews.sentences.rules import Part
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.keys import house_key

if TYPE_CHECKING:
    from portal.vault.models import DataKey


class SentenceQuerySet(models.QuerySet["Sentence"]):
    def visible_to(self, user: Any) -> Self:
        """Each consultant's own, and nobody else's."""
        return self.filter(owner=user) if user.role == User.Role.CONSULTANT else self.none()

    def ordered(self) -> Self:
        """Part by part, in her order."""
        return self.order_by("part", "place")

    def left_behind(self) -> Self:
        """Those whose owner is no consultant of ours any more."""
        return self.exclude(owner__role=User.Role.CONSULTANT, owner__can_sign_in=True)


class Sentence(models.Model):
    """Words that a consultant uses again and again, for one part of a review. It belongs to no case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=12, choices=Part.choices)
    place = models.PositiveIntegerField(help_text="among those of its part, from 1; what is taken away leaves a gap")
    title = SealedText()
    text = SealedText()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    objects = SentenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="sentence_one_in_a_place",
                fields=["owner", "part", "place"],
                deferrable=Deferrable.DEFERRED,  # two change places in one transaction
            ),
            models.CheckConstraint(name="sentence_part_is_known", condition=Q(part__in=Part.values)),
            models.CheckConstraint(name="sentence_has_words", condition=~Q(title=b"") & ~Q(text=b"")),
            models.CheckConstraint(name="sentence_counts_from_1", condition=Q(place__gte=1) & Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return f"sentence {self.pk}"

    @property
    def sealing_key(self) -> "DataKey":
        return house_key()
