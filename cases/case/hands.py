"""Acting for the patient: a coordinator or a helper presses, and the line of history says for whom.

For a patient who is reached by phone and post a coordinator is also eyes and voice: what is written to her waits as one
thing to do until it was read out, or posted.
"""

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, give_consent, settle_to_do, settle_to_dos
from cases.case.models import Case, Consent, ToDo
from cases.case.people import CONSULTANT, COORDINATOR, PATIENT, role_in
from portal import clock
from portal.accounts.by_phone import must_coordinate, privacy_read_out
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.words import organisation

READ_OUT = "read_out"  # to-do: the privacy notice, to a patient for whom somebody else rang
# To-do: what waits to be read out to a patient who signs in nowhere, or to be posted. One open a case and kind.
READ_MESSAGE, READ_SUMMARY, READ_ANSWER = "read_message", "read_summary", "read_answer"
READ_OUTCOME = "read_outcome"  # what came of a call
TO_READ = (READ_MESSAGE, READ_SUMMARY, READ_ANSWER, READ_OUTCOME)
PHONE, PAPER = "phone", "paper"  # how the patient said yes, where it was not on a page of hers


def actor_for(request: HttpRequest, case: Case) -> Actor:
    """The signed-in person; where they do what is the patient's to do, with her as the one it is done for."""
    role = role_in(case, request.user)
    return Actor.of(request, None if role in {"", PATIENT, CONSULTANT} else case.patient_id)


def writer_for(request: HttpRequest, case: Case) -> Actor:
    """The same where all write under their own name: only a coordinator writes for the patient."""
    is_for_her = role_in(case, request.user) == COORDINATOR
    return actor_for(request, case) if is_for_her else Actor.of(request)


@transaction.atomic
def read_privacy_out(person: User, *, version: int, language: str = "", by: Actor) -> Consent:
    """The privacy notice was read out on the phone: its version and how it was said stay with her consents.

    `language`: of the words that were read, else the reader's. Raises Refused where they have changed since.
    """
    must_coordinate(by)
    privacy_read_out(person, version=version, language=language, by=by)
    with translation.override(language or translation.get_language()):
        consent = give_consent("privacy", person=person, how=PHONE, by=by)
    settle_to_dos(person, READ_OUT, by=by)
    return consent


def ask_to_read_out(case: Case, *, by: Actor) -> ToDo:
    """Somebody else rang: one of us rings the patient, and reads the privacy notice out."""
    return ask_to_do(READ_OUT, case.patient, case=case, due_on=clock.today(by.user.zone), by=by)


def check_said(how: str, *, by: Actor) -> None:
    """Raise Refused unless a coordinator says how the patient said yes."""
    must_coordinate(by)
    if how not in {PHONE, PAPER}:
        raise Refused(_("Say how they agreed: on the phone, or on paper."), code="said")


def is_by_hand(person: User) -> bool:
    """Whether a person signs in nowhere, and is reached by phone or post."""
    return not person.can_sign_in and not person.email and bool(person.phone or person.postal)


def done_for(case: Case, by: Actor) -> Actor:
    """The same actor, on record as acting for the patient."""
    return replace(by, for_patient=case.patient_id)


def check_by_hand(case: Case, by: Actor) -> None:
    """Raise Refused unless a coordinator acts for a patient who signs in nowhere."""
    must_coordinate(by)
    if not is_by_hand(case.patient):
        raise Refused(_("%(name)s signs in, and writes and reads here.") % {"name": case.patient.name}, code="state")


@transaction.atomic
def ask_to_read(kind: str, case: Case, *, by: Actor) -> ToDo | None:
    """Something new stands in the case of a patient who signs in nowhere: one of us brings it to her. None for others.

    What waits already stays one, asked for as late as the newest thing: what was printed before does not hold that.
    """
    if not is_by_hand(case.patient):
        return None
    todo = ask_to_do(kind, case, case=case, due_on=organisation().today(), by=by)
    ToDo.objects.filter(pk=todo.pk, done_at=None).update(asked_at=clock.now())
    return todo


def to_read(case: Case) -> dict[str, ToDo]:
    """What waits to be brought to the patient, by kind. One query."""
    return {todo.kind: todo for todo in ToDo.objects.open().filter(kind__in=TO_READ, about_id=str(case.pk))}


@transaction.atomic
def was_read(kind: str, case: Case, *, until: dt.datetime | None = None, by: Actor) -> None:
    """She has heard it, or holds it in her hands. What came after `until` still waits. Twice is once."""
    found = ToDo.objects.open().filter(kind=kind, about_id=str(case.pk)).select_related("case")
    for todo in found if until is None else found.filter(asked_at__lte=until):
        settle_to_do(todo, by=by)


def open_cases(person: User) -> list[Case]:
    """The cases of a patient in which somebody still reads or writes."""
    return list(Case.objects.open().filter(patient=person).select_related("patient", "key"))
