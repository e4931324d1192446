"""Letting the hours follow their consultant to another zone, or saying that they stay in theirs."""

from bookings.availability_actions import Answers, change_of_ones_own
from bookings.models import OutsideCalendar, Practice
from bookings.practices import check_zone
from portal.actors import Actor


def set_zone(practice: Practice, *, time_zone: str, answers: Answers | None = None, by: Actor) -> Practice:
    """The same hours, time off and extra hours on the clock of another zone; with their own zone again, they stay, and
    nobody is asked until she lives by another one.

    Calls keep their moment. Those left outside need an answer each ("keep", "move", "cancel"), else Unanswered.
    """
    check_zone(time_zone)

    def change(locked: Practice) -> None:
        if locked.time_zone != time_zone:
            # Whole days, and times that name no zone, are read in hers: the whole file comes again.
            elsewhere = OutsideCalendar.objects.filter(consultant=locked.pk)
            elsewhere.update(tried_at=None, whole_at=None, etag="", last_modified="")
        locked.time_zone, locked.chosen_in = time_zone, locked.consultant.time_zone
        locked.save(update_fields=["time_zone", "chosen_in"])

    return change_of_ones_own(practice, change, answers=answers or {}, event="hours.zone_set", by=by)
