"""Who will be with the patient on a call, and has no account. Beside the models of bookings, which load it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from cases.case.people import where
from portal.accounts.models import User


class Agreed(models.TextChoices):
    """How the patient said so."""

    PAGE = "page", _("On this page")
    PHONE = "phone", _("On the phone")
    PAPER = "paper", _("On paper")


class Over(models.TextChoices):
    """Why somebody is not with her any more."""

    REMOVED = "removed", _("Taken off")
    DECLINED = "declined", _("They said that they cannot")
    CANCELLED = "cancelled", _("The call was canceled")
    PAST = "past", _("The call is over")


class CompanionQuerySet(models.QuerySet["Companion"]):
    def visible_to(self, user: Any) -> "CompanionQuerySet":
        """Whoever may say who is with her; and the consultant of the call, who sees who is there."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(where(user, "bring_somebody", "call__case") | Q(call__consultant=user))

    def open(self) -> "CompanionQuerySet":
        return self.filter(ended_at=None)

    def of(self, call: Any) -> "Companion | None":
        """Who is with her on this call, or None."""
        return self.open().filter(call=call).first()


class Companion(models.Model):
    """Somebody the patient wants beside her on one call. They reach that call, and nothing else of hers."""

    Agreed, Over = Agreed, Over

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey("bookings.Consultation", on_delete=models.CASCADE, related_name="with_her")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = PhoneNumberField(blank=True, default="")
    version = models.PositiveIntegerField(default=0, help_text="of their calendar entry")
    agreed_how = models.CharField(max_length=5, choices=Agreed.choices)
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    came_back_at = models.DateTimeField(null=True, blank=True)  # a mail to them could not be brought
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=9, choices=Over.choices, blank=True)

    objects = CompanionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call"], condition=Q(ended_at=None), name="companion_one_on_a_call"),
            models.CheckConstraint(
                condition=Q(agreed_how__in=["page", "phone", "paper"]), name="companion_how_is_known"
            ),
            models.CheckConstraint(condition=Q(ended_at__isnull=False) | ~Q(name=""), name="companion_has_a_name"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_as="")
                | Q(
                    ended_at__isnull=False,
                    ended_at__gte=F("named_at"),
                    ended_as__in=["removed", "declined", "cancelled", "past"],
                ),
                name="companion_ended_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"companion {self.pk}"

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]
