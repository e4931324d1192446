"""Who is who in a case, and what each may do. Pages compute "who can open it" from here."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.models import Helper, Mandate
from cases.case.helping.rules import BOOKINGS, FILES, MESSAGES, PAPERS, PRIVATE, SUMMARY
from cases.case.models import Assignment, Case, Consent, SecondReader, UrgentLook
from cases.case.places import place_in
from portal.accounts.models import User
from portal.actors import Actor
from portal.once import once

PATIENT, HELPER, CONSULTANT, COORDINATOR = "patient", "helper", "consultant", "coordinator"
SECOND = "second_reader"  # a consultant who reads along for some days, by a grant with an end
URGENT = "urgent_reader"  # a consultant who looks for an hour, for a reason that the patient reads
BEGINNER = "beginner"  # a helper who began the case and waits for the answer, where people are named

# verb → roles. What a helper may depends on her grant besides: NEEDS and BY_MANDATE below.
MAY: dict[str, set[str]] = {
    "see": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "see_records": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "list_documents": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "open_summary": {PATIENT, HELPER, CONSULTANT, COORDINATOR},  # the page; what stands on it is "read_summary"
    "join_calls": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "change_dates": {PATIENT, HELPER, COORDINATOR},
    "add_documents": {PATIENT, HELPER, COORDINATOR},
    "read_documents": {PATIENT, HELPER, CONSULTANT, SECOND, URGENT, COORDINATOR},
    "read_along": {SECOND},  # the plan beside the draft, with notes and an answer of her own
    "look_urgently": {URGENT},  # one page: who she is, what is next, which files there are
    "see_second_readers": {PATIENT, HELPER, COORDINATOR},  # who reads along, why and until when
    "say_where_records_are": {PATIENT, HELPER, COORDINATOR},
    "write_to_offices": {PATIENT, HELPER, COORDINATOR},
    "rest": {PATIENT, HELPER},  # hide the next step until another day
    "book": {PATIENT, HELPER, COORDINATOR},
    "bring_somebody": {PATIENT, HELPER, COORDINATOR},  # say who is with her on a call
    "offer_call": {CONSULTANT},  # one of her own times, for the patient to say yes
    "accept_scope": {PATIENT, HELPER},
    "consent": {PATIENT, HELPER},
    "sign": {PATIENT, HELPER},
    "decide": {PATIENT, HELPER},
    "say_signed": {PATIENT, HELPER, COORDINATOR},  # that a paper is signed, or that a permission is taken back
    "ask_for_a_call": {PATIENT, HELPER},
    "read_summary": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "answer_asking": {PATIENT, HELPER, COORDINATOR},  # what the reader needs to read on
    "review": {CONSULTANT},
    "see_privacy": {PATIENT},
    "log_calls": {COORDINATOR},
    "set_friday_note": {PATIENT},
    "see_reminders": {PATIENT, HELPER, COORDINATOR},
    "take_papers": {PATIENT, HELPER, COORDINATOR},
    "print_forms": {PATIENT, HELPER, COORDINATOR},
    "see_private_words": {PATIENT, HELPER},
    "read_messages": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "write_messages": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "note_messages": {CONSULTANT, COORDINATOR},  # what the team writes for itself beside the thread
    "speak_for": {COORDINATOR},  # write what a patient who signs in nowhere says on the phone; read out to her
    "see_questions": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "ask_questions": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "see_opinions": {PATIENT, HELPER, CONSULTANT, COORDINATOR},
    "write_opinions": {PATIENT, HELPER, CONSULTANT, COORDINATOR},  # from the doctors' papers
    "close_office_pages": {PATIENT, COORDINATOR},
    "choose_helpers": {PATIENT},
    "record_helpers": {COORDINATOR},
    "hand_over": {COORDINATOR},
    "worry": {CONSULTANT, COORDINATOR},
    "close": {COORDINATOR},
    "ask_to_close": {PATIENT},
    "ask_to_correct": {PATIENT, COORDINATOR},  # what the patient cannot change herself; one of us by her word
    "answer_correction": {COORDINATOR},
}
# verb → the switch of a helper's grant that it needs. A verb that stands in neither table needs the grant alone.
NEEDS: dict[str, str] = {
    "see_records": FILES,
    "list_documents": FILES,
    "read_documents": FILES,
    "take_papers": FILES,
    "add_documents": PAPERS,
    "print_forms": PAPERS,
    "say_where_records_are": PAPERS,
    "write_to_offices": PAPERS,
    "change_dates": BOOKINGS,
    "book": BOOKINGS,
    "join_calls": BOOKINGS,
    "read_messages": MESSAGES,
    "write_messages": MESSAGES,
    "answer_asking": MESSAGES,
    "see_questions": MESSAGES,
    "ask_questions": MESSAGES,
    "see_opinions": SUMMARY,
    "write_opinions": FILES,
    "open_summary": SUMMARY,
    "read_summary": SUMMARY,
    "see_private_words": PRIVATE,
}
# What stays the patient's, unless the law lets the helper act in her place.
BY_MANDATE = frozenset(
    {"bring_somebody", "accept_scope", "consent", "sign", "say_signed", "decide", "see_second_readers"}
)
# What someone who began the case may before the patient has answered: she types, uploads, and reads what she put in.
# Which rows that are: `put_in` below.
BY_BEGINNING = frozenset(
    {
        "see",
        "see_records",
        "list_documents",
        "change_dates",
        "add_documents",
        "say_where_records_are",
        "ask_for_a_call",
        "take_papers",
    }
)
# What a consultant may with the patient's permission alone.
BY_CONSENT = frozenset({"read_documents", "read_along", "review", "see_opinions", "write_opinions"})

WORDS: dict[str, Promise] = {
    PATIENT: gettext_lazy("you"),
    BEGINNER: gettext_lazy("began this case for you"),
    HELPER: gettext_lazy("your helper"),
    CONSULTANT: gettext_lazy("your consultant"),
    SECOND: gettext_lazy("reads along for your consultant"),
    URGENT: gettext_lazy("looks for an hour, for an urgent reason"),
    COORDINATOR: gettext_lazy("your coordinator"),
}
# The same people, named to anyone but the patient.
WORDS_TO_OTHERS: dict[str, Promise] = {
    PATIENT: gettext_lazy("the patient"),
    BEGINNER: gettext_lazy("began the case for the patient"),
    HELPER: gettext_lazy("the helper"),
    CONSULTANT: gettext_lazy("the consultant"),
    SECOND: gettext_lazy("reads along for the consultant"),
    URGENT: gettext_lazy("looks for an hour, for an urgent reason"),
    COORDINATOR: gettext_lazy("the coordinator"),
}


def role_in(case: Case, who: Any) -> str:
    """The role of a user (or of an Actor's user) in a case, or "" for a stranger.

    A helper is someone whose grant holds now, or who began the case and has not been answered yet.
    """
    user = _user(who)
    if user is None or not user.is_active:
        return ""
    if case.patient_id == user.pk:
        return PATIENT
    if begins(case, user) or grant_of(case, user):
        return HELPER
    return _staff_role(case, user)


def role_for(verb: str, case: Case, who: Any) -> str:
    """The role in which this person does something in a case: a helper's only where her grant lets her."""
    role = role_in(case, who)
    return "" if role == HELPER and not may(verb, case, who) else role


def _staff_role(case: Case, user: User) -> str:
    if user.role == User.Role.COORDINATOR and case.state != Case.State.CLOSED:
        return COORDINATOR
    if user.role == User.Role.CONSULTANT:
        if is_assigned(case, user):
            return CONSULTANT
        if reads_along(case, user):
            return SECOND
        return URGENT if place_in(case, user).looks else ""
    return ""


def may_reopen(case: Case, who: Any) -> bool:
    """Whether this person may open a closed case again: its patient, or a coordinator who did not begin it."""
    user = _user(who)
    if user is None or not user.is_active:
        return False
    return case.patient_id == user.pk or bool(user.role == User.Role.COORDINATOR and case.starter_id != user.pk)


def where_reopened(user: Any) -> Q:
    """`may_reopen` as a condition on cases."""
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=[])
    own = Q(patient=user.pk)
    is_coordinator = user.role == User.Role.COORDINATOR
    return own | Q(starter__isnull=True) | ~Q(starter=user.pk) if is_coordinator else own


