"""What changes a case: opening it, its people, consents, and things asked of the team."""

import datetime as dt
import secrets
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from cases.case import changes, office_ties, regions
from cases.case.consenting import give_consent as give_consent
from cases.case.consenting import give_consents as give_consents
from cases.case.consenting import withdraw_consent as withdraw_consent
from cases.case.models import Assignment, Case, CaseClinician, Clinician, Cover, Office, ToDo
from cases.case.people import may, why_not_theirs
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.lines import one_line
from portal.texts.business_days import add_business_days, needs_a_call
from portal.texts.closed import closed_days
from portal.texts.words import organisation
from portal.vault.keys import new_key

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0 O 1 I
CHECK_OFFICE, TREATMENT_SOON, CALL, WORRY = "check_office", "treatment_soon", "call", "worried"  # kinds of to-do
FOR_THE_TEAM = frozenset({WORRY})  # what is asked for stands in no log that the patient reads
CHECK_WITHIN = 2  # business days, in which a coordinator calls the number of an office that was typed in
LONGEST_BREAK = dt.timedelta(days=14)  # that our own office is closed


def new_reference() -> str:
    """ "RS 4T7 29K": said over the phone without mistakes."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"RS {letters[:3]} {letters[3:]}"


@transaction.atomic
def open_case(
    *,
    patient: User | None = None,
    patient_name: str = "",
    starter: User | None = None,
    diagnosis: str = "",
    answers: str = "",
    treatment_on: dt.date | None = None,
    by: Actor,
) -> Case:
    """Open a case. A helper who starts for someone else gives that person's name: a patient who has no
    account yet and cannot sign in. Raises Refused without a patient or a name.
    """
    if patient is None:
        if not patient_name.strip():
            raise Refused(_("Enter the name of the person you help."))
        patient = User.objects.create_user(
            name=patient_name.strip(),
            can_sign_in=False,
            time_zone=starter.time_zone if starter else "America/New_York",
        )
    case = Case(
        reference=new_reference(),
        patient=patient,
        starter=starter if starter != patient else None,
        key=new_key(),
        treatment_on=treatment_on,
        described_by=by.user,
        opened_at=clock.now(),
    )
    case.diagnosis, case.answers = diagnosis, answers
    case.save(force_insert=True)
    record(by, "case.opened", case, patient=patient.pk, case=case.pk)
    _call_if_treatment_is_near(case, by)
    return case


def _call_if_treatment_is_near(case: Case, by: Actor) -> None:
    """Treatment within 10 business days: a coordinator is asked to call the same day; no longer so, no call waits."""
    here = organisation()
    today = here.today()
    closed = closed_days(here.region, today, today + 3 * LONGEST_BREAK)
    if case.treatment_on and needs_a_call(today, case.treatment_on, closed):
        ask_to_do(TREATMENT_SOON, case, case=case, due_on=today, by=by)
        return
    for todo in ToDo.objects.open().filter(kind=TREATMENT_SOON, about_id=str(case.pk)):
        let_go(todo, by=by)


def must_be_open(case: Case, by: Actor) -> None:
    """Raise Refused in a closed case: reading goes on for the patient, the rest waits until it is opened again."""
    if case.state == Case.State.CLOSED and case.key.destroyed_at:
        raise Refused(_("This case is closed and its words are erased. Ask us to open a new one."), code="erased")
    if by.kind != "system" and case.state == Case.State.CLOSED:
        raise Refused(_("This page is closed. Open it again first, or ring us: we do it with you."), code="closed")


def must(verb: str, case: Case, by: Actor, *, when_closed: bool = False) -> None:
    """Raise Refused unless the person may do this in this case, and it is open. The system always may.

    `when_closed`: what is done in a closed case, too, like taking a permission back.
    """
    if not when_closed:
        must_be_open(case, by)
    if by.kind != "system" and not may(verb, case, by):
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")


def must_be_theirs(case: Case, put_in_by: UUID | None, by: Actor) -> None:
    """Raise Refused where somebody who only began the case changes what others put in."""
    if reason := why_not_theirs(case, by, put_in_by):
        raise Refused(reason, code="role")


@transaction.atomic
def change_case(case: Case, *, diagnosis: str | None = None, treatment_on: Any = ..., by: Actor) -> Case:
    """Change what the case is about, in the person's own words, or the planned start of treatment."""
    must("change_dates", case, by)
    case = Case.objects.select_for_update(of=("self",)).select_related("patient", "key").get(pk=case.pk)
    must_be_theirs(case, case.described_by_id, by)
    case.described_by = by.user
    if diagnosis is not None:
        case.diagnosis = diagnosis
    if treatment_on is not ...:
        case.treatment_on = treatment_on
    case.save(update_fields=["diagnosis", "treatment_on", "described_by"])
    record(by, "case.changed", case, patient=case.patient_id, case=case.pk)
    if treatment_on is not ...:
        _call_if_treatment_is_near(case, by)
        changes.treatment_moved(case, by=by)
    return case


