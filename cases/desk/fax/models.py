"""A fax of a letter: its number, who pressed, what became of it. The page is made when it goes, and never kept."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from cases.desk.fax.states import Failure
from cases.desk.letters.models import Letter
from portal.accounts.models import User


class FaxQuerySet(models.QuerySet["Fax"]):
    def visible_to(self, user: Any) -> "FaxQuerySet":
        return self.filter(letter__in=Letter.objects.visible_to(user))

    def waiting(self) -> "FaxQuerySet":
        """Those that the gateway has not taken yet."""
        return self.filter(sent_at__isnull=True, failed_at__isnull=True)

    def open(self) -> "FaxQuerySet":
        """Those of which nobody knows yet whether they arrived."""
        return self.filter(delivered_at__isnull=True, failed_at__isnull=True)


class Fax(models.Model):
    """Handed to the gateway once at most: what was on its way when its sender died is a person's to ask about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="faxes")
    number = models.CharField(max_length=20)  # as it is dialed, digits only
    asked_at = models.DateTimeField()
    # Who pressed; nobody of us where its office wanted the report on its own page.
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)  # in real time
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)  # in real time
    is_handed_over = models.BooleanField(default=False)  # said before the line is opened
    sent_at = models.DateTimeField(null=True, blank=True)  # the gateway took it
    delivered_at = models.DateTimeField(null=True, blank=True)  # and says that it arrived
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=10, choices=Failure.choices, blank=True)

    objects = FaxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "faxes"
        constraints = [
            models.UniqueConstraint(
                name="fax_one_open_per_letter",
                fields=["letter"],
                condition=Q(delivered_at__isnull=True, failed_at__isnull=True),
            ),
            models.CheckConstraint(name="fax_number_is_digits", condition=Q(number__regex=r"^[0-9]{7,20}$")),
            models.CheckConstraint(
                name="fax_failed_says_why",
                condition=Q(failed_at__isnull=True, failure="")
                | Q(failed_at__isnull=False, failure__in=Failure.values),
            ),
            models.CheckConstraint(
                name="fax_delivered_was_sent_and_did_not_fail",
                condition=Q(delivered_at__isnull=True)
                | Q(sent_at__isnull=False, failed_at__isnull=True, delivered_at__gte=F("sent_at")),
            ),
            models.CheckConstraint(
                name="fax_sent_was_handed_over", condition=Q(sent_at__isnull=True) | Q(is_handed_over=True)
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="fax_waiting", condition=Q(sent_at__isnull=True, failed_at__isnull=True)
            ),
        ]

    @property
    def is_unknown(self) -> bool:
        """The gateway took it, and nobody has said what became of it."""
        return self.sent_at is not None and self.delivered_at is None and self.failed_at is None

    def __str__(self) -> str:
        return f"fax {self.pk}"
