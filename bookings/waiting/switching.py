"""An earlier time with another consultant takes the place of the call that is booked: both, or neither."""

from bookings import actions, agreeing, asked_ending, at_hand, call_needs, rules
from bookings.models import Consultation, Hold, Practice
from bookings.parts import part_in
from cases.case.actions import must
from portal import clock
from portal.actors import Actor


def switch(
    hold: Hold,
    *,
    seen: str = "",
    accepts_scope: bool = False,
    may_read: bool = False,
    hope: str = "",
    how: str = "",
    version: int | None = None,
    by: Actor,
) -> Consultation:
    """Book the held time, and cancel the call that it takes the place of. Pressed twice it is done once.

    Raises Refused and JustTaken as booking does, and Refused where that call can be moved no more.
    """
    now = clock.now()
    must("book", hold.case, by)
    with actions.rivals():
        patient = actions.lock_patient(hold.case)
        if earlier := Consultation.objects.filter(held_as=hold.pk).first():
            return earlier
        practice = lock_both(hold)
        actions.lock_open(hold.case, by)
        kept = actions.claim(hold, at_hand.holds().filter(pk=hold.pk).first(), practice, seen, now, by=by)
        before = Consultation.objects.select_for_update(of=("self",)).get(pk=kept.moving_id)
        rules.check("move", before, part_in(before.case, by), now)
        agreed = agreeing.consents(kept, accepts_scope, may_read, by, how, version)
        asked_ending.booked_otherwise(kept.case, now, by=by)
        # First, for the patient is in one place: the two may overlap.
        actions.cancel(before, by=by)
        has_place = kept.case.assignments.filter(user=kept.consultant, ended_at=None).exists()
        and_so = {"has_place": has_place, "hope": hope, "now": now, "by": by}
        call = actions.make_call(kept, patient, practice, agreed, **and_so)
        if before.needs_something:
            call = call_needs.set_needs(call, **call_needs.needed(before), by=by)
    return call


def lock_both(hold: Hold) -> Practice:
    """The practice of the new call, behind the locks of both; in one order, so that nobody waits in a ring."""
    both = {hold.consultant_id, hold.moving.consultant_id if hold.moving else hold.consultant_id}
    locked = Practice.objects.select_for_update(no_key=True).filter(pk__in=both).order_by("pk")
    return {each.pk: each for each in locked}[hold.consultant_id]
