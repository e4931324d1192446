"""A plan goes from its reader to a named colleague. What is written stays; the patient is told who reads now."""

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.actions import ASK_TO_READ
from cases.case import hands
from cases.case.actions import assign, end_assignment, give_consent, pass_to_dos_on, settle_to_dos
from cases.case.away.models import Away
from cases.case.models import Case
from cases.case.people import has_consent_to_read, may, only_theirs, role_in
from cases.case.second import actions as second
from cases.reviews.actions import lock_case, locked, role, situation, who_has
from cases.reviews.asking import notices as asking_notices
from cases.reviews.ending.rules import DRAFT_ENDS
from cases.reviews.models import Review
from cases.reviews.queue import notices, yes_to_read
from cases.reviews.rules import why_not
from cases.reviews.standing import has_work_left
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def hand_over(review: Review, to: User, *, by: Actor) -> Review:
    """Hand the plan over to a colleague, who finds it among theirs. The reader does, or a coordinator.

    The patient is told once, and asked whether this person may read: until then they see what anybody new sees. Who
    hands it over leaves the case, unless a call with them is booked there. Pressed twice it is handed over once.
    Raises Refused for somebody who cannot read it, and where it has gone elsewhere meanwhile.
    """
    now = clock.now()
    case = lock_case(review.case_id)
    review = locked(review)
    part = role(review, by)
    if review.reader_id == to.pk and (part == "coordinator" or review.came_from_id == by.id):
        return review
    if part == "consultant" and review.reader:
        raise Refused(who_has(review), code="taken")
    if refusal := why_not("hand_over", situation(review, by, now)) or _why_not_to(case, review, to):
        raise Refused(refusal, code="hand_over")
    before = review.reader
    assert before is not None, "whoever is read has a reader"
    assign(case, to, why="handing_over", by=by)
    review.reader, review.came_from, review.taken_at, review.turn = to, before, now, review.turn + 1
    review.save(update_fields=["reader", "came_from", "taken_at", "turn"])
    if not has_work_left(case, before):
        pass_to_dos_on(case, before, to, by=by)
        end_assignment(case, before, by=by)
    second.reader_leaves(case, before, by=by)
    settle_to_dos(review, DRAFT_ENDS, by=by)
    record(by, "review.handed_over", review, patient=case.patient_id, case=case.pk)
    _tell(review, by)
    asking_notices.another_reads(review)
    return review


def _why_not_to(case: Case, review: Review, to: User) -> str:
    """Why this person cannot take it over; "" when they can."""
    if to.pk == review.reader_id:
        return _("%(name)s reads this plan already.") % {"name": to.name}
    if not to.is_our_consultant:
        return _("%(name)s is not one of our consultants. Choose somebody else.") % {"name": to.name}
    if case.starter_id == to.pk or role_in(case, to) in {"patient", "helper"}:
        return _("This person belongs to the case as a patient or helper. Choose somebody else.")
    today = clock.today(to.zone)
    if Away.objects.open().between(today, today).filter(consultant=to).exists():
        return _("%(name)s is away at the moment. Choose somebody else.") % {"name": to.name}
    return ""


def _tell(review: Review, by: Actor) -> None:
    """By her own channel; whoever signs in nowhere is also rung, where a yes is to be asked for."""
    notices.told(review)
    if has_consent_to_read(review.case, review.reader):
        settle_to_dos(review, ASK_TO_READ, by=by)
    elif hands.is_by_hand(review.case.patient):
        yes_to_read.ring(review, by=by)


@transaction.atomic
def let_read(review: Review, *, how: str = "page", by: Actor) -> User:
    """The patient lets the one who has her plan read it; a coordinator says how she said so. Returns who reads.

    Raises Refused for anybody else, and while nobody has it. Said twice it is said once.
    """
    case = lock_case(review.case_id)
    review = locked(review)
    if review.reader is None:
        raise Refused(_("Nobody reads this plan at the moment."), code="state")
    if role_in(case, by) == "coordinator":
        hands.check_said(how, by=by)
        by = hands.done_for(case, by)
    elif how != "page" or not may("consent", case, by):
        raise Refused(only_theirs(case), code="role")
    give_consent("read", person=case.patient, case=case, consultant=review.reader, how=how, by=by)
    yes_to_read.answered(review, by=by)
    asking_notices.another_reads(review)
    return review.reader
