"""Somebody works here no more in a role: all their places end at once, and their work goes on with somebody."""

from functools import partial

from django.db import transaction
from django.db.models import Q

from cases.case import changes
from cases.case.actions import (
    ask_to_do,
    assign,
    end_assignment,
    hand_to_dos_back,
    pass_to_dos_on,
    withdraw_consent,
)
from cases.case.away import actions as away
from cases.case.left.actions import CONSULTANT_LEFT, tell
from cases.case.models import Assignment, Case, Consent
from cases.case.people import HELPER, PATIENT, role_in
from cases.case.second import actions as second
from cases.case.urgent import actions as urgent
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.texts.words import organisation


def left(person: User, role: str, to: User | None, *, by: Actor) -> None:
    """In the transaction in which it is said. Their name stays wherever they did something."""
    if role == User.Role.CONSULTANT:
        urgent.reader_left(person, by=by)
        second.colleague_left(person, by=by)
        away.consultant_left(person, by=by)
        placed = Assignment.objects.filter(user=person, ended_at=None).exclude(case__state=Case.State.CLOSED)
        for pk in list(placed.order_by("case").values_list("case", flat=True)):
            _hand_on(pk, person, to, by)
        _end_consents(person)
        transaction.on_commit(partial(hand_on_what_came_meanwhile, person.pk), robust=True)
    hand_to_dos_back(person, by=by)


@transaction.atomic
def hand_on_what_came_meanwhile(pk: object) -> None:
    """A place that was given at the very moment in which its consultant left: neither of both could see the other
    before the commit, so that each looks once more behind it.
    """
    placed = Assignment.objects.filter(user=pk, ended_at=None).exclude(case__state=Case.State.CLOSED)
    gone = placed.filter(~Q(user__role=User.Role.CONSULTANT) | Q(user__can_sign_in=False)).select_related("user")
    for place in list(gone.order_by("case")):
        _hand_on(place.case_id, place.user, None, SYSTEM)


def _end_consents(person: User) -> None:
    """A patient's yes was to somebody who works here: whoever comes back is asked for again."""
    given = Consent.objects.standing().filter(kind=Consent.Kind.READ, consultant=person)
    for consent in given.order_by("case", "pk"):
        withdraw_consent(consent, by=SYSTEM)


def _hand_on(pk: object, person: User, to: User | None, by: Actor) -> None:
    """One case goes to the named colleague, or waits. The patient is told and chooses; a coordinator looks after it."""
    case = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("patient", "key").get(pk=pk)
    if to is not None and role_in(case, to) not in {PATIENT, HELPER} and case.starter_id != to.pk:
        assign(case, to, why="handing_over", by=by)
        pass_to_dos_on(case, person, to, by=by)
    changes.reader_changed(case, person, by=by)
    end_assignment(case, person, by=by)
    departure = tell(case, person, by=by)
    ask_to_do(CONSULTANT_LEFT, departure, case=case, due_on=organisation().today(), note=person.name, by=by)
