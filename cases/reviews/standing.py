"""Where reviews stand beside their case, and with whom, for the pages that show it."""

from typing import Any

from django.db.models import QuerySet

from bookings.models import Consultation
from cases.case.away.models import Cover
from cases.case.models import Case, SecondReader
from cases.reviews.models import Review
from portal import clock
from portal.accounts.models import User

ROWS = 100  # more than that is a matter for people, not for a page


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
    others = User.objects.working_as(User.Role.CONSULTANT)
    return others.exclude(pk__in=own).exclude(pk__in=placed)


def review_of(case: Any) -> Review | None:
    """The case's review with its reader, for people who may know the case."""
    found = Review.objects.filter(case=case).with_asking().select_related("reader", "consultation__consultant")
    return found.first()


def is_offered(review: Review) -> bool:
    """Whether anybody may take it: it waits for a reader, and nobody of ours has a place in its case."""
    placed = review.case.assignments.filter(ended_at=None, user__role=User.Role.CONSULTANT)
    return review.state == Review.State.OPEN and not placed.exists()


def has_work_left(case: Case, before: User) -> bool:
    """A call with them is booked, or they stand in for a colleague here: then their place stays."""
    calls = Consultation.objects.upcoming(clock.now()).filter(case=case, consultant=before)
    return calls.exists() or Cover.objects.open().filter(case=case, reader=before).exists()
