"""The place whose public holidays count for the house: calls on days that are closed there need an answer each."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import ngettext

from bookings import actions
from bookings.availability_actions import Answers
from bookings.closed.actions import answered, must_run_the_house
from bookings.models import Practice
from portal import clock
from portal.actors import Actor
from portal.history.actions import record
from portal.texts.models import Organisation
from portal.texts.one_at_a_time import lock_house


@transaction.atomic
def set_place(*, region: str, answers: Answers | None = None, by: Actor) -> Organisation:
    """The house lives by another place from now on. The same again changes nothing.

    Calls of consultants who live by the house's place need an answer each, else Unanswered; they are the coordinators'
    to answer, and administrators are refused then.
    """
    must_run_the_house(by)
    lock_house()
    held = Organisation.objects.order_by("from_at", "id").last() or Organisation()
    if held.pk and held.region == region:
        return held
    said = {field.name: getattr(held, field.name) for field in Organisation._meta.concrete_fields}
    said |= {"id": None, "from_at": clock.now(), "region": region}
    made = with_new_place(lambda: Organisation.objects.create(**said), answers=answers or {}, by=by)
    record(by, "facts.changed", made, why="fact_region")
    return made


def with_new_place(save: Callable[[], Organisation], *, answers: Answers, by: Actor) -> Organisation:
    """Save facts with another place, under the lock of the house, asking about each call that this leaves outside."""
    here = Practice.objects.filter(region="").select_related("consultant").order_by("pk")
    practices = [actions.lock_practice(each.consultant) for each in here]
    return answered(practices, save, _only_coordinators, answers=answers, by=by)


def _only_coordinators(count: int) -> str:
    return ngettext(
        "%(count)d call is booked on a day that is closed there. Ask a coordinator to change the place under “Days "
        "we are closed”: each call needs an answer.",
        "%(count)d calls are booked on days that are closed there. Ask a coordinator to change the place under “Days "
        "we are closed”: each call needs an answer.",
        count,
    ) % {"count": count}
