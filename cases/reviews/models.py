"""A review of a plan in parts, what was found on which page, and notes on pages."""

import hashlib
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from bookings.models import Consultation
from cases.case.models import Assignment, Case, Consent, SecondReader
from cases.reviews.after.models import Outcome as Outcome
from cases.reviews.asking.models import Asking as Asking
from cases.reviews.colleague.models import SecondNote as SecondNote
from cases.reviews.doctor_note.models import DoctorNote as DoctorNote
from cases.reviews.sentences.models import Sentence as Sentence
from cases.reviews.summary_models import PartAnswer as PartAnswer
from cases.reviews.summary_models import Summary as Summary
from portal.vault.fields import SealedText

if TYPE_CHECKING:
    from portal.vault.models import DataKey

PEOPLE_WHO_READ = ("consultant", "coordinator")


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: Any) -> Self:
        """Reviews a person may know exist: a consultant's cases, every case for a coordinator, none for others.

        Nobody on our staff reads the review of their own case, or of one they started for someone.
        """
        if user.role not in PEOPLE_WHO_READ:
            return self.none()
        return self.filter(case__in=Case.objects.visible_to(user)).exclude(
            Q(case__patient=user) | Q(case__starter=user)
        )

    def free_for(self, user: Any) -> Self:
        """Plans that wait for a reader in open cases without a consultant; shown without name or content."""
        if user.role != "consultant":
            return self.none()
        taken = Assignment.objects.filter(case=OuterRef("case"), ended_at=None, user__role="consultant")
        waiting = self.filter(~Exists(taken), state=Review.State.OPEN).exclude(case__state=Case.State.CLOSED)
        return waiting.exclude(Q(case__patient=user) | Q(case__starter=user))

    def beside(self, second: SecondReader) -> Self:
        """The one that a second reader was asked about."""
        return self.filter(case=second.case_id)

    def told_who_has(self, user: Any) -> Self:
        """Plans that went to a colleague: offered to every consultant, or handed over by this one. Whoever comes too
        late hears by whom they are read, and nothing else.
        """
        if user.role != "consultant":
            return self.none()
        placed = Assignment.objects.filter(case=OuterRef("case"), user=OuterRef("reader"), ended_at=None)
        was_offered = Exists(placed.filter(why="taking"))
        found = self.filter(was_offered | Q(came_from=user), reader__isnull=False).exclude(reader=user.pk)
        return found.exclude(Q(case__patient=user) | Q(case__starter=user))

    def with_asking(self) -> Self:
        """Beside each the last day on which it waits for something that the patient was asked for, or None; the same
        as `rests_until` where no call is booked, for which it is read by its day all the same.
        """
        resting = Asking.objects.resting().filter(review=OuterRef("pk"))
        found = self.annotate(with_patient_until=Subquery(resting.values("until_on")[:1]))
        is_for_call = Q(consultation__state=Consultation.State.BOOKED)
        return found.annotate(rests_until=models.Case(When(is_for_call, then=None), default=F("with_patient_until")))

    def asking_for_yes(self) -> Self:
        """Those in open cases whose reader needs the patient's yes, and she has neither said it nor taken it back
        since they have the plan.
        """
        given = Consent.objects.filter(kind=Consent.Kind.READ, case=OuterRef("case"), consultant=OuterRef("reader"))
        answered = given.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=OuterRef("taken_at")))
        read = (Review.State.TAKEN, Review.State.DRAFTING, Review.State.SHARED)
        return self.filter(~Exists(answered), state__in=read).exclude(case__state=Case.State.CLOSED)

    def to_read(self) -> Self:
        """Not shared yet and not resting, the nearest date first."""
        waiting = (Review.State.OPEN, Review.State.TAKEN, Review.State.DRAFTING)
        return self.filter(state__in=waiting).order_by("read_by", "opened_at")


