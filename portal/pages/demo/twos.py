"""Two people of every part and state, where the stories tell of one: what leaks from one to the other is seen."""

from cases.case.helping import actions as helping
from cases.case.helping.models import Helper
from cases.case.helping.rules import Chosen, Kin
from cases.case.models import Case
from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor

NAMES = ("Ana", "Bo", "Cleo", "Dag", "Enid", "Finn", "Gwen")  # of helpers, one for each state
FAMILIES = ("Moreno", "Okafor")  # one for each case
FORMER = ("consultant", "coordinator", "administrator")


def put_in() -> None:
    """Helpers in two cases, in each state that there is, and two of each role of ours who left."""
    cases = Case.objects.open().exclude(patient__email=None).order_by("opened_at", "pk").select_related("patient")
    for case, family in zip(cases[: len(FAMILIES)], FAMILIES, strict=True):
        _asked, declined, ended, *stand = [_ask(case, f"{name} {family}") for name in NAMES]
        by = Actor.person(case.patient)
        for helper, chosen in zip(stand, Chosen.values, strict=True):
            helping.agree(helper, chosen=chosen, switches=["files"] if chosen == Chosen.OWN else [], by=by)
        helping.decline(declined, by=by)
        helping.agree(ended, chosen=Chosen.MOST, by=by)
        helping.end(ended, by=by)
    _leave()


def _ask(case: Case, name: str) -> Helper:
    email = f"{name.replace(' ', '.').lower()}@example.org"
    helper = accounts.join_by_link(email=email, name=name, language="en", time_zone=case.patient.time_zone, by=SYSTEM)
    return helping.ask(case, helper, kin=Kin.SISTER, by=Actor.person(case.patient))


def _leave() -> None:
    by = Actor.person(User.objects.working_as("administrator").first())  # type: ignore[arg-type]
    for role in FORMER:
        for family in FAMILIES:
            email = f"former.{role}.{family.lower()}@example.org"
            invitation = accounts.invite(name=f"Ida {family}", email=email, role=role, by=by)
            left = accounts.accept_invitation(invitation, by=SYSTEM)
            accounts.close_account(left, by=by)
