"""Acting for the patient: a coordinator or a helper presses, and the line of history says for whom."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, give_consent, settle_to_do
from cases.case.models import Case, Consent, ToDo
from cases.case.people import CONSULTANT, PATIENT, role_in
from portal import clock
from portal.accounts.by_phone import must_coordinate, privacy_read_out
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused

READ_OUT = "read_out"  # to-do: the privacy notice, to a patient for whom somebody else rang
PHONE, PAPER = "phone", "paper"  # how the patient said yes, where it was not on a page of hers


def actor_for(request: HttpRequest, case: Case) -> Actor:
    """The signed-in person; where they do what is the patient's to do, with her as the one it is done for."""
    role = role_in(case, request.user)
    return Actor.of(request, None if role in {"", PATIENT, CONSULTANT} else case.patient_id)


@transaction.atomic
def read_privacy_out(person: User, *, version: int, language: str = "", by: Actor) -> Consent:
    """The privacy notice was read out on the phone: its version and how it was said stay with her consents.

    `language`: of the words that were read, else the reader's. Raises Refused where they have changed since.
    """
    must_coordinate(by)
    privacy_read_out(person, version=version, language=language, by=by)
    with translation.override(language or translation.get_language()):
        consent = give_consent("privacy", person=person, how=PHONE, by=by)
    for todo in ToDo.objects.open().filter(kind=READ_OUT, about_id=str(person.pk)):
        settle_to_do(todo, by=by)
    return consent


def ask_to_read_out(case: Case, *, by: Actor) -> ToDo:
    """Somebody else rang: one of us rings the patient, and reads the privacy notice out."""
    return ask_to_do(READ_OUT, case.patient, case=case, due_on=clock.today(by.user.zone), by=by)


def check_said(how: str, *, by: Actor) -> None:
    """Raise Refused unless a coordinator says how the patient said yes."""
    must_coordinate(by)
    if how not in {PHONE, PAPER}:
        raise Refused(_("Say how they agreed: on the phone, or on paper."), code="said")
