"""One thing to do, with its case in three lines: what and why, the visit, how to reach the person."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.actions import CHECK_OFFICE
from cases.case.calls import FIX_ADDRESS
from cases.case.models import Office, ToDo
from cases.case.path import ARRIVED_HOPS, Facts
from cases.records.planning import ASK_REFERRAL, FAX_LETTER
from portal import when
from portal.accounts.models import User
from portal.pages import cards, reasons, words
from portal.pages.facts import Gathered

# kind → (words, tag, icon). A kind that no one named here shows as a plain thing to do.
KINDS = {
    "call": (gettext_lazy("Call back"), "plum", "phone"),
    "call_again": (gettext_lazy("Call again"), "plum", "phone"),
    "visit_soon": (gettext_lazy("Visit soon"), "stop", "alert"),
    "call_holder": (gettext_lazy("Call the office"), "warn", "phone"),
    "ask_report": (gettext_lazy("Ask for the report"), "info", "phone"),
    "ask_office": (gettext_lazy("Ask the office"), "warn", "phone"),
    "give_back": (gettext_lazy("Goes back"), "warn", "clock"),
    "file_failed": (gettext_lazy("File not opened"), "warn", "file"),
    FIX_ADDRESS: (gettext_lazy("Address does not work"), "warn", "alert"),
    CHECK_OFFICE: (gettext_lazy("Check an office"), "info", "search"),
    "post_sheet": (gettext_lazy("Post the sheet"), "info", "print"),
    FAX_LETTER: (gettext_lazy("Fax a letter"), "info", "print"),
    ASK_REFERRAL: (gettext_lazy("Ask about a referral"), "warn", "phone"),
    "treatment_soon": (gettext_lazy("Treatment soon"), "stop", "alert"),
    "no_plan": (gettext_lazy("No plan yet"), "warn", "file"),
}
# For these the office is rung, not the patient.
TO_OFFICES = {"call_holder", "ask_office", "ask_report"}
# These are done on pages of their own, not by a call about the case.
ON_REFERRAL = {FAX_LETTER, ASK_REFERRAL}  # their note says whom
ELSEWHERE = {CHECK_OFFICE, "post_sheet", *ON_REFERRAL}
PLAIN = (gettext_lazy("To do"), "info", "clock")


def row(todo: ToDo, gathered: Mapping[UUID, Gathered], today: dt.date) -> dict[str, Any]:
    """A to-do for the board. The gathered facts hold its case, if it has one."""
    label, tag, icon = KINDS.get(todo.kind, PLAIN)
    case = todo.case
    patient = case.patient if case else None
    is_about_office = todo.kind == CHECK_OFFICE
    reason = _reason(todo, gathered[case.pk], today) if case and not is_about_office else None
    lines = [_what(todo, today)]
    if reason:
        lines.append(reason.text)
    if case:
        lines.append(visit_line(gathered[case.pk].facts, today))
    office = reason.office if reason and todo.kind in TO_OFFICES else None
    if office:
        lines.append(reach_office(office))
    elif patient and not is_about_office and todo.kind not in ON_REFERRAL:
        lines.append(reach(patient))
    to_call = None if is_about_office or todo.kind in ON_REFERRAL else patient  # its own page has its number
    return {
        "pk": todo.pk,
        "on": todo.due_on,
        "label": label,
        "tag": tag,
        "icon": icon,
        "name": patient.name if patient else _("Our own house"),
        "href": _address(todo),
        "log_href": f"{reverse('pages:log_call', args=[case.pk])}?todo={todo.pk}"
        if case and todo.kind not in ELSEWHERE
        else "",
        "lines": [line for line in lines if line],
        "call": call_button(office, to_call),
    }


def _address(todo: ToDo) -> str:
    """Where it is done: an office on its own page, everything else in the case's file."""
    if todo.kind == CHECK_OFFICE:
        return reverse("pages:office", args=[todo.about_id])
    if todo.kind == FIX_ADDRESS:
        return reverse("pages:fix_address", args=[todo.about_id])
    if todo.kind in ON_REFERRAL and todo.case:
        return reverse("records:referral", args=[todo.case.pk]) + "#letter"
    return cards.file_url(todo.case) if todo.case else ""


def _reason(todo: ToDo, gathered: Gathered, today: dt.date) -> reasons.Reason | None:
    """The record that the to-do is about; else what is most pressing in its case."""
    if todo.about_type == "records.recorditem":
        return reasons.about(gathered, todo.about_id, today)
    return reasons.of_case(gathered, today)


def call_button(office: Office | None, patient: User | None) -> dict[str, str] | None:
    """Whom to ring: the office that knows, where it has a number; else the patient."""
    if office and office.phone:
        return {"href": tel(office.phone), "label": office.phone, "who": office.name}
    if patient and patient.phone:
        return {"href": tel(str(patient.phone)), "label": phone_words(patient), "who": patient.first_name}
    return None


def _what(todo: ToDo, today: dt.date) -> str:
    asked = {"at": when.moment(todo.asked_at), "day": when.short_day(todo.due_on)}
    words_of = _("Asked on %(at)s.") % asked
    if todo.due_on < today:
        words_of += " " + _("Was for %(day)s.") % asked
    if todo.suits:
        words_of += " " + _("Suits: %(when)s.") % {"when": todo.get_suits_display()}
    return f"{words_of} {todo.note}".strip()


def visit_line(known: Facts, today: dt.date) -> str:
    counted = {"there": known.core_at(ARRIVED_HOPS), "of": len(known.core)}
    line = _("Visit: %(when)s.") % {"when": words.visit_words(known.visit_on, today)}
    if known.core and not known.visit_happened:
        line += " " + _("%(there)d of %(of)d core records are there.") % counted
    return line


def reach(person: User) -> str:
    """How best to reach a person, in one line."""
    parts = [person.safe_to_ring]
    if person.phone:
        parts.append(_("A message may be left.") if person.may_leave_message else _("Do not leave a message."))
    elif person.email:
        parts.append(_("No phone number. Write to them."))
    else:
        parts.append(_("No phone number and no email address."))
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def reach_office(office: Office | None) -> str:
    """The desk, its hours and how it likes to be asked, in one line."""
    parts = [office.desk, office.hours, office.likes_to_be_asked] if office else []
    return "".join(f"{part.rstrip('.')}. " for part in parts if part).strip()


def phone_words(person: User) -> str:
    """The number as people write it; as it was typed where it is not a number of a known kind."""
    return str(getattr(person.phone, "as_national", person.phone))


def tel(phone: str) -> str:
    """The address of a phone number for a link."""
    return "tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+")
