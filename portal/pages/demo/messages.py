"""What the demo shows of messages that do not simply go: letters, a rest, a kind held back, an address that is none."""

import datetime as dt
from collections.abc import Callable

from allauth.account.models import EmailAddress

from cases.case.models import Case
from cases.records.planning import CHASE
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages.fix_address import put_right
from portal.reminders import muting
from portal.reminders.actions import pause

A_REST = dt.timedelta(days=5)


def want_letters(case: Case, postal: str, theo: User) -> None:
    """The patient asked on the phone to have letters."""
    _reach(case.patient, theo, postal=postal, channel="letter")


def _mistype(case: Case, theo: User) -> None:
    """An address written down on the phone, which nobody confirmed, and wrong: the server takes nothing for it."""
    EmailAddress.objects.filter(user=case.patient).update(verified=False)
    name = (case.patient.email or "").partition("@")[0]
    _reach(case.patient, theo, email=f"{name}@example.invalid")


def _rest(case: Case, theo: User) -> None:
    pause(case.patient, until=clock.now() + A_REST, by=Actor.person(case.patient))


def _hold_back(case: Case, theo: User) -> None:
    """She calls the offices herself, and does not want to be asked about it."""
    muting.mute(case.patient, CHASE, case=case, by=Actor.person(theo))


def _reach(person: User, theo: User, **changed: str) -> None:
    reached = {"email": person.email or "", "phone": person.phone} | changed
    put_right(person, **reached, by=Actor.person(theo))


# What a story may say under `messages`.
ODD: dict[str, Callable[[Case, User], None]] = {"refused": _mistype, "rest": _rest, "held_back": _hold_back}
