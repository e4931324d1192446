"""A letter as it was made, and the records it asks for."""

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.case.authority import Authority
from cases.case.models import Case, Office
from cases.case.people import where
from cases.desk.letters import rules
from cases.desk.letters.states import WITHOUT_RELEASE, LetterEnded, LetterKind, SentHow
from cases.records.models import IdentityCopy, RecordItem, Release, Visit
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: Any) -> "LetterQuerySet":
        """What was signed goes with it: theirs who have to do with that."""
        return self.filter(where(user, "say_signed", "case"))

    def to_go(self) -> "LetterQuerySet":
        """Made, not out yet, and not ended."""
        return self.filter(sent_at__isnull=True, ended_at__isnull=True)


class Letter(models.Model):
    """One page to an office. What it says was sealed when it was made, so that it is known and can be printed again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="letters")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="letters")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    number = models.PositiveSmallIntegerField()  # in its case; printed as a letter of the alphabet
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    # A copy of the ID that goes behind it; its row stays once the copy is erased.
    identity = models.ForeignKey(IdentityCopy, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    said = SealedText()  # JSON of the page
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The last time before it went out: from the first on it may be out.
    printed_at = models.DateTimeField(null=True, blank=True)
    printed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_how = models.CharField(max_length=8, choices=SentHow.choices, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=LetterEnded.choices, blank=True)
    items = models.ManyToManyField(RecordItem, through="LetterItem", related_name="+")

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="letter_one_mark_per_case", fields=["case", "number"]),
            models.CheckConstraint(name="letter_number_counts_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="letter_kind_is_known", condition=Q(kind__in=LetterKind.values)),
            models.CheckConstraint(name="letter_says_something", condition=~Q(said=b"")),
            models.CheckConstraint(
                name="letter_for_records_has_a_release",
                condition=Q(kind__in=sorted(WITHOUT_RELEASE)) | Q(release__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_sent_at_and_how_together",
                condition=Q(sent_at__isnull=True, sent_by__isnull=True, sent_how="")
                | Q(sent_at__isnull=False, sent_how__in=SentHow.values),
            ),
            models.CheckConstraint(
                name="letter_ended_says_why",
                condition=Q(ended_at__isnull=True, ended_why="")
                | Q(ended_at__isnull=False, ended_why__in=LetterEnded.values),
            ),
            models.CheckConstraint(
                name="letter_printed_by_has_printed_at",
                condition=Q(printed_by__isnull=True) | Q(printed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_instants_in_order",
                condition=(Q(printed_at__isnull=True) | Q(printed_at__gte=F("made_at")))
                & (Q(sent_at__isnull=True) | Q(sent_at__gte=F("made_at"))),
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("desk:letter", args=[self.pk])

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key

    @property
    def files(self) -> list[str]:
        """The files that it says follow it, by id of their copies."""
        return list(json.loads(self.said or "{}").get("made_of", {}).get("behind", []))

    @property
    def mark(self) -> str:
        return rules.mark(self.number)

    @property
    def reference(self) -> str:
        """ "RS 4T7 29K · B": on the letter and on its strip."""
        return f"{self.case.reference} · {self.mark}"

    @property
    def is_to_go(self) -> bool:
        return self.sent_at is None and self.ended_at is None


class LetterItem(models.Model):
    """A record that a letter asks for, by its place on the strip: a, b, c."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="asks")
    item = models.ForeignKey(RecordItem, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(name="letteritem_once", fields=["letter", "item"]),
            models.UniqueConstraint(name="letteritem_one_per_place", fields=["letter", "place"]),
            models.CheckConstraint(name="letteritem_few_enough", condition=Q(place__lt=rules.MOST_ITEMS)),
        ]

    def __str__(self) -> str:
        return f"record of {self.letter_id}"

    @property
    def called(self) -> str:
        """ "a", as the strip has it."""
        return rules.PLACES[self.place]
