"""What stands in the queue, and in which order: for pages, in a fixed number of queries."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case.models import Consent
from cases.documents.kinds import PICTURES
from cases.documents.models import PLAN, PageImage, Version
from cases.records.days.closed_days import ClosedDays
from cases.records.models import Visit
from cases.records.states import THERE, ItemState
from cases.reviews.models import Review
from cases.reviews.queue.reading_time import reading_minutes
from cases.reviews.rules import read_by, urgency
from portal.texts.words import organisation

ROWS = 100  # a queue longer than this is a matter for people, not for a page
SOON_DAYS = 2
MINE, SOON, FREE, PATIENT = "mine", "soon", "free", "patient"
SHOWS = (MINE, SOON, FREE, PATIENT)
State = Review.State
TO_READ = (State.OPEN, State.TAKEN, State.DRAFTING)
SHARED = (State.SHARED, State.COMPLETED)
NEVER = datetime.max.replace(tzinfo=UTC)

# Read by its day; one that rests for the patient not before the rest is over.
DAY = Greatest("read_by", "rests_until")
ORDER = (DAY, F("consultation__starts_at").asc(nulls_last=True), "pk")  # `place`, in the database


def place(read_by: date, talk_at: datetime | None, pk: UUID) -> tuple[Any, ...]:
    """What the queue is sorted by, wherever it is: the nearest date first; on one day the earlier call, what no call
    waits for last, and then each in a place of its own.
    """
    return (read_by, talk_at or NEVER, pk)


@dataclass(frozen=True)
class Records:
    """How far the records of a case are, and the day they are for."""

    visit_on: date | None
    there: int
    core: int


@dataclass(frozen=True)
class Row:
    """One line of the queue: a plan to read, or a call whose plan is not there yet (without a review)."""

    name: str
    case_id: UUID
    talk: Consultation | None
    read_by: date
    review: Review | None = None
    pages: int = 0
    files: int = 0
    is_photos: bool = False
    minutes: int = 0
    urgency: str = ""
    state: str = ""
    rests_until: date | None = None
    waits_for: str = ""  # of the patient: "consent", "plan", "copy", "asked"; "" when nothing is
    records: Records | None = None

    @property
    def talk_at(self) -> datetime | None:
        return self.talk.starts_at if self.talk else None

    @property
    def day(self) -> date:
        """On which it is to be read: while it rests, the last day of that."""
        return max(self.read_by, self.rests_until) if self.rests_until else self.read_by

    @property
    def order(self) -> tuple[Any, ...]:
        about = self.review or self.talk
        assert about is not None, "a row is about one of both"
        return place(self.day, self.talk_at, about.pk)


@dataclass(frozen=True)
class FreeRow:
    """A plan that nobody has. It carries nothing that could tell whose it is."""

    pk: UUID
    read_by: date
    rests_until: date | None
    pages: int
    is_photos: bool
    language: str
    kind: str


@dataclass(frozen=True)
class Queue:
    """All that one person's page of the queue shows."""

    rows: list[Row]
    free: list[FreeRow]
    records: dict[UUID, Records]

    def shown(self, show: str, today: date) -> list[Row]:
        """The rows under one chip."""
        if show == SOON:
            near = [row for row in self.rows if not row.rests_until]
            return [row for row in near if row.read_by <= today + timedelta(days=SOON_DAYS)]
        if show == PATIENT:
            return [row for row in self.rows if row.waits_for]
        if show == FREE:
            return [row for row in self.rows if row.review and row.state == State.OPEN]
        return self.rows

    def counts(self, today: date, *, is_reader: bool) -> dict[str, int]:
        found = {show: len(self.shown(show, today)) for show in SHOWS}
        return found | ({FREE: len(self.free)} if is_reader else {})


def of(user: Any, now: datetime, calls: Sequence[Any] | None = None) -> Queue:
    """A consultant's queue, or for a coordinator that of all open cases.

    `calls`: those of this consultant, read with `beside_call` by a page that shows them as well: their records are
    counted too.
    """
    is_reader = user.role == "consultant"
    every = list(_reviews(user, is_reader).order_by("-is_known", *ORDER)[: 2 * ROWS])
    known = [review for review in every if review.is_known]
    waiting = list(_calls_without_plan(user, is_reader, now)[:ROWS]) if calls is None else _without_plan(calls, now)
    cases = [*(review.case_id for review in known), *(call.case_id for call in calls or waiting)]
    records = records_of(cases)
    today = now.astimezone(user.zone).date()
    rows = [_row(review, today, records) for review in known]
    closed = ClosedDays(today)[organisation().region] if waiting else frozenset()
    rows += [_waiting(call, today, closed, records) for call in waiting]
    return Queue(
        rows=sorted(rows, key=lambda row: row.order),
        free=[_free(review) for review in every if not review.is_known],
        records=records,
    )


def shared_by(user: Any) -> list[Review]:
    """What this consultant has shared: to be completed after its call first, then what is complete, newest first."""
    found = Review.objects.visible_to(user).filter(state__in=SHARED, reader=user)
    found = found.select_related("case__patient", "consultation")
    return list(found.order_by(F("completed_at").desc(nulls_first=True), "-read_by", "-pk")[:ROWS])


