"""One of us cannot keep a call's time: the patient is asked to choose another. Nothing moves by itself."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from bookings import asked_notices, follow_up, rules
from bookings.models import Consultation, Practice
from bookings.parts import part_in
from cases.case.actions import ask_to_do, drop_to_dos, settle_to_dos
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.actions import record

ASK_TO_MOVE = "ask_to_move"  # a to-do: nobody has chosen another time yet
CLOCKS_LEFT = "clocks_left"  # a to-do: a changed law moved a clock, and the promised hour could not be kept by itself
ANSWER_WITHIN = timedelta(days=3)


def ask_to_move(consultation: Consultation, *, note: str = "", by: Actor) -> Consultation:
    """Ask the patient for another time, with a note that she reads. Asked twice, the newest note counts.

    Whoever has no email is rung the same day; who does not answer within 3 days, and before the call, too.
    """
    now = clock.now()
    with transaction.atomic():
        Practice.objects.select_for_update(no_key=True).get(pk=consultation.consultant_id)
        call = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        rules.check("ask_to_move", call, part_in(call.case, by), now)
        _ask(call, note.strip(), now, by)
    return call


def _ask(call: Consultation, note: str, now: datetime, by: Actor) -> None:
    call.move_asked_at, call.note = call.move_asked_at or now, note
    call.save(update_fields=["move_asked_at", "note"])
    today = clock.today(call.zone)
    day_before = call.starts_at.astimezone(call.zone).date() - timedelta(days=1)
    due_on = max(today, min(today + ANSWER_WITHIN, day_before))
    if asked_notices.is_written_to(call.patient):
        follow_up.asked_to_move(call, now)
    else:
        due_on = today
    ask_to_do(ASK_TO_MOVE, call, case=call.case, due_on=due_on, by=by)
    record(by, "consultation.asked_to_move", call, patient=call.patient_id, case=call.case_id)


def consultant_left(consultant: User, *, by: Actor) -> None:
    """Whoever has a call with somebody who works here no more is asked for another time; a coordinator looks after it.

    A call that has begun is not asked about.
    """
    now = clock.now()
    upcoming = Consultation.objects.upcoming(now).filter(consultant=consultant, starts_at__gt=now)
    for pk in list(upcoming.values_list("pk", flat=True)):
        call = upcoming.select_for_update(of=("self",)).filter(pk=pk).first()
        if call is None:  # cancelled or moved at this moment
            continue
        with translation.override(call.patient.language):
            named = {"name": consultant.name}
            note = _("%(name)s does not work with us any more. We are sorry. Please choose another of us.") % named
        _ask(call, note, now, by)


def answered(call: Consultation, *, by: Actor) -> None:
    """The call moves, or is not booked any more: nothing is asked. Whoever changes it saves the row."""
    drop_to_dos(call, CLOCKS_LEFT, by=by)
    if call.move_asked_at is None:
        return
    call.move_asked_at, call.note = None, ""
    settle_to_dos(call, ASK_TO_MOVE, by=by)
