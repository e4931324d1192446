"""Papers by which somebody acts for the patient in law: read by a coordinator, put on record, ended."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.helping import actions, rules, written_down
from cases.case.helping.models import Helper, Mandate
from cases.case.helping.rules import How
from cases.case.models import Case
from cases.case.people import COORDINATOR, role_in
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def record_mandate(
    case: Case,
    person: User,
    *,
    kind: str,
    from_on: dt.date,
    until_on: dt.date | None = None,
    paper: UUID | None = None,
    by: Actor,
) -> Mandate:
    """Put on record what a paper says. Whoever had no yes of the patient acts from now on by the paper.

    Raises Refused for whoever is no coordinator, for somebody who does not help here, and for days that cannot be.
    One that stands is kept where the new one says the same; else it ends with the new one.
    """
    case = _must_read(case, by)
    today = clock.today(case.patient.zone)
    if kind not in Mandate.Kind.values:
        raise Refused(_("Choose what the paper is."), code="kind")
    if from_on > today:
        raise Refused(_("This paper counts from a later day. Record it then."), code="from_on")
    if until_on is not None and until_on < today:
        raise Refused(_("This paper counts no more. Choose today or a later day."), code="until_on")
    if person.role or person.pk == case.patient_id:
        raise Refused(_("Someone of our team cannot be a helper here."), code="role")
    helper = actions.ask(case, person, by=by)
    said: dict[str, Any] = {"kind": kind, "from_on": from_on, "until_on": until_on, "paper": paper}
    former = Mandate.objects.filter(case=case, person=person, ended_at=None).first()
    is_the_same = former is not None and all(getattr(former, name) == value for name, value in said.items())
    if former and is_the_same and Mandate.objects.standing().filter(pk=former.pk).exists():
        return former
    if former:
        actions.end_paper(former, case.patient_id, by)
    over_at = rules.over_at(until_on, case.patient.zone)
    mandate = Mandate.objects.create(
        case=case, person=person, over_at=over_at, recorded_at=clock.now(), recorded_by=by.user, **said
    )
    record(by, "mandate.recorded", mandate, patient=case.patient_id, case=case.pk)
    actions.let_by_law(helper, until_on, by=by)
    written_down.tell(written_down.PAPER, mandate, case.patient, by=by)
    return mandate


@transaction.atomic
def end_mandate(mandate: Mandate, *, by: Actor) -> Mandate:
    """The paper counts no more: what the patient allowed stays, help by the paper alone is over. Twice it ends once."""
    case = _must_read(mandate.case, by)
    mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if mandate.ended_at:
        return mandate
    actions.end_paper(mandate, case.patient_id, by)
    written_down.tell(written_down.PAPER_END, mandate, case.patient, by=by)
    helps = Helper.objects.open().filter(case=mandate.case_id, person=mandate.person_id, agreed_how=How.LAW)
    for helper in helps.select_related("case"):
        actions.end(helper, by=by)
    return mandate


def _must_read(case: Case, by: Actor) -> Case:
    """The case, locked; for a coordinator of it alone."""
    case = actions.locked(case)
    if role_in(case, by) != COORDINATOR:
        raise Refused(_("Only a coordinator can do this."), code="role")
    return case


def helpers_of(case: Case) -> list[Helper]:
    """Those asked for or agreed to, the one who began first."""
    found = Helper.objects.open().filter(case=case).select_related("person", "recorded_by")
    return sorted(found, key=lambda each: (each.person_id != case.starter_id, each.asked_at))
