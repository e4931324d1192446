"""Changing the facts of the house: a new row for each change, one line of history for each fact."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.closed.place import with_new_place
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages.house.facts import FACTS
from portal.texts.models import Organisation
from portal.texts.one_at_a_time import lock_house


def only_administrators(by: Actor) -> None:
    """Raises Refused for everybody else."""
    if by.user is None or by.user.role != User.Role.ADMINISTRATOR or not by.user.can_sign_in:
        raise Refused(_("Only an administrator can do that."), code="role")


def newest() -> Organisation | None:
    """The facts that hold, read anew."""
    return Organisation.objects.order_by("from_at", "id").last()


@transaction.atomic
def say_facts(facts: Mapping[str, Any], *, seen: int, by: Actor) -> Organisation:
    """New facts of the house, from now on. The same again changes nothing.

    `seen` is the row that stood on the form, 0 before the first: two people do not overwrite each other unseen. Raises
    Refused for that, for anybody but an administrator, and for another place whose closed days have booked calls: each
    of those needs a coordinator's answer.
    """
    only_administrators(by)
    lock_house()
    row = newest()
    before = row or Organisation()
    after = {name: facts[name] for name in FACTS}
    changed = [name for name, value in after.items() if getattr(before, name) != value]
    if row and not changed:
        return row
    if seen != (row.pk if row else 0):
        raise Refused(_("Somebody else changed these facts since you opened the page."), code="seen")
    now = clock.now()

    def save() -> Organisation:
        return Organisation.objects.create(from_at=now, **after)

    said = with_new_place(save, answers={}, by=by) if "region" in changed else save()
    for name in changed:
        record(by, "facts.changed", said, why=f"fact_{name}")
    return said
