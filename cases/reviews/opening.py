"""Keeps reviews in step with plans and consultations.

The rooms below cannot call up, so this room looks: the beat task every few minutes, and the staff pages when they
are opened. Looking is cheap when nothing changed (one query), and doing it twice does nothing more.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case.models import Case
from cases.case.people import has_consent_to_read, is_assigned, may
from cases.case.second import actions as second
from cases.documents.models import PLAN, Document, PageImage, Version
from cases.documents.plans import same_pages
from cases.records.days.closed_days import closed_days
from cases.reviews.asking import actions as asking
from cases.reviews.asking import notices as asking_notices
from cases.reviews.models import Review, Summary
from cases.reviews.queue import yes_to_read
from cases.reviews.rules import MOVES, read_by
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

State = Review.State
NOT_SHARED = (State.OPEN, State.TAKEN, State.DRAFTING)


def open_due_reviews(now: datetime) -> int:
    """Open, renew, rest and resume reviews as plans and consultations are now; returns how many cases changed."""
    due = _without_review(now).union(_with_another_plan(), _with_another_talk(now))
    return sum(_keep_up(case, now, by=SYSTEM) for case in sorted(due))


def _talks(now: datetime) -> QuerySet[Consultation]:
    """Consultations for which a plan is read."""
    return Consultation.objects.upcoming(now).filter(needs_plan=True)


def _without_review(now: datetime) -> QuerySet:
    same_case = {"case": OuterRef("case")}
    has_plan = Exists(Version.objects.ready_plans().filter(**same_case).order_by())
    has_review = Exists(Review.objects.filter(**same_case))
    return _talks(now).filter(has_plan, ~has_review).order_by().values_list("case_id", flat=True).distinct()


def _with_another_plan() -> QuerySet:
    changed = Document.objects.filter(case=OuterRef("case"), changed_at__gt=OuterRef("plan_at"))
    plan = Version.objects.filter(case=OuterRef("case"), document__kind=PLAN)
    later = plan.filter(
        Q(judged_at__gt=OuterRef("plan_at"), state=Version.State.READY) | Q(withdrawn_at__gt=OuterRef("plan_at"))
    )
    return Review.objects.filter(Exists(later) | Exists(changed)).values_list("case_id", flat=True)


def _with_another_talk(now: datetime) -> QuerySet:
    newly_booked = Exists(_talks(now).filter(case=OuterRef("case")).order_by())
    has_none = Q(consultation=None) | ~Q(consultation__state=Consultation.State.BOOKED)
    moved = Q(consultation__isnull=False) & ~Q(consultation__version=F("talk_version"))
    canceled = Q(consultation__state=Consultation.State.CANCELLED, state__in=NOT_SHARED, is_written_reading=False)
    is_complete = Q(state=State.COMPLETED)
    another = Exists(_talks(now).filter(case=OuterRef("case")).exclude(pk=OuterRef("consultation")).order_by())
    changed = (has_none & Q(newly_booked)) | (moved & ~is_complete) | canceled | (is_complete & Q(another))
    return Review.objects.filter(changed).values_list("case_id", flat=True)


@transaction.atomic
def _keep_up(case_id: UUID, now: datetime, *, by: Actor) -> bool:
    case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
    plan = list(Version.objects.ready_plans().filter(case=case))
    talk = _talks(now).filter(case=case).select_related("consultant").first()
    review = Review.objects.select_for_update(of=("self",)).select_related("consultation").filter(case=case).first()
    if review is None:
        return bool(plan and talk) and _open(case, plan, talk, now, by) is not None
    return _renew(review, plan, now, by) | _follow(review, talk, bool(plan), now, by)


def _open(case: Case, plan: list[Version], talk: Consultation | None, now: datetime, by: Actor) -> Review:
    review = Review(case=case, opened_at=now, is_written_reading=talk is None)
    _take_in(review, plan)
    _set_talk(review, talk, now)
    review.save(force_insert=True)
    verb = "review.opened" if by is SYSTEM else "review.asked_for"
    record(by, verb, review, patient=case.patient_id, case=case.pk)
    return review


def _take_in(review: Review, plan: list[Version]) -> None:
    review.version, review.plan = plan[0], [version.pk for version in plan]
    review.pages = sum(version.pages for version in plan)
    review.words = _count_words(plan)
    review.plan_at = _last_change(review.case_id)


def _count_words(plan: list[Version]) -> int:
    """Of the text that came with the files. What a machine read on a photo says little about reading it."""
    typed = PageImage.objects.filter(version__in=plan, reading=PageImage.Reading.OWN)
    return sum(len(page.words.split()) for page in typed.select_related("version__case__key"))


def _last_change(case_id: UUID) -> datetime:
    """The newest change among the case's plans, and of what its files are said to be.

    Their own times are taken, not the clock's: one that is being committed at this moment is then still seen as later.
    """
    plan = Version.objects.filter(case=case_id, document__kind=PLAN).order_by()
    said = Document.objects.filter(case=case_id).order_by().values_list("changed_at", flat=True)
    times = said.union(*(plan.values_list(name, flat=True) for name in ("judged_at", "withdrawn_at")))
    return max(at for at in times if at is not None)


def _set_talk(review: Review, talk: Consultation | None, now: datetime) -> None:
    zone = talk.zone if talk else organisation().zone
    opened_on = now.astimezone(zone).date()
    talk_on = talk.starts_at.astimezone(zone).date() if talk else None
    review.consultation, review.talk_version = talk, talk.version if talk else 0
    review.read_by = read_by(opened_on=opened_on, talk_on=talk_on, closed=_closed_around(talk_on or opened_on))


def _closed_around(day: date) -> frozenset[date]:
    region = organisation().region
    return closed_days([region], day)[region]


def _renew(review: Review, plan: list[Version], now: datetime, by: Actor) -> bool:
    """Take in a plan that changed. After sharing that is a new reading, and the summary is about the earlier plan."""
    newest = _last_change(review.case_id)
    if newest <= review.plan_at:
        return False
    is_same = [version.pk for version in plan] == review.plan
    if review.state in MOVES["reopen"].sources:  # turned, or joined in the order in which they were read
        is_same = is_same or same_pages(review.plan, plan)
    if not plan or is_same:
        review.plan_at = newest
        review.save(update_fields=["plan_at"])
        return True
    _take_in(review, plan)
    told = {"patient": review.case.patient_id, "case": review.case_id, "why": "new_plan"}
    if review.state in MOVES["reopen"].sources:
        review.state, review.completed_at = MOVES["reopen"].target, None
        _set_talk(review, None if _is_over(review.consultation, now) else review.consultation, now)
        if review.reader and not is_assigned(review.case, review.reader):  # left since: it waits for somebody else
            review.state = State.OPEN
            review.reader, review.taken_at, review.came_from = None, None, None
            yes_to_read.over(review, by=by)
        record(by, "review.reopened", review, **told)
    elif review.state != State.SET_ASIDE:
        record(by, "review.renewed", review, **told)
    review.save()
    return True


def _is_over(talk: Consultation | None, now: datetime) -> bool:
    return talk is None or not talk.is_booked or talk.starts_at <= now


def _follow(review: Review, talk: Consultation | None, has_plan: bool, now: datetime, by: Actor) -> bool:
    """Follow the consultation: booked, moved or canceled; and rest while there is nothing to read for."""
    if talk and has_plan and _is_for_another_look(review, talk):
        _look_again(review, talk, now, by)
        return True
    if review.state == State.COMPLETED:
        return False
    is_resting = review.state == State.SET_ASIDE
    is_new = talk is not None and (talk.pk, talk.version) != (review.consultation_id, review.talk_version)
    if talk and has_plan and (is_new or is_resting):
        _set_talk(review, talk, now)
        if is_resting:
            _move(review, "resume", "talk_booked", by)
        review.save()
        asking.follow_call(review)
        if review.reader and has_consent_to_read(review.case, review.reader):  # given when the call was booked
            yes_to_read.answered(review, by=by)
        return True
    if review.consultation and review.talk_version != review.consultation.version:
        review.talk_version = review.consultation.version
        review.save(update_fields=["talk_version"])
    is_canceled = review.consultation is not None and review.consultation.state == Consultation.State.CANCELLED
    has_no_use = not has_plan or (is_canceled and not talk and not review.is_written_reading)
    if review.state in NOT_SHARED and has_no_use:
        if has_plan and (stands := _standing(review)):
            _share_again(review, stands, now, by)
        else:
            _move(review, "set_aside", "no_talk" if has_plan else "no_plan", by)
        review.save()
        return True
    return False


def _is_for_another_look(review: Review, talk: Consultation) -> bool:
    """A further call about a plan that was talked over: what was shared then is looked at anew before it."""
    if review.state not in MOVES["reopen"].sources or talk.pk == review.consultation_id:
        return False
    last = review.consultation
    return review.state == State.COMPLETED or (last is not None and last.state == Consultation.State.COMPLETED)


def _look_again(review: Review, talk: Consultation, now: datetime, by: Actor) -> None:
    """Into the queue once more, with all that is written; with whoever holds the call, or for them to take."""
    review.state, review.completed_at = MOVES["reopen"].target, None
    _set_talk(review, talk, now)
    if review.reader and (review.reader_id != talk.consultant_id or not is_assigned(review.case, review.reader)):
        _leave(review, by)
    review.save()
    told = {"patient": review.case.patient_id, "case": review.case_id}
    record(by, "review.resumed", review, why="talk_booked", **told)


def _standing(review: Review) -> Summary | None:
    """The newest summary, where it was not taken back and is about the plan as it is now."""
    newest = review.summaries.select_related("shared_by").order_by("-number").first()
    return newest if newest and newest.state == "shared" and newest.plan == review.plan else None


def _share_again(review: Review, stands: Summary, now: datetime, by: Actor) -> None:
    """Nothing is left to look at anew: it is as shared, or as complete, as before that call was booked."""
    if stands.is_complete:
        review.state, review.completed_at = State.COMPLETED, stands.shared_at
    else:
        review.state = State.SHARED
    if review.reader is None:
        review.reader, review.taken_at = stands.shared_by, stands.shared_at
    held = Consultation.objects.filter(case=review.case_id, needs_plan=True, starts_at__lte=now)
    not_held = (Consultation.State.CANCELLED, Consultation.State.NO_SHOW)
    if last := held.exclude(state__in=not_held).order_by("-starts_at").first():
        review.consultation, review.talk_version = last, last.version
    _rest(review, "no_talk", by)


def _leave(review: Review, by: Actor) -> None:
    """Nobody reads it any more: it waits for somebody to take it."""
    review.state = State.OPEN
    if review.reader:
        second.reader_leaves(review.case, review.reader, by=by)
    review.reader, review.taken_at, review.came_from = None, None, None
    yes_to_read.over(review, by=by)
    asking_notices.another_reads(review)


def _move(review: Review, verb: str, why: str, by: Actor) -> None:
    review.state = MOVES[verb].target
    if review.state == State.OPEN:
        _leave(review, by)
    if verb == "set_aside":
        _rest(review, why, by)
        return
    record(by, "review.resumed", review, patient=review.case.patient_id, case=review.case_id, why=why)


def _rest(review: Review, why: str, by: Actor) -> None:
    asking.drop(review, by=by)
    yes_to_read.over(review, by=by)  # nobody reads it now, so nobody is to ask for a yes
    record(by, "review.set_aside", review, patient=review.case.patient_id, case=review.case_id, why=why)


@transaction.atomic
def ask_for_reading(case: Case, *, by: Actor) -> Review:
    """The patient asks for a written reading, without a call. Raises Refused without a plan that can be read."""
    now = clock.now()
    if not may("consent", case, by):
        raise Refused(_("Only the patient can ask for this."), code="role")
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    plan = list(Version.objects.ready_plans().filter(case=case))
    if not plan:
        raise Refused(_("Add your plan first. Then we can read it."), code="no_plan")
    review = Review.objects.select_for_update(of=("self",)).filter(case=case).first()
    if review is None:
        return _open(case, plan, _talks(now).filter(case=case).first(), now, by)
    if review.state != State.SET_ASIDE:
        raise Refused(_("Your plan is being read already."), code="state")
    _take_in(review, plan)
    review.is_written_reading = True
    _set_talk(review, None, now)
    _move(review, "resume", "", by)
    review.save()
    return review
