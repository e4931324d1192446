"""Who can open which kind of thing in a case: the rule of `people`, asked for everybody and every kind at once."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cases.case import people
from cases.case.helping.models import Helper
from cases.case.models import Case, Consent, SecondReader, UrgentLook
from cases.case.people import BEGINNER, CONSULTANT, COORDINATOR, HELPER, PATIENT, SECOND, URGENT
from portal.accounts.models import User
from portal.beside import lists

# What there is to open, by the verb that opens it, in the words of a page.
KINDS: dict[str, Promise] = {
    "see": gettext_lazy("dates"),
    "see_records": gettext_lazy("where records are"),
    "read_documents": gettext_lazy("files"),
    "read_messages": gettext_lazy("messages"),
    "see_questions": gettext_lazy("questions"),
    "read_summary": gettext_lazy("the summary"),
    "see_private_words": gettext_lazy("private words"),
}


@dataclass(frozen=True)
class Opens:
    """One person, and what they can open today. `grant` is a helper's, `second` of whoever reads along, `urgent` of
    whoever looks for an hour.
    """

    user: User
    role: str
    verbs: frozenset[str] = field(default_factory=frozenset)
    grant: Helper | None = None
    second: SecondReader | None = None
    urgent: UrgentLook | None = None


def who_opens(case: Case) -> list[Opens]:
    """The patient, who began for her and waits, her helpers, consultants and coordinators with what each can open, in
    a handful of queries.
    """
    found = [_opens(case.patient, PATIENT, lambda verb: True)] if case.patient.can_sign_in else []
    begun = case.starter if case.starter and people.begins(case, case.starter) else None
    if begun and begun.can_sign_in:
        found.append(_opens(begun, BEGINNER, lambda verb: verb in people.BY_BEGINNING))
    grants = Helper.objects.granted().filter(case=case).select_related("person").order_by("person__name", "pk")
    for grant in grants:
        if grant.person.can_sign_in and not grant.person.role:
            found.append(_opens(grant.person, HELPER, partial(people.allows, grant), grant))
    own = {each.user.pk for each in found} | ({begun.pk} if begun else set())
    found += [each for each in _team(case) if each.user.pk not in own]
    return found


def _team(case: Case) -> list[Opens]:
    """The case's consultants, then the coordinators of an open case."""
    is_theirs = Q(role=User.Role.CONSULTANT, pk__in=case.assignments.filter(ended_at=None).values("user"))
    if case.state != Case.State.CLOSED:
        is_theirs |= Q(role=User.Role.COORDINATOR)
    read = Consent.objects.standing().filter(case=case, kind=Consent.Kind.READ, consultant=OuterRef("pk"))
    team = User.objects.filter(is_theirs, can_sign_in=True).annotate(may_read=Exists(read)).order_by("name")
    found = [
        _opens(user, CONSULTANT, lambda verb, allows=user.may_read: allows or verb not in people.BY_CONSENT)
        for user in team
        if user.role == User.Role.CONSULTANT and user.pk != case.patient_id
    ]
    together = lists(case, along=_along_of(case), looking=_looking_of(case))
    found += _along(together["along"], {each.user.pk for each in found})
    found += _looking(together["looking"], {each.user.pk for each in found})
    return found + [_opens(user, COORDINATOR, lambda verb: True) for user in team if user.role == COORDINATOR]


def _along_of(case: Case) -> QuerySet[SecondReader]:
    granted = SecondReader.objects.granted().filter(case=case).select_related("reader", "asked_by")
    read = Consent.objects.standing().filter(case=case, kind=Consent.Kind.READ, consultant=OuterRef("reader"))
    return granted.annotate(may_read=Exists(read))


def _looking_of(case: Case) -> QuerySet[UrgentLook]:
    looks = UrgentLook.objects.standing().filter(case=case).select_related("reader")
    return looks.annotate(looks_into=Exists(UrgentLook.objects.reading().filter(pk=OuterRef("pk"))))


def _along(granted: list[Any], placed: set[Any]) -> list[Opens]:
    """Colleagues who read along, unless they have a place of their own."""
    found = []
    for second in granted:
        if second.reader.can_sign_in and second.reader_id not in placed:
            opens = _opens(
                second.reader, SECOND, lambda verb, allows=second.may_read: allows or verb not in people.BY_CONSENT
            )
            found.append(replace(opens, second=second))
    return found


def _looking(looks: list[Any], placed: set[Any]) -> list[Opens]:
    """Those who look for an hour, unless they have another part in the case."""
    return [
        replace(
            _opens(look.reader, URGENT, lambda verb, allows=look.looks_into: allows or verb not in people.BY_CONSENT),
            urgent=look,
        )
        for look in looks
        if look.reader.can_sign_in and look.reader.role == CONSULTANT and look.reader_id not in placed
    ]


def _opens(user: User, role: str, allows: Any, grant: Helper | None = None) -> Opens:
    acts_as = HELPER if role == BEGINNER else role
    return Opens(user, role, frozenset(verb for verb in KINDS if acts_as in people.MAY[verb] and allows(verb)), grant)
