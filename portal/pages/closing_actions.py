"""Closing a case and opening it again: what ends with it, and who is told."""

import datetime as dt

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from bookings import actions as bookings
from bookings import asked_ending
from bookings.models import AskedHold, Consultation, Hold, Practice
from bookings.waiting import ending as wishes
from cases.case import changes
from cases.case import people as rule
from cases.case.actions import ask_to_do, drop_to_do, end_assignment, must
from cases.case.away.actions import end_covers
from cases.case.corrections import actions as corrections
from cases.case.erasure import outside
from cases.case.helping import actions as helping
from cases.case.helping.models import Helper
from cases.case.models import Assignment, CallLog, Case, Correction, ErasureWish, ToDo, Worry
from cases.case.second import actions as second
from cases.case.urgent import actions as urgent
from cases.desk.links import actions as links
from cases.desk.models import OfficeLink
from cases.opinions.deciding.models import Decision
from cases.opinions.deciding.rules import MADE
from cases.records.models import ReportLoop
from cases.records.states import ReportState
from cases.reviews.asking import actions as asking
from cases.threads.models import Message
from portal import clock, when
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import closing_notices
from portal.reminders.actions import settle
from portal.reminders.models import Outcome, Reminder
from portal.texts.words import organisation

CLOSE_CASE, REOPENED = "close_case", "case_reopened"  # kinds of to-do
SILENCE = dt.timedelta(days=365)
Why = Case.ClosedWhy


@transaction.atomic
def ask_to_close(case: Case, *, by: Actor) -> ToDo:
    """The patient would like her case closed: a coordinator does it. Asked twice it is asked once."""
    must("ask_to_close", case, by)
    return ask_to_do(CLOSE_CASE, case, case=case, due_on=organisation().today(), by=by)


@transaction.atomic
def close_own(case: Case, *, by: Actor) -> bool:
    """The patient closes her page herself, at once. Where something of ours is still open, a coordinator does it: then
    False. Raises Refused while a call is booked, which she cancels first.
    """
    case = locked(case)
    if case.state == Case.State.CLOSED and case.patient_id == by.id:  # pressed twice
        return True
    must("ask_to_close", case, by)
    now = clock.now()
    if reason := why_no_call_may_be_booked(case, now):
        raise Refused(reason, code="call")
    if why_not_close(case, Why.ASKED, now):  # not hers to settle, nor always hers to know
        ask_to_close(case, by=by)
        return False
    _close(case, Why.ASKED, now, by)
    return True


def why_no_call_may_be_booked(case: Case, now: dt.datetime) -> str:
    """Why a case with a call cannot be closed; "" without one."""
    call = Consultation.objects.next_for(case, now)
    return _("A call is booked for %(at)s. Cancel it first.") % {"at": when.moment(call.starts_at)} if call else ""


def why_not_close(case: Case, why: str, now: dt.datetime) -> str:
    """Why a case cannot be closed for this reason now; "" when it can."""
    if why not in Why.values or why == Why.DIED:  # that has an action of its own
        return _("Say why the case is closed.")
    if reason := why_no_call_may_be_booked(case, now):
        return reason
    past = Consultation.objects.unsettled_of(case, now)
    if past is not None:
        said = {"at": when.moment(past.starts_at), "name": past.consultant.first_name}
        return _("Nobody has said yet whether the call of %(at)s took place. Ask %(name)s to say so first.") % said
    if Worry.objects.open().filter(case=case).exists():
        return _("One of us is worried about this person. Say first what was done.")
    if Correction.objects.open().filter(case=case).exists():
        return _("They asked us to correct something. Answer that first.")
    if why == Why.DECIDED and not Decision.objects.current().filter(case=case, choice__in=MADE).exists():
        return _("They have not said yet what they decided. Where they asked for it, choose that.")
    if why == Why.DECIDED and not _is_confirmed(case):
        return _("The primary doctor’s report is not confirmed yet.")
    if why == Why.SILENCE and (on := _last_word(case)) > now - SILENCE:
        return _("The last word came on %(day)s. A year is not over yet.") % {"day": when.day(on, year=True)}
    return ""


def _is_confirmed(case: Case) -> bool:
    reports = ReportLoop.objects.filter(visit__case=case)
    return reports.exists() and not reports.exclude(state=ReportState.CONFIRMED).exists()


def _last_word(case: Case) -> dt.datetime:
    """When somebody of the patient's side was here last, wrote, or was reached on the phone."""
    people = User.objects.filter(pk__in=[case.patient_id, case.starter_id])
    people |= User.objects.filter(pk__in=Helper.objects.granted().filter(case=case).values("person"))
    reached = CallLog.objects.filter(case=case, whom=CallLog.Whom.PATIENT, came_of=CallLog.CameOf.REACHED)
    said = [
        people.aggregate(Max("last_login"))["last_login__max"],
        Message.objects.filter(case=case, author__role="").aggregate(Max("sent_at"))["sent_at__max"],
        reached.aggregate(Max("at"))["at__max"],
    ]
    return max([at for at in said if at] + [case.opened_at])


@transaction.atomic
def close_case(case: Case, why: str, *, by: Actor) -> Case:
    """Close it: places, offices' pages, help, what was to be reminded of and done end; all are told once.

    Closed twice it is closed once. Raises Refused with the reason that stands in the way.
    """
    case = locked(case)
    if case.state == Case.State.CLOSED:
        if by.kind == "user" and not rule.may_reopen(case, by):
            raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
        return case
    must("close", case, by)
    now = clock.now()
    if reason := why_not_close(case, why, now):
        raise Refused(reason, code="state")
    return _close(case, why, now, by)


