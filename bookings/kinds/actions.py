"""Changing what can be booked. It holds for what is booked from now on; calls that are booked stay as they are, and
times that are only chosen are let go where they fit no more.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import asked_ending
from bookings.models import AskedHold, Practice, Reservation, Service
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def change(
    service: Service,
    *,
    minutes: int,
    preparation_minutes: int,
    needs_plan: bool,
    is_offered: bool,
    seen: str = "",
    by: Actor,
) -> Service:
    """New figures of one service, whether a plan is read before it, on and off. The same again changes nothing.

    `seen` is what stood on the form, as `as_seen` says it. Raises Refused for anybody but an administrator, when it
    changed since, and when nothing could be booked any more.
    """
    if by.user is None or by.user.role != User.Role.ADMINISTRATOR:
        raise Refused(_("Only an administrator can do that."), code="role")
    lock_everybody()
    known = lock_kinds()
    now = known[service.pk]
    figures = {"minutes": minutes, "preparation_minutes": preparation_minutes, "needs_plan": needs_plan}
    figures |= {"is_offered": is_offered}
    if all(getattr(now, name) == figure for name, figure in figures.items()):
        return now
    if seen and seen != as_seen(now):
        raise Refused(_("Somebody changed this since you opened the page. Look at it once more."), code="seen")
    others = [each for each in known.values() if each.pk != now.pk and each.is_offered]
    if not is_offered and not others:
        raise Refused(_("One kind of call must stay on: else nobody could book."), code="is_offered")
    is_other = (now.minutes, now.preparation_minutes) != (minutes, preparation_minutes)
    is_other = is_other or (needs_plan and not now.needs_plan)  # then days to read it come before the call
    why = "" if now.is_offered == is_offered else "service_on" if is_offered else "service_off"
    for name, figure in figures.items():
        setattr(now, name, figure)
    now.save(update_fields=list(figures))
    if is_other or not is_offered:
        _let_go(now, is_other, by)
    record(by, "service.changed", now, why=why)
    return now


def lock_everybody() -> None:
    """Before the kinds: a time that is chosen or booked at this moment is there before it is looked at, or comes after
    the change and is judged by it.
    """
    list(Practice.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def lock_kinds() -> dict[int, Service]:
    """All of them, in one order: two who each turn one off do not turn off both."""
    return {each.pk: each for each in Service.objects.select_for_update().order_by("pk")}


def _let_go(service: Service, is_other: bool, by: Actor) -> None:
    """Chosen times were held for the former figures: their pages say it when the person goes on. A call that moves
    keeps its kind when that is turned off.
    """
    held = Reservation.objects.filter(hold__service=service)
    (held if is_other else held.filter(hold__moving=None)).delete()
    asked_ending.gone(AskedHold.objects.filter(service=service), clock.now(), by=by)


def as_seen(service: Service) -> str:
    return f"{service.minutes} {service.preparation_minutes} {int(service.needs_plan)} {int(service.is_offered)}"
