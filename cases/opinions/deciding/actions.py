"""What the patient says of her decision and of what matters to her. She alone, or who acts for her in law; on the phone
one of us writes it down for her, where she signs in nowhere.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import must
from cases.case.models import Case, Clinician
from cases.opinions.comparing import written
from cases.opinions.deciding import planning, rules
from cases.opinions.deciding.models import Decision
from cases.opinions.deciding.rules import Choice
from cases.opinions.models import Talk
from cases.opinions.talk import planning as talk_planning
from cases.records.actions import begin_round
from cases.records.models import Visit
from cases.records.planning import replan as replan_visit
from cases.records.states import VisitState
from cases.records.visits.rounds import THIRD
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def decide(
    case: Case,
    *,
    choice: str,
    words: str = "",
    check_in_on: date | None = None,
    seen: UUID | None = None,
    shown: Mapping[str, str] | None = None,
    is_hers: bool = False,
    by: Actor,
) -> Decision:
    """Say where she is now. `seen` is the answer that the page showed; said twice it is said once. `shown`: the doctors
    that the page named, by role: with "the first" goes who was named first, and stays. `is_hers`: she said it
    on the phone, `by` writes it down for her.

    "More time" lets the case rest: nothing is chased, nothing is late. "A third opinion" begins its round, with a
    referral of its own. Raises Refused for anybody who may not, for what cannot be chosen, and when another answer
    or another doctor came in between (code "changed").
    """
    case = _locked(case, is_hers, by)
    current = Decision.objects.current().filter(case=case).select_related("case__key", "clinician")
    now, stands, words, doctor = clock.now(), current.first(), words.strip(), _doctor_of(case, choice)
    named = doctor.name.casefold() if doctor else ""
    said = (choice, named, words, check_in_on)
    if stands and (stands.choice, stands.doctor.casefold(), stands.words, stands.check_in_on) == said:
        return stands
    if (stands.pk if stands else None) != seen or (shown or {}).get(choice, named).casefold() != named:
        raise Refused(_("Something else was saved meanwhile. Look at it, then say it again."), code="changed")
    before, rounds = stands.choice if stands else "", rounds_of(case)
    if choice not in offered_in(case, rounds, stands=before):
        raise Refused(_("Choose one of these."), code="choice")
    if reason := rules.why_not_words(words):
        raise Refused(reason, code="words")
    is_new_day = stands is None or stands.check_in_on != check_in_on
    if is_new_day and (reason := rules.why_not_check_in(choice, check_in_on, clock.today(case.patient.zone))):
        raise Refused(reason, code="check_in_on")
    if choice == Choice.ANOTHER and THIRD not in rounds:
        begin_round(case, round=THIRD, by=by)
    if stands:
        stands.replaced_at = now
        stands.save(update_fields=["replaced_at"])
    made = Decision(case=case, choice=choice, clinician=doctor, check_in_on=check_in_on)
    made.decided_at, made.decided_by = now, by.user
    if is_hers:
        made.decided_by, made.written_by, by = case.patient, by.user, hands.done_for(case, by)
    made.words = words
    made.save(force_insert=True)
    planning.replan(made, stands, now=now)
    _rest(case, choice == Choice.TIME)
    record(by, "decision.changed" if stands else "decision.made", made, patient=case.patient_id, case=case.pk)
    return made


@transaction.atomic
def say_what_matters(case: Case, words: str, *, is_shared: bool, seen: int, is_hers: bool = False, by: Actor) -> Case:
    """What matters most to her: hers alone unless she shares it with her consultant. The same again changes nothing.
    `is_hers`: she said it on the phone, `by` writes it down for her.

    Raises Refused for anybody who may not, and when other words came in between (code "changed").
    """
    case = _locked(case, is_hers, by)
    words = words.strip()
    if (case.matters, case.matters_is_shared) == (words, is_shared):
        return case
    if case.matters_version != seen:
        raise Refused(_("Something else was saved meanwhile. Look at it, then say it again."), code="changed")
    if reason := rules.why_not_words(words):
        raise Refused(reason, code="words")
    case.matters, case.matters_is_shared, case.matters_version = words, is_shared, seen + 1
    case.matters_written_by = None
    if is_hers:
        case.matters_written_by, by = by.user, hands.done_for(case, by)
    case.save(update_fields=["matters", "matters_is_shared", "matters_version", "matters_written_by"])
    verb = "matters.shared" if is_shared else "matters.saved"
    record(by, verb, case, patient=case.patient_id, case=case.pk)
    return case


def _locked(case: Case, is_hers: bool, by: Actor) -> Case:
    must("speak_for" if is_hers else "decide", case, by)
    case = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("patient", "key").get(pk=case.pk)
    if case.state == Case.State.CLOSED:
        raise Refused(_("This case is closed. Ask us to open it again."), code="state")
    if is_hers:
        hands.check_by_hand(case, by)
    return case


def rounds_of(case: Case) -> dict[int, bool]:
    """The live visits by their number, and whether each took place."""
    found = Visit.objects.live().filter(case=case).values_list("round", "state")
    return {number: state == VisitState.HAPPENED for number, state in found}


def offered_in(case: Case, rounds: Mapping[int, bool], *, stands: str = "") -> list[Choice]:
    """What can be chosen now."""
    happened = [number for number, took_place in rounds.items() if took_place]
    plans = rules.there(happened, written.numbers(case))
    return rules.offered(plans, may_ask=rules.may_ask(rounds, happened), stands=stands)


def _doctor_of(case: Case, choice: str) -> Clinician | None:
    """Who is meant by a doctor's plan; None for every other answer, and where nobody has a name."""
    found = case.clinicians.filter(role=choice).select_related("clinician") if choice in rules.PLANS else ()
    return next((link.clinician for link in found), None)


def _rest(case: Case, rests: bool) -> None:
    """A case that rests is left in peace; once it goes on, what is due is planned anew."""
    state = Case.State.RESTING if rests else Case.State.OPEN
    if case.state == state:
        return
    case.state = state
    case.save(update_fields=["state"])
    now = clock.now()
    for visit in Visit.objects.live().filter(case=case).select_related("office", "clinician"):
        visit.case = case
        replan_visit(visit, now=now)
    for talk in Talk.objects.open().filter(case=case).select_related("office", "clinician"):
        talk.case = case
        talk_planning.replan(talk, now=now)
