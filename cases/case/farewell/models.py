"""One person of whom we know that they died. Beside the models of the case, which load it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.keys import house_key
from portal.vault.models import DataKey


class FarewellQuerySet(models.QuerySet["Farewell"]):
    def visible_to(self, user: Any) -> "FarewellQuerySet":
        """Coordinators alone, of people whose case it was; nobody of the person's own side signs in any more."""
        from cases.case.models import Case

        if user.role != User.Role.COORDINATOR:
            return self.none()
        own = Case.objects.filter(patient=OuterRef("person")).exclude(starter=user.pk)
        return self.filter(Exists(own))

    def standing(self) -> "FarewellQuerySet":
        """Not taken back."""
        return self.filter(taken_back_at=None)


class Farewell(models.Model):
    """What one of us was told, and decided. A mandate ends with a death unless the law says otherwise."""

    class Right(models.TextChoices):
        ENDS = "ends", gettext_lazy("It ended. Nobody may ask for anything more")
        ASKS = "asks", gettext_lazy("They may ask us for a copy, and show the paper for it")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    right = models.CharField(max_length=4, choices=Right.choices)
    why = SealedText()  # who told us, and why it was decided so
    why_forgotten_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = FarewellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="farewell_one_standing_per_person", fields=["person"], condition=Q(taken_back_at=None)
            ),
            models.CheckConstraint(name="farewell_right_is_known", condition=Q(right__in=["ends", "asks"])),
            models.CheckConstraint(
                name="farewell_says_why_until_that_is_forgotten",
                condition=~Q(why=b"") & Q(why_forgotten_at=None) | Q(why=b"", why_forgotten_at__isnull=False),
            ),
            models.CheckConstraint(
                name="farewell_taken_back_at_and_by_together",
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"farewell {self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return house_key()
