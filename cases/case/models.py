"""One diagnosis and plan of one patient, and the people around it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.case.authority import Authority as Authority
from cases.case.away.models import Away as Away
from cases.case.away.models import Cover as Cover
from cases.case.call_log import CallLog as CallLog
from cases.case.corrections.models import Correction as Correction
from cases.case.erasure.models import ErasureWish as ErasureWish
from cases.case.farewell.models import Farewell as Farewell
from cases.case.helping.inviting.models import Invite as Invite
from cases.case.helping.models import Helper as Helper
from cases.case.helping.models import Mandate as Mandate
from cases.case.left.models import Departure as Departure
from cases.case.news import NewsMark as NewsMark
from cases.case.office_merge import OfficeMerge as OfficeMerge
from cases.case.office_models import Clinician as Clinician
from cases.case.office_models import Office as Office
from cases.case.second.models import SecondReader as SecondReader
from cases.case.urgent.models import UrgentLook as UrgentLook
from cases.case.worry import Worry as Worry
from portal.accounts.models import User
from portal.texts.models import Text
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> "CaseQuerySet":
        """The cases a person may know exist: their own, those they help in, are assigned to, or coordinate."""
        from cases.case.people import where

        return self.filter(where(user, "see"))

    def open(self) -> "CaseQuerySet":
        return self.exclude(state=Case.State.CLOSED)

    def to_reopen(self, user: Any) -> "CaseQuerySet":
        """The cases that a person may open again where they are closed: `people.may_reopen` for many."""
        from cases.case.people import where_reopened

        return self.filter(where_reopened(user))


class Case(models.Model):
    """One diagnosis and treatment plan of one patient. All its words and files are sealed under its own key."""

    class State(models.TextChoices):
        OPEN = "open"
        RESTING = "resting"
        CLOSED = "closed"

    class ClosedWhy(models.TextChoices):
        DECIDED = "decided"  # decision made, report confirmed
        ASKED = "asked"
        SILENCE = "silence"  # of a year, after three gentle messages
        DIED = "died"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    patient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starter = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    diagnosis = SealedText()  # in the person's own words
    answers = SealedText()  # JSON of the five questions, where the person chose to keep them
    matters = SealedText()  # what matters to me: private words of the patient
    matters_is_shared = models.BooleanField(default=False, db_default=False)  # with the consultant
    matters_version = models.PositiveIntegerField(default=0, db_default=0)
    matters_written_by = models.ForeignKey(  # one of us, who wrote it down on the phone
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    treatment_on = models.DateField(null=True, blank=True)  # planned start of treatment
    described_by = models.ForeignKey(  # who said what it is about, and when treatment begins
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=8, choices=ClosedWhy.choices, blank=True, default="", db_default="")
    rests_until = models.DateField(null=True, blank=True)  # "not today": the next step hides until this day
    wants_friday_note = models.BooleanField(default=True, db_default=True)
    # What the board is ordered and narrowed by. Each action keeps them; what changes by the clock alone is looked at
    # again from `look_at` on, where a day or an hour could change it.
    act_by = models.DateField(null=True, blank=True)  # earliest open date something must happen
    visit_on = models.DateField(null=True, blank=True)  # of the visit that leads: a third doctor's before the second's
    verdict = models.CharField(max_length=20, blank=True, default="", db_default="")  # on that day; "" without one
    look_at = models.DateTimeField(null=True, blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)  # the pages to post, which still lie here

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["act_by", "id"], name="case_open_in_act_by_order", condition=~Q(state="closed")),
            models.Index(fields=["visit_on"], name="case_open_by_visit", condition=~Q(state="closed")),
            models.Index(fields=["verdict", "visit_on"], name="case_open_by_verdict", condition=~Q(state="closed")),
            models.Index(
                fields=["opened_at", "id"], name="case_open_undated", condition=~Q(state="closed") & Q(visit_on=None)
            ),
            models.Index(fields=["look_at"], name="case_open_to_look_at", condition=~Q(state="closed")),
            models.Index(fields=["patient"], name="case_by_patient"),
        ]
        constraints = [
            models.CheckConstraint(name="case_state_is_known", condition=Q(state__in=["open", "resting", "closed"])),
            models.CheckConstraint(
                name="case_closed_means_closed_at",
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_closed_why_is_of_closed_ones",
                condition=Q(closed_why="") | Q(closed_why__in=["decided", "asked", "silence", "died"], state="closed"),
            ),
            models.CheckConstraint(
                name="case_verdict_is_known",
                condition=Q(verdict__in=["", "comfortable", "tight", "some_will_follow"]),
            ),
            models.CheckConstraint(
                name="case_verdict_is_on_a_day", condition=Q(verdict="") | Q(visit_on__isnull=False)
            ),
            models.CheckConstraint(
                name="case_starter_is_another_person",
                condition=Q(starter__isnull=True) | ~Q(starter=F("patient")),
            ),
            models.CheckConstraint(
                name="case_matters_written_down_by_another",
                condition=Q(matters_written_by__isnull=True) | ~Q(matters_written_by=F("patient")),
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.reference}"

    @property
    def sealing_key(self) -> DataKey:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("pages:case_home", args=[self.pk])


class CaseClinicianQuerySet(models.QuerySet["CaseClinician"]):
    def visible_to(self, user: Any) -> "CaseClinicianQuerySet":
        from cases.case.people import put_in, where

        return self.filter(where(user, "see", "case"), put_in(user, "case"))


class CaseClinician(models.Model):
    """A doctor's role in a case."""

    class Role(models.TextChoices):
        PRIMARY = "primary"
        FIRST = "first"
        SECOND = "second"
        THIRD = "third"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clinicians")
    role = models.CharField(max_length=10, choices=Role.choices)
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="+")
    put_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The day of the first opinion, where somebody knows it; the others' is that of their visit.
    heard_on = models.DateField(null=True, blank=True)
    heard_said_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = CaseClinicianQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="caseclinician_one_per_role", fields=["case", "role"]),
            models.CheckConstraint(
                name="caseclinician_role_is_known",
                condition=Q(role__in=["primary", "first", "second", "third"]),
            ),
            models.CheckConstraint(
                name="caseclinician_heard_on_is_said_of_the_first",
                condition=Q(heard_on__isnull=True, heard_said_by__isnull=True)
                | Q(heard_on__isnull=False, heard_said_by__isnull=False, role="first"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.case_id}"


class Assignment(models.Model):
    """A staff member's place in a case: what a consultant may see begins and ends with it, at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    why = models.CharField(max_length=30)  # booking | taking | handing_over
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="assignment_one_open_per_person",
                fields=["case", "user"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="assignment_ends_after_it_begins",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class Consent(models.Model):
    """Words that a person accepted, by version and time; a permission to read names its consultant."""

    class Kind(models.TextChoices):
        SCOPE = "scope"
        READ = "read"
        NOTE = "note"  # a short note of the call to the primary doctor
        PRIVACY = "privacy"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    consultant = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    # Who said yes for the person, and by what law; null: the person did.
    given_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_as = models.CharField(max_length=6, choices=Mandate.Kind.choices, blank=True, db_default="", default="")
    how = models.CharField(max_length=20, default="page")  # page | phone | paper
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="consent_one_standing",
                fields=["person", "kind", "text", "case", "consultant"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="consent_given_for_somebody_says_by_what_law",
                condition=Q(given_by__isnull=True, given_as="")
                | Q(given_by__isnull=False, given_as__in=Mandate.Kind.values) & ~Q(given_by=F("person")),
            ),
            models.CheckConstraint(name="consent_how_is_known", condition=Q(how__in=["page", "phone", "paper"])),
            models.CheckConstraint(
                name="consent_to_read_names_its_consultant",
                condition=Q(kind="read", consultant__isnull=False, case__isnull=False)
                | (~Q(kind="read") & Q(consultant__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class TimeOfDay(models.TextChoices):
    """When a call suits: asked for in words that fit any zone, meant where the person is."""

    MORNING = "morning", _("Mornings")
    AFTERNOON = "afternoon", _("Afternoons")
    EVENING = "evening", _("Evenings")


class ToDoQuerySet(models.QuerySet["ToDo"]):
    def open(self) -> "ToDoQuerySet":
        return self.filter(done_at__isnull=True)

    def visible_to(self, user: Any) -> "ToDoQuerySet":
        """A coordinator sees the coordinators' and those of every open case; a consultant their own."""
        if user.role == User.Role.COORDINATOR:
            own = Q(for_role=User.Role.COORDINATOR) | Q(for_user=user)
            return self.filter(own).exclude(case__state=Case.State.CLOSED)
        return self.filter(for_user=user) if user.role else self.none()


class ToDo(models.Model):
    """One thing one of the team should do: from whom, by when, about what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)  # call | visit_soon | fix_address | question | …
    about_type = models.CharField(max_length=60)
    about_id = models.CharField(max_length=40)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE, related_name="todos")
    for_role = models.CharField(max_length=20, blank=True, default="coordinator")
    for_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = SealedText()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    suits = models.CharField(max_length=10, choices=TimeOfDay, blank=True)  # when a call suits the one who asked

    objects = ToDoQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="todo_open_by_due_on", condition=Q(done_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(
                name="todo_one_open_per_thing", fields=["kind", "about_id"], condition=Q(done_at__isnull=True)
            ),
            models.CheckConstraint(name="todo_is_for_someone", condition=~Q(for_role="") | Q(for_user__isnull=False)),
            models.CheckConstraint(
                name="todo_done_by_has_done_at", condition=Q(done_by__isnull=True) | Q(done_at__isnull=False)
            ),
            models.CheckConstraint(name="todo_suits_is_known", condition=Q(suits__in=["", *TimeOfDay.values])),
        ]

    def __str__(self) -> str:
        return f"to-do {self.kind}"

    @property
    def sealing_key(self) -> DataKey:
        from portal.vault.keys import house_key

        return self.case.key if self.case else house_key()


from cases.case.rights import AssignmentChange as AssignmentChange  # noqa: E402 (they keep rows of what stands above)
from cases.case.rights import ConsentChange as ConsentChange  # noqa: E402
from cases.case.rights import HelperChange as HelperChange  # noqa: E402
from cases.case.rights import MandateChange as MandateChange  # noqa: E402
from cases.case.rights import SecondReaderChange as SecondReaderChange  # noqa: E402
from cases.case.rights import UrgentLookChange as UrgentLookChange  # noqa: E402
