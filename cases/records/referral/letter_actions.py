"""What people do with the letters of a referral: change their words, have one faxed, have the second office asked."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, must, must_be_theirs
from cases.case.models import Case, ToDo
from cases.records import undoing
from cases.records.actions import begin_round
from cases.records.models import Referral
from cases.records.planning import ASK_REFERRAL, FAX_LETTER, is_asked_for
from cases.records.referral import letters
from cases.records.referral.letter_models import LetterKind, ReferralLetter
from cases.records.referral.letter_words import LETTERS_AT_MOST
from portal import clock, phones
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation


@transaction.atomic
def change_letter(
    case: Case, kind: str, words: str, *, seen_at: datetime | None, round: int = 2, by: Actor
) -> ReferralLetter:
    """Keep a letter's own words; without any it says ours again, made of the case as it is.

    `seen_at` is its last change that the person saw: two people do not overwrite each other unseen. Raises Refused
    for that, and for words that are too long.
    """
    must("change_dates", case, by)
    letter = _letter(_referral(case, round, by), kind)
    if letter.changed_at != seen_at:
        raise Refused(
            _("Somebody changed this letter since you opened it. Save once more to keep your words."), code="state"
        )
    words = words.replace("\r\n", "\n").strip()
    if len(words) > LETTERS_AT_MOST:
        raise Refused(_("Keep the letter under %(count)d letters.") % {"count": LETTERS_AT_MOST}, code="input")
    if letter.words != words:
        undoing.take_over(letter.referral, by=by)
        letter.referral.save(update_fields=["put_in_by"])
        letter.words, letter.changed_at, letter.changed_by = words, clock.now(), by.user
        letter.save(update_fields=["words", "changed_at", "changed_by"])
        record(by, "referral.letter_changed", letter, patient=case.patient_id, case=case.pk)
    return letter


@transaction.atomic
def ask_to_fax(case: Case, kind: str, *, round: int = 2, by: Actor) -> ToDo:
    """One of us should fax the letter as it is. One that was asked for already stays one."""
    must("ask_for_a_call", case, by)
    referral = _open_referral(case, round, by)
    to = letters.addressee(kind, letters.doctors_of(case))
    office = to.office if to else None
    note = ", ".join(part for part in (to.name if to else "", office.name if office else "", _fax(office)) if part)
    return ask_to_do(FAX_LETTER, _letter(referral, kind), case=case, due_on=_today(), note=note, by=by)


@transaction.atomic
def ask_about_referral(case: Case, *, round: int = 2, by: Actor) -> ToDo:
    """One of us should ask the second office whether it sees people without a referral."""
    must("ask_for_a_call", case, by)
    referral = _open_referral(case, round, by)
    visit = referral.visit
    if visit.office is None:
        raise Refused(_("Tell us first which office you want to go to."))
    doctor = visit.clinician.name if visit.clinician else ""
    note = ", ".join(part for part in (doctor, visit.office.name, phones.shown(visit.office.phone)) if part)
    return ask_to_do(ASK_REFERRAL, referral, case=case, due_on=_today(), note=note, by=by)


def _fax(office: object) -> str:
    number = getattr(office, "fax", "")
    return _("fax %(number)s") % {"number": number} if number else ""


def _referral(case: Case, round: int, by: Actor) -> Referral:
    """The referral of a round, under the case's lock."""
    visit = begin_round(case, round=round, by=by)
    together = ("visit__case__key", "visit__office", "visit__clinician")
    referral = Referral.objects.select_related(*together).get(visit=visit)
    must_be_theirs(case, referral.put_in_by_id, by)
    return referral


def _open_referral(case: Case, round: int, by: Actor) -> Referral:
    referral = _referral(case, round, by)
    if not is_asked_for(referral):
        raise Refused(_("Nothing needs to be asked any more. Look at the page once more."), code="state")
    return referral


def _letter(referral: Referral, kind: str) -> ReferralLetter:
    if kind not in LetterKind.values:
        raise Refused(_("This cannot be done here."))
    return ReferralLetter.objects.get_or_create(referral=referral, kind=kind)[0]


def _today() -> date:
    return organisation().today()
