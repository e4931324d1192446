"""The second visit, its referral, each record that should reach it, and the report that should come of it."""

import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.case import regions
from cases.case.models import Case, Clinician, Office
from cases.case.people import put_in, where
from cases.documents.models import Document
from cases.records.days.record_kinds import RecordKind
from cases.records.referral.letter_models import ReferralLetter as ReferralLetter
from cases.records.release.models import Release as Release
from cases.records.report.models import ReportFile as ReportFile
from cases.records.report.models import ReportLoop as ReportLoop
from cases.records.states import (
    ItemState,
    KnownBy,
    Need,
    PlanAnew,
    ReferralState,
    Route,
    VisitState,
)
from cases.records.undoable import Undoable as Undoable
from cases.records.undoable import moved_when_and_by_whom, of_visit
from cases.records.wants.models import IdentityCopy as IdentityCopy
from cases.records.wants.models import Want as Want
from portal.vault.fields import SealedText
from portal.vault.models import DataKey

LIVE = [VisitState.PLANNED, VisitState.BOOKED, VisitState.HAPPENED]
WAYS = ["", "carry", "ask", "later"]


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: Any) -> "VisitQuerySet":
        return self.filter(where(user, "see", "case"), put_in(user, "case"))

    def live(self) -> "VisitQuerySet":
        return self.filter(state__in=LIVE)

    def booked(self) -> "VisitQuerySet":
        return self.filter(state=VisitState.BOOKED)

    def to_plan_anew(self) -> "VisitQuerySet":
        """Those whose office changed, and that are still to be planned by what it says now."""
        return self.exclude(plan_anew="")


