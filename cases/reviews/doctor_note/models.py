"""The note of one call. Beside the models of reviews, which load it."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings.models import Consultation
from cases.case.people import where
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from cases.case.models import Case
    from portal.vault.models import DataKey


class DoctorNoteQuerySet(models.QuerySet["DoctorNote"]):
    def visible_to(self, user: Any) -> "DoctorNoteQuerySet":
        """For those who read the summary."""
        return self.filter(where(user, "read_summary", "call__case"))


class DoctorNote(models.Model):
    """Written by the consultant of a call; it goes only by the patient's choice, made of the words as they stand."""

    class Choice(models.TextChoices):
        SEND = "send", _("Send it")
        KEEP = "keep", _("Don’t send it")

    class How(models.TextChoices):
        FAX = "fax", _("By fax")
        MAIL = "mail", _("By mail")
        HAND = "hand", _("Handed over")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.OneToOneField(Consultation, on_delete=models.CASCADE, related_name="+")
    words = SealedText()
    version = models.PositiveIntegerField(default=1)  # counts the times it was written
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=4, choices=Choice.choices, blank=True)
    # How it shall go; "" where nobody was asked.
    way = models.CharField(max_length=4, choices=How.choices, blank=True, default="", db_default="")
    chosen_at = models.DateTimeField(null=True)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sent_how = models.CharField(max_length=4, choices=How.choices, blank=True)
    sent_to = SealedText()  # the doctor and the office, as they were called then
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DoctorNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="doctornote_says_something", condition=~Q(words=b"")),
            models.CheckConstraint(name="doctornote_versions_count_from_1", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="doctornote_choice_has_its_time_and_person",
                condition=Q(choice="", chosen_at__isnull=True, chosen_by__isnull=True)
                | Q(choice__in=["send", "keep"], chosen_at__gte=F("written_at"), chosen_by__isnull=False),
            ),
            models.CheckConstraint(
                name="doctornote_way_is_of_a_yes",
                condition=Q(way="") | Q(choice="send", way__in=["fax", "mail"]),
            ),
            models.CheckConstraint(
                name="doctornote_goes_the_way_that_was_chosen",
                condition=Q(way="") | Q(sent_how="") | Q(sent_how=F("way")),
            ),
            models.CheckConstraint(
                name="doctornote_goes_only_by_choice",
                condition=Q(sent_how="", sent_to=b"", sent_at__isnull=True, sent_by__isnull=True)
                | Q(choice="send", sent_how__in=["fax", "mail", "hand"], sent_at__gte=F("chosen_at"))
                & Q(sent_by__isnull=False)
                & ~Q(sent_to=b""),
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:doctor_note", args=[self.pk])

    @property
    def case(self) -> "Case":
        return self.call.case

    @property
    def sealing_key(self) -> "DataKey":
        return self.call.case.sealing_key
