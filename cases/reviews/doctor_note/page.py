"""The note on paper."""

from datetime import datetime

from django.utils.translation import gettext as _

from cases.reviews.doctor_note import actions
from cases.reviews.doctor_note.models import DoctorNote
from cases.reviews.pdf import summary_pdf
from portal import when
from portal.texts.words import organisation, text


def pdf(note: DoctorNote, now: datetime) -> bytes:
    """One page. Raises Refused when a letter cannot be set."""
    case, primary = note.case, actions.primary_of(note.case)
    patient = case.patient
    about = patient.name
    if patient.birth_date:
        born = {"name": patient.name, "day": when.month_day(patient.birth_date, year=True)}
        about = _("%(name)s, born %(day)s") % born
    spoke = {"name": note.call.consultant.name, "day": when.month_day(note.call.starts_at, year=True)}
    doctor = note.sent_to or (actions.called(primary) if primary else "")
    to = _("To %(doctor)s.") % {"doctor": doctor} if doctor else ""
    lines = [line for line in note.words.splitlines() if line.strip()]
    sheet = {
        "title": _("A note after a consultation"),
        "lead": " ".join(part for part in (to, f"{about}.", f"{case.reference}.") if part),
        "notice": _("The patient has read this note and asked us to send it.") if note.choice == "send" else "",
        "scope": text("scope_short").body,
        "sections": [
            {
                "heading": _("%(name)s talked with the patient on %(day)s") % spoke,
                "intro": "",
                "items": [_item(line) for line in lines],
            }
        ],
    }
    return summary_pdf(sheet, author=organisation().name, made_at=now)


def _item(line: str) -> dict[str, object]:
    pieces = [{"text": line, "word": 0}]
    return {"heading": "", "heading_pieces": [], "text": line, "pieces": pieces, "page": "", "anchor": ""}
