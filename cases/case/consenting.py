"""Words that a person accepts: given, several at once, and taken back."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.case.models import Case, Consent
from cases.case.people import acts_as, may, only_theirs, role_in
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.models import Text
from portal.texts.words import text

WORDS_OF = {  # a kind of consent → the words that are accepted
    "scope": "scope_tick",
    "read": "consent_read",
    "note": "consent_read",
    "privacy": "privacy_notice",
}


@transaction.atomic
def give_consent(
    kind: str,
    *,
    person: User,
    case: Case | None = None,
    consultant: User | None = None,
    text_kind: str = "",
    how: str = "page",
    by: Actor,
) -> Consent:
    """Record that a person accepted the words that hold now. The same words twice are one consent.

    Raises Refused when someone else than the patient, or who acts for her in law, accepts for a case.
    """
    accepted = text(text_kind or WORDS_OF[kind])
    consent = _consent(kind, accepted, person=person, case=case, consultant=consultant, how=how, by=by)
    found = {"kind": kind, "person": person, "case": case, "consultant": consultant, "text": accepted}
    standing = Consent.objects.standing().filter(**found).first()
    if standing:
        return standing
    try:
        with transaction.atomic():
            consent.save(force_insert=True)
    except IntegrityError:  # the other press of a double click
        return Consent.objects.standing().get(**found)
    record(by, "consent.given", consent, patient=person.pk, case=case.pk if case else None, why=kind)
    return consent


def give_consents(
    wanted: Mapping[str, User | None], *, person: User, case: Case, how: str = "page", by: Actor
) -> dict[str, Consent]:
    """`give_consent` for several kinds, each with its consultant, that were seen not to stand: in one statement."""
    new = {
        kind: _consent(kind, text(WORDS_OF[kind]), person=person, case=case, consultant=consultant, how=how, by=by)
        for kind, consultant in wanted.items()
    }
    try:
        with transaction.atomic():
            Consent.objects.bulk_create(new.values())
    except IntegrityError:  # one of them stands by now
        each = {"person": person, "case": case, "how": how, "by": by}
        return {kind: give_consent(kind, consultant=consultant, **each) for kind, consultant in wanted.items()}
    for kind, consent in new.items():
        record(by, "consent.given", consent, patient=person.pk, case=case.pk, why=kind)
    return new


def _consent(
    kind: str, accepted: Text, *, person: User, case: Case | None, consultant: User | None, how: str, by: Actor
) -> Consent:
    """The row, not written yet. Raises Refused when it is not theirs to give."""
    given_as = ""
    if case is not None and by.kind == "user" and how == "page" and role_in(case, by) != "patient":
        given_as = acts_as(case, by) if may("accept_scope" if kind == "scope" else "consent", case, by) else ""
        if not given_as:
            raise Refused(only_theirs(case), code="role")
    return Consent(
        kind=kind,
        person=person,
        case=case,
        consultant=consultant,
        text=accepted,
        given_at=clock.now(),
        given_by=by.user if given_as else None,
        given_as=given_as,
        how=how,
    )


@transaction.atomic
def withdraw_consent(consent: Consent, *, at: dt.datetime | None = None, by: Actor) -> Consent:
    """Take a permission back. Later openings are refused; what was read stays on record.

    `at`: the moment at which what it was given for has ended.
    """
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if by.kind == "user" and by.id != consent.person_id:
        raise Refused(_("Only the patient can take this back."))
    if consent.withdrawn_at is None:
        consent.withdrawn_at = at or clock.now()
        consent.save(update_fields=["withdrawn_at"])
        record(
            by,
            "consent.withdrawn",
            consent,
            patient=consent.person_id,
            case=consent.case_id,
            why=consent.kind,
        )
    return consent
