"""What comes by fax, post and phone, until it is filed with the right case.

Sealed under a key of its own while it is nobody's; filed, every byte and word goes under the case's key.
"""

import json
import uuid
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.case.models import Case
from cases.desk.letters.models import Letter
from cases.desk.tray import rules
from cases.desk.tray.states import CAN_BE_FILED, MOVING, About, Check, How, Said, TrayState
from cases.documents import kinds
from cases.documents.models import Document
from cases.records.models import RecordItem, ReportLoop
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey, StoredFile


class IncomingQuerySet(models.QuerySet["Incoming"]):
    def visible_to(self, user: Any) -> "IncomingQuerySet":
        """The coordinators' tray; what was filed goes with its case, and with the file that it became."""
        if not user.is_authenticated or not user.is_active or user.role != User.Role.COORDINATOR:
            return self.none()
        seen = Q(document=None) | Q(document__only_me=False, document__withdrawn_at=None)
        return self.filter(Q(case=None) | Q(case__in=Case.objects.visible_to(user)) & seen)

    def in_tray(self) -> "IncomingQuerySet":
        return self.filter(state=TrayState.WAITING)

    def to_check(self, now: datetime) -> "IncomingQuerySet":
        """Those whose check is due, and those whose check died."""
        due = Q(check_state__in=[Check.RECEIVED, Check.UNSCANNED, Check.STUCK], due_at__lte=now)
        return self.filter(due | Q(check_state=Check.CHECKING, claimed_at__lt=now - rules.CLAIM_LASTS))

    def to_read(self, now: datetime) -> "IncomingQuerySet":
        """Those in the tray that no machine has read yet, and those whose reader died."""
        free = Q(reading_since=None) | Q(reading_since__lt=now - rules.CLAIM_LASTS)
        return self.in_tray().filter(free, check_state=Check.READY, read_at=None, read_tries__lt=rules.MOST_READINGS)

    def kept_long_enough(self, now: datetime) -> "IncomingQuerySet":
        """What was nobody's for 30 days, and pages of a file that is erased: an answer's pages stay with its case."""
        not_ours = Q(state=TrayState.NOT_OURS, not_ours_at__lt=now - rules.KEPT_WHEN_NOT_OURS)
        answers = [Said.SENT, Said.NOT_FOUND, Said.NEEDS]
        is_gone = Q(state=TrayState.FILED, document=None, check_state=Check.READY) & ~Q(said__in=answers)
        is_gone &= ~Q(about=About.LETTER)
        return self.filter(not_ours | is_gone)


