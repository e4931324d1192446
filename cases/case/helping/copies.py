"""A helper's copies of messages: for one patient at a time, paused and taken up again by a press."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.helping.models import Helper
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def pause_copies(helper: Helper, is_paused: bool, *, by: Actor) -> Helper:
    """Pause one's own copies, or take them up again. Pressed twice is pressed once. Raises Refused for anybody else's,
    and for help that holds no more.
    """
    helper = Helper.objects.select_for_update(no_key=True, of=("self",)).select_related("case").get(pk=helper.pk)
    if by.id != helper.person_id or not helper.holds(clock.now()):
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    if (helper.paused_at is not None) == is_paused:
        return helper
    helper.paused_at = clock.now() if is_paused else None
    helper.save(update_fields=["paused_at"])
    verb = "helping.copies_paused" if is_paused else "helping.copies_resumed"
    record(by, verb, helper, patient=helper.patient_id, case=helper.case_id)
    return helper
