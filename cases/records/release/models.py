"""Permissions for one office to send records for a visit. Beside the models of records, which load them."""

import uuid
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject

from cases.case.helping.models import Mandate
from cases.case.models import Clinician, Office
from cases.case.people import put_in, where
from cases.case.signatures import SignedHow
from cases.documents.models import Document
from cases.records.release.rules import Held, Recipient
from cases.records.release.states import ReleaseState, To
from portal.accounts.models import User
from portal.texts.models import Text
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, user: Any) -> "ReleaseQuerySet":
        """The patient's own, those whom the law lets sign for her, and the coordinators' who ask by them."""
        return self.filter(where(user, "say_signed", "visit__case"))

    def known_to(self, user: Any) -> "ReleaseQuerySet":
        """Those of records that somebody sees, who may have to do with what is signed or not."""
        return self.filter(where(user, "see_records", "visit__case"), put_in(user, "visit__case", "visit__"))

    def drafts(self) -> "ReleaseQuerySet":
        return self.filter(state=ReleaseState.DRAFT)

    def signed(self) -> "ReleaseQuerySet":
        return self.filter(state=ReleaseState.SIGNED)

    def ever_signed(self) -> "ReleaseQuerySet":
        return self.filter(signed_at__isnull=False)

    def with_all_they_name(self) -> "ReleaseQuerySet":
        """Each with the records and the recipients that it names, so that `held` asks nothing."""
        own = OuterRef("pk")
        to = ReleaseRecipient.objects.filter(release=own)
        named_to = to.values(to=JSONObject(kind="kind", office="office", doctor="clinician__name"))
        items = ReleaseItem.objects.filter(release=own).values("item")
        return self.annotate(named_items=ArraySubquery(items), named_to=ArraySubquery(named_to))


class Release(models.Model):
    """One office may send named records to named recipients until a day. What was read is kept as it was signed."""

    State = ReleaseState
    named_items: list[uuid.UUID]  # by `with_all_they_name`
    named_to: list[dict[str, str | None]]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey("records.Visit", on_delete=models.CASCADE, related_name="releases")
    holder = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ReleaseState.choices, default=ReleaseState.DRAFT)
    until_on = models.DateField(null=True, blank=True)
    details = SealedText()  # JSON of what was typed and ticked
    said = SealedText()  # JSON of the form as it was signed: what was read stays readable
    code = models.CharField(max_length=12, blank=True)  # of the form as it was signed, or printed for the paper
    how = models.CharField(max_length=6, choices=SignedHow.choices, blank=True)
    signature = SealedText()  # the name as typed, or the drawing in base64
    # A file may be taken out and erased; the form that it was signed on then covers nothing any more.
    paper = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    own_form = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    begun_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_as = models.CharField(max_length=6, choices=Mandate.Kind.choices, blank=True, db_default="", default="")
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back or replaced
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    items = models.ManyToManyField("records.RecordItem", through="records.ReleaseItem", related_name="+")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["until_on"], name="release_signed_by_end", condition=Q(state="signed"))]
        constraints = [
            models.UniqueConstraint(
                name="release_one_draft_per_office", fields=["visit", "holder"], condition=Q(state="draft")
            ),
            models.CheckConstraint(
                name="release_signed_as_says_by_what_law",
                condition=Q(signed_as="") | Q(signed_as__in=Mandate.Kind.values, signed_at__isnull=False),
            ),
            models.CheckConstraint(name="release_state_is_known", condition=Q(state__in=ReleaseState.values)),
            models.CheckConstraint(
                name="release_signed_at_by_and_how_together",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, how="")
                | Q(signed_at__isnull=False, signed_by__isnull=False, how__in=SignedHow.values),
            ),
            models.CheckConstraint(
                name="release_signed_is_whole",
                condition=~Q(state__in=["signed", "taken_back"])
                | (Q(signed_at__isnull=False, until_on__isnull=False) & ~Q(code="") & ~Q(said=b"")),
            ),
            models.CheckConstraint(
                name="release_draft_is_not_signed", condition=~Q(state="draft") | Q(signed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="release_signature_is_there_unless_on_paper",
                condition=Q(how__in=["", "paper"]) | ~Q(signature=b""),
            ),
            models.CheckConstraint(
                name="release_ended_at_once_over",
                condition=Q(state__in=["draft", "signed"], ended_at__isnull=True)
                | Q(state__in=["taken_back", "replaced"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="release_ended_by_has_ended_at", condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False)
            ),
            models.CheckConstraint(
                name="release_ended_after_signed",
                condition=Q(ended_at__isnull=True) | Q(signed_at__isnull=True) | Q(ended_at__gte=F("signed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.visit.case.key

    @property
    def is_signed(self) -> bool:
        return self.state == ReleaseState.SIGNED

    @property
    def is_paper_gone(self) -> bool:
        """Whether the paper it was signed on was taken out since, or is hidden from those who would send it."""
        if self.how != SignedHow.PAPER:
            return False
        return self.paper is None or self.paper.withdrawn_at is not None or self.paper.only_me

    def has_run_out(self, today: date) -> bool:
        return self.is_signed and self.until_on is not None and self.until_on < today

    @property
    def held(self) -> Held:
        """What it says, for the rules. One query; none for rows that were asked for `with_all_they_name`."""
        is_told = "named_to" in self.__dict__
        told = self if is_told else Release.objects.with_all_they_name().get(pk=self.pk)
        return Held(
            state=self.state,
            holder=self.holder_id,
            items=frozenset(told.named_items),
            recipients=frozenset(map(_recipient, told.named_to)),
            until_on=self.until_on,
            is_paper_gone=self.is_paper_gone,
        )


class ReleaseItem(models.Model):
    """A record that a signed release names."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="named")
    item = models.ForeignKey("records.RecordItem", on_delete=models.CASCADE, related_name="released_by")
    waited = models.BooleanField(default=False)  # for this signature; it waits again once nothing covers it
    lapsed = models.BooleanField(default=False, db_default=False)  # and does so now, until it is covered once more

    class Meta:
        constraints = [models.UniqueConstraint(name="releaseitem_once", fields=["release", "item"])]

    def __str__(self) -> str:
        return f"record of {self.release_id}"


class ReleaseRecipient(models.Model):
    """Someone whom a signed release names."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="to")
    kind = models.CharField(max_length=8, choices=To.choices)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clinician = models.ForeignKey(Clinician, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="releaserecipient_once", fields=["release", "kind", "office"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="releaserecipient_office_is_named",
                condition=Q(kind="office", office__isnull=False)
                | Q(kind__in=["us", "patient"], office__isnull=True, clinician__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"recipient of {self.release_id}"


def _recipient(named: dict[str, str | None]) -> Recipient:
    office = named["office"]
    return Recipient.of(named["kind"] or "", uuid.UUID(office) if office else None, named["doctor"] or "")
