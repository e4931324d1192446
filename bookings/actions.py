"""Choosing, booking, moving and canceling a call. Each takes its locks in one order, then judges.

A patient who takes time locks themself, then the consultant, then the call; who only gives time back starts
at the consultant.
The lock makes rivals wait their turn, so that they are judged one by one; the exclusion constraints stand
behind it. What the database still refuses is told like what the rule refuses: somebody was faster.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg.errors
from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from bookings import (
    agreeing,
    asked_ending,
    asked_moves,
    asked_notices,
    at_hand,
    availability,
    call_needs,
    changes,
    follow_up,
    rules,
    slots,
    ways_to_talk,
)
from bookings.agreeing import Agreed
from bookings.late import actions as late
from bookings.models import AskedHold, Companion, Consultation, Hold, Practice, Reservation, Service, TsTzRange, stretch
from bookings.overriding import rules as overriding
from bookings.parts import part_in
from bookings.rules import JustTaken
from bookings.slots import Why
from cases.case.actions import (
    ask_to_do,
    end_assignment,
    give_place,
    keep_own_place,
    must,
    must_be_open,
    new_reference,
)
from cases.case.models import Assignment, Case, Cover
from cases.case.people import COORDINATOR, role_in
from portal import clock, one_statement, ready
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import lines_together, record
from portal.history.models import Event
from portal.once import at_one_moment, knowing

ASK_TO_READ = "ask_to_read"  # a to-do: somebody without email is asked who may read
NO_PART = frozenset({"urgent", "reading_along"})  # why a file was opened by somebody who has no place in the case
RIVALS = (psycopg.errors.ExclusionViolation, psycopg.errors.DeadlockDetected)


@contextmanager
def rivals() -> Iterator[None]:
    """One transaction in which a lost race becomes JustTaken, however the database words it."""
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, OperationalError) as error:
        if isinstance(error.__cause__, RIVALS):
            raise JustTaken(rules.sentence(Why.TAKEN), code=Why.TAKEN) from error
        raise


def lock_patient(case: Case) -> User:
    """First of the two locks, always: one patient chooses one time, in however many tabs."""
    return User.objects.select_for_update(no_key=True).get(pk=case.patient_id)


def lock_practice(consultant: User) -> Practice:
    """Second of the two locks: whoever changes this consultant's time waits here."""
    return Practice.objects.select_for_update(no_key=True).get(pk=consultant.pk)


def lock_open(case: Case, by: Actor) -> None:
    """Third, before what is held: whoever closes the case lets that go behind the same lock. Raises Refused when so."""
    must_be_open(Case.objects.select_for_update(of=("self",)).get(pk=case.pk), by)


def let_go_expired(practice: Practice, now: datetime) -> None:
    """A constraint cannot tell that a hold is over, so its reservation goes before others are judged."""
    over = Q(hold__expires_at__lte=now) | Q(asked__until__lte=now)
    Reservation.objects.filter(over, consultant=practice.pk).delete()


def check_free(hold: Hold, practice: Practice, now: datetime) -> None:
    """Raise JustTaken, with the reason's code, unless the rule offers this start now."""
    asked, has_reason = (hold.case, practice, hold.service, hold.starts_at, now), bool(hold.override_reason)
    why = availability.judge(*asked, moving=hold.moving, has_reason=has_reason)
    if why is not Why.FREE:
        raise JustTaken(rules.sentence(why, practice.notice_hours), code=why)


def check_not_taken(
    case: Case, consultant: User, service: Service, starts_at: datetime, now: datetime, moving: Consultation | None
) -> None:
    """Raise JustTaken where somebody else is in the time of the call. One small query, so that who comes too late is
    told at once; everything besides is for `check_free`.
    """
    if starts_at <= now:
        return
    wish = {"consultant": consultant.pk, "begins": starts_at, "ends": starts_at + timedelta(minutes=service.minutes)}
    if TAKEN.lists(case, patient=case.patient_id, now=now, moving=moving and moving.pk, **wish)["taken"]:
        raise JustTaken(rules.sentence(Why.TAKEN), code=Why.TAKEN)