@transaction.atomic
def assign(case: Case, user: User, *, why: str, by: Actor) -> Assignment:
    """Give a staff member their place in a case; the one they have stays. Raises Refused in one that was closed."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    must_be_open(case, by)
    assignment = case.assignments.filter(user=user, ended_at=None).first()
    if assignment is None:
        return give_place(case, user, why=why, by=by)
    if why == "booking":
        keep_own_place(case, user)
    return assignment


def give_place(case: Case, user: User, *, why: str, by: Actor) -> Assignment:
    """`assign` for whoever holds the lock of a case that is open, in which the person was seen to have no place."""
    assignment = Assignment.objects.create(case=case, user=user, begun_at=clock.now(), why=why)
    record(by, "case.assigned", assignment, patient=case.patient_id, case=case.pk, why=why)
    transaction.on_commit(partial(_has_left_meanwhile, user.pk), robust=True)
    return assignment


def keep_own_place(case: Case, user: User) -> None:
    """Where they only stood in, the place is their own now."""
    Cover.objects.open().filter(case=case, reader=user).update(has_own_place=True)


def _has_left_meanwhile(pk: UUID) -> None:
    """The account may have been closed since we looked."""
    from cases.case.leaving import hand_on_what_came_meanwhile

    hand_on_what_came_meanwhile(pk)


@transaction.atomic
def end_assignment(case: Case, user: User, *, why: str = "", by: Actor) -> None:
    """Take a staff member's place away, at once, also on open pages."""
    for assignment in Assignment.objects.select_for_update().filter(case=case, user=user, ended_at=None):
        assignment.ended_at = max(clock.now(), assignment.begun_at)  # the clock may have been set back
        assignment.save(update_fields=["ended_at"])
        record(by, "case.assignment_ended", assignment, patient=case.patient_id, case=case.pk, why=why)


@transaction.atomic
def ask_to_do(
    kind: str,
    about: Any,
    *,
    case: Case | None = None,
    due_on: dt.date,
    for_role: str = "coordinator",
    for_user: User | None = None,
    note: str = "",
    suits: str = "",
    newest_counts: bool = False,
    by: Actor,
) -> ToDo:
    """Put one thing on the team's board; one that is open already stays, with the earlier of both dates.

    `newest_counts`: and with this note, where things have moved on since the first.
    """
    found = {"kind": kind, "about_id": str(about.pk), "done_at": None}
    todo = ToDo.objects.select_for_update(of=("self",)).select_related("case__key").filter(**found).first()
    if todo:
        if due_on < todo.due_on:
            todo.due_on = due_on
            todo.save(update_fields=["due_on"])
        if newest_counts and note and note != todo.note:
            todo.note = note
            todo.save(update_fields=["note"])
        return todo
    todo = ToDo(
        kind=kind,
        about_type=about._meta.label_lower,
        about_id=str(about.pk),
        case=case,
        for_role="" if for_user else for_role,
        for_user=for_user,
        asked_at=clock.now(),
        asked_by=by.user,
        due_on=due_on,
        suits=suits,
    )
    todo.note = note
    try:
        with transaction.atomic():
            todo.save(force_insert=True)
    except IntegrityError:  # asked for at the same moment
        return ToDo.objects.get(**found)
    record_to_do(by, "todo.asked", todo)
    return todo


def record_to_do(by: Actor, verb: str, todo: ToDo) -> None:
    """A line of history of something asked of the team; the patient reads it, unless it is the team's own matter."""
    case = None if todo.kind in FOR_THE_TEAM else todo.case
    record(by, verb, todo, patient=case.patient_id if case else None, case=case.pk if case else None, why=todo.kind)


@transaction.atomic
def settle_to_do(todo: ToDo, *, by: Actor) -> ToDo:
    """Done. Pressed twice is done once."""
    todo = ToDo.objects.select_for_update(of=("self",)).get(pk=todo.pk)
    if todo.done_at is None:
        todo.done_at, todo.done_by = clock.now(), by.user
        todo.save(update_fields=["done_at", "done_by"])
        record_to_do(by, "todo.done", todo)
        changes.to_do_done(todo, by=by)
    return todo


@transaction.atomic
def drop_to_do(todo: ToDo, *, by: Actor) -> None:
    """Nobody needs to do it any more: it was not done, and nothing follows from it."""
    todo = ToDo.objects.select_for_update(of=("self",)).get(pk=todo.pk)
    if todo.done_at is None:
        todo.done_at = clock.now()
        todo.save(update_fields=["done_at"])
        record_to_do(by, "todo.dropped", todo)


