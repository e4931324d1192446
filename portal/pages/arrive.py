"""The first arrival: a case opened from the answers to the five questions, where the person chose to keep them."""

import json

from django.db import transaction

from cases.case.actions import open_case
from cases.case.forms import why_not_treatment_on
from cases.case.models import Case
from cases.records.actions import begin_round, move_referral, set_visit_date
from cases.records.rules import why_not_visit_on
from portal import clock, when
from portal.accounts import drafts
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import questions

REFERRAL = {"asked", "agreed", "refused", "not_needed"}


@transaction.atomic
def first_case(user: User, *, by: Actor) -> Case | None:
    """Open the first case from the kept answers and forget the draft; None when nothing was kept.

    Safe to call twice at once: the person's row is locked, and the draft is there for one of the two only.
    """
    User.objects.select_for_update().get(pk=user.pk)
    draft = drafts.kept(user, questions.DRAFT)
    answers = questions.unpack(draft["sealed"]) if draft and "sealed" in draft else None
    if answers is None:
        return None
    drafts.drop(user, questions.DRAFT)
    is_for_other = answers.get("who") == "other" and answers.get("patient_name")
    whose = {"patient_name": answers["patient_name"], "starter": user} if is_for_other else {"patient": user}
    today = when.as_date(clock.now())
    treatment_on = questions.day_of(answers, "treatment_on")
    if treatment_on and why_not_treatment_on(treatment_on, today):
        treatment_on = None
    case = open_case(**whose, answers=json.dumps(answers), treatment_on=treatment_on, by=by)
    _say_what_was_answered(case, answers, by)
    return case


def _say_what_was_answered(case: Case, answers: questions.Answers, by: Actor) -> None:
    """Referral and visit stand in the case as they were answered, so that nobody is asked again."""
    asked = "not_needed" if answers.get("referrer") == "not_needed" else answers.get("asked")
    if asked in REFERRAL:
        move_referral(case, asked, by=by)
    visit_on = questions.day_of(answers, "visit_on")
    today = when.as_date(clock.now(), case.patient.zone)
    # A day that cannot be was answered long ago or mistyped: the person is asked for it again, in the case.
    if answers.get("visit") == "yes" and visit_on and not why_not_visit_on(visit_on, today):
        set_visit_date(begin_round(case, by=by), on=visit_on, by=by)
