"""What a patient agrees to when a call is booked: the scope of our calls, and that her consultant may read."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bookings import rules
from bookings.models import AskedHold, Hold
from cases.case import hands
from cases.case.consenting import give_consents
from cases.case.models import Case, Consent
from cases.case.people import HELPER, PATIENT, acts_as, only_theirs, role_in
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.once import once
from portal.texts.words import text

SCOPE, READ = Consent.Kind.SCOPE, Consent.Kind.READ


class Agreed(NamedTuple):
    """The scope that was accepted, and whether the consultant may read."""

    scope: Consent
    may_read: bool


def standing(patient: User, case: Case, consultant: User) -> QuerySet[Consent]:
    """What she accepted that counts when this call is booked, in whatever words."""
    scope, read = Q(kind=SCOPE, person=patient), Q(kind=READ, case=case, consultant=consultant)
    return Consent.objects.standing().filter(scope | read).order_by("given_at")


def standing_scope(patient: User) -> Consent | None:
    """The patient's acceptance of the scope in the words that hold now; once a page."""
    accepted = Consent.objects.standing().filter(person=patient, kind=SCOPE, text=text("scope_tick"))
    return once(("standing scope", patient.pk), lambda: accepted.order_by("given_at").first())


def consents(
    hold: Hold | AskedHold,
    accepts_scope: bool,
    may_read: bool,
    by: Actor,
    how: str,
    version: int | None,
    known: Iterable[Consent] | None = None,
) -> Agreed:
    """The scope accepted once per version, the permission to read once per consultant and case.

    Whoever books for the patient says how she agreed (`how`), and to which version of the scope. A helper gives
    neither, but where the law lets her act for the patient. `known`: what `standing` found.
    """
    patient, case, consultant = hold.case.patient, hold.case, hold.consultant
    stands = list(standing(patient, case, consultant) if known is None else known)
    tick = text("scope_tick")
    scope = next((each for each in stands if each.kind == SCOPE and each.text_id == tick.pk), None)
    has_read = any(each.kind == READ for each in stands)
    is_helper = role_in(case, by) == HELPER and not acts_as(case, by)
    if is_helper and scope is None:
        raise Refused(only_theirs(case), code="role")
    missing = rules.needed_before_booking(
        accepts_scope=accepts_scope,
        has_scope=scope is not None,
        may_read=may_read or is_helper or not hold.service.needs_plan,
        has_may_read=has_read,
    )
    if missing:
        raise Refused(missing[0][1], code=missing[0][0])
    may_read = may_read and not is_helper
    if (scope is None or (may_read and not has_read)) and role_in(case, by) != PATIENT and not acts_as(case, by):
        hands.check_said(how, by=by)
        if version is not None and version != tick.version:
            raise Refused(_("These words have changed since. Read out the new ones."), code="said")
    wanted: dict[str, User | None] = {}
    if may_read and not _has_read(stands, patient):
        wanted[READ] = consultant
    if scope is None:
        wanted[SCOPE] = None
    given = give_consents(wanted, person=patient, case=case, how=how or "page", by=by)
    return Agreed(scope or given[SCOPE], has_read or may_read)


def _has_read(stands: Iterable[Consent], patient: User) -> bool:
    """Whether she accepted these words of reading; in others, or by another, they are accepted again."""
    words = text("consent_read").pk
    return any(each.kind == READ and each.text_id == words and each.person_id == patient.pk for each in stands)
