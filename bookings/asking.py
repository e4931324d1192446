"""A helper's time, held while the patient is asked: held, accepted, declined, over. Locks as in `actions`."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from bookings import actions, agreeing, asked_notices, at_hand, availability, rules, slots
from bookings.asked_ending import ASKED_TIME, settle, waiting_for
from bookings.models import AskedHold, Consultation, Hold, Practice, Reservation
from bookings.rules import JustTaken
from bookings.slots import Why
from cases.case.actions import ask_to_do, must
from cases.case.models import Case
from cases.case.people import HELPER, acts_as, may, only_theirs, role_in
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import lines_together, record
from portal.texts.words import organisation

State = AskedHold.State


def must_ask(case: Case, by: Actor) -> bool:
    """Whether this person's choice is only held: a helper's, before the patient has accepted what our calls are."""
    if role_in(case, by) != HELPER or acts_as(case, by):
        return False
    return agreeing.standing_scope(case.patient) is None


def ask(hold: Hold, *, seen: str = "", hope: str = "", by: Actor) -> AskedHold:
    """Hold the chosen time while the patient is asked, in place of the one that the same helper held before.

    Pressed twice it is asked once. Raises Refused where it is no helper's to ask, and while another helper's waits;
    JustTaken when the time is gone.
    """
    now = clock.now()
    must("book", hold.case, by)
    with actions.rivals(), lines_together():
        patient = actions.lock_patient(hold.case)
        practice = actions.lock_practice(hold.consultant)
        earlier = AskedHold.objects.filter(pk=hold.pk).first()
        if earlier is not None:
            return earlier
        if not must_ask(hold.case, by):
            raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
        actions.lock_open(hold.case, by)
        before = waiting_for(hold.case)
        if before and before.asked_by_id != by.id and before.until > now:
            raise Refused(_("Another time is held already, and waits for an answer."), code="state")
        kept = actions.claim(hold, at_hand.holds().filter(pk=hold.pk).first(), practice, seen, now, by=by)
        until = rules.asked_until(kept.starts_at, now)
        if until <= now:
            raise JustTaken(_("That time is too soon to wait for a yes. Here are the next times."), code=Why.NOTICE)
        if before:
            settle(before, State.WITHDRAWN if before.until > now else State.EXPIRED, now, by)
        asked = AskedHold(
            pk=kept.pk,
            case=kept.case,
            patient=patient,
            consultant=kept.consultant,
            service=kept.service,
            starts_at=kept.starts_at,
            wall_at=actions.wall_of(kept.starts_at, practice),
            time_zone=practice.time_zone,
            how=kept.how,
            hope=hope.strip(),
            asked_at=now,
            asked_by=by.user,
            until=until,
        )
        put(asked, practice, now, by=by)
        record(by, "hold.asked", asked, patient=patient.pk, case=asked.case_id)
    return asked


def put(asked: AskedHold, practice: Practice, now: datetime, *, by: Actor) -> None:
    """A new one: its time is held, and the patient is asked. Under the locks."""
    asked.save(force_insert=True)
    _reserve(asked, practice)
    _ask_patient(asked, now, by)


def _reserve(asked: AskedHold, practice: Practice) -> None:
    begins, ends = asked.service.talk.stretch(asked.starts_at, practice.buffer_minutes)
    Reservation.objects.create(
        consultant=asked.consultant, kind=Reservation.Kind.ASKED, starts_at=begins, ends_at=ends, asked=asked
    )


def _ask_patient(asked: AskedHold, now: datetime, by: Actor) -> None:
    """By her own channel; whoever has no email and no texts of ours is rung by one of us."""
    if asked_notices.is_written_to(asked.patient):
        asked_notices.ask(asked, now)
        return
    today = organisation().today()
    ask_to_do(ASKED_TIME, asked, case=asked.case, due_on=today, by=by)


def accept(
    asked: AskedHold, *, accepts_scope: bool, may_read: bool, how: str = "", version: int | None = None, by: Actor
) -> Consultation:
    """The patient accepts what our calls are, and takes the time: booked. Pressed twice it is booked once.

    A coordinator who read it out says `how` she accepted which `version`. Raises Refused with the field's name as code
    when a tick is missing, and for what is over; JustTaken when the time is gone.
    """
    now = clock.now()
    must("book", asked.case, by)
    with actions.rivals(), lines_together():
        patient = actions.lock_patient(asked.case)
        practice = actions.lock_practice(asked.consultant)
        actions.lock_open(asked.case, by)
        asked = fresh(asked)
        booked = Consultation.objects.filter(held_as=asked.pk).first()
        if booked is not None:
            return booked
        _must_answer(asked, by)
        if reason := why_over(asked, now):
            raise Refused(reason, code="state")
        actions.check_works(asked.consultant)
        if asked.starts_at <= now:
            raise JustTaken(rules.sentence(Why.PAST), code=Why.PAST)
        if not (asked.reservations.exists() and _is_inside_hours(asked, practice, now)):
            raise JustTaken(rules.sentence(Why.OFF), code=Why.OFF)
        asked.reservations.all().delete()
        agreed = agreeing.consents(asked, accepts_scope, may_read, by, how, version)
        has_place = asked.case.assignments.filter(user=asked.consultant, ended_at=None).exists()
        and_so = {"has_place": has_place, "hope": asked.hope, "now": now, "by": by}
        call = actions.make_call(asked, patient, practice, agreed, **and_so)
        settle(asked, State.ACCEPTED, now, by)
        record(by, "hold.accepted", asked, patient=patient.pk, case=asked.case_id)
    return call


def _is_inside_hours(asked: AskedHold, practice: Practice, now: datetime) -> bool:
    """Whether the consultant is there at that time still: she may be away, or we are closed, since it was asked."""
    calendar = availability.calendar_of(practice, now)
    return slots.is_inside_hours(calendar, asked.starts_at, asked.ends_at)


def decline(asked: AskedHold, *, by: Actor) -> AskedHold:
    """The patient says no, or the helper takes it back: the time is free again. Pressed twice it is said once."""
    now = clock.now()
    must("book", asked.case, by)
    with actions.rivals():
        actions.lock_patient(asked.case)
        actions.lock_practice(asked.consultant)
        asked = fresh(asked)
        if asked.state in {State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.GONE}:
            return asked
        if asked.state == State.ACCEPTED:
            raise Refused(_("This time is booked. You can cancel the call on its own page."), code="state")
        is_helpers = asked.asked_by_id == by.id
        if not is_helpers:
            _must_answer(asked, by)
        settle(asked, State.WITHDRAWN if is_helpers else State.DECLINED, now, by)
        verb = "hold.taken_back" if is_helpers else "hold.declined"
        record(by, verb, asked, patient=asked.patient_id, case=asked.case_id)
    return asked


def _must_answer(asked: AskedHold, by: Actor) -> None:
    """The patient's answer, or of who acts for her in law; a coordinator's who asked her."""
    if role_in(asked.case, by) == HELPER and not may("accept_scope", asked.case, by):
        raise Refused(only_theirs(asked.case), code="role")


def why_over(asked: AskedHold, now: datetime) -> str:
    """Why it cannot be accepted any more, or ""."""
    if asked.state == State.WAITING and asked.until > now:
        if asked.case.state == Case.State.CLOSED:
            return _("This case is closed.")
        return _("This time is not held any more.") if is_offered_by_another(asked) else ""
    reasons = {
        State.ACCEPTED: _("This time is booked."),
        State.DECLINED: _("You said no to this time. It is free again."),
        State.WITHDRAWN: _("This time is not held any more: another one was chosen."),
        State.GONE: _("This time is not offered any more. Nothing is booked. Please choose another."),
    }
    return reasons.get(State(asked.state), _("This time was held for 3 days. It is free again."))


def is_offered_by_another(asked: AskedHold) -> bool:
    """Whether the consultant who offered it has no place in the case any more."""
    return bool(asked.asked_by.role) and not may("offer_call", asked.case, asked.asked_by)


def end_over(now: datetime) -> int:
    """What nobody answered in time is free again; patient and helper are told. Twice, or late, changes nothing.

    So is what a consultant offered who has no place in the case any more.
    """
    ended = 0
    for offered in AskedHold.objects.waiting().exclude(asked_by__role="").select_related("case", "asked_by"):
        if is_offered_by_another(offered):
            ended += _withdraw(offered, now)
    for pk in AskedHold.objects.over(now).order_by("until").values_list("pk", flat=True):
        ended += _end(pk, now)
    return ended


def _end(pk: UUID, now: datetime) -> int:
    asked = AskedHold.objects.select_related("case", "consultant").get(pk=pk)
    with actions.rivals():
        actions.lock_patient(asked.case)
        actions.lock_practice(asked.consultant)
        asked = fresh(asked)
        if not asked.is_waiting or asked.until > now:
            return 0
        settle(asked, State.EXPIRED, now, SYSTEM)
        record(SYSTEM, "hold.expired", asked, patient=asked.patient_id, case=asked.case_id)
    return 1


def _withdraw(asked: AskedHold, now: datetime) -> int:
    with actions.rivals():
        actions.lock_patient(asked.case)
        actions.lock_practice(asked.consultant)
        asked = fresh(asked)
        if not asked.is_waiting:
            return 0
        settle(asked, State.WITHDRAWN, now, SYSTEM)
        record(SYSTEM, "hold.taken_back", asked, patient=asked.patient_id, case=asked.case_id)
    return 1


def fresh(asked: AskedHold) -> AskedHold:
    together = ("case__patient", "case__key", "consultant", "service", "asked_by")
    return AskedHold.objects.select_for_update(of=("self",)).select_related(*together).get(pk=asked.pk)