def settle_to_dos(about: Model, *kinds: str, by: Actor) -> None:
    """What is open of these kinds about a row is done."""
    for todo in ToDo.objects.open().filter(kind__in=kinds, about_id=str(about.pk)):
        settle_to_do(todo, by=by)


def drop_to_dos(about: Model, *kinds: str, by: Actor) -> None:
    """Nobody needs to do what is open of these kinds about a row."""
    for todo in ToDo.objects.open().filter(kind__in=kinds, about_id=str(about.pk)):
        drop_to_do(todo, by=by)


def pass_to_dos_on(case: Case, before: User, after: User, *, by: Actor) -> None:
    """What was asked of one in a case is asked of the other."""
    for todo in ToDo.objects.select_for_update().open().filter(case=case, for_user=before):
        todo.for_user = after
        todo.save(update_fields=["for_user"])
        record_to_do(by, "todo.changed", todo)


def hand_to_dos_back(person: User, case: Case | None = None, *, by: Actor) -> None:
    """What was asked of somebody who is not there any more, or not in this case, is asked of the coordinators."""
    theirs = ToDo.objects.select_for_update(of=("self",)).open().filter(for_user=person)
    for todo in (theirs.filter(case=case) if case else theirs).select_related("case"):
        todo.for_user, todo.for_role = None, User.Role.COORDINATOR
        todo.save(update_fields=["for_user", "for_role"])
        record_to_do(by, "todo.changed", todo)


@transaction.atomic
def let_go(todo: ToDo, *, by: Actor) -> ToDo:
    """What made a call due is over. Where somebody said when it suits, they wish for it: it stays as a plain call."""
    case = todo.case
    if case is None or not (todo.suits or todo.note) or ToDo.objects.open().filter(kind=CALL, about_id=str(case.pk)):
        return settle_to_do(todo, by=by)
    todo.kind, todo.about_type, todo.about_id = CALL, case._meta.label_lower, str(case.pk)
    todo.save(update_fields=["kind", "about_type", "about_id"])
    record(by, "todo.changed", todo, patient=case.patient_id, case=case.pk, why=CALL)
    return todo


@transaction.atomic
def add_office(case: Case, *, name: str, by: Actor, **details: Any) -> Office:
    """An office typed in by someone of the case; it serves this case only until a coordinator has checked it."""
    must("change_dates", case, by)
    if not details.get("region"):  # nobody said where it is: most likely where the patient lives
        zone = case.patient.time_zone
        details |= {"time_zone": zone, "region": regions.country_of(zone)}
    office = Office.objects.create(name=one_line(name), for_case=case, put_in_by=by.user, **details)
    here = organisation()
    today = here.today()
    closed = closed_days(here.region, today, today + LONGEST_BREAK)
    due_on = add_business_days(today, CHECK_WITHIN, closed)
    ask_to_do(CHECK_OFFICE, office, case=case, due_on=due_on, note=office.name, by=by)
    return office


@transaction.atomic
def change_office(office: Office, *, by: Actor, **details: Any) -> Office:
    """Change how an office that serves one case is reached. Raises Refused for a checked one: it serves all."""
    rows, _cases = office_ties.lock(office.pk)
    office = rows[office.pk]
    if office.checked_at or office.merged_into_id or office.for_case is None:
        raise Refused(_("This office has been checked. Tell us what is wrong, and we change it."))
    must("change_dates", office.for_case, by)
    must_be_theirs(office.for_case, office.put_in_by_id, by)
    if before := office_ties.set_details(office, details):
        office.put_in_by = by.user
        office.save(update_fields=["put_in_by"])
        record(by, "office.changed", office, patient=office.for_case.patient_id, case=office.for_case_id)
        office_ties.follow(office, before, by=by)
    return office


@transaction.atomic
def set_clinician(
    case: Case, role: str, *, name: str, specialty: str = "", office: Office | None = None, by: Actor
) -> CaseClinician:
    """Name the primary, first, second or third doctor of the case, or another one in that role."""
    must("change_dates", case, by)
    Case.objects.select_for_update().get(pk=case.pk)
    if known := case.clinicians.select_related("clinician").filter(role=role).first():
        must_be_theirs(case, known.put_in_by_id, by)
    office = office_ties.standing(office) if office else None
    clinician = Clinician.objects.create(name=one_line(name), specialty=specialty.strip(), office=office)
    is_another = known is not None and not known.clinician.is_called(clinician.name)
    gone = {"heard_on": None, "heard_said_by": None} if is_another else {}  # that day was the other doctor's
    link, _made = CaseClinician.objects.update_or_create(
        case=case, role=role, defaults={"clinician": clinician, "put_in_by": by.user or case.patient} | gone
    )
    record(by, "case.clinician_set", link, patient=case.patient_id, case=case.pk, why=role)
    changes.doctor_named(link, by=by)
    return link