def may_erase(case: Case, who: Any) -> bool:
    """Whether this person may have a case erased, open or closed: its patient; a coordinator for one without an
    address, who asks on the phone.
    """
    user = _user(who)
    return may_reopen(case, user) and (case.patient_id == user.pk or case.patient.email is None)


def where_erased(user: Any) -> Q:
    """`may_erase` as a condition on cases."""
    return where_reopened(user) & (Q(patient=user.pk) | Q(patient__email__isnull=True))


def _user(who: Any) -> Any:
    return who.user if isinstance(who, Actor) else who


def grant_of(case: Case, user: User) -> Helper | None:
    """What the patient allows this person today, or None. Staff act as staff, never by a grant."""
    if user.role:
        return None
    return next((grant for grant in _grants_in(case.pk, user.pk) if grant.is_granted), None)


def begins(case: Case, user: User) -> bool:
    """Whether this person began the case and waits for the patient's answer."""
    if case.starter_id != user.pk:
        return False
    return not any(grant.agreed_at or grant.ended_at for grant in _grants_in(case.pk, user.pk))


def _grants_in(case: UUID, person: UUID) -> list[Any]:
    """What a person was ever asked about or allowed in a case, each with whether it holds now, and whether the law lets
    them act besides. One query.
    """
    granted = Helper.objects.granted().filter(pk=OuterRef("pk"))
    standing = Mandate.objects.standing().filter(case=OuterRef("case"), person=OuterRef("person"))
    known = Helper.objects.filter(case=case, person=person).annotate(
        is_granted=Exists(granted), has_mandate=Exists(standing)
    )
    return once(("grants", case, person), lambda: list(known))


