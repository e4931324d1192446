"""The report that should come of a visit. Beside the models of records, which load it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.case.people import where
from cases.documents.models import Document
from cases.records.states import Came, KnownBy, ReportState, VisitState
from cases.records.undoable import Undoable, moved_when_and_by_whom, of_visit


class ReportLoopQuerySet(models.QuerySet["ReportLoop"]):
    def visible_to(self, user: Any) -> "ReportLoopQuerySet":
        return self.filter(where(user, "see_records", "visit__case"), of_visit(user))

    def live(self) -> "ReportLoopQuerySet":
        """Those whose visit took place; the word that it did may be taken back."""
        return self.filter(visit__state=VisitState.HAPPENED)

    def open(self) -> "ReportLoopQuerySet":
        return self.live().exclude(state=ReportState.CONFIRMED)

    def through_us(self) -> "ReportLoopQuerySet":
        """Those of live visits that count as arrived by what we passed on."""
        return self.live().filter(came=Came.THROUGH_US)


class ReportLoop(Undoable):
    """The second office's report on its way to the primary doctor: open from the visit until it is confirmed."""

    State = ReportState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.OneToOneField("records.Visit", on_delete=models.CASCADE, related_name="report")
    state = models.CharField(max_length=12, choices=ReportState.choices, default=ReportState.NOT_ASKED)
    known_by = models.CharField(max_length=12, choices=KnownBy.choices, blank=True)
    came = models.CharField(max_length=12, choices=Came.choices, blank=True)
    asked_on = models.DateField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)  # the day it went or is to go out, as it was announced
    missed_on = models.DateField(null=True, blank=True)  # looked for and not there: we ask the second office again
    received_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    no_use_at = models.DateTimeField(null=True, blank=True)  # said of what we passed on: a file put in later may go
    said_at = models.DateTimeField()  # when it was opened, or last spoken of: reminders count on from there
    version = models.PositiveIntegerField(default=1)

    objects = ReportLoopQuerySet.as_manager()

    class Meta:
        constraints = [
            moved_when_and_by_whom("reportloop"),
            models.CheckConstraint(
                name="reportloop_state_has_its_dates",
                condition=Q(state="not_asked", asked_on=None, sent_on=None, received_on=None, confirmed_on=None)
                | Q(state="asked", asked_on__isnull=False, sent_on=None, received_on=None, confirmed_on=None)
                | Q(state="announced", sent_on__isnull=False, received_on=None, confirmed_on=None)
                | Q(state="received", received_on__isnull=False, confirmed_on=None)
                | Q(state="confirmed", received_on__isnull=False, confirmed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="reportloop_dates_in_order",
                condition=(Q(asked_on=None) | Q(received_on=None) | Q(received_on__gte=F("asked_on")))
                & (Q(sent_on=None) | Q(received_on=None) | Q(received_on__gte=F("sent_on")))
                & (Q(confirmed_on=None) | Q(confirmed_on__gte=F("received_on"))),
            ),
            models.CheckConstraint(
                name="reportloop_missed_while_asked", condition=Q(missed_on=None) | Q(state="asked")
            ),
            models.CheckConstraint(
                name="reportloop_said_is_known_by",
                condition=Q(state="not_asked", known_by="") | (~Q(state="not_asked") & ~Q(known_by="")),
            ),
            models.CheckConstraint(
                name="reportloop_came_once_received",
                condition=Q(came="") | Q(came__in=Came.values, state__in=["received", "confirmed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"report of visit {self.visit_id}"

    def get_absolute_url(self) -> str:
        return reverse("records:report", args=[self.visit.case_id])


class ReportFile(models.Model):
    """That a file is the report of this visit, as somebody said, or the visit's office by putting it in there.

    A file without a row is of the visit that it can only be of: `report.which`.
    """

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="+")
    visit = models.ForeignKey("records.Visit", on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"file of the report of visit {self.visit_id}"