class Incoming(models.Model):
    """One paper or call that came in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    how = models.CharField(max_length=5, choices=How.choices)
    came_at = models.DateTimeField()
    sender = SealedText()  # the number or name it came from
    words = SealedText()  # what a call said, or a note on a paper
    seconds = models.PositiveSmallIntegerField(null=True, blank=True)  # of a voicemail
    put_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    put_in_at = models.DateTimeField()

    key = models.ForeignKey(DataKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = SealedText()  # the file's own name
    kind = models.CharField(max_length=10, blank=True)  # code of kinds.KINDS: what the bytes are
    size = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)  # keyed; "" once it was parted
    original = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_kind = models.CharField(max_length=10, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    check_state = models.CharField(max_length=10, choices=Check.choices)
    reason = models.CharField(max_length=20, blank=True)  # why refused; a code of the documents' words
    notes = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    checked_for_viruses = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)  # when the worker should look
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    read_at = models.DateTimeField(null=True, blank=True)  # by machine
    reading_since = models.DateTimeField(null=True, blank=True)
    read_tries = models.PositiveSmallIntegerField(default=0)
    reference = models.CharField(max_length=12, blank=True)  # of a case, where exactly one was read
    mark = models.CharField(max_length=4, blank=True)  # of a letter of that case
    paper_code = models.CharField(max_length=64, blank=True)  # digest of an office's code that was read

    state = models.CharField(max_length=10, choices=TrayState.choices, default=TrayState.WAITING)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=10, choices=About.choices, blank=True)
    said = models.CharField(max_length=10, choices=Said.choices, blank=True)
    item = models.ForeignKey(RecordItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    item_version = models.PositiveIntegerField(null=True, blank=True)  # as filing left it
    letter = models.ForeignKey(Letter, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    filed_at = models.DateTimeField(null=True, blank=True)
    filed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    not_ours_at = models.DateTimeField(null=True, blank=True)
    not_ours_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)  # the last look that is on record
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    calls = SealedText(db_default=b"")  # that it asked for, filed: `tray.calls`
    came_back = models.CharField(max_length=12, blank=True)  # why it is in the tray once more; a code

    objects = IncomingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-came_at", "-id"], name="incoming_in_tray", condition=Q(state="waiting")),
            models.Index(fields=["-filed_at"], name="incoming_filed", condition=Q(state="filed")),
            models.Index(fields=["not_ours_at"], name="incoming_not_ours", condition=Q(state="not_ours")),
            models.Index(
                fields=["due_at"],
                name="incoming_to_check",
                condition=Q(check_state__in=["received", "checking", "unscanned", "stuck"]),
            ),
            models.Index(
                fields=["came_at"],
                name="incoming_to_read",
                condition=Q(state="waiting", check_state="ready", read_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="incoming_how_is_known", condition=Q(how__in=How.values)),
            models.CheckConstraint(name="incoming_check_is_known", condition=Q(check_state__in=Check.values)),
            models.CheckConstraint(
                name="incoming_filed_has_its_case",
                condition=(
                    Q(state="filed", case__isnull=False, filed_at__isnull=False, filed_by__isnull=False)
                    & Q(about__in=About.values, check_state__in=["none", "ready"])
                )
                | (
                    Q(state__in=["waiting", "not_ours"], case=None, filed_at=None, filed_by=None, about="", said="")
                    & Q(item=None, document=None, item_version=None, letter=None)
                ),
            ),
            models.CheckConstraint(
                name="incoming_key_of_its_own_until_filed",
                condition=Q(case__isnull=True, key__isnull=False) | Q(case__isnull=False, key__isnull=True),
            ),
            models.CheckConstraint(
                name="incoming_not_ours_at_and_by_together",
                condition=Q(state="not_ours", not_ours_at__isnull=False, not_ours_by__isnull=False)
                | ~Q(state="not_ours") & Q(not_ours_at=None, not_ours_by=None),
            ),
            models.CheckConstraint(
                name="incoming_opened_at_and_by_together",
                condition=Q(opened_at=None, opened_by=None) | Q(opened_at__isnull=False, opened_by__isnull=False),
            ),
            models.CheckConstraint(name="incoming_said_is_known", condition=Q(said__in=["", *Said.values])),
            models.CheckConstraint(
                name="incoming_claimed_while_checking",
                condition=Q(check_state="checking", claimed_at__isnull=False)
                | ~Q(check_state="checking") & Q(claimed_at=None),
            ),
            models.CheckConstraint(
                name="incoming_ready_can_be_read",
                condition=~Q(check_state="ready") | Q(file__isnull=False, pages__gte=1),
            ),
            models.CheckConstraint(
                name="incoming_refused_says_why_and_keeps_nothing",
                condition=Q(check_state="refused", original=None, file=None) & ~Q(reason="")
                | ~Q(check_state="refused") & Q(reason=""),
            ),
            models.CheckConstraint(
                name="incoming_without_a_file_is_a_call",
                condition=Q(check_state="none", how="phone", original=None, file=None, size=0)
                | ~Q(check_state="none") & Q(size__gt=0),
            ),
            models.UniqueConstraint(
                name="incoming_same_bytes_once_in_the_tray",
                fields=["digest"],
                condition=Q(state="waiting") & ~Q(digest="") & ~Q(check_state="refused"),
            ),
        ]

    def __str__(self) -> str:
        return f"incoming {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("desk:incoming", args=[self.pk])

    @property
    def sealing_key(self) -> DataKey:
        found = self.case.key if self.case else self.key
        assert found is not None
        return found

    @property
    def own_kind(self) -> kinds.Kind:
        return kinds.KINDS[self.kind]

    @property
    def texts(self) -> list[str]:
        """The words of each page, where it has some or a machine read it."""
        return [page.words for page in self.page_images.select_related("incoming__key", "incoming__case__key")]

    @property
    def is_moving(self) -> bool:
        return self.check_state in MOVING

    @property
    def can_be_filed(self) -> bool:
        return self.state == TrayState.WAITING and self.check_state in CAN_BE_FILED

    @property
    def settled_at(self) -> datetime | None:
        return self.filed_at or self.not_ours_at

    @property
    def settled_by(self) -> User | None:
        return self.filed_by or self.not_ours_by


class IncomingAnswer(models.Model):
    """What the strip of a letter said of one record, or of the report."""

    incoming = models.ForeignKey(Incoming, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(RecordItem, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    loop = models.ForeignKey(ReportLoop, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    said = models.CharField(max_length=10, choices=Said.choices)
    version = models.PositiveIntegerField(null=True, blank=True)  # as filing left it; null where nothing changed

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="incominganswer_one_per_record", fields=["incoming", "item"]),
            models.UniqueConstraint(name="incominganswer_one_per_report", fields=["incoming", "loop"]),
            models.CheckConstraint(
                name="incominganswer_of_one_thing",
                condition=Q(item__isnull=False, loop__isnull=True) | Q(item__isnull=True, loop__isnull=False),
            ),
            models.CheckConstraint(name="incominganswer_said_is_known", condition=Q(said__in=Said.values)),
        ]

    def __str__(self) -> str:
        return f"answer of {self.incoming_id}"

    @property
    def thing(self) -> RecordItem | ReportLoop:
        found = self.item or self.loop
        assert found is not None
        return found


class IncomingPageQuerySet(models.QuerySet["IncomingPage"]):
    def visible_to(self, user: Any) -> "IncomingPageQuerySet":
        seen = Incoming.objects.visible_to(user).filter(check_state=Check.READY)
        return self.filter(incoming__in=seen)


class IncomingPage(models.Model):
    """One page as a picture, with its words where it has some, or where a machine read them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incoming = models.ForeignKey(Incoming, on_delete=models.CASCADE, related_name="page_images")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    small = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    width = models.PositiveSmallIntegerField()  # pixels
    height = models.PositiveSmallIntegerField()
    text = SealedText()  # JSON: the lines, as the sandbox gives them
    is_read_by_machine = models.BooleanField(default=False)

    objects = IncomingPageQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                name="incomingpage_one_per_number",
                fields=["incoming", "number"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="incomingpage_number_counts_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="incomingpage_has_a_size", condition=Q(width__gte=1, height__gte=1)),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of {self.incoming_id}"

    def get_absolute_url(self) -> str:
        return reverse("desk:incoming_page", args=[self.pk])

    @property
    def sealing_key(self) -> DataKey:
        return self.incoming.sealing_key

    @property
    def words(self) -> str:
        """Line by line."""
        return "\n".join(str(line[4]) for line in json.loads(self.text or "[]"))
