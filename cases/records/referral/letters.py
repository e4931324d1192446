"""A letter that asks for a referral, as page and paper show it: our words or the patient's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.case.models import Case, CaseClinician, Clinician, ToDo
from cases.case.people import as_told
from cases.records.models import Referral, Visit
from cases.records.planning import ASK_REFERRAL, FAX_LETTER
from cases.records.referral import letter_words
from cases.records.referral.letter_models import LetterKind, ReferralLetter
from cases.records.referral.letter_words import Facts, Paragraph
from cases.records.standing import standing
from cases.records.visits.rounds import Round
from portal import paper, phones

TEMPLATE = Path(__file__).with_name("letter.typ")
Doctors = Mapping[str, Clinician]


@dataclass(frozen=True)
class Letter:
    """What one letter says now. `row` is there once it has words of its own, or was to be faxed."""

    kind: str
    paragraphs: list[Paragraph]
    ours: list[Paragraph]
    to: Clinician | None
    row: ReferralLetter | None
    is_older_than_visit: bool

    @property
    def is_own(self) -> bool:
        return bool(self.row and self.row.words)

    @property
    def text(self) -> str:
        return letter_words.as_text(self.paragraphs)

    def is_same_as_ours(self, words: str) -> bool:
        """Whether somebody sent our words back as they were."""
        return words.replace("\r\n", "\n").strip() == letter_words.as_text(self.ours).strip()

    @property
    def seen_at(self) -> datetime | None:
        return self.row.changed_at if self.row else None


@dataclass(frozen=True)
class Asked:
    """What one of us was asked to do about a referral: open, or done on a day."""

    todo: ToDo

    @property
    def is_open(self) -> bool:
        return self.todo.done_at is None


def doctors_of(case: Case, reader: Any = None) -> dict[str, Clinician]:
    """The doctors of the case by role; those that the reader may know, all without one."""
    links = case.clinicians.all() if reader is None else CaseClinician.objects.visible_to(reader).filter(case=case)
    return {link.role: link.clinician for link in links.select_related("clinician__office")}


def of(case: Case, about: Round, kind: str, doctors: Doctors, now: datetime, reader: Any = None) -> Letter:
    """The letter of this kind, in the patient's language and on her clock; as far as the reader may know."""
    seen = ReferralLetter.objects.all() if reader is None else ReferralLetter.objects.visible_to(reader)
    found = seen.filter(referral__visit=about.visit, kind=kind) if about.visit else None
    row = found.select_related("referral__visit__case__key").first() if found is not None else None
    to = addressee(kind, doctors)
    with translation.override(case.patient.language), timezone.override(case.patient.zone):
        ours = letter_words.our_words(kind, facts_of(as_told(case, reader), about, to, doctors, now, reader))
    own = letter_words.own_words(row.words) if row and row.words else []
    return Letter(kind, own or ours, ours, to, row, bool(own and row and _moved_since(row, about.visit)))


def addressee(kind: str, doctors: Doctors) -> Clinician | None:
    """The primary doctor refers, or the one who gave the plan; another specialist is the primary doctor's to name."""
    primary = doctors.get(CaseClinician.Role.PRIMARY)
    return primary if kind == LetterKind.ANOTHER else primary or doctors.get(CaseClinician.Role.FIRST)


def kind_to_fax(visit: Visit) -> str:
    """The kind of the letter that waits longest to be faxed; empty where none does."""
    kinds = {
        str(pk): kind for pk, kind in ReferralLetter.objects.filter(referral__visit=visit).values_list("pk", "kind")
    }
    waiting = ToDo.objects.open().filter(kind=FAX_LETTER, about_id__in=kinds).order_by("asked_at")
    found = waiting.values_list("about_id", flat=True).first()
    return kinds[found] if found else ""


def fax_of(letter: Letter) -> str:
    return phones.shown(letter.to.office.fax) if letter.to and letter.to.office else ""


def asked_of_us(letter: Letter, referral: Referral | None) -> dict[str, Asked | None]:
    """By kind: the last time one of us was asked to fax this letter, or to ask the second office. One query."""
    about = {FAX_LETTER: letter.row, ASK_REFERRAL: referral}
    ids = [str(thing.pk) for thing in about.values() if thing]
    found: dict[str, Asked | None] = dict.fromkeys(about)
    for todo in ToDo.objects.filter(kind__in=about, about_id__in=ids).order_by("asked_at"):
        # What nobody did, since it was over, was not done.
        if todo.done_at is None or todo.done_by_id:
            found[todo.kind] = Asked(todo)
    return found


def pdf(letter: Letter, case: Case, now: datetime) -> bytes:
    """The letter on paper, plain enough for a fax. Raises paper.MissingLetters when a name cannot be set."""
    with translation.override(case.patient.language), timezone.override(case.patient.zone):
        paragraphs = [
            [{"text": run.text, "strong": run.is_strong} for run in paragraph] for paragraph in letter.paragraphs
        ]
        words = {"title": _("A letter"), "paragraphs": paragraphs, "foot": case.reference}
        return paper.pdf(TEMPLATE, words, author=case.patient.name, made_at=now)


def _moved_since(row: ReferralLetter, visit: Visit | None) -> bool:
    """Whether the visit got another day or doctor since the letter was written."""
    moments = [visit.booked_at, visit.named_at] if visit else []
    return any(moment and row.changed_at and moment > row.changed_at for moment in moments)


def facts_of(
    case: Case, about: Round, to: Clinician | None, doctors: Doctors, now: datetime, reader: Any = None
) -> Facts:
    visit, patient, first = about.visit, case.patient, doctors.get(CaseClinician.Role.FIRST)
    office = visit.office if visit else None
    return Facts(
        patient=patient.name,
        born_on=patient.birth_date,
        phone=phones.shown(patient.phone),
        to=to.name if to else "",
        to_office=to.office.name if to and to.office else "",
        first=first.name if first and first != to else "",
        this=visit.clinician.name if visit and visit.clinician else "",
        office=office.name if office else "",
        office_phone=phones.shown(office.phone) if office else "",
        office_fax=phones.shown(office.fax) if office else "",
        today=now.astimezone(patient.zone).date(),
        needed_by=_needed_by(visit, now, reader),
        visit_on=visit.on_date if visit else None,
        treatment_on=case.treatment_on,
        is_third=about.is_third,
    )


def _needed_by(visit: Visit | None, now: datetime, reader: Any) -> date | None:
    if visit is None or not visit.on_date:
        return None
    lines = standing(visit, now, reader=reader).items
    return next((line.safe_by for line in lines if line.item.kind_id == "referral_letter"), None)