def began(user: Any, path: str, own: OuterRef) -> Q:
    """`begins` as a condition on rows; `path` leads from them to their case, `own` to the case's key."""
    answered = Helper.objects.answered().filter(case=own, person=user.pk)
    return Q(Q(**{f"{path}starter": user.pk}), ~Exists(answered))


def put_in(user: Any, case: str, row: str = "") -> Q:
    """Which rows of a case a person may see and change, as a condition on them: whoever only began it, those that she
    put in herself; everybody else, all that their verbs open. `case` and `row` are the paths to these.
    """
    return ~began(user, f"{case}__", OuterRef(f"{case}_id")) | Q(**{f"{row}put_in_by": user.pk})


def why_not_theirs(case: Case, who: Any, put_in_by: UUID | None) -> str:
    """Why someone who only began the case cannot change a row that `put_in_by` put in; "" for all others. `put_in` for
    one row.
    """
    user = _user(who)
    if user is None or case.starter_id != user.pk or put_in_by == user.pk or not begins(case, user):
        return ""
    return _("You can change this once %(name)s has said yes.") % {"name": case.patient.first_name}


def as_told(case: Case, reader: Any) -> Case:
    """The case to show to somebody: without the day of treatment, where others said it since she only began the case.
    Never to be saved.
    """
    if why_not_theirs(case, reader, case.described_by_id):
        case.treatment_on = None
    return case


def has_mandate(case: Case, user: User) -> bool:
    return _has_mandate(case.pk, user.pk)


def _has_mandate(case: UUID, person: UUID) -> bool:
    return any(grant.has_mandate for grant in _grants_in(case, person))  # a paper counts within help alone


def acts_as(case: Case, who: Any) -> str:
    """By what somebody does what is the patient's alone, one of `Mandate.Kind`; "" for the patient, and for staff."""
    user = _user(who)
    if user is None or user.pk == case.patient_id or user.role:
        return ""
    standing = Mandate.objects.standing().filter(case=case.pk, person=user.pk)
    return standing.values_list("kind", flat=True).first() or ""


def only_theirs(case: Case) -> str:
    """What is said to somebody who would do what the patient alone can."""
    return _("Only %(name)s can do this. You can, once the law lets you and we have seen the paper.") % {
        "name": case.patient.first_name
    }


def is_assigned(case: Case, user: User) -> bool:
    return place_in(case, user).is_assigned


def reads_along(case: Case, user: Any) -> bool:
    """Whether a colleague asked this consultant to read along, and it is not over."""
    return bool(user is not None and user.role == User.Role.CONSULTANT and place_in(case, user).reads_along)


def has_consent_to_read(case: Case, consultant: User) -> bool:
    return place_in(case, consultant).may_read


def may(verb: str, case: Case, who: Any) -> bool:
    """Whether this person may do this in this case. A consultant reads only with the patient's permission, a helper
    does what her grant says.
    """
    user, roles = _user(who), MAY[verb]
    if user is None or not user.is_active:
        return False
    if case.patient_id == user.pk:
        return PATIENT in roles
    if begins(case, user):
        return HELPER in roles and verb in BY_BEGINNING
    if grant := grant_of(case, user):
        return HELPER in roles and allows(grant, verb)
    if user.role == User.Role.CONSULTANT:
        return _may_consult(verb, case, user)
    return _staff_role(case, user) in roles


