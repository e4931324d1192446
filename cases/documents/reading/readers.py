"""Who can open the files of a case today, all of them and each: told from the very rule that lets them in."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.case.models import Case, Consent, Helper
from cases.case.people import (
    CONSULTANT,
    COORDINATOR,
    HELPER,
    PATIENT,
    begins,
    in_words,
    may,
    role_in,
    who_can_open,
    words_for,
)
from cases.documents.models import Document
from portal import when
from portal.accounts.models import User

Beyond = Callable[[Document], list[str]]
_beyond: list[Beyond] = []


def of_all(case: Case, reader: User) -> str:
    """Who opens every file but those marked "only me": "you, Joanne Pike (your consultant) and …"."""
    people = who_can_open(case, reader=reader)
    ready = _with_second_factor([user for user, _words in people])
    return in_words([(user, words) for user, words in people if not user.role or user.pk in ready], reader)


def of_own(case: Case, reader: User) -> str:
    """The sentence about the helper, who opens what she put in and nothing else; "" without one."""
    helper = case.starter
    if helper is None or role_in(case, helper) != HELPER or case.state == Case.State.CLOSED:
        return ""
    if helper == reader:
        return _("You can open the files that you add.")
    if may("read_documents", case, helper):
        return ""
    names = {"name": helper.name, "role": words_for(case, reader)[HELPER]}
    return _("%(name)s (%(role)s) can open only the files that they add.") % names


@dataclass(frozen=True)
class Told:
    """A reader as the page names them."""

    name: str
    initials: str
    why: str


@dataclass(frozen=True)
class Reader:
    """Someone who can open the document now: as what, and for a consultant since when."""

    user: User
    part: str  # patient, helper, consultant, coordinator
    since: dt.datetime | None = None

    def told_to(self, reader: User) -> Told:
        """ "You"; "Joanne Pike", "your consultant, since you said yes on November 3, 2026"."""
        words = _words_for_staff(self) if reader.role else _words(self)
        if self.user == reader:
            return Told(_("You"), self.user.initials, "" if self.part == PATIENT else words)
        return Told(self.user.name, self.user.initials, words)


def _words(reader: Reader) -> str:
    day = when.month_day(reader.since, year=True) if reader.since else ""
    return {
        PATIENT: _("the patient"),
        HELPER: _("your helper, since you said yes on %(day)s") % {"day": day}
        if day
        else _("your helper, because they put it in"),
        CONSULTANT: _("your consultant, since you said yes on %(day)s") % {"day": day},
        COORDINATOR: _("your coordinator, to keep your records moving"),
    }[reader.part]


def _words_for_staff(reader: Reader) -> str:
    day = when.month_day(reader.since, year=True) if reader.since else ""
    return {
        PATIENT: _("the patient"),
        HELPER: _("helper, since the patient said yes on %(day)s") % {"day": day}
        if day
        else _("began the case for the patient, and put it in"),
        CONSULTANT: _("consultant, since the patient said yes on %(day)s") % {"day": day},
        COORDINATOR: _("coordinator, to keep the records moving"),
    }[reader.part]


def readers_of(document: Document) -> list[Reader]:
    """The rule of `models.readable_by` for one document: who can open it today, the patient first.

    Nobody opens what was taken back.
    """
    if document.withdrawn_at:
        return []
    case, found = document.case, {}
    if case.patient.can_sign_in:
        found[case.patient] = Reader(case.patient, PATIENT)
    if not document.only_me:
        starter = _beginner(case)
        if starter and starter.pk == document.put_in_by_id and starter.can_sign_in:
            found.setdefault(starter, Reader(starter, HELPER))
        for reader in _helpers(document, case):
            found.setdefault(reader.user, reader)
        for reader in [*_consultants(case), *_coordinators(case)]:
            if reader.user != starter:  # one of our staff who began it for somebody reads as whoever began
                found.setdefault(reader.user, reader)
    ready = _with_second_factor(found)
    return [reader for user, reader in found.items() if not user.role or user.pk in ready]


def _beginner(case: Case) -> User | None:
    """Who began the case for the patient and waits for the answer: reads what they put in themselves."""
    starter = case.starter
    return starter if starter and case.state != Case.State.CLOSED and begins(case, starter) else None


def _helpers(document: Document, case: Case) -> list[Reader]:
    """Those whose grant opens all files, and those who put this one in themselves."""
    granted = Helper.objects.granted().filter(case=case, person__can_sign_in=True, person__role="")
    opened = granted.filter(Q(files=True) | Q(person=document.put_in_by_id))
    return [
        Reader(helper.person, HELPER, helper.agreed_at if helper.files else None)
        for helper in opened.select_related("person").order_by("person__name")
    ]


def _consultants(case: Case) -> list[Reader]:
    """Those who have a place in the case and the patient's permission to read, with the day it was given."""
    assigned = case.assignments.filter(ended_at__isnull=True).values("user")
    given = Consent.objects.standing().filter(
        case=case,
        kind=Consent.Kind.READ,
        consultant__in=assigned,
        consultant__role=User.Role.CONSULTANT,
        consultant__can_sign_in=True,
    )
    since: dict[User, Consent] = {}
    for consent in given.select_related("consultant").order_by("consultant__name", "-given_at"):
        since[consent.consultant] = consent
    return [Reader(user, CONSULTANT, consent.given_at) for user, consent in since.items()]


def _coordinators(case: Case) -> list[Reader]:
    if case.state == Case.State.CLOSED:
        return []
    people = User.objects.filter(role=User.Role.COORDINATOR, can_sign_in=True).order_by("name")
    return [Reader(user, COORDINATOR) for user in people]


def _with_second_factor(people: Iterable[User]) -> set[object]:
    """Staff open nothing before they have set up a second factor."""
    staff = [user.pk for user in people if user.role]
    return set(Authenticator.objects.filter(user__in=staff).values_list("user", flat=True)) if staff else set()


def tell_beyond(source: Beyond) -> None:
    """The rooms above say here, in their apps.py, where a document went or goes outside the portal."""
    if source not in _beyond:
        _beyond.append(source)


def beyond(document: Document) -> list[str]:
    """Sentences on copies outside the portal; nobody can look at them through it."""
    return [sentence for source in _beyond for sentence in source(document)]
