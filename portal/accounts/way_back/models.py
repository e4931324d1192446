"""One way back: who asked by which signs, who agreed, how it ended. Beside the models of accounts, which load it."""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.accounts.way_back.rules import WAITS, Sign


class WayBackQuerySet(models.QuerySet["WayBack"]):
    def visible_to(self, user: Any) -> "WayBackQuerySet":
        """One's own; those of staff for administrators and coordinators; those of patients for coordinators."""
        if user.role == "coordinator":
            return self
        seen = Q(person__role__gt="") if user.role == "administrator" else Q(pk__in=[])
        return self.filter(seen | Q(person=user.pk))

    def open(self) -> "WayBackQuerySet":
        return self.filter(done_at=None, stopped_at=None)


class WayBack(models.Model):
    """Somebody lost what they sign in with. `email`: of staff, who lost the mailbox as well."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    signs = ArrayField(models.CharField(max_length=10, choices=Sign.choices))
    email = models.EmailField(blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ready_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = WayBackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="wayback_one_open_per_person", fields=["person"], condition=Q(done_at=None, stopped_at=None)
            ),
            models.CheckConstraint(name="wayback_is_by_two_signs", condition=Q(signs__len__gte=2)),
            models.CheckConstraint(name="wayback_waits_a_day", condition=Q(ready_at__gte=F("asked_at") + WAITS)),
            models.CheckConstraint(
                name="wayback_is_not_by_the_person_alone",
                condition=~Q(asked_by=F("person")) & (Q(agreed_by=None) | ~Q(agreed_by=F("person"))),
            ),
            models.CheckConstraint(
                name="wayback_agreed_by_another",
                condition=Q(agreed_at=None, agreed_by=None)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False) & ~Q(agreed_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="wayback_done_at_and_by_after_the_wait",
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False, done_at__gte=F("ready_at")),
            ),
            models.CheckConstraint(
                name="wayback_stopped_at_and_by_and_not_done",
                condition=Q(stopped_at=None, stopped_by=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False, done_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"way back {self.pk}"
