"""Somebody has died: everything of theirs ends kindly, at once, and nothing goes out afterwards."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.case.models import Case, Farewell
from portal import clock
from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages.closing_actions import Why, close_at_once, locked
from portal.reminders import gathering
from portal.reminders.actions import settle
from portal.reminders.models import Delivery, Outcome, RecipientType, Reminder

WHY_AT_MOST = 1000


@transaction.atomic
def say_died(person: User, *, right: str, why: str, by: Actor) -> Farewell:
    """A coordinator was told. Calls are canceled, cases closed, help and links end, what waited to be sent is let go.

    Their consultants hear that the call is off; nobody else is written to. Said twice it is said once. Raises Refused
    for others, and without a reason.
    """
    _must_be_coordinator(by)
    why = why.strip()
    if not why or len(why) > WHY_AT_MOST:
        raise Refused(_("Say in a few words who told us, and why it is decided so."), code="why")
    if right not in Farewell.Right.values:
        raise Refused(_("Choose from the list."), code="right")
    person = accounts.end_for_death(person, by=by)
    if found := Farewell.objects.standing().filter(person=person).first():
        return found
    now = clock.now()
    farewell = Farewell(person=person, said_at=now, said_by=by.user, right=right)
    farewell.why = why
    try:
        with transaction.atomic():
            farewell.save(force_insert=True)
    except IntegrityError:  # said at the same moment
        return Farewell.objects.standing().get(person=person)
    record(by, "farewell.said", farewell, patient=person.pk, why=f"right_{right}")
    for pk in Case.objects.filter(patient=person).exclude(state=Case.State.CLOSED).values_list("pk", flat=True):
        _close(pk, by)
    _let_go(person)
    return farewell


@transaction.atomic
def take_back(farewell: Farewell, *, by: Actor) -> Farewell:
    """It was not true. The account opens; cases are opened again one by one, as every closed case is."""
    _must_be_coordinator(by)
    farewell = Farewell.objects.select_for_update(of=("self",)).select_related("person").get(pk=farewell.pk)
    if farewell.taken_back_at is None:
        farewell.taken_back_at, farewell.taken_back_by = clock.now(), by.user
        farewell.save(update_fields=["taken_back_at", "taken_back_by"])
        record(by, "farewell.taken_back", farewell, patient=farewell.person_id)
        accounts.take_death_back(farewell.person, by=by)
    return farewell


def _close(pk: object, by: Actor) -> None:
    case = locked(Case.objects.get(pk=pk))
    if case.state != Case.State.CLOSED:
        close_at_once(case, Why.DIED, by=by)


def _let_go(person: User) -> None:
    """Whatever was planned for them; the sender finds no reader any more for what comes after."""
    now, own = clock.now(), {"recipient_type": RecipientType.USER, "recipient_id": str(person.pk)}
    settle(Reminder.objects.filter(**own), Outcome.WITHDRAWN, now)
    for pk in list(Delivery.objects.open().filter(**own).values_list("pk", flat=True)):
        gathering.give_up(pk, now)


def _must_be_coordinator(by: Actor) -> None:
    if by.user is None or by.user.role != User.Role.COORDINATOR:
        raise Refused(_("Only a coordinator can do this."), code="role")
