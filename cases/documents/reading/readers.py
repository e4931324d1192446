"""Who can open the files of a case today, all of them and each: told from the very rule that lets them in."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from cases.case.models import Case, Consent, Helper, SecondReader, UrgentLook
from cases.case.people import (
    CONSULTANT,
    COORDINATOR,
    HELPER,
    PATIENT,
    SECOND,
    URGENT,
    in_words,
    may,
    role_in,
    who_can_open,
    words_for,
)
from cases.documents.models import Document
from portal import when
from portal.accounts.models import User

PARTS = (PATIENT, HELPER, CONSULTANT, SECOND, URGENT, COORDINATOR)
Beyond = Callable[[Document], list[str]]
_beyond: list[Beyond] = []


def of_all(case: Case, reader: User) -> str:
    """Who opens every file but those marked "only me": "you, Joanne Pike (your consultant) and …"."""
    return in_words(who_can_open(case, reader=reader, are_ready=True), reader)


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
    part: str  # patient, helper, consultant, second_reader, urgent_reader, coordinator
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
        SECOND: _("reads along for your consultant, since you said yes on %(day)s") % {"day": day},
        URGENT: _("looks for an hour, for an urgent reason, since %(day)s") % {"day": day},
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
        SECOND: _("reads along, since the patient said yes on %(day)s") % {"day": day},
        URGENT: _("looks for an hour, for an urgent reason, since %(day)s") % {"day": day},
        COORDINATOR: _("coordinator, to keep the records moving"),
    }[reader.part]


def readers_of(document: Document) -> list[Reader]:
    """The rule of `models.readable_by` for one document: who can open it today, the patient first. One query.

    Nobody opens what was taken back.
    """
    if document.withdrawn_at:
        return []
    found = [_as_reader(user, document) for user in _candidates(document)]
    return sorted(filter(None, found), key=lambda reader: PARTS.index(reader.part))


def _as_reader(user: Any, document: Document) -> Reader | None:
    """One of `_candidates` as what opens the document for them; None when nothing does."""
    case = document.case
    is_open = case.state != Case.State.CLOSED
    if user.role and not user.is_ready:  # staff open nothing before they have set up a second factor
        return None
    if user.pk == case.patient_id:
        return Reader(user, PATIENT)
    if document.only_me:
        return None
    if user.pk == case.starter_id and not user.was_answered:
        # Who began it for the patient and waits for the answer reads what they put in themselves; staff as well.
        return Reader(user, HELPER) if is_open and user.pk == document.put_in_by_id else None
    if user.helps:
        return Reader(user, HELPER, user.agreed_at)
    if user.role == User.Role.CONSULTANT:
        if not (user.given_at and (user.is_assigned or user.reads_along)):
            return Reader(user, URGENT, user.looks_since) if user.looks_since else None
        return Reader(user, CONSULTANT if user.is_assigned else SECOND, user.given_at)
    return Reader(user, COORDINATOR) if user.role == User.Role.COORDINATOR and is_open else None


def _candidates(document: Document) -> QuerySet[User]:
    """Those whom something may let open the document, by name, each with what it is."""
    case, own = document.case, {"case": document.case_id, "person": OuterRef("pk")}
    granted = Helper.objects.granted().filter(**own, person__role="")
    opens = Q(files=True, private=True) if document.is_private else Q(files=True)
    given = Consent.objects.standing().filter(case=case, kind=Consent.Kind.READ, consultant=OuterRef("pk"))
    people = User.objects.filter(can_sign_in=True).annotate(
        was_answered=Exists(Helper.objects.answered().filter(**own)),
        helps=Exists(granted.filter(opens | Q(person=document.put_in_by_id))),
        agreed_at=granted.filter(opens).values("agreed_at")[:1],
        is_assigned=Exists(case.assignments.filter(ended_at__isnull=True, user=OuterRef("pk"))),
        reads_along=Exists(SecondReader.objects.granted().filter(case=case, reader=OuterRef("pk"))),
        looks_since=UrgentLook.objects.reading().filter(case=case, reader=OuterRef("pk")).values("begun_at")[:1],
        given_at=given.order_by("given_at").values("given_at")[:1],
        is_ready=Exists(Authenticator.objects.filter(user=OuterRef("pk"))),
    )
    named = Q(pk__in=[pk for pk in (case.patient_id, case.starter_id) if pk])
    consults = Q(is_assigned=True) | Q(reads_along=True) | Q(looks_since__isnull=False)
    staff = Q(role=User.Role.CONSULTANT) & consults | Q(role=User.Role.COORDINATOR)
    return people.filter(named | Q(helps=True) | staff).order_by("name", "pk")


def tell_beyond(source: Beyond) -> None:
    """The rooms above say here, in their apps.py, where a document went or goes outside the portal."""
    if source not in _beyond:
        _beyond.append(source)


def beyond(document: Document) -> list[str]:
    """Sentences on copies outside the portal; nobody can look at them through it."""
    return [sentence for source in _beyond for sentence in source(document)]
