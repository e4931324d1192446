"""One thing to do, with its case in three lines: what and why, the visit, how to reach the person."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.actions import CHECK_OFFICE
from cases.case.models import ToDo
from cases.case.path import ARRIVED_HOPS, Facts
from portal import when
from portal.accounts.models import User
from portal.pages import cards, words
from portal.pages.facts import Gathered

# kind → (words, tag, icon). A kind that no one named here shows as a plain thing to do.
KINDS = {
    "call": (gettext_lazy("Call back"), "plum", "phone"),
    "visit_soon": (gettext_lazy("Visit soon"), "stop", "alert"),
    "call_holder": (gettext_lazy("Call the office"), "warn", "phone"),
    "ask_report": (gettext_lazy("Ask for the report"), "info", "phone"),
    "ask_office": (gettext_lazy("Ask the office"), "warn", "phone"),
    "file_failed": (gettext_lazy("File not opened"), "warn", "file"),
    "fix_address": (gettext_lazy("Address does not work"), "warn", "alert"),
    CHECK_OFFICE: (gettext_lazy("Check a new office"), "info", "search"),
    "post_sheet": (gettext_lazy("Post the sheet"), "info", "print"),
    "no_plan": (gettext_lazy("No plan yet"), "warn", "file"),
}
PLAIN = (gettext_lazy("To do"), "info", "clock")


def row(todo: ToDo, gathered: Mapping[UUID, Gathered], today: dt.date) -> dict[str, Any]:
    """A to-do for the board. The gathered facts hold its case, if it has one."""
    label, tag, icon = KINDS.get(todo.kind, PLAIN)
    case = todo.case
    patient = case.patient if case else None
    lines = [_what(todo, today)]
    if case:
        lines.append(_visit(gathered[case.pk].facts, today))
    if patient:
        lines.append(reach(patient))
    return {
        "pk": todo.pk,
        "label": label,
        "tag": tag,
        "icon": icon,
        "name": patient.name if patient else _("Our own house"),
        "href": _address(todo),
        "lines": [line for line in lines if line],
        "phone": phone_words(patient) if patient else "",
        "phone_href": tel(str(patient.phone)) if patient else "",
    }


def _address(todo: ToDo) -> str:
    """Where it is done: an office on its own page, everything else in the case's file."""
    if todo.kind == CHECK_OFFICE:
        return reverse("pages:office", args=[todo.about_id])
    return cards.file_url(todo.case) if todo.case else ""


def _what(todo: ToDo, today: dt.date) -> str:
    asked = {"at": when.moment(todo.asked_at), "day": when.short_day(todo.due_on)}
    words_of = _("Asked on %(at)s.") % asked
    if todo.due_on < today:
        words_of += " " + _("Was for %(day)s.") % asked
    return f"{words_of} {todo.note}".strip()


def _visit(known: Facts, today: dt.date) -> str:
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


def phone_words(person: User) -> str:
    """The number as people write it; as it was typed where it is not a number of a known kind."""
    return str(getattr(person.phone, "as_national", person.phone))


def tel(phone: str) -> str:
    """The address of a phone number for a link."""
    return "tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+")
