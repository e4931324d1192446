"""What a patient reads of what is to come: who reads her plan, by when, what it waits for, or that nobody does."""

from typing import Any

from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.case.people import has_consent_to_read, may
from cases.documents.models import Version
from cases.reviews import standing
from cases.reviews.asking import words as asking
from cases.reviews.models import Asking, Review, Summary
from cases.reviews.sheet import is_about_earlier_plan
from portal import clock
from portal.texts.words import text

State = Review.State
BEING_READ = frozenset({State.OPEN, State.TAKEN, State.DRAFTING})


def of_case(case: Case, user: Any) -> dict[str, Any]:
    """While no summary stands: is a plan there, who reads it, by when, may they, and do they wait for an answer."""
    review = standing.review_of(case)
    if review:
        review.case = case
    is_read = review is not None and review.state in BEING_READ
    return {
        "is_closed": case.state == Case.State.CLOSED,
        "is_read": is_read,
        "reads": _reads(review) if review else None,
        "reads_by": _by(review, user) if review else None,
        "needed": _needed(review, user) if review and is_read else None,
        "has_plan": Version.objects.ready_plans().filter(case=case).exists(),
        **yes_to_read(case, review, user),
    }


def _reads(review: Review) -> Any:
    """Who has it; else with whom the call is for which it is read; None for one of us."""
    talk = review.consultation
    return review.reader or (talk.consultant if talk and talk.is_booked else None)


def _by(review: Any, user: Any) -> Any:
    """The day by which it is read, where that stands: not while it rests, and not one that has passed."""
    return None if review.rests_until or review.read_by < clock.today(user.zone) else review.read_by


def _needed(review: Review, user: Any) -> dict[str, str] | None:
    """What the reader asked for, to those who may answer."""
    if not may("answer_asking", review.case, user):
        return None
    asked = Asking.objects.visible_to(user).open().filter(review=review).first()
    if asked is None:
        return None
    asked.review = review
    return {"who": asking.who_needs(asked), "href": asked.get_absolute_url()}


def yes_to_read(case: Case, review: Review | None, user: Any) -> dict[str, Any]:
    """Whether the person who reads needs the patient's yes, and who may say it here; nobody does while it rests.
    `waits_for_yes`: it is somebody else's to say.
    """
    speaks_for = bool(user.role) and may("speak_for", case, user)
    is_with = review is not None and review.reader is not None and review.state != State.SET_ASIDE
    may_say = is_with and (speaks_for or may("consent", case, user))
    waits = is_with and not has_consent_to_read(case, review.reader)  # type: ignore[union-attr, arg-type]
    asks = may_say and waits
    return {
        "review": review,
        "asks_to_read": asks,
        "waits_for_yes": waits and not asks,
        "speaks_for": asks and speaks_for,
        "consent": text("consent_read") if asks else None,
    }


def about_earlier_plan(summary: Summary) -> str:
    """What is said of the newer plan above a summary about an earlier one; "" where there is none."""
    if not is_about_earlier_plan(summary):
        return ""
    review = summary.review
    if review.state in BEING_READ and review.case.state != Case.State.CLOSED:
        return _("A newer plan has come in since. It is being read, and a new version follows.")
    if review.state == State.SET_ASIDE:
        return _("A newer plan has come in since. Nobody reads it at the moment, because no talk is booked.")
    return _("A newer plan has come in since.")