def _taken(
    patient: UUID, now: datetime, moving: UUID | None, consultant: UUID, begins: datetime, ends: datetime
) -> dict[str, QuerySet[Any]]:
    """What somebody else has in this time of the consultant's; one row tells."""
    theirs = Q(hold__patient=patient) | Q(consultation__patient=patient)
    theirs |= Q(hold__expires_at__lte=now) | Q(asked__until__lte=now)
    if moving is not None:
        theirs |= Q(consultation=moving)
    # In the words of the constraint, whose index finds it among all that ever was.
    wanted = TsTzRange(Value(begins), Value(ends))
    taken = Reservation.objects.alias(at=stretch()).filter(consultant=consultant, at__overlap=wanted)
    return {"taken": taken.exclude(theirs).order_by().values_list("pk")[:1]}


TAKEN = ready.Ready(_taken)


def check_works(consultant: User) -> None:
    """Raise JustTaken when the person whose time was held works here no longer."""
    if not consultant.is_our_consultant:
        raise JustTaken(rules.sentence(Why.NO_HOURS), code=Why.NO_HOURS)


def _reserve_hold(hold: Hold, practice: Practice) -> None:
    """Its stretch; of a call that moves, only the parts that the call itself does not keep until then."""
    hold.reservations.all().delete()
    own = Reservation.objects.filter(consultation=hold.moving_id, consultant=hold.consultant_id) if hold.moving else []
    whole = hold.service.talk.stretch(hold.starts_at, practice.buffer_minutes)
    for begins, ends in slots.without([whole], [(row.starts_at, row.ends_at) for row in own]):
        Reservation.objects.create(
            consultant=hold.consultant,
            kind=Reservation.Kind.HOLD,
            starts_at=begins,
            ends_at=ends,
            hold=hold,
        )


def _reserve_call(consultation: Consultation, practice: Practice) -> None:
    begins, ends = consultation.service.talk.stretch(consultation.starts_at, practice.buffer_minutes)
    parts = [(Reservation.Kind.CONSULTATION, consultation.starts_at, ends)]
    if begins < consultation.starts_at:
        parts.append((Reservation.Kind.PREPARATION, begins, consultation.starts_at))
    of_call = {"consultant_id": consultation.consultant_id, "consultation": consultation}
    Reservation.objects.bulk_create(
        Reservation(kind=kind, starts_at=starts_at, ends_at=ends_at, **of_call) for kind, starts_at, ends_at in parts
    )


def hold(
    *,
    case: Case,
    consultant: User,
    service: Service,
    starts_at: datetime,
    how: str,
    moving: Consultation | None = None,
    reason: str | None = None,
    by: Actor,
) -> Hold:
    """Keep a time for the patient for 30 minutes, in place of the one kept before.

    With a `reason` a coordinator goes beyond notice, horizon and cap; an empty one is Refused. The same time again
    keeps the same hold. Raises JustTaken when it is not offered any more, Refused for someone who may not book.
    """
    now = clock.now()
    must("book", case, by)
    beyond = "" if reason is None else _reason(reason, case, by)
    if moving is not None:
        rules.check("move", moving, part_in(case, by), now)
    look = partial(check_not_taken, case, consultant, service, starts_at, now, moving)
    look()
    with rivals():
        patient = lock_patient(case)
        practice = lock_practice(consultant)
        look()
        lock_open(case, by)
        practice.consultant = consultant
        ways_to_talk.check(practice, how)
        service = Service.objects.get(pk=service.pk)  # whoever changes its minutes waits at the consultants' locks, too
        kept = Hold.objects.filter(patient=patient).first() or Hold(patient=patient)
        wish = {"case": case, "consultant": consultant, "service": service, "moving": moving, "starts_at": starts_at}
        is_same = kept.made_at and all(getattr(kept, name) == value for name, value in wish.items())
        for name, value in wish.items():
            setattr(kept, name, value)
        kept.how, kept.made_by, kept.override_reason = how, by.user, beyond
        let_go_expired(practice, now)
        with at_one_moment():
            check_free(kept, practice, now)
        is_over = kept.expires_at is not None and kept.expires_at <= now
        # Made later than now: the clock was set back since.
        if not is_same or is_over or not kept.made_at <= now < kept.made_at + rules.HOLD_AT_MOST:
            kept.made_at = now
        kept.expires_at = rules.hold_until(kept.made_at, now)
        kept.save()
        _reserve_hold(kept, practice)
        record(by, "hold.made", kept, patient=case.patient_id, case=case.pk)
    return kept


