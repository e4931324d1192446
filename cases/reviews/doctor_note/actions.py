"""Writing the note, choosing whether it goes, and saying that it went."""

from collections.abc import Set
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case import hands, offices
from cases.case.actions import ask_to_do, drop_to_dos, must, must_be_open, settle_to_dos
from cases.case.models import Case, CaseClinician
from cases.case.people import CONSULTANT, may, role_in
from cases.records.items.telling import lock_case
from cases.reviews.doctor_note import rules
from cases.reviews.doctor_note.models import DoctorNote
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders.actions import plan, unplan
from portal.texts.words import organisation

SEND_NOTE, ASK_NOTE = "send_doctor_note", "ask_doctor_note"  # to-dos: send it; ask a patient who signs in nowhere
WRITTEN = "doctor_note.written"  # kind of message


@transaction.atomic
def write(call: Consultation, words: str, *, seen: int = 0, by: Actor) -> DoctorNote:
    """The words, also other ones while it has not gone: then the patient chooses anew. The same again changes nothing.

    `seen` is the version that the page had shown, 0 without a note. Raises Refused.
    """
    lock_case(call.case)
    now = clock.now()
    call = Consultation.objects.select_related("case__patient", "case__key").get(pk=call.pk)
    case, words = call.case, words.strip()
    must_be_open(case, by)
    if role_in(case, by) != CONSULTANT:
        raise Refused(_("Only the consultant of this call writes this note."), code="role")
    note = of_call(call, is_locked=True)
    if note and note.words == words:
        return note
    if reason := rules.why_not_write(call.state, has_begun=call.starts_at <= now, is_sent=bool(note and note.sent_at)):
        raise Refused(reason, code="state")
    if reason := rules.why_not_words(words):
        raise Refused(reason, code="words")
    if seen != (note.version if note else 0):
        raise Refused(_("Somebody saved this since you opened it. Your words are still here."), code="changed")
    if note is None:
        note = DoctorNote(call=call, version=0)
    note.words, note.version = words, note.version + 1
    note.written_at, note.written_by = now, by.user
    note.choice, note.way, note.chosen_at, note.chosen_by = "", "", None, None
    note.save()
    record(by, "doctor_note.written", note, patient=case.patient_id, case=case.pk)
    drop_to_dos(note, SEND_NOTE, by=by)
    _tell_patient(note, now, by)
    return note


def _tell_patient(note: DoctorNote, now: datetime, by: Actor) -> None:
    """Her message of the day; where she signs in nowhere, one of us asks her."""
    unplan(note)
    case = note.case
    if hands.is_by_hand(case.patient):
        ask_to_do(ASK_NOTE, note, case=case, due_on=organisation().today(), by=by)
        return
    until = now + rules.USEFUL
    plan(WRITTEN, note, version=note.version, recipient=case.patient, due_at=now, useful_until=until, case=case)


@transaction.atomic
def choose(note: DoctorNote, choice: str, *, way: str = "", seen: int, by: Actor) -> DoctorNote:
    """Whether it goes, and which `way` of those that the office has; the only one needs no word. Said again it changes
    nothing; said otherwise it counts until the note has gone. Raises Refused.

    `seen` is the version that was read: nobody sends words that she has not seen.
    """
    note = _locked(note)
    case = note.case
    must_be_open(case, by)
    if not may_choose(case, by):
        raise Refused(_("Only the patient says whether this goes."), code="role")
    if choice not in DoctorNote.Choice.values:
        raise Refused(_("Choose one of the two."), code="input")
    is_yes = choice == DoctorNote.Choice.SEND
    primary = primary_of(case) if is_yes else None
    ways = ways_to(primary)
    way = way or (ways[0] if len(ways) == 1 else "")
    if note.version == seen and (note.choice, note.way) == (choice, way):
        return note
    if note.sent_at:
        raise Refused(_("It has gone already. Ring us, and we talk about it."), code="state")
    if note.version != seen:
        raise Refused(_("These words were changed meanwhile. Read them once more, then say it."), code="changed")
    if is_yes and primary is None:
        raise Refused(_("We don’t know where it should go yet. Name the primary doctor and their office first."))
    if way not in ways and (way or ways):
        raise Refused(_("Choose a way that this office has."), code="input")
    note.choice, note.way, note.chosen_at, note.chosen_by = choice, way, clock.now(), by.user
    note.save(update_fields=["choice", "way", "chosen_at", "chosen_by"])
    verb = "doctor_note.chosen" if is_yes else "doctor_note.kept"
    is_hers = by.id == case.patient_id
    record(by if is_hers else hands.done_for(case, by), verb, note, patient=case.patient_id, case=case.pk)
    unplan(note)
    settle_to_dos(note, ASK_NOTE, by=by)
    if is_yes:
        ask_to_do(SEND_NOTE, note, case=case, due_on=organisation().today(), by=by)
    else:
        drop_to_dos(note, SEND_NOTE, by=by)
    return note


