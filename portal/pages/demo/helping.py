"""Who helps in the demo: a sister whom the patient said yes to, and a daughter who waits for a yes."""

import datetime as dt

from cases.case.helping import actions as helping
from cases.case.helping.rules import Chosen, Kin
from cases.case.models import Case
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages.helping import ask_to_call

LASTS = dt.timedelta(days=60)


def let_help(case: Case, helper: User) -> None:
    """The patient asks her sister to help, and says how much herself."""
    by = Actor.person(case.patient)
    asked = helping.ask(case, helper, kin=Kin.SISTER, by=by)
    until = clock.today(case.patient.zone) + LASTS
    helping.agree(asked, chosen=Chosen.MOST, until_on=until, by=by)


def ask_for_a_yes(case: Case) -> None:
    """Whoever began it asks us to ring the patient."""
    by = Actor.person(case.starter)
    ask_to_call(case, kin=Kin.DAUGHTER, note="416 555 0117, before noon. I will be with him", by=by)
