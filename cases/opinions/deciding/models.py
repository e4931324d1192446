"""Where the patient is with her decision: her choice in her own words, and what she said before."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.case import people
from cases.case.models import Case, Clinician
from cases.opinions.deciding.rules import MADE, PLANS, Choice
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Any) -> "DecisionQuerySet":
        """Those of the cases whose private words a person may see."""
        return self.filter(people.where(user, "see_private_words", "case"))

    def written_down(self) -> "DecisionQuerySet":
        """What one of us wrote down on the phone."""
        return self.filter(written_by__isnull=False)

    def current(self) -> "DecisionQuerySet":
        return self.filter(replaced_at=None)


class Decision(models.Model):
    """One answer. It can be changed at any time: what stood before stays, with when and by whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    clinician = models.ForeignKey(  # whose plan it was when she said so; nobody's where no doctor had a name
        Clinician, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = SealedText()  # in her own words; may be empty
    check_in_on = models.DateField(null=True, blank=True)  # "more time": when we ask again
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(  # one of us, who wrote it down on the phone
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_choice_is_known", condition=Q(choice__in=Choice.values)),
            models.CheckConstraint(
                name="decision_doctor_only_with_a_plan", condition=Q(clinician=None) | Q(choice__in=PLANS)
            ),
            models.CheckConstraint(
                name="decision_written_down_by_another",
                condition=Q(written_by__isnull=True) | ~Q(written_by=F("decided_by")),
            ),
            models.UniqueConstraint(name="decision_one_current", fields=["case"], condition=Q(replaced_at=None)),
            models.CheckConstraint(
                name="decision_asked_again_only_for_more_time",
                condition=Q(check_in_on__isnull=True) | Q(choice=Choice.TIME),
            ),
            models.CheckConstraint(
                name="decision_replaced_after_it_was_made",
                condition=Q(replaced_at__isnull=True) | Q(replaced_at__gte=F("decided_at")),
            ),
        ]
        indexes = [models.Index(fields=["case", "-decided_at"], name="decision_of_case")]

    def __str__(self) -> str:
        return f"decision {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("opinions:compare", args=[self.case_id])

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key

    @property
    def doctor(self) -> str:
        """The name of the doctor whose plan it was, "" where nobody had one."""
        return self.clinician.name if self.clinician else ""

    @property
    def is_made(self) -> bool:
        return self.choice in MADE
