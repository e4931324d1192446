"""A story while it is told, and the deeds it is made of."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cases.case.models import Case
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages.demo.stories import Story


@dataclass(order=True)
class Deed:
    """Something somebody does, so many days before the day of loading, at an hour of that day."""

    days_ago: float
    place: int
    act: Callable[[], object] = field(compare=False)


@dataclass
class Told:
    """One story while it is told."""

    story: Story
    people: dict[str, User]
    today: dt.date
    case: Case = field(init=False)

    @property
    def teller(self) -> Actor:
        """Who acts for the case: the patient, the one who began for them, or the coordinator as their hands."""
        if self.story.by_phone:
            return replace(Actor.person(self.people["theo"]), for_patient=self.case.patient_id)
        return Actor.person(self.people[self.story.starter or self.story.patient])

    @property
    def consultant(self) -> User:
        return self.people[self.story.consultant]