class Review(models.Model):
    """One consultant's structured reading of one plan."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting to be read")
        TAKEN = "taken", _("taken")
        DRAFTING = "drafting", _("being written")
        SHARED = "shared", _("shared")
        COMPLETED = "completed", _("complete")
        SET_ASIDE = "set_aside", _("resting")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    # A plan photographed page by page is several documents: all of them in page order, the first also as a key.
    version = models.ForeignKey("documents.Version", on_delete=models.PROTECT, related_name="+")
    plan = ArrayField(models.UUIDField(), help_text="the versions read, in page order")
    pages = models.PositiveIntegerField(help_text="of the whole plan")
    words = models.PositiveIntegerField(
        default=0, db_default=0, help_text="of its typed text; 0 where there is none, or nobody counted"
    )
    plan_at = models.DateTimeField(help_text="when the newest change of the plan that is taken in here happened")
    # None: the patient asked for a written reading, or the consultation was canceled.
    consultation = models.ForeignKey("bookings.Consultation", null=True, on_delete=models.PROTECT, related_name="+")
    talk_version = models.PositiveIntegerField(default=0, help_text="of the consultation that read_by follows")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    is_written_reading = models.BooleanField(default=False)
    read_by = models.DateField()
    opened_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    # Who handed it over to this reader, and how often it went from one to another: the notice goes by the newest.
    came_from = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    turn = models.PositiveIntegerField(default=0, db_default=0)
    completed_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="review_one_per_case"),
            models.CheckConstraint(name="review_has_pages", condition=Q(pages__gte=1)),
            models.CheckConstraint(
                name="review_state_is_known",
                condition=Q(state__in=["open", "taken", "drafting", "shared", "completed", "set_aside"]),
            ),
            models.CheckConstraint(
                name="review_open_ones_have_no_reader", condition=~Q(state="open") | Q(reader__isnull=True)
            ),
            models.CheckConstraint(
                name="review_written_ones_have_a_reader",
                condition=Q(state__in=["open", "set_aside"]) | Q(reader__isnull=False),
            ),
            models.CheckConstraint(
                name="review_taken_at_and_reader_go_together",
                condition=Q(reader__isnull=True, taken_at__isnull=True)
                | Q(reader__isnull=False, taken_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_comes_from_somebody_else",
                condition=Q(came_from__isnull=True) | (Q(reader__isnull=False) & ~Q(reader=F("came_from"))),
            ),
        ]
        indexes = [
            models.Index(
                fields=["read_by"],
                name="review_to_read",
                condition=Q(state__in=["open", "taken", "drafting"]),
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:edit", args=[self.pk])

    @property
    def sealing_key(self) -> "DataKey":
        return self.case.sealing_key

    @cached_property
    def texts(self) -> dict[str, str]:
        """The words of every part by its code; one query, kept for this instance."""
        return {section.code: section.body for section in self.sections.all()}


class Section(models.Model):
    """One part of a review. `version` counts saves: a second tab or person never overwrites unseen."""

    class Code(models.TextChoices):
        ANSWERS = "answers", _("The patient’s questions")
        PLAIN = "plain", _("In plain words")
        WORDS = "words", _("Words to explain")
        CHECKLIST = "checklist", _("What a plan should say")
        QUESTIONS = "questions", _("Questions to raise")
        OPTIONS = "options", _("What each option asks and gives")
        PRIVATE = "private", _("Private notes for the team")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="sections")
    code = models.CharField(max_length=12, choices=Code.choices)
    # Lines of text; for "answers" JSON of {question: answer}; empty for "checklist" and "options", which are rows.
    # Options that were written as lines of text stay so until they are saved again.
    body = SealedText()
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "code"], name="section_once_per_review"),
            models.CheckConstraint(
                name="section_code_is_known",
                condition=Q(code__in=["answers", "plain", "words", "checklist", "questions", "options", "private"]),
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.code} of {self.review_id}"

    @property
    def sealing_key(self) -> "DataKey":
        return self.review.sealing_key


class Finding(models.Model):
    """One of the twelve points: found on a page, or not found, with a question to raise instead."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="findings")
    point = models.CharField(max_length=12)
    page = models.PositiveIntegerField(null=True)  # None: looked for and not found
    note = SealedText()
    question = SealedText()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "point"], name="finding_once_per_point"),
            models.CheckConstraint(name="finding_pages_count_from_1", condition=Q(page__isnull=True) | Q(page__gte=1)),
        ]

    def __str__(self) -> str:
        return f"point {self.point} of {self.review_id}"

    @property
    def sealing_key(self) -> "DataKey":
        return self.review.sealing_key


