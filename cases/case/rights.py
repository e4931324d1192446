"""Who was given what in a case, and when it ended. Beside the models of the case, which load it."""

from typing import Any

from django.db import models

from cases.case.helping.models import Helper, Mandate
from cases.case.helping.rules import SWITCHES
from cases.case.models import Assignment, Consent, SecondReader, UrgentLook
from portal.accounts.models import User
from portal.history.kept import newest_first, rows_of

HELPER = (
    "case", "patient", "person", "chosen", *SWITCHES, "asked_at", "asked_by", "agreed_at", "agreed_how", "recorded_by",
    "until_on", "over_at", "ended_at", "ended_by", "ended_why",
)  # fmt: skip
MANDATE = (
    "case", "person", "kind", "from_on", "until_on", "over_at", "recorded_at", "recorded_by", "ended_at", "ended_by",
)  # fmt: skip
ASSIGNMENT = ("case", "user", "begun_at", "why", "ended_at")
CONSENT = (
    "person", "case", "kind", "text", "consultant", "given_at", "given_by", "given_as", "how", "withdrawn_at",
)  # fmt: skip

SECOND = (
    "case", "asked_by", "reader", "until_on", "over_at", "state", "asked_at", "answered_at", "patient_no_at",
    "ended_at", "ended_by", "ended_why",
)  # fmt: skip
URGENT = ("case", "reader", "begun_at", "over_at", "ended_at", "ended_by", "ended_why")


class RightsQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "RightsQuerySet":
        """Administrators alone: they see who gave what to whom, and nothing of what is in a case."""
        return self if getattr(user, "role", "") == User.Role.ADMINISTRATOR else self.none()


class HelperChange(rows_of(Helper, *HELPER)):  # type: ignore[misc]
    """Help that was asked for, agreed to, changed or ended."""

    objects = RightsQuerySet.as_manager()

    class Meta:
        indexes = [newest_first("helperchange"), models.Index(fields=["case"], name="helperchange_of_case")]

    def __str__(self) -> str:
        return f"change of help {self.pk}"


class MandateChange(rows_of(Mandate, *MANDATE)):  # type: ignore[misc]
    """A paper by which somebody acts in law, written down or ended."""

    objects = RightsQuerySet.as_manager()

    class Meta:
        indexes = [newest_first("mandatechange"), models.Index(fields=["case"], name="mandatechange_of_case")]

    def __str__(self) -> str:
        return f"change of a mandate {self.pk}"


class AssignmentChange(rows_of(Assignment, *ASSIGNMENT)):  # type: ignore[misc]
    """A place of one of us in a case, begun or ended."""

    objects = RightsQuerySet.as_manager()

    class Meta:
        indexes = [newest_first("assignmentchange"), models.Index(fields=["case"], name="assignmentchange_of_case")]

    def __str__(self) -> str:
        return f"change of a place {self.pk}"


class ConsentChange(rows_of(Consent, *CONSENT)):  # type: ignore[misc]
    """A yes given, or taken back."""

    objects = RightsQuerySet.as_manager()

    class Meta:
        indexes = [newest_first("consentchange"), models.Index(fields=["case"], name="consentchange_of_case")]

    def __str__(self) -> str:
        return f"change of a consent {self.pk}"


class SecondReaderChange(rows_of(SecondReader, *SECOND)):  # type: ignore[misc]
    """A colleague who was asked to read along, said yes or no, or has ended it."""

    objects = RightsQuerySet.as_manager()

    class Meta:
        indexes = [newest_first("secondreaderchange"), models.Index(fields=["case"], name="secondreaderchange_of_case")]

    def __str__(self) -> str:
        return f"change of a second reader {self.pk}"


class UrgentLookChange(rows_of(UrgentLook, *URGENT)):  # type: ignore[misc]
    """An urgent look, begun or ended. Its reason stands in the case."""

    objects = RightsQuerySet.as_manager()

    class Meta:
        indexes = [newest_first("urgentlookchange"), models.Index(fields=["case"], name="urgentlookchange_of_case")]

    def __str__(self) -> str:
        return f"change of an urgent look {self.pk}"
