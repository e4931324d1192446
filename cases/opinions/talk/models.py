"""The talk with the primary doctor or the specialist of choice, and what the patient wants to go over in it."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.case import people, regions
from cases.case.models import Case, CaseClinician, Clinician, Office
from cases.opinions.talk.rules import OPEN, TalkState
from cases.records.states import KnownBy
from cases.records.undoable import Undoable, moved_when_and_by_whom
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey

STILL_OPEN = sorted(OPEN)
DATED = [TalkState.BOOKED, TalkState.HELD]


class TalkQuerySet(models.QuerySet["Talk"]):
    def visible_to(self, user: Any) -> "TalkQuerySet":
        return self.filter(people.where(user, "see", "case"), people.put_in(user, "case"))

    def open(self) -> "TalkQuerySet":
        """Those that are still to come."""
        return self.filter(state__in=STILL_OPEN)

    def not_off(self) -> "TalkQuerySet":
        """Those to come and those that took place; what counts on the path."""
        return self.exclude(state=TalkState.CANCELLED)


class Talk(Undoable):
    """With whom, when, and the lines of its agenda. One at a time; after a third opinion there may be another."""

    State = TalkState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="talks")
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # As whom in the case; empty for another specialist of her choice.
    role = models.CharField(max_length=10, choices=CaseClinician.Role.choices, blank=True)
    on_date = models.DateField(null=True, blank=True)
    at_time = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    state = models.CharField(max_length=12, choices=TalkState.choices, default=TalkState.PLANNED)
    known_by = models.CharField(max_length=12, choices=KnownBy.choices, blank=True)  # who said that it took place
    planned_at = models.DateTimeField()
    questions = SealedText()  # up to three, a line each
    points = SealedText()  # a line each
    agenda_changed_at = models.DateTimeField(null=True, blank=True)
    agenda_changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_shown = models.BooleanField(default=False, db_default=False)  # she lets the office read them ahead
    version = models.PositiveIntegerField(default=1)

    objects = TalkQuerySet.as_manager()

    class Meta:
        constraints = [
            moved_when_and_by_whom("talk"),
            models.UniqueConstraint(name="talk_one_open_per_case", fields=["case"], condition=Q(state__in=STILL_OPEN)),
            models.CheckConstraint(name="talk_role_is_known", condition=Q(role__in=["", *CaseClinician.Role.values])),
            models.CheckConstraint(
                name="talk_state_is_known_and_dated",
                condition=Q(state=TalkState.PLANNED, on_date__isnull=True)
                | Q(state__in=DATED, on_date__isnull=False)
                | Q(state=TalkState.CANCELLED),
            ),
            models.CheckConstraint(
                name="talk_at_time_needs_on_date", condition=Q(at_time__isnull=True) | Q(on_date__isnull=False)
            ),
            models.CheckConstraint(
                name="talk_held_is_known_by",
                condition=Q(state=TalkState.HELD, known_by__in=KnownBy.values)
                | (~Q(state=TalkState.HELD) & Q(known_by="")),
            ),
            models.CheckConstraint(
                name="talk_agenda_changed_by_has_changed_at",
                condition=Q(agenda_changed_by__isnull=True) | Q(agenda_changed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="talk_own_words_have_changed_at",
                condition=Q(questions=b"", points=b"") | Q(agenda_changed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"talk {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("opinions:talk", args=[self.case_id])

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def region(self) -> str:
        return self.office.region if self.office else regions.country_of(self.time_zone)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def starts_at(self) -> datetime | None:
        """The instant of the talk; None while day or time is not known."""
        if self.on_date is None or self.at_time is None:
            return None
        return datetime.combine(self.on_date, self.at_time, self.zone)
