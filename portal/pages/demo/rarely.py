"""What the stories do not tell, put into a demo whose texts are marked: so that hunts for marks see these rows too."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

from bookings import availability_actions as hours
from bookings.company import actions as company
from bookings.models import Consultation, Practice
from cases.case import directory
from cases.case.corrections import actions as corrections
from cases.case.helping.inviting import actions as inviting
from cases.case.left import actions as left
from cases.case.models import Assignment, Case, Office
from cases.reviews.doctor_note import actions as notes
from portal import clock
from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.pages import erasing_actions


def put_in() -> dict[str, int]:
    """One row of each kind by its real action, in the first case that lets it; how many of each came about."""
    acts = (_correction, _companion, _asked_to_help, _doctor_note, _departure, _erasure_wish)
    _staff()
    return {act.__name__: _first(act) for act in acts}


def _first(act: Callable[[Case], bool]) -> int:
    for case in Case.objects.open().exclude(patient=None).order_by("opened_at", "pk"):
        try:
            if act(case):
                return 1
        except Refused:  # not in this one
            continue
    return 0


def _correction(case: Case) -> bool:
    corrections.ask(case, about="call", words="I did not say that on the phone.", by=Actor.person(case.patient))
    return True


def _companion(case: Case) -> bool:
    call = Consultation.objects.upcoming(clock.now()).filter(case=case).first()
    if call is None:
        return False
    said = {"called": "Ben Adu", "email": "ben@example.org", "phone": "+14165550142"}
    company.name(call, **said, by=Actor.person(case.patient))
    return True


def _asked_to_help(case: Case) -> bool:
    inviting.invite(case, name="Ines Adu", email="ines@example.org", chosen="dates", by=Actor.person(case.patient))
    return True


def _staff() -> None:
    """What belongs to no case: somebody asked to join, days off, two entries of an office made one and apart again."""
    administrator: Any = User.objects.working_as("administrator").first()
    accounts.invite(name="Lea Holm", email="lea@example.org", role="coordinator", by=Actor.person(administrator))
    second = accounts.invite(
        name="Runa Dahl", email="runa@example.org", role="coordinator", by=Actor.person(administrator)
    )
    accounts.accept_invitation(second, by=SYSTEM)  # two of each role: what leaks from one to the other is seen
    practice: Any = Practice.objects.working().select_related("consultant").first()
    far = clock.today(practice.consultant.zone) + dt.timedelta(days=200)
    hours.add_time_off(practice, from_on=far, until_on=far, why="A wedding.", by=Actor.person(practice.consultant))
    coordinator: Any = User.objects.working_as("coordinator").first()
    by = Actor.person(coordinator)
    for source, target in itertools.permutations(Office.objects.filter(merged_into=None).order_by("name", "pk")[:8], 2):
        try:
            directory.merge(source, target, by=by)
            directory.undo_merge(source, why="Two desks after all.", by=by)
        except Refused:  # not these two
            continue
        return


def _doctor_note(case: Case) -> bool:
    calls = Consultation.objects.filter(case=case, state=Consultation.State.COMPLETED).select_related("consultant")
    call = calls.order_by("starts_at").last()
    if call is None or notes.of_call(call) is not None:
        return False
    notes.write(call, "We spoke about the margins. She would like your view.", by=Actor.person(call.consultant))
    return True


def _departure(case: Case) -> bool:
    place = Assignment.objects.filter(case=case, ended_at=None).select_related("user").first()
    if place is None:
        return False
    left.tell(case, place.user, by=SYSTEM)
    return True


def _erasure_wish(case: Case) -> bool:
    """Last, since it closes the case: one without calls or a place of one of us."""
    if Assignment.objects.filter(case=case, ended_at=None).exists():
        return False
    erasing_actions.ask(case, by=Actor.person(case.patient))
    return True
