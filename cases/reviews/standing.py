"""Where reviews stand, for queues and pages: each in a fixed number of queries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.case.models import Consent, SecondReader
from cases.documents.models import Version
from cases.reviews.models import Review
from cases.reviews.rules import reading_minutes, urgency
from portal.accounts.models import User

ROWS = 100  # a queue longer than this is a matter for people, not for a page


@dataclass(frozen=True)
class Row:
    """One line of the queue. `name` is empty where it may not be shown yet."""

    review: Review
    name: str
    pages: int
    is_photos: bool
    minutes: int
    language: str
    read_by: date
    urgency: str
    talk_at: datetime | None
    state: str
    may_read: bool


def queue(user: Any, now: datetime) -> list[Row]:
    """The plans a consultant is to read, and for a coordinator those of all cases; nearest date first."""
    reviews = list(
        Review.objects.visible_to(user)
        .to_read()
        .select_related("case__patient", "consultation", "reader", "version")[:ROWS]
    )
    if user.role == "consultant":
        reviews = [review for review in reviews if review.reader_id in (None, user.pk)]
    agreed = set(
        Consent.objects.standing()
        .filter(case__in=[review.case_id for review in reviews], kind=Consent.Kind.READ, consultant=user)
        .values_list("case_id", flat=True)
    )
    photos = _photos(reviews)
    return [_row(review, now, user, photos, review.case_id in agreed) for review in reviews]


def free(user: Any, now: datetime) -> list[Row]:
    """Plans without a consultant: pages, kind, language and date only."""
    reviews = list(Review.objects.free_for(user).to_read().select_related("case__patient", "version")[:ROWS])
    photos = _photos(reviews)
    return [_row(review, now, user, photos, may_read=False, name="") for review in reviews]


def _photos(reviews: Collection[Review]) -> set[UUID]:
    versions = {pk for review in reviews for pk in review.plan}
    pictures = Version.objects.filter(pk__in=versions, kind__in=["jpeg", "png", "heic", "tiff"])
    return set(pictures.values_list("pk", flat=True))


def _row(review: Review, now: datetime, user: Any, photos: set[UUID], may_read: bool, name: str | None = None) -> Row:
    is_photos = bool(photos.intersection(review.plan))
    return Row(
        review=review,
        name=review.case.patient.name if name is None else name,
        pages=review.pages,
        is_photos=is_photos,
        minutes=reading_minutes(review.pages, photos=is_photos),
        language=review.case.patient.language,
        read_by=review.read_by,
        urgency=urgency(review.read_by, now.astimezone(user.zone).date()),
        talk_at=review.consultation.starts_at if review.consultation else None,
        state=review.state,
        may_read=may_read,
    )


def shared(user: Any) -> list[Review]:
    """What this consultant has shared, the newest first: to complete after the talk, or to look at again."""
    done = (Review.State.SHARED, Review.State.COMPLETED)
    return list(
        Review.objects.visible_to(user)
        .filter(reader=user, state__in=done)
        .select_related("case__patient", "consultation")
        .order_by("-taken_at")[:ROWS]
    )


def asked_of(user: Any) -> list[SecondReader]:
    """What colleagues ask this consultant to read along, and what she reads along now; no name of a patient."""
    if user.role != "consultant":
        return []
    mine = SecondReader.objects.visible_to(user).standing().filter(reader=user)
    return list(mine.select_related("asked_by").order_by("until_on", "asked_at")[:ROWS])


def colleagues(review: Review, user: Any) -> QuerySet[User]:
    """Consultants who have no part in the case of a review, by name."""
    case = review.case
    placed = case.assignments.filter(ended_at=None).values("user")
    own = [pk for pk in (user.pk, case.patient_id, case.starter_id) if pk]
    others = User.objects.filter(role=User.Role.CONSULTANT, can_sign_in=True)
    return others.exclude(pk__in=own).exclude(pk__in=placed).order_by("name")


def review_of(case: Any) -> Review | None:
    """The case's review with its reader, for people who may know the case."""
    return Review.objects.filter(case=case).select_related("reader", "consultation__consultant").first()
