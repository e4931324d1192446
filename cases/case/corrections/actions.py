"""Asking for a correction, taking it back, answering it. Each is a line of the record; words stay out of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, drop_to_dos, must, settle_to_dos
from cases.case.corrections import notices
from cases.case.corrections.models import Correction
from cases.case.corrections.rules import ANSWERED, ANSWERED_WITHIN, LETTERS, OPEN_AT_MOST, About, CorrectionState
from cases.case.hands import is_by_hand
from cases.case.models import Case
from cases.case.people import COORDINATOR, role_in
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

CORRECTION = "correction"  # a kind of to-do


@transaction.atomic
def ask(case: Case, *, about: str, words: str, by: Actor) -> Correction:
    """The patient says what is wrong, or a coordinator writes down what she says on the phone.

    The same words twice are asked once. Raises Refused without words, and for more than are read at once.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("patient", "key").get(pk=case.pk)
    must("ask_to_correct", case, by)
    words = _said(words, _("Say what is wrong, and what would be right."))
    if about not in About.values:
        raise Refused(_("Choose where it stands."), code="about")
    standing = list(Correction.objects.open().filter(case=case).select_related("case__key"))
    if same := next((each for each in standing if each.about == about and each.words == words), None):
        return same
    if len(standing) >= OPEN_AT_MOST:
        raise Refused(_("We are still looking at what you asked before. You can ring us as well."), code="words")
    now, today = clock.now(), organisation().today()
    assert by.user is not None  # the rule lets people alone ask
    asked = Correction(case=case, about=about, asked_at=now, asked_by=by.user, due_on=today + ANSWERED_WITHIN)
    asked.words = words
    asked.save(force_insert=True)
    record(by, "correction.asked", asked, patient=case.patient_id, case=case.pk, why=f"correct_{about}")
    ask_to_do(CORRECTION, asked, case=case, due_on=asked.due_on, by=by)
    return asked


@transaction.atomic
def take_back(asked: Correction, *, by: Actor) -> Correction:
    """She no longer asks for it, or no longer wants her words beside what stayed. Twice is once."""
    asked = _locked(asked)
    must("ask_to_correct", asked.case, by)
    patient = asked.case.patient
    if asked.state == CorrectionState.CORRECTED:
        raise Refused(_("This is corrected already."), code="state")
    if asked.state == CorrectionState.KEPT and role_in(asked.case, by) == COORDINATOR and not is_by_hand(patient):
        raise Refused(_("These are the patient’s own words. Only they take them away."), code="role")
    if asked.state != CorrectionState.TAKEN_BACK:
        _end(asked, CorrectionState.TAKEN_BACK, "", by)
        drop_to_dos(asked, CORRECTION, by=by)
    return asked


@transaction.atomic
def answer(asked: Correction, *, outcome: str, words: str, by: Actor) -> Correction:
    """One of us corrected it, or says why it stays; the patient is told. The same answer twice is given once.

    Raises Refused without words, and when it was answered otherwise or taken back meanwhile.
    """
    asked = _locked(asked)
    must("answer_correction", asked.case, by)
    if outcome not in ANSWERED:
        raise Refused(_("Choose what became of it."), code="outcome")
    words = _said(words, _("Say what you did, or why it stays as it is."))
    if not asked.is_open:
        if (asked.state, asked.answer) == (outcome, words):
            return asked
        raise Refused(_("This is no longer open: it was answered or taken back."), code="state")
    _end(asked, outcome, words, by)
    settle_to_dos(asked, CORRECTION, by=by)
    notices.answered(asked)
    return asked


def end_all(case: Case, *, by: Actor) -> None:
    """With the case, when nobody is left to be answered."""
    for asked in Correction.objects.select_for_update(of=("self",)).open().filter(case=case).select_related("case"):
        _end(asked, CorrectionState.TAKEN_BACK, "", by)


def _end(asked: Correction, state: str, words: str, by: Actor) -> None:
    asked.state, asked.ended_at, asked.ended_by = state, clock.now(), by.user
    asked.answer = words
    asked.save(update_fields=["state", "ended_at", "ended_by", "answer"])
    verb = "taken_back" if state == CorrectionState.TAKEN_BACK else state
    record(by, f"correction.{verb}", asked, patient=asked.case.patient_id, case=asked.case_id)


def _said(words: str, without: str) -> str:
    words = words.strip()
    if not words:
        raise Refused(without, code="words")
    if len(words) > LETTERS:
        raise Refused(_("This is too long. Keep to %(most)d letters.") % {"most": LETTERS}, code="words")
    return words


def _locked(asked: Correction) -> Correction:
    found = Correction.objects.select_for_update(of=("self",))
    return found.select_related("case__patient", "case__key").get(pk=asked.pk)
