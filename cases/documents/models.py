"""Files of a case, their versions and pages. All words and bytes are sealed under the case's own key."""

import datetime as dt
import json
import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.functional import cached_property

from cases.case.models import Case, Helper
from cases.case.people import began, where
from cases.documents import kinds, names
from cases.documents.adding.sendings import Sending as Sending
from cases.documents.describing.guesses import Guess as Guess
from cases.documents.reading import machine_words
from cases.documents.verdicts import HARD_TO_READ
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey, StoredFile

PLAN = "plan"
OTHER = "other"  # nobody has said yet what it is, or it is none of our kinds
CLAIM_LASTS = dt.timedelta(minutes=3)  # a check that says nothing for so long has died


def readable_by(user: Any, case: str, document: str) -> Q:
    """What a person may read, as a condition; `case` and `document` are the paths to these ("" for itself).

    The same rule as `cases.case.people.may("read_documents")`, for many rows at once.
    """
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=[])
    granted = Helper.objects.granted().filter(case=OuterRef(f"{case}_id"), person=user.pk)
    begun = began(user, f"{case}__", OuterRef(f"{case}_id"))
    helps = begun if user.role else begun | Q(Exists(granted))
    own = helps & Q(**{f"{document}put_in_by": user, f"{document}only_me": False})
    shared = Q() if user.role else Q(**{f"{document}is_private": False}) | where(user, "see_private_words", case)
    shared &= Q(**{f"{document}only_me": False, f"{document}withdrawn_at": None})
    rule = Q(**{f"{case}__patient": user}) | own & ~Q(**{f"{case}__state": Case.State.CLOSED})
    return rule | shared & where(user, "read_documents", case)


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Any) -> "DocumentQuerySet":
        """The documents a person may know: a consultant's begin with the patient's permission to read."""
        return self.filter(readable_by(user, "case", ""))

    def here(self) -> "DocumentQuerySet":
        """Not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def without_pages(self, user: Any) -> "DocumentQuerySet":
        """Without the photos that this person sees as pages of a joined document."""
        return self.exclude(page_of__joined__in=Document.objects.visible_to(user))

    def plans(self) -> "DocumentQuerySet":
        return self.filter(kind=PLAN)


class Document(models.Model):
    """An uploaded file and its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40, default=PLAN)  # "plan", the code of a record kind, or "other"
    title = SealedText()  # what the person calls it; empty: the file's own name
    author = SealedText(db_default=b"")  # the doctor or office that wrote it, as the person named them
    dated_on = models.DateField(null=True, blank=True)
    # Who said so; null while nobody did: the kind is then the page's it was added on, the others may be guessed.
    kind_said_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author_said_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dated_said_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    put_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    put_in_at = models.DateTimeField()
    only_me = models.BooleanField(default=False)  # the patient, and nobody else
    # For the patient and the team: it came with a private message. A helper reads it who reads her private words.
    is_private = models.BooleanField(default=False, db_default=False)
    kept_apart = models.BooleanField(default=False, db_default=False)  # a photo: said to be no page of another letter
    changed_at = models.DateTimeField(null=True, blank=True)  # what it is, who sees it, or put back
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "kind", "put_in_at"], name="document_by_case")]
        constraints = [
            models.CheckConstraint(name="document_kind_is_named", condition=~Q(kind="")),
            models.CheckConstraint(
                name="document_author_is_said_by_somebody",
                condition=Q(author=b"") | Q(author_said_by__isnull=False),
            ),
            models.CheckConstraint(
                name="document_day_is_said_by_somebody",
                condition=Q(dated_on__isnull=True) | Q(dated_said_by__isnull=False),
            ),
            models.CheckConstraint(
                name="document_withdrawn_at_and_by_together",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("documents:detail", args=[self.pk])

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key


class VersionQuerySet(models.QuerySet["Version"]):
    def visible_to(self, user: Any) -> "VersionQuerySet":
        return self.filter(readable_by(user, "case", "document__"))

    def live(self) -> "VersionQuerySet":
        """Not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def ready(self) -> "VersionQuerySet":
        return self.live().filter(state=Version.State.READY)

    def on_their_own(self) -> "VersionQuerySet":
        """Without the photos that are read as pages of a joined document."""
        return self.filter(~Exists(Version.objects.showing("document")))

    def showing(self, photo: str) -> "VersionQuerySet":
        """The joined versions in which a photo is read as a page; `photo` is the path to it from the outer query."""
        pages = {"document__joined_pages__photo": OuterRef(photo), "made_of__contains": [OuterRef(photo)]}
        return self.ready().newest_ready().filter(**pages)

    def newest_ready(self) -> "VersionQuerySet":
        newer = Version.objects.ready().filter(document=OuterRef("document"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer))

    def ready_plans(self) -> "VersionQuerySet":
        """Plans that can be read, each in its newest ready version, in the order they were put in."""
        plans = self.ready().on_their_own().filter(document__kind=PLAN, document__only_me=False)
        return plans.newest_ready().order_by("document__put_in_at", "document_id")

    def waiting(self, now: dt.datetime) -> "VersionQuerySet":
        """Those whose check is due, and those whose check died. A joined document waits for all its photos."""
        due = Q(state__in=[Version.State.RECEIVED, Version.State.UNSCANNED, Version.State.STUCK], due_at__lte=now)
        dead = Q(state=Version.State.CHECKING, claimed_at__lt=now - CLAIM_LASTS)
        photos = Version.objects.moving().filter(document__page_of__joined=OuterRef("document"))
        return self.live().filter(due | dead).filter(~Exists(photos))

    def moving(self) -> "VersionQuerySet":
        """Those whose state will change by itself."""
        return self.live().filter(state__in=[Version.State.RECEIVED, Version.State.CHECKING, Version.State.UNSCANNED])


class Version(models.Model):
    """One file as it was put in, what the checks said, and the cleaned copy that people read."""

    class State(models.TextChoices):
        RECEIVED = "received"
        CHECKING = "checking"
        UNSCANNED = "unscanned"  # everything but the virus scanner, which is away
        STUCK = "stuck"  # we could not bring the check to an end; it says nothing about the file
        LOCKED = "locked"
        READY = "ready"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    name = SealedText()  # the file's own name, as written
    kind = models.CharField(max_length=10)  # code of kinds.KINDS: what the bytes are
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)  # keyed, so that it tells nothing about the bytes
    put_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    put_in_at = models.DateTimeField()
    put_in_by_office = models.UUIDField(null=True, blank=True)  # on its page; `put_in_by` is then the patient
    # Of a joined document: the documents of its photos, in order. It has no original but theirs.
    made_of = ArrayField(models.UUIDField(), default=list, db_default=[], blank=True)
    original = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_kind = models.CharField(max_length=10, blank=True)  # kind of the cleaned copy
    pages = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(max_length=20, blank=True)  # why refused; a code of words.REASONS
    notes = ArrayField(models.CharField(max_length=30), default=list, blank=True)  # codes of words.NOTES
    checked_for_viruses = models.BooleanField(default=False)
    due_at = models.DateTimeField()  # when the worker should look
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    judged_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="version_to_check_by_due_at",
                condition=Q(state__in=["received", "checking", "unscanned", "stuck"]),
            )
        ]
        constraints = [
            models.UniqueConstraint(name="version_one_per_number", fields=["document", "number"]),
            models.UniqueConstraint(
                name="version_same_bytes_once_per_case",
                fields=["case", "digest"],
                condition=Q(withdrawn_at__isnull=True) & ~Q(state="refused"),
            ),
            models.CheckConstraint(
                name="version_state_is_known",
                condition=Q(state__in=["received", "checking", "unscanned", "stuck", "locked", "ready", "refused"]),
            ),
            models.CheckConstraint(name="version_number_counts_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="version_is_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="version_ready_can_be_read",
                condition=~Q(state="ready") | Q(file__isnull=False, pages__gte=1, judged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="version_refused_says_why_and_keeps_nothing",
                condition=Q(state="refused", original__isnull=True, file__isnull=True) & ~Q(reason="")
                | ~Q(state="refused") & Q(reason="") & (Q(original__isnull=False) | ~Q(made_of=[])),
            ),
            models.CheckConstraint(
                name="version_made_of_photos_has_no_original", condition=Q(made_of=[]) | Q(original__isnull=True)
            ),
            models.CheckConstraint(
                name="version_claimed_while_checking",
                condition=Q(state="checking", claimed_at__isnull=False)
                | ~Q(state="checking") & Q(claimed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="version_withdrawn_at_and_by_together",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.document_id}"

    def get_absolute_url(self) -> str:
        return reverse("documents:detail", args=[self.document_id])

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY and self.withdrawn_at is None

    @property
    def is_moving(self) -> bool:
        return self.state in (self.State.RECEIVED, self.State.CHECKING, self.State.UNSCANNED)

    @property
    def is_hard_to_read(self) -> bool:
        return bool(HARD_TO_READ & set(self.notes))

    @property
    def own_kind(self) -> kinds.Kind:
        return kinds.KINDS[self.kind]

    @property
    def copy_name(self) -> str:
        """The name of the cleaned copy: the file's own, with the ending of what the copy is."""
        return names.with_ending(self.name, kinds.KINDS[self.file_kind])


class PageImageQuerySet(models.QuerySet["PageImage"]):
    def visible_to(self, user: Any) -> "PageImageQuerySet":
        """Pages of ready versions that the person may read."""
        return self.filter(
            readable_by(user, "version__case", "version__document__"),
            version__state=Version.State.READY,
            version__withdrawn_at__isnull=True,
        )

    def to_read(self) -> "PageImageQuerySet":
        """Pictures without words, of files that people can open, for the machine to read."""
        ready = Q(version__state=Version.State.READY, version__withdrawn_at=None, version__case__key__destroyed_at=None)
        return self.filter(ready, reading=PageImage.Reading.WAITING)

    def given_up(self, now: dt.datetime) -> "PageImageQuerySet":
        """Those whose reader died."""
        return self.filter(reading=PageImage.Reading.READING, read_claimed_at__lt=now - CLAIM_LASTS)


class PageImage(models.Model):
    """One page as a picture, with its words and where they stand."""

    class Reading(models.TextChoices):
        OWN = "own"  # its words came with the file
        WAITING = "waiting"  # a picture, for the machine to read where there is one
        READING = "reading"
        READ = "read"  # its words were read by machine
        EMPTY = "empty"  # the machine found no words
        UNREAD = "unread"  # the machine could not read it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="page_images")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # A thumbnail; null on pages kept before there were any, until the worker has made it.
    small = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    width = models.PositiveSmallIntegerField()  # pixels
    height = models.PositiveSmallIntegerField()
    text = SealedText()  # JSON of each line, in pixels: [x, baseline, length, height, words]; see `machine_words`
    reading = models.CharField(max_length=8, choices=Reading, default=Reading.OWN, db_default=Reading.OWN)
    read_claimed_at = models.DateTimeField(null=True, blank=True)
    read_tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    certainty = models.PositiveSmallIntegerField(null=True, blank=True)  # of the machine, of 100
    turn = models.PositiveSmallIntegerField(default=0, db_default=0)  # degrees clockwise that would make it upright

    objects = PageImageQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["version"], name="pageimage_to_read", condition=Q(reading="waiting")),
            models.Index(fields=["id"], name="pageimage_without_small", condition=Q(small=None)),
        ]
        constraints = [
            models.UniqueConstraint(name="pageimage_one_per_number", fields=["version", "number"]),
            models.CheckConstraint(
                name="pageimage_has_a_size", condition=Q(number__gte=1, width__gte=1, height__gte=1)
            ),
            models.CheckConstraint(
                name="pageimage_small_is_its_own_file", condition=Q(small=None) | ~Q(small=F("file"))
            ),
            models.UniqueConstraint(  # of all pages, so that checks of new files always have a worker
                name="pageimage_one_is_read_at_a_time", fields=["reading"], condition=Q(reading="reading")
            ),
            models.CheckConstraint(
                name="pageimage_reading_is_known",
                condition=Q(reading__in=["own", "waiting", "reading", "read", "empty", "unread"]),
            ),
            models.CheckConstraint(
                name="pageimage_claimed_while_read",
                condition=Q(reading="reading", read_claimed_at__isnull=False)
                | ~Q(reading="reading") & Q(read_claimed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="pageimage_read_says_how_certain",
                condition=Q(reading="read", certainty__isnull=False, certainty__lte=100)
                | ~Q(reading="read") & Q(certainty__isnull=True),
            ),
            models.CheckConstraint(name="pageimage_turns_by_quarters", condition=Q(turn__in=[0, 90, 180, 270])),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of {self.version_id}"

    def get_absolute_url(self) -> str:
        return reverse("documents:page_image", args=[self.pk])

    @property
    def small_url(self) -> str:
        """Where its thumbnail is; "" until it is made."""
        return reverse("documents:thumbnail", args=[self.pk]) if self.small_id else ""

    @property
    def sealing_key(self) -> DataKey:
        return self.version.case.key

    @property
    def is_without_words(self) -> bool:
        """A picture that nobody has read, or that holds no words."""
        return self.reading not in (self.Reading.OWN, self.Reading.READ)

    @property
    def is_read_by_machine(self) -> bool:
        return self.reading == self.Reading.READ

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The page's words, line by line, with the place of each as an SVG's attributes: x, y, length, size, words.

        Words that the machine is not sure of are marked.
        """
        return [
            dict(zip(("x", "y", "length", "size"), map(str, place), strict=True))
            | {"words": machine_words.marked(words, *unsure)}
            for *place, words, unsure in ([*line[:5], line[5:]] for line in json.loads(self.text or "[]"))
        ]

    @property
    def words(self) -> str:
        """The page's words as plain text, those that the machine is not sure of marked."""
        return "\n".join(machine_words.marked(*line[4:]) for line in json.loads(self.text or "[]"))