class Visit(Undoable):
    """One round of the path: the appointment with the second (or third) doctor, dated once it is known."""

    State = VisitState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="visits")
    round = models.PositiveSmallIntegerField(default=2)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clinician = models.ForeignKey(Clinician, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField(null=True, blank=True)
    at_time = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    state = models.CharField(max_length=12, choices=VisitState.choices, default=VisitState.PLANNED)
    named_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField(null=True, blank=True)  # when the day was last saved
    way = models.CharField(max_length=8, blank=True)  # the way on that was chosen: carry, ask, later
    plan_anew = models.CharField(max_length=8, choices=PlanAnew.choices, blank=True, db_default="", default="")
    version = models.PositiveIntegerField(default=1)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            moved_when_and_by_whom("visit"),
            models.UniqueConstraint(
                name="visit_one_live_per_round", fields=["case", "round"], condition=Q(state__in=LIVE)
            ),
            models.CheckConstraint(name="visit_state_is_known", condition=Q(state__in=VisitState.values)),
            models.CheckConstraint(name="visit_round_is_second_or_third", condition=Q(round__in=[2, 3])),
            models.CheckConstraint(name="visit_way_is_known", condition=Q(way__in=WAYS)),
            models.CheckConstraint(name="visit_plan_anew_is_known", condition=Q(plan_anew__in=["", *PlanAnew.values])),
            models.CheckConstraint(
                name="visit_booked_means_on_date",
                condition=Q(state=VisitState.PLANNED, on_date__isnull=True)
                | Q(state__in=[VisitState.BOOKED, VisitState.HAPPENED], on_date__isnull=False)
                | Q(state=VisitState.CANCELLED),
            ),
            models.CheckConstraint(
                name="visit_at_time_needs_on_date", condition=Q(at_time__isnull=True) | Q(on_date__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["on_date"], name="visit_booked_by_date", condition=Q(state=VisitState.BOOKED)),
            models.Index(fields=["case"], name="visit_to_plan_anew", condition=~Q(plan_anew="")),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("records:visit", args=[self.case_id]) + f"?round={self.round}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def region(self) -> str:
        return self.office.region if self.office else regions.country_of(self.time_zone)

    @property
    def is_after_treatment(self) -> bool:
        """Whether it is booked on or after the day on which treatment is planned to begin."""
        treatment_on = self.case.treatment_on
        is_booked = self.state == VisitState.BOOKED and self.on_date is not None
        return is_booked and treatment_on is not None and self.on_date >= treatment_on

    @property
    def starts_at(self) -> datetime | None:
        """The instant of the visit; None while day or time is not known."""
        if self.on_date is None or self.at_time is None:
            return None
        return datetime.combine(self.on_date, self.at_time, self.zone)


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: Any) -> "ReferralQuerySet":
        return self.filter(where(user, "see_records", "visit__case"), of_visit(user))


SPOKEN_OF = [ReferralState.ASKED, ReferralState.AGREED, ReferralState.REFUSED, ReferralState.SENT]


class Referral(Undoable):
    """The way to the second doctor: only a doctor or specialist can refer, where a referral is needed at all."""

    State = ReferralState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="referral")
    clinician = models.ForeignKey(Clinician, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ReferralState.choices, default=ReferralState.NEEDED)
    known_by = models.CharField(max_length=12, choices=KnownBy.choices, blank=True)
    asked_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            moved_when_and_by_whom("referral"),
            models.CheckConstraint(name="referral_state_is_known", condition=Q(state__in=ReferralState.values)),
            models.CheckConstraint(
                name="referral_asked_means_asked_on",
                condition=Q(state=ReferralState.NEEDED, asked_on__isnull=True)
                | Q(state=ReferralState.NOT_NEEDED)
                | Q(state__in=SPOKEN_OF, asked_on__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_sent_means_sent_on",
                condition=Q(state=ReferralState.SENT, sent_on__isnull=False)
                | (~Q(state=ReferralState.SENT) & Q(sent_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="referral_dates_in_order",
                condition=(Q(answered_on__isnull=True) | Q(answered_on__gte=F("asked_on")))
                & (Q(sent_on__isnull=True) | Q(sent_on__gte=F("asked_on"))),
            ),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"


class RecordItemQuerySet(models.QuerySet["RecordItem"]):
    def visible_to(self, user: Any) -> "RecordItemQuerySet":
        return self.filter(where(user, "see_records", "visit__case"), of_visit(user))

    def wanted(self) -> "RecordItemQuerySet":
        return self.exclude(state=ItemState.NOT_WANTED)

    def to_give_back(self) -> "RecordItemQuerySet":
        """Lent things whose day to go back is known and that are not back yet."""
        return self.filter(due_back_on__isnull=False, back_on__isnull=True)


ASKED_STATES = [state for state in ItemState.values if state not in ("needed", "needs_you", "not_wanted")]


class RecordItem(Undoable):
    """One thing that should reach a visit: its kind, who holds it, which way it goes, and how far it is."""

    State = ItemState
    Route = Route

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="items")
    kind = models.ForeignKey(RecordKind, on_delete=models.PROTECT, related_name="+")
    which = SealedText()  # "MRI and mammogram": the person's own words for it
    holder = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=12, choices=Route.choices, default=Route.DIRECT)
    is_core = models.BooleanField()
    state = models.CharField(max_length=14, choices=ItemState.choices, default=ItemState.NEEDED)
    need = models.CharField(max_length=12, choices=Need.choices, blank=True)
    known_by = models.CharField(max_length=12, choices=KnownBy.choices, blank=True)
    asked_by_us = models.BooleanField(default=False)
    asked_on = models.DateField(null=True, blank=True)
    acknowledged_on = models.DateField(null=True, blank=True)
    chased_on = models.DateField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    arrived_on = models.DateField(null=True, blank=True)
    opens_on = models.DateField(null=True, blank=True)
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    is_lent = models.BooleanField(default=False, db_default=False)
    due_back_on = models.DateField(null=True, blank=True)
    back_on = models.DateField(null=True, blank=True)  # given back
    reason = SealedText()  # what went wrong, in words
    former = SealedText(db_default=b"")  # words as they stood before the last move: `items.former`
    stopped_in = models.CharField(max_length=14, blank=True, db_default="", default="")  # the state before that
    version = models.PositiveIntegerField(default=1)

    objects = RecordItemQuerySet.as_manager()

    class Meta:
        constraints = [
            moved_when_and_by_whom("recorditem"),
            models.UniqueConstraint(name="recorditem_one_per_kind", fields=["visit", "kind"]),
            models.CheckConstraint(name="recorditem_state_is_known", condition=Q(state__in=ItemState.values)),
            models.CheckConstraint(name="recorditem_route_is_known", condition=Q(route__in=Route.values)),
            models.CheckConstraint(
                name="recorditem_stopped_in_is_known", condition=Q(stopped_in__in=["", *ItemState.values])
            ),
            models.CheckConstraint(
                name="recorditem_asked_means_asked_on",
                condition=Q(state__in=ASKED_STATES, asked_on__isnull=False)
                | (~Q(state__in=ASKED_STATES) & Q(asked_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="recorditem_sent_means_sent_on",
                condition=Q(state__in=["sent", "arrived", "opens_fine"], sent_on__isnull=False)
                | (~Q(state__in=["sent", "arrived", "opens_fine"]) & Q(sent_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="recorditem_arrived_means_arrived_on",
                condition=Q(state__in=["arrived", "opens_fine"], arrived_on__isnull=False)
                | (~Q(state__in=["arrived", "opens_fine"]) & Q(arrived_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="recorditem_opens_fine_means_opens_on",
                condition=Q(state="opens_fine", opens_on__isnull=False)
                | (~Q(state="opens_fine") & Q(opens_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="recorditem_held_is_not_direct",
                condition=~Q(state="held") | (~Q(route="direct") & Q(held_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="recorditem_needs_you_says_what", condition=~Q(state="needs_you") | ~Q(need="")
            ),
            models.CheckConstraint(
                name="recorditem_lent_is_never_with_us", condition=~Q(is_lent=True, route=Route.THROUGH_US)
            ),
            models.CheckConstraint(
                name="recorditem_only_lent_is_due_back",
                condition=Q(is_lent=True) | Q(due_back_on__isnull=True, back_on__isnull=True),
            ),
            models.CheckConstraint(
                name="recorditem_dates_in_order",
                condition=(Q(acknowledged_on__isnull=True) | Q(acknowledged_on__gte=F("asked_on")))
                & (Q(held_on__isnull=True) | Q(held_on__gte=F("asked_on")))
                & (Q(sent_on__isnull=True) | Q(sent_on__gte=F("asked_on")))
                & (Q(arrived_on__isnull=True) | Q(arrived_on__gte=F("sent_on")))
                & (Q(opens_on__isnull=True) | Q(opens_on__gte=F("arrived_on"))),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_back_on"],
                name="recorditem_to_give_back",
                condition=Q(due_back_on__isnull=False, back_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"record item {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("records:list", args=[self.visit.case_id]) + f"#item-{self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.visit.case.key

    @property
    def called(self) -> str:
        """What the person calls it, else the name of its kind."""
        return self.which or self.kind.called

    def is_ours_to_give_back(self, today: date) -> bool:
        """Whether its day to go back has come, and it is not in the patient's hands."""
        return self.is_to_go_back(today) and self.route != Route.CARRIED

    def is_to_go_back(self, today: date) -> bool:
        """Whether its day to go back has come, whoever has it."""
        return self.due_back_on is not None and self.due_back_on <= today and self.back_on is None

    @property
    def heard_on(self) -> date | None:
        """The day of the last word that it moves. Asking once more is none."""
        days = [day for day in (self.asked_on, self.acknowledged_on, self.held_on, self.sent_on) if day]
        return max(days, default=None)

    @property
    def last_word_on(self) -> date | None:
        """The day of the last asking or answer; the next chase counts from it."""
        days = [day for day in (self.asked_on, self.acknowledged_on, self.chased_on) if day]
        return max(days, default=None)


class ItemDocument(models.Model):
    """A document that is, or is part of, a record item: the item goes through us, or is in the patient's hands."""

    item = models.ForeignKey(RecordItem, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="itemdocument_once", fields=["item", "document"])]

    def __str__(self) -> str:
        return f"document of {self.item_id}"
