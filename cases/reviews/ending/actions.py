"""Ending what came to its end by itself: found by rows, each alone, and told once."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from bookings.models import Consultation
from cases.case import changes
from cases.case.actions import ask_to_do, drop_to_dos, end_assignment, hand_to_dos_back
from cases.case.away.models import Cover
from cases.case.models import Assignment, Case, ToDo
from cases.reviews.actions import lock_case
from cases.reviews.ending import notices
from cases.reviews.ending.rules import AFTER, DRAFT_ENDS, SOON
from cases.reviews.models import Asking, Review
from portal.accounts.models import User
from portal.actors import SYSTEM
from portal.texts.words import organisation

LAST_CALL = "after_last_call"
IN_HANDS = (Review.State.TAKEN, Review.State.DRAFTING)
HELD = (Consultation.State.BOOKED, Consultation.State.COMPLETED)  # with its time over, whoever said how it went


def over(now: dt.datetime) -> QuerySet[Assignment]:
    """Places of consultants whose last call was long ago: a booked one would be the last.

    The last call is the consultant's own; for one who came without a call of theirs, the case's. Being given a place
    or a plan since then begins it anew. Whoever stands in stays until it is handed back, and whoever has a plan in
    hands until it is due.
    """
    calls = Consultation.objects.filter(case=OuterRef("case")).exclude(state=Consultation.State.CANCELLED)
    own, any_one = (
        Subquery(found.order_by("-ends_at").values("ends_at")[:1])
        for found in (calls.filter(consultant=OuterRef("user")), calls)
    )
    read = Review.objects.filter(case=OuterRef("case"), reader=OuterRef("user"))
    places = Assignment.objects.filter(ended_at=None, user__role=User.Role.CONSULTANT)
    places = places.exclude(case__state=Case.State.CLOSED).annotate(last_call=Coalesce(own, any_one))
    since = Greatest("last_call", "begun_at", Subquery(read.values("taken_at")[:1]))  # of those that are there
    found = places.annotate(since=since)
    stands_in = Cover.objects.open().filter(case=OuterRef("case"), reader=OuterRef("user"))
    rests = Asking.objects.resting().filter(review=OuterRef("pk"))
    reads = read.filter(Q(read_by__gte=now.astimezone(organisation().zone).date()) | Exists(rests), state__in=IN_HANDS)
    found = found.filter(last_call__isnull=False, since__lte=now - AFTER)
    return found.exclude(Exists(stands_in)).exclude(Exists(reads))


def end_over(now: dt.datetime) -> int:
    """End each place whose time has passed; how many. Twice, late, or after the clock went back changes nothing."""
    return sum(_end(pk, now) for pk in list(over(now).order_by("case", "pk").values_list("pk", flat=True)))


def leaving(now: dt.datetime) -> dict[UUID, dt.datetime]:
    """Plans whose reader's place ends within some days, with something left to send to the patient: nothing was shared
    yet, or what completes it after the call was not. By review, when.
    """
    held = Q(consultation__starts_at__lte=now, consultation__state__in=HELD)
    unfinished = Q(state__in=IN_HANDS) | Q(held, state=Review.State.SHARED)
    read = Review.objects.filter(unfinished, case=OuterRef("case"), reader=OuterRef("user"))
    places = over(now + SOON).annotate(review=Subquery(read.values("pk")[:1])).exclude(review=None)
    return {review: since + AFTER for review, since in places.values_list("review", "since")}


def warn(now: dt.datetime) -> int:
    """A coordinator sees such a draft some days before it would wait for anybody; how many were put on the board.

    Asked once before each end, also where somebody said "done". What was shared, handed on or booked since is dropped.
    """
    soon = leaving(now)
    open_ones = ToDo.objects.open().filter(kind=DRAFT_ENDS)
    stale = set(open_ones.values_list("about_id", flat=True)) - {str(pk) for pk in soon}
    for review in Review.objects.filter(pk__in=stale):
        drop_to_dos(review, DRAFT_ENDS, by=SYSTEM)
    return sum(_warn(pk, now) for pk in sorted(soon))


@transaction.atomic
def _warn(pk: UUID, now: dt.datetime) -> bool:
    review = Review.objects.select_related("case").get(pk=pk)
    lock_case(review.case_id)
    ends_at = leaving(now).get(pk)  # None: it was shared, handed on or booked for while this waited
    if (
        ends_at is None
        or ToDo.objects.filter(kind=DRAFT_ENDS, about_id=str(pk), asked_at__gte=ends_at - AFTER).exists()
    ):
        return False
    due_on = ends_at.astimezone(organisation().zone).date()
    ask_to_do(DRAFT_ENDS, review, case=review.case, due_on=due_on, by=SYSTEM)
    return True


@transaction.atomic
def _end(pk: UUID, now: dt.datetime) -> bool:
    place = Assignment.objects.select_related("user").get(pk=pk)
    case, person = lock_case(place.case_id), place.user
    if not over(now).filter(pk=pk).exists():  # a call was booked, or it was ended, while this waited
        return False
    for review in Review.objects.filter(case=case, reader=person):
        drop_to_dos(review, DRAFT_ENDS, by=SYSTEM)  # it waits for somebody among the unassigned now
    changes.reader_changed(case, person, by=SYSTEM)  # a plan in their hands waits for another reader
    hand_to_dos_back(person, case, by=SYSTEM)
    end_assignment(case, person, why=LAST_CALL, by=SYSTEM)
    notices.ended(place, now)
    return True
