"""A grant that ends by itself within the hour. Beside the models of the case, which load it."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.case.urgent.rules import LASTS, UrgentEnded
from portal import clock
from portal.accounts.models import User
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from portal.vault.models import DataKey


class UrgentLookQuerySet(models.QuerySet["UrgentLook"]):
    def visible_to(self, user: Any) -> "UrgentLookQuerySet":
        """A consultant's own, a patient's of her cases, and all for administrators, who watch over them."""
        if user.role == User.Role.ADMINISTRATOR:
            return self
        own = Q(reader=user.pk) if user.role == User.Role.CONSULTANT else Q(pk__in=[])
        return self.filter(own | Q(case__patient=user.pk))

    def open(self) -> "UrgentLookQuerySet":
        """Not ended by anybody; its hour may be over."""
        return self.filter(ended_at__isnull=True)

    def standing(self) -> "UrgentLookQuerySet":
        """Those that hold at this moment. The rule of who may what goes by them."""
        return self.open().filter(over_at__gt=clock.now()).exclude(case__state="closed")

    def reading(self) -> "UrgentLookQuerySet":
        """Those that open files too: where the patient lets a consultant read who works here now."""
        from cases.case.models import Consent

        ours = User.objects.working_as(User.Role.CONSULTANT)
        given = Consent.objects.standing().filter(case=OuterRef("case"), kind=Consent.Kind.READ)
        given = given.filter(consultant__in=ours.values("pk"))
        return self.standing().filter(Exists(given))


class UrgentLook(models.Model):
    """One consultant, one case, one reason in words that the patient reads, one hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="urgent_looks")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    why = SealedText()
    begun_at = models.DateTimeField()
    over_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(max_length=8, choices=UrgentEnded.choices, blank=True, default="")

    objects = UrgentLookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="urgent_one_open_per_reader", fields=["case", "reader"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="urgent_says_why", condition=~Q(why=b"")),
            models.CheckConstraint(
                name="urgent_lasts_an_hour_at_most",
                condition=Q(over_at__gt=F("begun_at"), over_at__lte=F("begun_at") + LASTS),
            ),
            models.CheckConstraint(
                name="urgent_ended_says_when_and_why",
                condition=Q(ended_at__isnull=False, ended_why__in=UrgentEnded.values)
                | Q(ended_at__isnull=True, ended_by__isnull=True, ended_why=""),
            ),
        ]
        indexes = [
            models.Index(fields=["over_at"], name="urgent_open_by_end", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["case", "begun_at"], name="urgent_of_case"),
            models.Index(fields=["-begun_at"], name="urgent_newest"),
        ]

    def __str__(self) -> str:
        return f"urgent look {self.pk}"

    @property
    def sealing_key(self) -> "DataKey":
        return self.case.sealing_key

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or self.over_at <= clock.now()
