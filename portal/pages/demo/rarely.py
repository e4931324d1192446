"""What the stories do not tell, put into a demo whose texts are marked: so that hunts for marks see these rows too."""

from collections.abc import Callable

from bookings.company import actions as company
from bookings.models import Consultation
from cases.case.corrections import actions as corrections
from cases.case.left import actions as left
from cases.case.models import Assignment, Case
from cases.reviews.doctor_note import actions as notes
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.pages import erasing_actions


def put_in() -> dict[str, int]:
    """One row of each kind by its real action, in the first case that lets it; how many of each came about."""
    return {act.__name__: _first(act) for act in (_correction, _companion, _doctor_note, _departure, _erasure_wish)}


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