def _close(case: Case, why: str, now: dt.datetime, by: Actor) -> Case:
    told = _to_be_told(case)
    end_all(case, now, by)
    case.state, case.closed_at, case.closed_why = Case.State.CLOSED, now, why
    case.rests_until = None
    case.save(update_fields=["state", "closed_at", "closed_why", "rests_until"])
    record(by, "case.closed", case, patient=case.patient_id, case=case.pk, why=f"closed_{why}")
    closing_notices.closed(case, told)
    return case


def close_at_once(case: Case, why: str, *, is_told: bool = False, by: Actor) -> None:
    """Whatever is booked or open in it: calls are canceled, and whoever has one in their calendar hears it. The case is
    locked and open.

    `is_told`: the patient hears of her calls, helpers and its consultants hear that it is closed, too. That it is
    closed the patient is told by whoever calls this.
    """
    now, told = clock.now(), _to_be_told(case) if is_told else []
    end_all(case, now, by)
    for call in Consultation.objects.upcoming(now).filter(case=case, starts_at__gt=now):
        bookings.cancel(call, by=by)
    if not is_told:
        settle(Reminder.objects.filter(case_id=case.pk).to_person(case.patient), Outcome.WITHDRAWN, now)
    case.state, case.closed_at, case.closed_why, case.rests_until = Case.State.CLOSED, now, why, None
    case.save(update_fields=["state", "closed_at", "closed_why", "rests_until"])
    record(by, "case.closed", case, patient=case.patient_id, case=case.pk, why=f"closed_{why}")
    closing_notices.closed_for_others(case, told)


def _to_be_told(case: Case) -> list[User]:
    """Who helps, and its consultants; the patient besides."""
    helping_now = Helper.objects.granted().filter(case=case).values("person")
    placed = Assignment.objects.filter(case=case, ended_at=None).values("user")
    people = User.objects.filter(pk__in=helping_now) | User.objects.filter(pk__in=placed)
    return list(people.exclude(pk=case.patient_id).filter(can_sign_in=True).order_by("pk"))


def end_all(case: Case, now: dt.datetime, by: Actor) -> None:
    for link in OfficeLink.objects.standing().filter(visit__case=case).select_related("visit__case"):
        links.close(link, by=by)
    helping.end_all(case, by=by)
    end_covers(case, by=by)
    second.end_all(case, by=by)
    urgent.end_all(case, by=by)
    corrections.end_all(case, by=by)
    asking.drop_of_case(case, by=by)
    for assignment in Assignment.objects.filter(case=case, ended_at=None).select_related("user"):
        changes.reader_changed(case, assignment.user, by=by)  # a plan in their hands waits for another reader
        end_assignment(case, assignment.user, by=by)
    Hold.objects.filter(case=case).delete()
    asked_ending.end_all(case, now, by=by)
    wishes.end_all(case, by=by)
    for todo in ToDo.objects.open().filter(case=case).select_related("case"):
        drop_to_do(todo, by=by)
    settle(Reminder.objects.filter(case_id=case.pk), Outcome.WITHDRAWN, now)


@transaction.atomic
def reopen_case(case: Case, *, by: Actor) -> Case:
    """The patient or a coordinator opens it again. What ended stays ended. Opened twice it is opened once.

    Raises Refused for anybody else, when its words are erased, and where we know that the patient has died.
    """
    case = locked(case)
    if not rule.may_reopen(case, by):
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    if case.state != Case.State.CLOSED:
        return case
    if case.key.destroyed_at:
        raise Refused(_("This case is closed and its words are erased. Ask us to open a new one."), code="erased")
    if case.patient.death_known_at is not None:
        raise Refused(_("We know that this person has died. A coordinator can take that back."), code="died")
    _take_wish_back(case, by)
    case.state, case.closed_at, case.closed_why = Case.State.OPEN, None, ""
    case.look_at = clock.now()  # the board works its days out anew
    case.save(update_fields=["state", "closed_at", "closed_why", "look_at"])
    record(by, "case.reopened", case, patient=case.patient_id, case=case.pk)
    closing_notices.reopened(case)
    if by.id == case.patient_id:
        ask_to_do(REOPENED, case, case=case, due_on=organisation().today(), by=by)
    else:
        closing_notices.reopened_for(case)
    return case


def _take_wish_back(case: Case, by: Actor) -> None:
    """Who waits for it to be erased and opens it again does not want that any more; nobody opens it against a wish."""
    wish = ErasureWish.objects.select_for_update(of=("self",)).open().filter(case=case).first()
    if wish is None:
        return
    if not rule.may_erase(case, by):
        raise Refused(_("They asked us to erase this. Only they can take it back."), code="role")
    wish.taken_back_at, wish.taken_back_by = clock.now(), by.user
    wish.save(update_fields=["taken_back_at", "taken_back_by"])
    record(by, "erasure.taken_back", wish, patient=case.patient_id, case=case.pk)
    transaction.on_commit(outside.keep, robust=True)  # each night does it where that fails


def locked(case: Case) -> Case:
    """The case, behind the locks of booking in their order (docs/decisions/0006): its patient, who has a call or a
    time with it, then itself. Canceling a call inside would else wait for a consultant while holding the case.
    """
    User.objects.select_for_update(no_key=True).filter(pk=case.patient_id).first()
    calls = Consultation.objects.upcoming(clock.now()).filter(case=case.pk).values("consultant")
    times = AskedHold.objects.filter(case=case.pk).values("consultant")
    practices = Practice.objects.select_for_update(no_key=True).filter(Q(pk__in=calls) | Q(pk__in=times))
    list(practices.order_by("pk").values_list("pk"))
    return Case.objects.select_for_update(of=("self",)).select_related("patient", "key").get(pk=case.pk)