def _reviews(user: Any, is_reader: bool) -> QuerySet[Any]:
    """Those to read of one's own cases, and those that nobody has. One query."""
    known, free = Review.objects.visible_to(user), Review.objects.free_for(user)
    reads: Any = Coalesce(OuterRef("reader"), OuterRef("consultation__consultant"), Value(user.pk))
    agreed = Consent.objects.standing().filter(case=OuterRef("case"), kind=Consent.Kind.READ)
    found = Review.objects.filter(Q(pk__in=known.values("pk")) | Q(pk__in=free.values("pk"))).with_asking()
    found = found.annotate(
        is_known=Exists(known.filter(pk=OuterRef("pk"))),
        is_photos=has_pictures(),
        may_read=Exists(agreed.filter(consultant=user.pk if is_reader else reads)),
    )
    if is_reader:
        found = found.filter(Q(reader=user) | Q(reader=None))
    found = found.filter(state__in=TO_READ).order_by(*ORDER)
    return found.select_related("case__patient", "consultation", "reader", "version__document")


def beside_call() -> dict[str, Any]:
    """Annotations of a call: whether its case has a plan to read, and how those that came fared."""
    tried = Version.objects.live().filter(case=OuterRef("case"), document__kind=PLAN, document__withdrawn_at=None)
    return {
        "has_plan": Exists(Version.objects.ready_plans().filter(case=OuterRef("case")).order_by()),
        "tried": ArraySubquery(tried.values("state")),
    }


def _calls_without_plan(user: Any, is_reader: bool, now: datetime) -> QuerySet[Any]:
    """Booked calls for which a plan is to be read that is not there, or cannot be read. One query."""
    calls = Consultation.objects.visible_to(user).upcoming(now).filter(needs_plan=True)
    waiting = calls.annotate(**beside_call()).filter(has_plan=False).select_related("patient")
    return waiting.filter(consultant=user) if is_reader else waiting


def _without_plan(calls: Sequence[Any], now: datetime) -> list[Any]:
    """The same of calls that are read already."""
    ahead = [call for call in calls if call.is_booked and call.ends_at > now]
    return [call for call in ahead if call.needs_plan and not call.has_plan]


def has_pictures() -> Exists:
    """Beside a review: whether its plan holds photos or scans: pictures, joined photos, pages without own words."""
    typed = Exists(PageImage.objects.filter(version=OuterRef("pk"), reading=PageImage.Reading.OWN))
    of_pictures = Q(kind__in=[kind.code for kind in PICTURES]) | ~Q(made_of=[]) | ~typed
    whole: Any = ExpressionWrapper(OuterRef("plan"), output_field=ArrayField(UUIDField()))
    return Exists(Version.objects.filter(of_pictures).annotate(whole=whole).filter(whole__contains=[F("pk")]))


def records_of(cases: Collection[UUID]) -> dict[UUID, Records]:
    """By case: the day of its latest visit, and how many of the core records are there. One query."""
    if not cases:
        return {}
    core = Q(items__is_core=True) & ~Q(items__state=ItemState.NOT_WANTED)
    there = core & Q(items__state__in=sorted(THERE))
    visits = Visit.objects.live().filter(case__in=cases).order_by("round")
    counted = visits.annotate(core=Count("items", filter=core), there=Count("items", filter=there))
    found = counted.values_list("case_id", "on_date", "there", "core")
    return {case: Records(on, arrived, wanted) for case, on, arrived, wanted in found}


def _row(review: Any, today: date, records: dict[UUID, Records]) -> Row:
    return Row(
        name=review.case.patient.name,
        case_id=review.case_id,
        talk=review.consultation,
        review=review,
        pages=review.pages,
        files=len(review.plan),
        is_photos=review.is_photos,
        minutes=reading_minutes(review.pages, words=review.words, photos=review.is_photos),
        read_by=review.read_by,
        urgency="" if review.rests_until else urgency(review.read_by, today),
        rests_until=review.rests_until,
        state=review.state,
        waits_for=_waits_for(review),
        records=records.get(review.case_id),
    )


def _waiting(call: Any, today: date, closed: Set[date], records: dict[UUID, Records]) -> Row:
    """A call without its plan is as urgent as the same call with it: the day is the one on which it is to be read."""
    cannot_be_read = {Version.State.LOCKED, Version.State.REFUSED} & set(call.tried)
    on = read_by(opened_on=today, talk_on=call.starts_at.astimezone(call.zone).date(), closed=closed)
    return Row(
        name=call.patient.name,
        case_id=call.case_id,
        talk=call,
        read_by=on,
        urgency=urgency(on, today),
        waits_for="copy" if cannot_be_read else "plan",
        records=records.get(call.case_id),
    )


def _waits_for(review: Any) -> str:
    """Her yes to reading, or what the reader asked her for."""
    if not review.may_read:
        return "consent"
    return "asked" if review.with_patient_until else ""


def _free(review: Any) -> FreeRow:
    return FreeRow(
        pk=review.pk,
        read_by=review.read_by,
        rests_until=review.rests_until,
        pages=review.pages,
        is_photos=review.is_photos,
        language=review.case.patient.language,
        kind=_("Treatment plan, in writing") if review.is_written_reading else _("Treatment plan"),
    )


def beside(review: Review, user: Any, step: int) -> UUID | None:
    """The plan after this one in one's own queue (before it with -1); None at the end. One query."""
    own = _reviews(user, is_reader=True).filter(is_known=True)
    rows = own.values_list(DAY, "consultation__starts_at", "pk")[: 2 * ROWS]
    order = [pk for *_before, pk in sorted(rows, key=lambda row: place(*row))]
    if review.pk not in order:
        return order[0] if order else None
    there = order.index(review.pk) + step
    return order[there] if 0 <= there < len(order) else None