def _may_consult(verb: str, case: Case, user: User) -> bool:
    """`may` for a consultant: by her own place in the case, because she reads along, or in an urgent look."""
    place, roles = place_in(case, user), MAY[verb]
    if URGENT in roles and (place.looks_into if verb in BY_CONSENT else place.looks):
        return True
    has_place = (CONSULTANT in roles and place.is_assigned) or (SECOND in roles and place.reads_along)
    return has_place and (verb not in BY_CONSENT or place.may_read)


def allows(grant: Helper, verb: str) -> bool:
    """Whether a grant that holds lets its helper do this. No query but for what a paper of the law alone lets do."""
    if verb in BY_MANDATE:
        return _has_mandate(grant.case_id, grant.person_id)
    return verb not in NEEDS or getattr(grant, NEEDS[verb])


def cases_where(user: Any, verb: str) -> QuerySet[Case]:
    """The cases in which this person may do this now: `may` for all cases at once."""
    return Case.objects.filter(where(user, verb))


def where(user: Any, verb: str, case: str = "") -> Q:
    """`may` as a condition on rows; `case` is the path from them to their case, "" on cases themselves."""
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=[])
    path, own, roles = f"{case}__" if case else "", OuterRef(f"{case}_id" if case else "pk"), MAY[verb]
    begun = began(user, path, own)
    rule: Any = Q(**{f"{path}patient": user.pk}) if PATIENT in roles else Q(pk__in=[])
    if HELPER in roles and verb in BY_BEGINNING:
        rule |= begun
    if user.role in roles or (user.role == User.Role.CONSULTANT and roles & {SECOND, URGENT}):
        rule |= _staff_where(user, verb, path, own) & ~begun & ~Q(**{f"{path}patient": user.pk})
    elif not user.role and HELPER in roles:
        rule |= Q(Exists(_grants(user, verb).filter(case=own)))
    return rule


def _grants(user: Any, verb: str) -> QuerySet[Helper]:
    """This person's grants that let her do it."""
    return _letting(Helper.objects.granted().filter(person=user.pk), verb)


def _letting(found: QuerySet[Helper], verb: str) -> QuerySet[Helper]:
    if verb in BY_MANDATE:
        standing = Mandate.objects.standing().filter(case=OuterRef("case_id"), person=OuterRef("person_id"))
        return found.filter(Exists(standing))
    return found.filter(**{NEEDS[verb]: True}) if verb in NEEDS else found


def _staff_where(user: Any, verb: str, path: str, own: OuterRef) -> Q:
    if user.role == User.Role.COORDINATOR:
        return ~Q(**{f"{path}state": Case.State.CLOSED})
    rule: Any = Q(pk__in=[])
    if CONSULTANT in MAY[verb]:
        rule |= Q(Exists(Assignment.objects.filter(case=own, user=user.pk, ended_at__isnull=True)))
    if SECOND in MAY[verb]:
        rule |= Q(Exists(SecondReader.objects.granted().filter(case=own, reader=user.pk)))
    if verb in BY_CONSENT:
        read = Consent.objects.standing().filter(case=own, kind=Consent.Kind.READ, consultant=user.pk)
        rule &= Q(Exists(read))
    if URGENT in MAY[verb]:
        rule |= Q(Exists(_urgent(verb).filter(case=own, reader=user.pk)))
    return rule


def _urgent(verb: str) -> QuerySet[UrgentLook]:
    """The urgent looks that let their consultants do it."""
    return UrgentLook.objects.reading() if verb in BY_CONSENT else UrgentLook.objects.standing()


def words_for(case: Case, reader: User | None) -> dict[str, Promise]:
    """What to call each role: the patient reads "your coordinator", everyone else "the coordinator"."""
    return WORDS if reader is None or reader.pk == case.patient_id else WORDS_TO_OTHERS


def who_can_open(
    case: Case, verb: str = "read_documents", *, reader: User | None = None, are_ready: bool = False
) -> list[tuple[User, str]]:
    """Everyone who can open the case's documents today, or do `verb`, computed from the rule; with their words,
    as `reader` (the patient when nobody is named) says them. `are_ready`: of staff only those with a second factor.
    """
    able = able_to(case, verb)
    if are_ready:
        able = able.filter(Q(role="") | Exists(Authenticator.objects.filter(user=OuterRef("pk"))))
    return in_their_parts(case, able, verb, reader)