def _reason(reason: str, case: Case, by: Actor) -> str:
    """Why a coordinator goes beyond the rules, as it is kept. Raises Refused for others, and for an empty one."""
    if role_in(case, by) != COORDINATOR:
        raise Refused(_("Only a coordinator can do that."), code="role")
    return overriding.check_reason(reason)


def renew(hold: Hold, *, by: Actor) -> Hold:
    """A sign of life from the form: 30 minutes more, 2 hours at most. A hold that is over stays over."""
    now = clock.now()
    with transaction.atomic():
        kept = Hold.objects.select_for_update().filter(pk=hold.pk, expires_at__gt=now).first()
        if kept is None:
            return hold
        kept.made_at = min(kept.made_at, now)  # the clock may have been set back
        kept.expires_at = rules.hold_until(kept.made_at, now)
        kept.save(update_fields=["made_at", "expires_at"])
    return kept


def check_seen(kept: Hold | None, seen: str) -> None:
    """Raise Refused unless the hold is still the choice that the person saw, and takes as long."""
    if kept is not None and kept.choice == seen:
        return
    if kept is not None and kept.choice.rpartition("|")[0] == seen.rpartition("|")[0]:
        said = {"minutes": kept.service.minutes}
        raise Refused(
            _("This call takes %(minutes)d minutes now. Look at it once more, then book.") % said, code="longer"
        )
    raise Refused(_("You chose another time since. Look at it once more, then book."), code="chosen_again")


def claim(hold: Hold, kept: Any, practice: Practice, seen: str, now: datetime, *, by: Actor) -> Hold:
    """Take the hold, as `at_hand` read it under the locks: still what the person saw, and still its own or free.
    Its row goes, and its time is free for what takes its place.

    A coordinator's reason counts for coordinators only: for everybody else the time is judged without it.
    """
    check_seen(kept, seen or hold.choice)
    check_works(kept.consultant)
    if kept.override_reason and role_in(kept.case, by) != COORDINATOR:
        kept.override_reason, kept.has_time = "", False
    if not kept.has_time:
        let_go_expired(practice, now)
    check_not_lost(kept, practice, now)
    # The row in hand keeps its key, by which what follows is found when it is pressed again.
    mine = Reservation.objects.filter(hold=kept.pk), Hold.objects.filter(pk=kept.pk)
    one_statement.carry_out(map(one_statement.gone, mine))
    return kept


def check_not_lost(kept: Any, practice: Practice, now: datetime) -> None:
    """Raise JustTaken where a hold's time has passed, or is neither reserved still nor free. `kept` says whether it has
    its time: while that is reserved nobody else can be there, even when the hold's minutes are over.
    """
    if kept.starts_at <= now:
        raise JustTaken(rules.sentence(Why.PAST), code=Why.PAST)
    if not kept.has_time:
        check_free(kept, practice, now)


def wall_of(starts_at: datetime, practice: Practice) -> str:
    """What a clock where the consultant is shows then: that is what is promised."""
    return starts_at.astimezone(practice.zone).strftime("%Y-%m-%dT%H:%M")


def book(
    *,
    hold: Hold,
    seen: str = "",
    accepts_scope: bool = False,
    may_read: bool = False,
    hope: str = "",
    how: str = "",
    version: int | None = None,
    by: Actor,
) -> Consultation:
    """Make the held time a consultation. Pressed twice it is booked once, and both presses get the same.

    A coordinator who books for the patient says `how` she accepted (on the phone, on paper) which `version` of the
    words.

    `seen` is the choice the person's page showed, else that of `hold`. Raises Refused with the field's name as
    code when a tick is missing, or "chosen_again"; JustTaken when the hold was over and the time is gone.
    """
    now = clock.now()
    must("book", hold.case, by)
    with rivals(), lines_together():
        patient = lock_patient(hold.case)
        practice = lock_practice(hold.consultant)
        try:
            lock_open(hold.case, by)
        except Refused:  # but what was booked before it was closed stays booked
            if earlier := Consultation.objects.filter(held_as=hold.pk).first():
                return earlier
            raise
        found = at_hand.read(hold, patient)
        if found.earlier is not None:
            return found.earlier
        with knowing(found.answers):
            kept = claim(hold, found.kept, practice, seen, now, by=by)
            agreed = agreeing.consents(kept, accepts_scope, may_read, by, how, version, found.consents)
            if found.kept.is_asked:
                asked_ending.booked_otherwise(kept.case, now, by=by)
            has_place = found.kept.has_place
            return make_call(kept, patient, practice, agreed, has_place=has_place, hope=hope, now=now, by=by)


