"""Telling a patient that a consultant left, and hearing the answer."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import CALL, ask_to_do, assign, give_consent, must, must_be_open, settle_to_dos
from cases.case.left import notices
from cases.case.left.models import Departure
from cases.case.models import Case
from cases.case.people import COORDINATOR, may, only_theirs, role_in
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.models import Text
from portal.texts.words import organisation, text

CONSULTANT_LEFT = "consultant_left"  # a to-do: the patient is told who reads now, or somebody is found


def tell(case: Case, consultant: User, *, by: Actor) -> Departure:
    """The patient is told and asked. Told twice while nothing is answered it is told once."""
    if found := Departure.objects.open().filter(case=case, consultant=consultant).first():
        return found
    try:
        with transaction.atomic():
            departure = Departure.objects.create(case=case, consultant=consultant, left_at=clock.now())
    except IntegrityError:  # at the same moment
        return Departure.objects.open().get(case=case, consultant=consultant)
    notices.told(departure)
    return departure


@transaction.atomic
def choose(
    departure: Departure, consultant: User, *, how: str = "page", version: int | None = None, by: Actor
) -> Departure:
    """Another consultant gets a place in the case and may read from now on, by the patient's yes. Twice is once.

    A coordinator to whom the patient said it writes down how, and which `version` of the words was read out; that
    counts after "call me", too. Raises Refused where somebody else is no consultant of ours, and when it was answered
    otherwise meanwhile.
    """
    departure = _locked(departure, by, how)
    if how != "page" and version != text(Text.Kind.CONSENT_READ).version:
        raise Refused(_("These words have changed since. Read out the new ones."), code="said")
    wants_call = departure.answer == Departure.Answer.CALL
    if departure.answered_at and not (wants_call and how != "page"):
        return _same(departure, answer=Departure.Answer.TAKES, chosen_id=consultant.pk)
    if not consultant.is_our_consultant or consultant.pk in {departure.consultant_id, departure.case.patient_id}:
        raise Refused(_("Choose one of our consultants."), code="answer")
    case = departure.case
    assign(case, consultant, why="taking", by=by)
    give_consent("read", person=case.patient, case=case, consultant=consultant, how=how, by=by)
    _answered(departure, Departure.Answer.TAKES, consultant, by)
    settle_to_dos(departure, CONSULTANT_LEFT, by=by)
    if wants_call:
        settle_to_dos(case, CALL, by=by)
    return departure


def booked_with(case: Case, consultant: User, *, by: Actor) -> None:
    """She booked a call with another of us: that is her answer, also after "call me". Whether they may read is asked
    with the call. Of a helper's booking nothing follows. Under the case's lock.
    """
    if role_in(case, by) != COORDINATOR and not may("consent", case, by):
        return
    asked = Departure.objects.unsettled().filter(case=case).exclude(consultant=consultant)
    for departure in asked.select_for_update(of=("self",)):
        departure.case = case
        _answered(departure, Departure.Answer.TAKES, consultant, by)
        settle_to_dos(departure, CONSULTANT_LEFT, by=by)


@transaction.atomic
def ask_for_call(departure: Departure, *, by: Actor) -> Departure:
    """A coordinator rings today, tells what was to be told, and writes down what she says. Twice is once."""
    departure = _locked(departure, by)
    if departure.answered_at:
        return _same(departure, answer=Departure.Answer.CALL, chosen_id=None)
    ask_to_do(CALL, departure.case, case=departure.case, due_on=organisation().today(), by=by)
    _answered(departure, Departure.Answer.CALL, None, by)
    return departure


def _answered(departure: Departure, answer: str, chosen: User | None, by: Actor) -> None:
    at = max(clock.now(), departure.left_at)  # the clock may have been set back
    departure.answer, departure.chosen, departure.answered_at = answer, chosen, at
    departure.save(update_fields=["answer", "chosen", "answered_at"])
    case = departure.case
    record(by, "departure.answered", departure, patient=case.patient_id, case=case.pk, why=f"left_{answer}")
    notices.answered(departure)


def _same(departure: Departure, **said: Any) -> Departure:
    if any(getattr(departure, name) != value for name, value in said.items()):
        raise Refused(_("You answered this already. Call us, and we change it with you."), code="answer")
    return departure


def _locked(departure: Departure, by: Actor, how: str = "page") -> Departure:
    found = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("patient", "key")
    case = found.get(pk=departure.case_id)
    if how == "page":
        must("consent", case, by)
    else:
        hands.check_said(how, by=by)
        must_be_open(case, by)
        if role_in(case, by) != COORDINATOR:  # her own case, or one in which she helps: said on a page like others
            raise Refused(only_theirs(case), code="role")
    departure = Departure.objects.select_for_update(of=("self",)).select_related("consultant").get(pk=departure.pk)
    departure.case = case
    return departure
