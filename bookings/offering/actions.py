"""A consultant offers one of her own free times; it is held like a helper's choice until the patient answers."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from bookings import actions, asking, availability, rules, ways_to_talk
from bookings.asked_ending import settle, waiting_for
from bookings.models import AskedHold, Service
from bookings.rules import JustTaken
from bookings.slots import Why
from cases.case.actions import must
from cases.case.models import Case
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

State = AskedHold.State


def offer(case: Case, *, service: Service, starts_at: datetime, how: str, key: UUID, by: Actor) -> AskedHold:
    """Hold one of her times for a patient of hers, in place of the one that she offered before.

    `key` is the form's: sent twice it is offered once. Raises Refused for everybody else, and while another's time
    waits; JustTaken when the rule does not offer this start.
    """
    now = clock.now()
    must("offer_call", case, by)
    with actions.rivals():
        patient = actions.lock_patient(case)
        practice = actions.lock_practice(by.user)
        actions.lock_open(case, by)
        if earlier := AskedHold.objects.filter(pk=key).first():
            if (earlier.asked_by_id, earlier.case_id) == (by.id, case.pk):
                return earlier
            raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
        before = waiting_for(case)
        if before and before.asked_by_id != by.id and before.until > now:
            raise Refused(_("Another time is held already, and waits for an answer."), code="state")
        practice.consultant = by.user
        ways_to_talk.check(practice, how)
        service = Service.objects.get(pk=service.pk)  # its minutes, as behind these locks
        if before:
            settle(before, State.WITHDRAWN if before.until > now else State.EXPIRED, now, by)
        actions.let_go_expired(practice, now)
        why = availability.judge(case, practice, service, starts_at, now)
        if why is not Why.FREE:
            raise JustTaken(rules.sentence(why, practice.notice_hours), code=why)
        until = rules.asked_until(starts_at, now)
        if until <= now:
            raise JustTaken(_("That time is too soon to wait for a yes. Here are the next times."), code=Why.NOTICE)
        asked = AskedHold(
            pk=key,
            case=case,
            patient=patient,
            consultant=by.user,
            service=service,
            starts_at=starts_at,
            wall_at=actions.wall_of(starts_at, practice),
            time_zone=practice.time_zone,
            how=how,
            asked_at=now,
            asked_by=by.user,
            until=until,
        )
        asking.put(asked, practice, now, by=by)
        record(by, "hold.offered", asked, patient=patient.pk, case=case.pk)
    return asked


def take_back(asked: AskedHold, *, by: Actor) -> AskedHold:
    """She takes her offer back before it is answered: the time is free again. Twice, or once it is over, is nothing."""
    must("offer_call", asked.case, by)
    with actions.rivals():
        actions.lock_patient(asked.case)
        actions.lock_practice(asked.consultant)
        asked = asking.fresh(asked)
        if asked.asked_by_id != by.id:
            raise Refused(_("Only who offered it can take it back."), code="role")
        if asked.is_waiting:
            settle(asked, State.WITHDRAWN, clock.now(), by)
            record(by, "hold.taken_back", asked, patient=asked.patient_id, case=asked.case_id)
    return asked
