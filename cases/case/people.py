"""Who is who in a case, and what each may do. Pages compute "who can open it" from here."""

from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Assignment, Case, Consent
from portal.accounts.models import User
from portal.actors import Actor

PATIENT, HELPER, CONSULTANT, COORDINATOR = "patient", "helper", "consultant", "coordinator"

# verb → roles. A helper is someone who started the case for another: until the patient agrees she types and
# uploads, and sees only what she put in. Nobody accepts, consents or decides for the patient.
MAY: dict[str, set[str]] = {
    "see": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "change_dates": {PATIENT, HELPER, COORDINATOR},
    "add_documents": {PATIENT, HELPER, COORDINATOR},
    "read_documents": {PATIENT, CONSULTANT, COORDINATOR},
    "say_where_records_are": {PATIENT, HELPER, COORDINATOR},
    "book": {PATIENT},
    "accept_scope": {PATIENT},
    "consent": {PATIENT},
    "sign": {PATIENT},
    "say_signed": {PATIENT, COORDINATOR},  # that a paper is signed, or that a permission is taken back
    "ask_for_a_call": {PATIENT, HELPER},
    "read_summary": {PATIENT, CONSULTANT, COORDINATOR},
    "review": {CONSULTANT},
    "see_privacy": {PATIENT},
    "log_calls": {COORDINATOR},
    "set_friday_note": {PATIENT},
    "see_reminders": {PATIENT, HELPER, COORDINATOR},
    "take_papers": {PATIENT, HELPER, COORDINATOR},
    "see_questions": {PATIENT, CONSULTANT, COORDINATOR},
    "ask_questions": {PATIENT, CONSULTANT, COORDINATOR},
    "see_private_words": {PATIENT},
}

WORDS: dict[str, Promise] = {
    PATIENT: gettext_lazy("you"),
    HELPER: gettext_lazy("your helper"),
    CONSULTANT: gettext_lazy("your consultant"),
    COORDINATOR: gettext_lazy("your coordinator"),
}
# The same people, named to anyone but the patient.
WORDS_TO_OTHERS: dict[str, Promise] = {
    PATIENT: gettext_lazy("the patient"),
    HELPER: gettext_lazy("the helper"),
    CONSULTANT: gettext_lazy("the consultant"),
    COORDINATOR: gettext_lazy("the coordinator"),
}


def role_in(case: Case, who: Any) -> str:
    """The role of a user (or of an Actor's user) in a case, or "" for a stranger."""
    user = who.user if isinstance(who, Actor) else who
    if user is None or not user.is_active:
        return ""
    if case.patient_id == user.pk:
        return PATIENT
    if case.starter_id == user.pk:
        return HELPER
    if user.role == User.Role.COORDINATOR and case.state != Case.State.CLOSED:
        return COORDINATOR
    if user.role == User.Role.CONSULTANT and is_assigned(case, user):
        return CONSULTANT
    return ""


def is_assigned(case: Case, user: User) -> bool:
    return Assignment.objects.filter(case=case, user=user, ended_at__isnull=True).exists()


def has_consent_to_read(case: Case, consultant: User) -> bool:
    return Consent.objects.standing().filter(case=case, kind=Consent.Kind.READ, consultant=consultant).exists()


def may(verb: str, case: Case, who: Any) -> bool:
    """Whether this person may do this in this case. A consultant reads only with the patient's permission."""
    role = role_in(case, who)
    if role not in MAY[verb]:
        return False
    if role == CONSULTANT and verb in {"read_documents", "review"}:
        return has_consent_to_read(case, who.user if isinstance(who, Actor) else who)
    return True


def words_for(case: Case, reader: User | None) -> dict[str, Promise]:
    """What to call each role: the patient reads "your coordinator", everyone else "the coordinator"."""
    return WORDS if reader is None or reader.pk == case.patient_id else WORDS_TO_OTHERS


def who_can_open(case: Case, verb: str = "read_documents", *, reader: User | None = None) -> list[tuple[User, str]]:
    """Everyone who can open the case's documents today, or do `verb`, computed from the rule; with their words,
    as `reader` (the patient when nobody is named) says them.
    """
    words = words_for(case, reader)
    people = [(case.patient, str(words[PATIENT]))] if case.patient.can_sign_in else []
    assigned = User.objects.filter(
        pk__in=case.assignments.filter(ended_at__isnull=True).values("user"), can_sign_in=True
    ).order_by("name")
    people += [(user, str(words[CONSULTANT])) for user in assigned if may(verb, case, user)]
    coordinators = User.objects.filter(role=User.Role.COORDINATOR, can_sign_in=True).order_by("name")
    people += [(user, str(words[COORDINATOR])) for user in coordinators if may(verb, case, user)]
    return people


def patients_and_helpers(cases: Any) -> Any:
    """The people these cases are of, and who began them; never staff."""
    return User.objects.filter(Q(pk__in=cases.values("patient")) | Q(pk__in=cases.values("starter")), role="")


def in_words(people: list[tuple[User, str]], reader: User) -> str:
    """ "you, Joanne Pike (your consultant) and Theo Lindqvist (your coordinator)"."""
    parts = [
        str(WORDS[PATIENT]) if user == reader else _("%(name)s (%(role)s)") % {"name": user.name, "role": role}
        for user, role in people
    ]
    if len(parts) < 2:
        return "".join(parts)
    return _("%(others)s and %(last)s") % {"others": ", ".join(parts[:-1]), "last": parts[-1]}