class OptionLine(models.Model):
    """A line of what each option asks and gives: the option's name, or a point of it with its page."""

    class Kind(models.TextChoices):
        NAME = "name", _("Name")
        IS = "is", _("What it is")
        FOR = "for", _("For")
        AGAINST = "against", _("Against")
        UNKNOWN = "unknown", _("Still not known")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="option_lines")
    option = models.UUIDField(help_text="the same for all lines of an option, also when it is written anew")
    place = models.PositiveSmallIntegerField(help_text="in the order of the page")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = SealedText()
    page = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "place"], name="optionline_one_in_each_place"),
            models.UniqueConstraint(
                fields=["review", "option"], name="optionline_one_name_of_each", condition=Q(kind="name")
            ),
            models.CheckConstraint(
                name="optionline_kind_is_known", condition=Q(kind__in=["name", "is", "for", "against", "unknown"])
            ),
            models.CheckConstraint(name="optionline_says_something", condition=~Q(text=b"")),
            models.CheckConstraint(
                name="optionline_points_have_pages_and_names_none",
                condition=Q(page__isnull=True) | (Q(page__gte=1) & ~Q(kind="name")),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.place} of the options of {self.review_id}"

    @property
    def sealing_key(self) -> "DataKey":
        return self.review.sealing_key


class Note(models.Model):
    """A numbered remark of the reader at a place on a page of one version, for a part of the review. Staff's only."""

    class Part(models.TextChoices):
        NONE = "", _("Nothing yet")
        ANSWERS = "answers", _("The patient’s questions")
        PLAIN = "plain", _("In plain words")
        WORDS = "words", _("Words to explain")
        CHECKLIST = "checklist", _("What a plan should say")
        QUESTIONS = "questions", _("Questions to raise")
        OPTIONS = "options", _("What each option asks and gives")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="notes")
    number = models.PositiveIntegerField()
    # It stays with the pages on which it was made: a newer version of the plan has other places.
    version = models.ForeignKey("documents.Version", on_delete=models.PROTECT, related_name="+")
    page = models.PositiveIntegerField(help_text="of that version")
    x = models.PositiveSmallIntegerField(help_text="thousandths of the page, from its left")
    y = models.PositiveSmallIntegerField(help_text="thousandths of the page, from its top")
    part = models.CharField(max_length=12, choices=Part.choices, blank=True, default=Part.NONE)
    key = models.CharField(
        max_length=36,
        blank=True,
        default="",
        help_text="which question of the patient’s or to raise, which of the twelve points, or which option",
    )
    text = SealedText()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="note_numbers_are_used_once"),
            models.CheckConstraint(name="note_pages_count_from_1", condition=Q(page__gte=1, number__gte=1)),
            models.CheckConstraint(
                name="note_stands_on_its_page", condition=Q(x__gte=0, x__lte=1000, y__gte=0, y__lte=1000)
            ),
            models.CheckConstraint(
                name="note_part_is_known",
                condition=Q(part__in=["", "answers", "plain", "words", "checklist", "questions", "options"]),
            ),
            models.CheckConstraint(
                name="note_names_which_of_the_points",
                condition=Q(part="checklist", key__gt="")
                | Q(part__in=["answers", "questions", "options"])
                | (~Q(part="checklist") & Q(key="")),
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.number} of {self.review_id}"

    @property
    def mark(self) -> str:
        """A short digest of what it says, to tell whether it changed since it was shown."""
        return hashlib.sha256(f"{self.part}:{self.key}:{self.text}".encode()).hexdigest()[:16]

    @property
    def sealing_key(self) -> "DataKey":
        return self.review.sealing_key


class QuoteLook(models.Model):
    """The reader has held words that a machine read against the picture of their page."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey("documents.Version", on_delete=models.CASCADE, related_name="+")
    page = models.PositiveIntegerField(help_text="of that version")
    words = SealedText()
    looked_at = models.DateTimeField()
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="quotelook_pages_count_from_1", condition=Q(page__gte=1))]

    def __str__(self) -> str:
        return f"look {self.pk}"

    @property
    def sealing_key(self) -> "DataKey":
        return self.review.sealing_key
