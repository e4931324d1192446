"""Offices for the tests: typed in by someone of a case, and checked by Theo."""

from cases.case import actions, directory
from cases.case.models import Case, Office
from portal.actors import Actor
from tests import factories, people


def theo() -> Actor:
    return Actor.person(people.person("theo"))


def typed_in(name: str = "Northfield Med Ctr", case: Case | None = None, **details) -> Office:
    """An office that a patient named for their own case."""
    case = case or Case.objects.first() or factories.open_case()
    details.setdefault("phone", "(555) 010-0150")
    return actions.add_office(case, name=name, by=Actor.person(case.patient), **details)


def checked(name: str = "Northfield Medical Center", case: Case | None = None, **details) -> Office:
    """An office that everybody finds: its number was called."""
    office = directory.check_office(typed_in(name, case), by=theo())
    return directory.change_entry(office, by=theo(), **details) if details else office