def able_to(case: Case, verb: str) -> QuerySet[User]:
    """The people of `who_can_open`."""
    placed = case.assignments.filter(ended_at__isnull=True, user=OuterRef("pk"))
    along = SecondReader.objects.granted().filter(case=case, reader=OuterRef("pk"))
    able = User.objects.filter(_able(case, verb), can_sign_in=True)
    able = able.annotate(has_place=Exists(placed), is_along=Exists(along))
    return able.order_by("name")


def in_their_parts(case: Case, able: Iterable[User], verb: str, reader: User | None = None) -> list[tuple[User, str]]:
    """Those who are able to do a verb with their words, the patient first."""
    words = words_for(case, reader)
    people = [(case.patient if user.pk == case.patient_id else user, _part(case, user, verb)) for user in able]
    return [(user, str(words[part])) for user, part in sorted(people, key=lambda each: list(words).index(each[1]))]


def _part(case: Case, user: Any, verb: str) -> str:
    """The role of someone who is known to be able to do this in the case; `has_place` and `is_along` stand beside a
    consultant.
    """
    if user.pk == case.patient_id:
        return PATIENT
    if user.pk == case.starter_id and verb in BY_BEGINNING and begins(case, user):
        return BEGINNER
    if user.role == User.Role.CONSULTANT and not user.has_place:
        return SECOND if user.is_along else URGENT
    return {User.Role.CONSULTANT: CONSULTANT, User.Role.COORDINATOR: COORDINATOR}.get(User.Role(user.role), HELPER)


def _able(case: Case, verb: str) -> Q:
    """`may` as a condition on people: one query, however many they are."""
    roles = MAY[verb]
    able = Q(pk=case.patient_id) if PATIENT in roles else Q(pk__in=[])
    if HELPER in roles:
        able |= Q(role="", pk__in=_holding(case, verb).values("person"))
    answered = Helper.objects.answered().filter(case=case, person=OuterRef("pk"))
    if HELPER in roles and verb in BY_BEGINNING and case.starter_id:
        able |= Q(pk=case.starter_id) & ~Q(Exists(answered))
    is_staff = ~Q(pk=case.starter_id) | Q(Exists(answered)) if case.starter_id else Q()
    if roles & {CONSULTANT, SECOND, URGENT}:
        place = Q(pk__in=[])
        if CONSULTANT in roles:
            place |= Q(pk__in=case.assignments.filter(ended_at__isnull=True).values("user"))
        if SECOND in roles:
            place |= Q(pk__in=SecondReader.objects.granted().filter(case=case).values("reader"))
        place &= Q(role=User.Role.CONSULTANT)
        if verb in BY_CONSENT:
            read = Consent.objects.standing().filter(case=case, kind=Consent.Kind.READ)
            place &= Q(pk__in=read.values("consultant"))
        if URGENT in roles:
            place |= Q(role=User.Role.CONSULTANT, pk__in=_urgent(verb).filter(case=case).values("reader"))
        able |= place & is_staff
    if COORDINATOR in roles and case.state != Case.State.CLOSED:
        able |= Q(role=User.Role.COORDINATOR) & is_staff
    return able


def _holding(case: Case, verb: str) -> QuerySet[Helper]:
    """The grants of the case that let their helpers do it."""
    return _letting(Helper.objects.granted().filter(case=case), verb)


def patients_and_helpers(cases: Any) -> Any:
    """The people these cases are of, who began them, and who help; never staff."""
    helpers = Helper.objects.granted().filter(case__in=cases.values("pk"))
    theirs = Q(pk__in=cases.values("patient")) | Q(pk__in=cases.values("starter")) | Q(pk__in=helpers.values("person"))
    return User.objects.filter(theirs, role="")


def in_words(people: list[tuple[User, str]], reader: User) -> str:
    """ "you, Joanne Pike (your consultant) and Theo Lindqvist (your coordinator)"."""
    parts = [
        str(WORDS[PATIENT]) if user == reader else _("%(name)s (%(role)s)") % {"name": user.name, "role": role}
        for user, role in people
    ]
    if len(parts) < 2:
        return "".join(parts)
    return _("%(others)s and %(last)s") % {"others": ", ".join(parts[:-1]), "last": parts[-1]}