def make_call(
    kept: Hold | AskedHold,
    patient: User,
    practice: Practice,
    agreed: Agreed,
    *,
    has_place: bool,
    hope: str,
    now: datetime,
    by: Actor,
) -> Consultation:
    """The call of a time that is held and claimed, under the locks; what follows from it is planned with it.

    `has_place`: whether the consultant has one in the case.
    """
    pk, wall_at, time_zone = uuid4(), wall_of(kept.starts_at, practice), practice.time_zone
    if isinstance(kept, AskedHold) and kept.wall_at:
        wall_at, time_zone = kept.wall_at, kept.time_zone  # what was said when it was asked
    consultation = Consultation(
        pk=pk,
        case=kept.case,
        patient=patient,
        consultant=kept.consultant,
        service=kept.service,
        starts_at=kept.starts_at,
        ends_at=kept.ends_at,
        wall_at=wall_at,
        time_zone=time_zone,
        how=kept.how,
        needs_plan=kept.service.needs_plan,
        hope=hope.strip(),
        uid=f"{pk}@{settings.ALLOWED_HOSTS[0]}",
        reference=new_reference(),
        held_as=kept.pk,
        override_reason=kept.override_reason if isinstance(kept, Hold) else "",
        scope=agreed.scope,
        booked_at=now,
        booked_by=by.user,
    )
    consultation.region = practice.region
    consultation.save(force_insert=True)
    _reserve_call(consultation, practice)
    if has_place:
        keep_own_place(consultation.case, consultation.consultant)
    else:
        give_place(consultation.case, consultation.consultant, why="booking", by=by)
    follow_up.booked(consultation, now)
    if consultation.needs_plan and not agreed.may_read:
        _ask_to_read(consultation, now, by)
    record(by, "consultation.booked", consultation, patient=patient.pk, case=consultation.case_id)
    if consultation.override_reason:
        record(by, "consultation.overridden", consultation, patient=patient.pk, case=consultation.case_id)
    changes.booked(consultation, by=by)
    return consultation


def _ask_to_read(call: Consultation, now: datetime, by: Actor) -> None:
    """A helper booked with somebody who may not read yet: the patient is asked, by her own channel or a call."""
    if asked_notices.is_written_to(call.patient):
        asked_notices.ask_to_read(call, now)
    else:
        ask_to_do(ASK_TO_READ, call, case=call.case, due_on=clock.today(call.zone), by=by)


def move(*, hold: Hold, seen: str = "", by: Actor) -> Consultation:
    """Move the call the hold was made for. Its calendar entry, messages and version follow in one action."""
    now = clock.now()
    with rivals(), lines_together():
        lock_patient(hold.case)
        practice = lock_practice(hold.consultant)
        moved = Consultation.objects.filter(held_as=hold.pk).first()
        if moved is not None:
            return moved
        kept = claim(hold, at_hand.holds().filter(pk=hold.pk).first(), practice, seen, now, by=by)
        consultation = _locked_call(cast(UUID, kept.moving_id))
        rules.check("move", consultation, part_in(consultation.case, by), now)
        if kept.replaces:
            raise Refused(_("You chose another time since. Look at it once more, then book."), code="chosen_again")
        if overriding.needs_reason(consultation, now):
            overriding.check_reason(kept.override_reason)
        before = consultation.starts_at
        consultation.reservations.all().delete()
        consultation.starts_at, consultation.ends_at = kept.starts_at, kept.ends_at
        consultation.wall_at, consultation.time_zone = wall_of(kept.starts_at, practice), practice.time_zone
        consultation.how, consultation.held_as = kept.how, kept.pk
        consultation.needs_plan = consultation.service.needs_plan
        late.over(consultation, by=by)
        reason = kept.override_reason
        consultation.override_reason = overriding.joined(consultation.override_reason, reason)
        asked_moves.answered(consultation, by=by)
        consultation.version += 1
        consultation.region = practice.region
        consultation.save()
        _reserve_call(consultation, practice)
        call_needs.arrange(consultation, by=by)
        follow_up.moved(consultation, now, by)
        changes.moved(consultation, before, by=by)
        patient, case = consultation.patient_id, consultation.case_id
        record(by, "consultation.moved", consultation, patient=patient, case=case)
        if reason:
            record(by, "consultation.overridden", consultation, patient=patient, case=case)
    return consultation


