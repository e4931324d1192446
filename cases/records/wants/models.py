"""What an office wants for a record, and copies of an ID. A copy is no file of the case: no list of files has it."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from cases.case.models import Office
from cases.case.people import put_in, where
from cases.documents import kinds
from cases.records.wants.states import LIVE_COPIES, CopyState, Wants
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey, StoredFile


class WantQuerySet(models.QuerySet["Want"]):
    def visible_to(self, user: Any) -> "WantQuerySet":
        case = "item__visit__case"
        own = put_in(user, case, "item__visit__") & put_in(user, case, "item__")
        return self.filter(where(user, "see_records", case), own)

    def open(self) -> "WantQuerySet":
        return self.filter(met_at__isnull=True)


class Want(models.Model):
    """One thing that an office wants before it sends a record, and when that was done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey("records.RecordItem", on_delete=models.CASCADE, related_name="wants")
    what = models.CharField(max_length=9, choices=Wants.choices)
    words = SealedText()  # how much, and how it is paid, as the office says
    asked_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    paid_on = models.DateField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # the office, by a letter or a call

    objects = WantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="want_is_known", condition=Q(what__in=Wants.values)),
            models.UniqueConstraint(name="want_open_once", fields=["item", "what"], condition=Q(met_at__isnull=True)),
            models.CheckConstraint(
                name="want_met_by_has_met_at", condition=Q(met_by__isnull=True) | Q(met_at__isnull=False)
            ),
            models.CheckConstraint(
                name="want_paid_is_a_fee_that_is_met",
                condition=Q(paid_on__isnull=True) | Q(what=Wants.FEE, met_at__isnull=False),
            ),
            models.CheckConstraint(
                name="want_told_once_paid", condition=Q(told_at__isnull=True) | Q(paid_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"want {self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.item.visit.case.key


class IdentityCopyQuerySet(models.QuerySet["IdentityCopy"]):
    def visible_to(self, user: Any) -> "IdentityCopyQuerySet":
        """The patient's own, theirs who act for her in law, and the coordinators' who put it behind a letter."""
        return self.filter(where(user, "say_signed", "visit__case"))

    def live(self) -> "IdentityCopyQuerySet":
        return self.filter(state__in=LIVE_COPIES)

    def ready(self) -> "IdentityCopyQuerySet":
        return self.filter(state=CopyState.READY)

    def to_check(self, now: datetime, dead_since: datetime) -> "IdentityCopyQuerySet":
        """Those whose check is due, and those whose check died."""
        due = Q(state=CopyState.RECEIVED, due_at__lte=now)
        return self.filter(due | Q(state=CopyState.CHECKING, claimed_at__lt=dead_since))


class IdentityCopy(models.Model):
    """A copy of the patient's ID for one office and visit. Its row stays once the copy is erased."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey("records.Visit", on_delete=models.CASCADE, related_name="identity_copies")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # code of kinds.KINDS: what the bytes are
    original = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_kind = models.CharField(max_length=10, blank=True)  # kind of the cleaned copy
    pages = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=CopyState.choices, default=CopyState.RECEIVED)
    reason = models.CharField(max_length=20, blank=True)  # why refused; a code of the documents' words
    checked_for_viruses = models.BooleanField(default=False)
    put_in_at = models.DateTimeField()
    put_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()  # when the worker should look
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = IdentityCopyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="identitycopy_to_check", condition=Q(state__in=["received", "checking"])
            )
        ]
        constraints = [
            models.CheckConstraint(name="identitycopy_state_is_known", condition=Q(state__in=CopyState.values)),
            models.UniqueConstraint(
                name="identitycopy_one_per_office", fields=["visit", "office"], condition=Q(state__in=LIVE_COPIES)
            ),
            models.CheckConstraint(
                name="identitycopy_keeps_what_its_state_says",
                condition=Q(state__in=["received", "checking"], original__isnull=False, file__isnull=True)
                | Q(state="ready", original__isnull=True, file__isnull=False, pages__gte=1)
                | Q(state__in=["refused", "erased"], original__isnull=True, file__isnull=True),
            ),
            models.CheckConstraint(
                name="identitycopy_refused_says_why",
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
            ),
            models.CheckConstraint(
                name="identitycopy_claimed_while_checking",
                condition=Q(state="checking", claimed_at__isnull=False)
                | ~Q(state="checking") & Q(claimed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="identitycopy_erased_at_once_erased",
                condition=Q(state="erased", erased_at__isnull=False)
                | ~Q(state="erased") & Q(erased_at__isnull=True, erased_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"identity copy {self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.visit.case.key

    @property
    def is_ready(self) -> bool:
        return self.state == CopyState.READY

    @property
    def own_kind(self) -> kinds.Kind:
        return kinds.KINDS[self.kind]
