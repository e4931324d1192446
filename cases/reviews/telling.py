"""How a patient hears of a summary: her message of the day, or one of us who reads it out to her or posts it."""

from collections.abc import Set
from datetime import datetime, timedelta

from django.db import transaction

from cases.case import hands
from cases.case.models import Case
from cases.reviews.models import Review, Summary
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.reminders.actions import plan, unplan

USEFUL = timedelta(days=14)  # how long "your summary is there" is worth saying


def tell_patient(summary: Summary, review: Review, now: datetime, *, by: Actor) -> None:
    """Where she signs in nowhere, it waits on the coordinator's board."""
    if hands.ask_to_read(hands.READ_SUMMARY, review.case, by=by) is None:
        plan(
            "summary.shared",
            summary,
            version=1,
            recipient=review.case.patient,
            due_at=now,
            useful_until=_useful_until(review, now),
            case=review.case,
        )


def tell_taken_back(summary: Summary, review: Review, now: datetime, *, by: Actor) -> None:
    """She learns that something changed, unless she never knew that it was there. The reason stands on her page; where
    she signs in nowhere, one of us reads it out to her or posts it.
    """
    was_waiting = unplan(summary, kinds=["summary.shared"]) > 0 or hands.READ_SUMMARY in hands.to_read(review.case)
    hands.was_read(hands.READ_SUMMARY, review.case, by=by)
    if summary.first_read_at is None and was_waiting:
        return
    if hands.ask_to_read(hands.READ_SUMMARY, review.case, by=by) is None:
        _plan_taken_back(summary, review, now)


def _plan_taken_back(summary: Summary, review: Review, now: datetime) -> None:
    plan(
        "summary.withdrawn",
        summary,
        version=1,
        recipient=review.case.patient,
        due_at=now,
        useful_until=_useful_until(review, now),
        case=review.case,
    )


def _useful_until(review: Review, now: datetime) -> datetime:
    """Before a talk the summary is for reading before it; so it is told at once when the talk is near."""
    talk = review.consultation
    return talk.starts_at if talk is not None and talk.starts_at > now else now + USEFUL


@transaction.atomic
def way_changed(person: User, changed: Set[str], *, by: Actor) -> None:
    """She has an address now: what nobody read out to her waits on her page. Or she has none any more."""
    if "can_sign_in" not in changed:
        return
    for case in hands.open_cases(person):
        waits = hands.READ_SUMMARY in hands.to_read(case)
        hands.was_read(hands.READ_SUMMARY, case, by=by)
        live = Summary.objects.live().filter(review__case=case, first_read_at=None)
        summary = live.select_related("review__consultation").order_by("-shared_at").first()
        if summary is None:
            if waits and person.can_sign_in:
                _tell_on_her_page(case)
            continue
        was_told = unplan(summary, kinds=["summary.shared"])
        if waits or was_told:
            summary.review.case = case
            tell_patient(summary, summary.review, clock.now(), by=by)


def _tell_on_her_page(case: Case) -> None:
    """That what she had heard was taken back waited to be read out: now it stands on her page."""
    gone = Summary.objects.filter(review__case=case, withdrawn_at__isnull=False, withdrawn_read_at=None)
    if summary := gone.select_related("review__consultation").order_by("-number").first():
        summary.review.case = case
        _plan_taken_back(summary, summary.review, clock.now())
