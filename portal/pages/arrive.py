"""The first arrival: a case opened from the answers to the five questions, where the person chose to keep them."""

import json

from django.db import transaction

from cases.case.actions import open_case
from cases.case.models import Case
from portal.accounts import drafts
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import questions


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
    return open_case(
        **whose,
        answers=json.dumps(answers),
        treatment_on=questions.day_of(answers, "treatment_on"),
        by=by,
    )
