"""One case with everything around it, and the people who may and may not see it."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from cases.case.models import Consent
from portal.actors import Actor
from portal.pages import actions as page_actions
from tests import factories, people

NAMES = {
    "patient": "rosa",
    "other_patient": "grace",
    "starter": "ama",
    "assigned": "joanne",
    "unassigned": "amir",
    "coordinator": "theo",
    "administrator": "mara",
    "unready": "nils",
}


@dataclass
class World:
    """Things by name, for the arguments of addresses; browsers by person."""

    things: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.things[name]

    def client(self, person: str) -> Client:
        if person == "anonymous":
            return people.browser()
        if person == "unverified":
            return people.unverified()
        if person == "disabled":
            return people.disabled()
        return people.browser(people.person(NAMES[person]))


def make_world() -> World:
    """Rosa's case, begun by Ama for her, with Joanne as its consultant; others have cases of their own."""
    for key in people.CAST:
        people.person(key)
    rosa, joanne = people.person("rosa"), people.person("joanne")
    case = factories.open_case(rosa, starter=people.person("ama"))
    factories.assign(case, joanne)
    factories.open_case(people.person("grace"))
    things = {"case": case.pk, "patient": rosa.pk}
    things["consent"] = Consent.objects.get(case=case, kind=Consent.Kind.READ).pk
    things["todo"] = page_actions.ask_for_a_call(case, by=Actor.person(rosa)).pk
    return World(things)
