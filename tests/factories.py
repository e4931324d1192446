"""Readable people and cases; each thing reaches its state through the real actions."""

from cases.case import actions as case_actions
from cases.case.models import Case
from portal.accounts.models import User
from portal.actors import Actor
from tests import people


def open_case(patient: User | None = None, *, starter: User | None = None, **fields) -> Case:
    """A case of Rosa's, or of the patient given."""
    patient = patient or people.person("rosa")
    fields.setdefault("diagnosis", "Breast cancer, left side")
    return case_actions.open_case(patient=patient, starter=starter, by=Actor.person(starter or patient), **fields)


def assign(case: Case, consultant: User) -> Case:
    """Give a consultant their place in the case, with the patient's permission to read."""
    case_actions.assign(case, consultant, why="booking", by=Actor.person(case.patient))
    case_actions.give_consent(
        "read", person=case.patient, case=case, consultant=consultant, by=Actor.person(case.patient)
    )
    return case
