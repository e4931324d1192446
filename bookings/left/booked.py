"""A patient whose consultant left books a call with another of us: nobody needs to ask her any more who goes on."""

from bookings.models import Consultation
from cases.case.left import actions
from portal.actors import Actor
from portal.once import once


def booked(call: Consultation, *, by: Actor) -> None:
    """Whoever books may have looked under the locks whether anything is asked."""
    if once(("left", call.case_id), lambda: True):
        actions.booked_with(call.case, call.consultant, by=by)