def may_choose(case: Case, who: object) -> bool:
    """The patient, who decides in her place by law, or one of us for a patient who signs in nowhere."""
    return may("decide", case, who) or (hands.is_by_hand(case.patient) and may("speak_for", case, who))


@transaction.atomic
def say_sent(note: DoctorNote, how: str, *, seen: int, by: Actor) -> DoctorNote:
    """It went, by one of us. Said twice it is said once. Raises Refused where the patient has not chosen so."""
    note = _locked(note)
    case = note.case
    must("log_calls", case, by)
    if how not in DoctorNote.How.values:
        raise Refused(_("Choose how it went."), code="input")
    if note.sent_at:
        return note
    if note.choice != DoctorNote.Choice.SEND or note.version != seen:
        raise Refused(_("The patient has not said that this goes. Don’t send it."), code="state")
    if note.way and how != note.way:
        raise Refused(_("The patient chose another way. Ask before you send it so."), code="state")
    primary = primary_of(case)
    if primary is None:
        raise Refused(_("No primary doctor with an office is named any more."), code="state")
    note.sent_how, note.sent_at, note.sent_by = how, clock.now(), by.user
    note.sent_to = called(primary)
    note.save(update_fields=["sent_how", "sent_at", "sent_by", "sent_to"])
    record(by, "doctor_note.sent", note, patient=case.patient_id, case=case.pk)
    settle_to_dos(note, SEND_NOTE, by=by)
    return note


def primary_of(case: Case) -> CaseClinician | None:
    """The primary doctor, where their office is known."""
    found = offices.doctor(case, CaseClinician.Role.PRIMARY)
    return found if found and found.clinician.office else None


def ways_to(primary: CaseClinician | None) -> list[str]:
    """By fax or by mail, as far as we know the office's number and address."""
    office = primary.clinician.office if primary else None
    found = {DoctorNote.How.FAX: office.fax, DoctorNote.How.MAIL: office.place} if office else {}
    return [str(way) for way, where in found.items() if where.strip()]


def called(primary: CaseClinician) -> str:
    """ "Dr. Abara, Elm Street"."""
    office = primary.clinician.office
    return ", ".join(part for part in (primary.clinician.name, office.name if office else "") if part)


def of_call(call: Consultation, *, is_locked: bool = False) -> DoctorNote | None:
    """The note that there is of a call."""
    known = DoctorNote.objects.select_for_update(of=("self",)) if is_locked else DoctorNote.objects.all()
    note = known.filter(call=call).first()
    if note:
        note.call = call
    return note


def _locked(note: DoctorNote) -> DoctorNote:
    lock_case(note.case)
    known = DoctorNote.objects.select_for_update(of=("self",)).select_related("call__case__patient", "call__case__key")
    return known.get(pk=note.pk)


@transaction.atomic
def way_changed(person: User, changed: Set[str], *, by: Actor) -> None:
    """She has an address now, and reads it on her page; or she has none any more, and one of us asks her."""
    if "can_sign_in" not in changed:
        return
    cases = hands.open_cases(person)
    waiting = DoctorNote.objects.filter(call__case__in=cases, choice="")
    for note in waiting.select_related("call__case__patient", "call__case__key"):
        drop_to_dos(note, ASK_NOTE, by=by)
        _tell_patient(note, clock.now(), by)