def _locked_call(pk: UUID) -> Consultation:
    """The call under its lock, with all that moving or canceling it reads."""
    together = ("case__patient", "case__key", "patient", "consultant", "service")
    # Who is named takes the consultant's lock, so that nobody is while this looks.
    has_company = Exists(Companion.objects.open().filter(call=OuterRef("pk")))
    calls = Consultation.objects.annotate(has_company=has_company).select_related(*together)
    return calls.select_for_update(of=("self",)).get(pk=pk)


def _locked(consultation: Consultation) -> Consultation:
    lock_practice(consultation.consultant)
    return _locked_call(consultation.pk)


def cancel(consultation: Consultation, *, reason: str = "", note: str = "", by: Actor) -> Consultation:
    """Cancel a call; too tired is reason enough. Pressed twice it is canceled once.

    The team reads `reason`; `note` is read by the patient whose call one of us cancels.
    """
    now = clock.now()
    with rivals(), lines_together():
        consultation = _locked(consultation)
        if consultation.state == Consultation.State.CANCELLED:
            return consultation
        rules.check("cancel", consultation, part_in(consultation.case, by), now)
        consultation.state = Consultation.State.CANCELLED
        consultation.cancelled_at, consultation.cancelled_by = now, by.user
        consultation.cancel_reason = reason.strip()
        asked_moves.answered(consultation, by=by)
        consultation.note = note.strip()
        consultation.version += 1
        consultation.save()
        consultation.reservations.all().delete()
        late.over(consultation, by=by)
        call_needs.arrange(consultation, by=by)
        follow_up.cancelled(consultation, now, by)
        _end_assignment_if_unused(consultation, by)
        record(by, "consultation.cancelled", consultation, patient=consultation.patient_id, case=consultation.case_id)
    return consultation


def _end_assignment_if_unused(consultation: Consultation, by: Actor) -> None:
    """A consultant who opened nothing since she came and has no other call with this case leaves it; who stands in
    stays. What she read in an urgent look, or along with a colleague, is no part in the case.
    """
    case, consultant = consultation.case, consultation.consultant
    others = Consultation.objects.filter(case=case, consultant=consultant).exclude(state=Consultation.State.CANCELLED)
    place = Assignment.objects.filter(case=case, user=consultant, ended_at=None).first()
    since = place.begun_at if place else consultation.booked_at
    looked = Event.objects.filter(case_id=case.pk, actor_id=consultant.pk, verb="document.opened", at__gte=since)
    looked = looked.exclude(why__in=NO_PART)
    if others.exists() or looked.exists():
        return
    if not Cover.objects.open().filter(case=case, reader=consultant).update(has_own_place=False):
        end_assignment(case, consultant, by=by)


def _settle(verb: str, consultation: Consultation, event: str, by: Actor) -> Consultation:
    with transaction.atomic():
        consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        rules.check(verb, consultation, part_in(consultation.case, by), clock.now())
        consultation.state = rules.MOVES[verb].target
        asked_moves.answered(consultation, by=by)
        consultation.save(update_fields=["state", "move_asked_at", "note"])
        late.over(consultation, by=by)
        call_needs.arrange(consultation, by=by)
        record(by, event, consultation, patient=consultation.patient_id, case=consultation.case_id)
    return consultation


def complete(consultation: Consultation, *, by: Actor) -> Consultation:
    """The call took place."""
    return _settle("complete", consultation, "consultation.completed", by)


def no_show(consultation: Consultation, *, by: Actor) -> Consultation:
    """The call did not take place."""
    return _settle("no_show", consultation, "consultation.missed", by)
