"""What people press on the pages that gather: not today, please call me, what came of a call, post the sheet."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import calls
from cases.case.actions import CALL, TREATMENT_SOON, ask_to_do, must
from cases.case.hands import TO_READ
from cases.case.models import CallLog, Case, TimeOfDay, ToDo
from cases.case.people import HELPER, role_in
from cases.records.items.telling import lock_case, tell
from cases.records.models import RecordItem, ReportLoop
from cases.records.planning import CALL_HOLDER, VISIT_SOON
from cases.records.report.actions import tell_report
from cases.records.rules import NEEDS_A_REASON
from cases.records.states import KnownBy
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import friday
from portal.pages.reminders import NEXT_STEP, version_of
from portal.reminders import actions as reminders
from portal.reminders import by_hand, kinds
from portal.reminders.actions import plan, plan_row, unplan
from portal.reminders.models import Delivery
from portal.reminders.rules import morning
from portal.texts.words import organisation

CALL_HELPER = "call_helper"  # on the coordinator's board: somebody who helps asks to be called
LONGEST_REST = 14  # days
STILL_USEFUL = dt.timedelta(days=3)
LAST_HOUR_FOR_A_CALL = 15  # in the office's own zone; after it the call is for tomorrow
LAST_HOUR_FOR_A_MORNING = 11
NOTE_AT_MOST = 100
CALLS_TO_COME = (CALL, VISIT_SOON, TREATMENT_SOON)
# What an office says on the phone about a record, as verbs of the record, in the order they are offered.
WORDS_HEARD = ("sent", "acknowledged", "asked", "asked_again", "arrived", "not_located")
# The same of the report: by the second office, and by the one that should have it.
WORDS_OF_SECOND = ("announced", "asked", "asked_again")
WORDS_OF_PRIMARY = ("confirmed", "not_there")

# What a patient says on the phone to the question of a message.
ANSWERS_HEARD = {"said_done": kinds.DONE, "said_not_yet": kinds.NOT_YET}
TOLD = {CallLog.CameOf.REACHED, CallLog.CameOf.LEFT_MESSAGE}


@transaction.atomic
def set_friday_note(case: Case, is_wanted: bool, *, by: Actor) -> Case:
    """Switch the Friday note of a case on or off. Pressed twice is pressed once."""
    must("set_friday_note", case, by)
    case = Case.objects.select_for_update(of=("self",)).select_related("patient").get(pk=case.pk)
    if case.wants_friday_note == is_wanted:
        return case
    case.wants_friday_note = is_wanted
    case.save(update_fields=["wants_friday_note"])
    if not is_wanted:
        unplan(case, kinds=[friday.FRIDAY_NOTE])
    elif friday.wanted().filter(pk=case.pk).exists():
        plan_row(friday.row_for(case, clock.now()))
    verb = "case.friday_note_on" if is_wanted else "case.friday_note_off"
    record(by, verb, case, patient=case.patient_id, case=case.pk)
    return case


@transaction.atomic
def rest_until(case: Case, until: dt.date, *, by: Actor) -> Case:
    """Hide the next step until a day; today or an earlier day shows it again. Raises Refused past two weeks."""
    must("rest", case, by)
    case = Case.objects.select_for_update(of=("self",)).select_related("patient").get(pk=case.pk)
    today = clock.today(by.user.zone)
    if until > today + dt.timedelta(days=LONGEST_REST):
        raise Refused(_("Choose a day in the next two weeks. Or ask us to call you."))
    case.rests_until = until if until > today else None
    case.save(update_fields=["rests_until"])
    unplan(case, kinds=[NEXT_STEP])
    if case.rests_until:
        due_at = morning(case.rests_until, by.user.zone)
        plan(
            NEXT_STEP,
            case,
            version=version_of(case.rests_until),
            recipient=by.user,
            due_at=due_at,
            useful_until=due_at + STILL_USEFUL,
            case=case,
        )
    record(by, "case.rests" if case.rests_until else "case.goes_on", case, patient=case.patient_id, case=case.pk)
    return case


@transaction.atomic
def ask_for_a_call(case: Case, *, suits: str = "", note: str = "", by: Actor) -> ToDo:
    """A person should call the one who pressed, when it suits; a call that is open already stays one call.

    A time or a note is put on the call that a near visit or treatment has asked for, where that is the one to come.
    Who helps is called herself: the patient's own call and its note stay as they are.
    """
    must("ask_for_a_call", case, by)
    note = note.strip()
    if suits not in {"", *TimeOfDay.values}:
        raise Refused(_("Choose when a call suits you."), code="input")
    if len(note) > NOTE_AT_MOST:
        raise Refused(_("Keep the note under %(count)d letters.") % {"count": NOTE_AT_MOST}, code="input")
    here = clock.now().astimezone(organisation().zone)
    last_hour = LAST_HOUR_FOR_A_MORNING if suits == TimeOfDay.MORNING else LAST_HOUR_FOR_A_CALL
    due_on = here.date() + dt.timedelta(days=here.hour >= last_hour)
    is_helper = role_in(case, by) == HELPER
    kind, about = (CALL_HELPER, by.user) if is_helper else (CALL, case)
    todo = _call_to_come(case) if (suits or note) and not is_helper else None
    todo = todo or ask_to_do(kind, about, case=case, due_on=due_on, suits=suits, note=note, by=by)
    if (suits or note) and (todo.suits, todo.note) != (suits, note):
        todo.suits, todo.note = suits, note
        todo.save(update_fields=["suits", "note"])
        record(by, "todo.changed", todo, patient=case.patient_id, case=case.pk, why=todo.kind)
    return todo


def _call_to_come(case: Case) -> ToDo | None:
    """The call that the one who asks waits for already: their own wish before what the days ask for."""
    found = ToDo.objects.select_for_update().filter(case=case, kind__in=CALLS_TO_COME, done_at=None)
    return min(found, key=lambda todo: CALLS_TO_COME.index(todo.kind), default=None)


@transaction.atomic
def log_call(
    case: Case,
    *,
    press: UUID,
    came_of: str,
    item: RecordItem | None = None,
    report: ReportLoop | None = None,
    message: Delivery | None = None,
    follows: str,
    words: str = "",
    by: Actor,
    **call: Any,
) -> CallLog:
    """Write a call down. `follows` may be a word about the record or report an office was asked of: it is said as heard
    by phone; or what the patient answered to the message she was called with. Raises Refused when the record does not
    take it, and then nothing is written.
    """
    must("log_calls", case, by)
    if message is not None:
        by_hand.lock(message)  # the message before its case: the order in which answers by link lock them
    lock_case(case)
    if same := CallLog.objects.filter(press=press, case=case).first():
        return same
    if item and call.get("todo") is None:
        # The board asked by itself: from now on the call has a row, to be settled or put off.
        call["todo"] = ask_to_do(CALL_HOLDER, item, case=case, due_on=organisation().today(), by=by)
    is_of_report = report is not None and follows in WORDS_OF_SECOND + WORDS_OF_PRIMARY
    is_word = is_of_report or (follows in WORDS_HEARD and item is not None)
    is_answer = follows in ANSWERS_HEARD and message is not None and came_of == CallLog.CameOf.REACHED
    if not is_word and not is_answer and follows not in {CallLog.Follows.DONE, CallLog.Follows.AGAIN}:
        raise Refused(_("Choose what follows."), code="input")
    todo = call.get("todo")
    if todo is not None and todo.kind in TO_READ and follows == CallLog.Follows.DONE:
        raise Refused(_("Read it out, and say so on its page."), code="input")
    if message is not None and follows == CallLog.Follows.DONE and came_of not in TOLD:
        raise Refused(_("Nobody has heard it yet. Choose “Call again”."), code="input")
    made = calls.log_call(
        case,
        press=press,
        came_of=came_of,
        about_item=item.pk if item else report.pk if report else None,
        follows=CallLog.Follows.WORD if is_word else CallLog.Follows.DONE if is_answer else follows,
        words=words,
        asks_again=message is None,
        by=by,
        **call,
    )
    if is_of_report and report:
        tell_report(report, follows, told=KnownBy.STAFF_CALL, by=by)
    elif is_word and item:
        reason = words if follows in NEEDS_A_REASON else ""
        tell(item, follows, told=KnownBy.STAFF_CALL, reason=reason, by=by)
    if message is not None:
        _settle_message(message, made, ANSWERS_HEARD.get(follows, ""), by)
    return made


def _settle_message(message: Delivery, call: CallLog, answer: str, by: Actor) -> None:
    """What was said counts as given, with what was answered; what was not comes back on the day of the next call."""
    if call.again_on is not None:
        next_call = dt.datetime.combine(call.again_on, dt.time(), organisation().zone)
        by_hand.call_again(message, next_call, by=by)
        return
    held = by_hand.due_rows(message, clock.now())
    if not held:  # a colleague was faster, or it was done meanwhile: the call stays written down
        return
    by_hand.said_by_phone(message, by=by)
    if answer:
        reminders.answer(held[0], answer, by=replace(by, for_patient=call.case.patient_id))


@transaction.atomic
def ask_for_the_sheet(case: Case, *, by: Actor) -> ToDo:
    """The coordinator should print the one-page sheet and post it; one that is asked for already stays one."""
    must("ask_for_a_call", case, by)
    return ask_to_do("post_sheet", case, case=case, due_on=organisation().today(), by=by)
