"""Changing what can be booked. It holds for what is booked from now on; calls that are booked stay as they are."""

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.models import Service
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
    # All of them, in one order: two who each turn one off do not turn off both.
    known = {each.pk: each for each in Service.objects.select_for_update().order_by("pk")}
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
    why = "" if now.is_offered == is_offered else "service_on" if is_offered else "service_off"
    for name, figure in figures.items():
        setattr(now, name, figure)
    now.save(update_fields=list(figures))
    record(by, "service.changed", now, why=why)
    return now


def as_seen(service: Service) -> str:
    return f"{service.minutes} {service.preparation_minutes} {int(service.needs_plan)} {int(service.is_offered)}"
