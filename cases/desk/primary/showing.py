"""The part of an office's page for the primary doctor's office: is the report there, and the copy that is with us."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.case import authority_actions, offices
from cases.case.models import CaseClinician
from cases.desk.fax import wanted
from cases.desk.links.gate import Opened
from cases.desk.links.parts import Part
from cases.desk.primary import actions, rules
from cases.desk.primary.forms import CameForm
from cases.desk.primary.rules import Said
from cases.records import words
from cases.records.models import ReportLoop
from cases.records.release import keeping
from cases.records.report import passing
from cases.records.states import Came, KnownBy, ReportState, VisitState
from portal import when


def loop_of(opened: Opened) -> ReportLoop | None:
    """The report that this office should get: it is the primary doctor's, and the visit took place."""
    found = offices.doctor(opened.case, CaseClinician.Role.PRIMARY)
    if found is None or found.clinician.office_id != opened.link.office_id:
        return None
    loop = ReportLoop.objects.live().select_related("moved_by").filter(visit=opened.visit).first()
    if loop:
        loop.visit = opened.visit
    return loop


def loop_or_404(opened: Opened) -> ReportLoop:
    loop = loop_of(opened)
    if loop is None or opened.visit.state != VisitState.HAPPENED:
        raise Http404
    return loop


def context(opened: Opened, now: datetime) -> dict[str, Any] | None:
    loop = loop_of(opened)
    if loop is None:
        return None
    visit, patient = opened.visit, opened.patient
    if over := why_over(opened):
        return {"title": "", "lead": "", "over": over}
    may_pass_on = keeping.may_ask(opened.case)
    copies = passing.versions_to_give(loop) if may_pass_on else []
    second = visit.office.name if visit.office else words.doctor_of(visit)
    doctor = offices.doctor(opened.case, CaseClinician.Role.PRIMARY)
    is_copy_known = bool(copies) or loop.came == Came.THROUGH_US
    is_in_part = actions.is_in_part(loop)
    said = rules.can_be_said(
        loop.state, is_looked_for=loop.missed_on is not None, is_in_part=is_in_part, is_copy_known=is_copy_known
    )
    return {
        "title": _("%(name)s asks: do you have the report?") % {"name": patient.name},
        "lead": _("The visit was with %(doctor)s at %(office)s on %(day)s. The report should be with you, too.")
        % {"doctor": words.doctor_of(visit), "office": second, "day": when.month_day(visit.on_date)},
        "loop": loop,
        "doctor": doctor.clinician.name if doctor else "",
        "second": second,
        "buttons": [_button(each, second, has_copy=bool(copies)) for each in said if each != Said.PART],
        "can_be_in_part": Said.PART in said,
        "is_own_word": actions.is_own_word(loop),
        "last_said": actions.said_last(loop),
        "noted": _noted(loop, second, has_copy=bool(copies)),
        "is_done": loop.state == ReportState.CONFIRMED,
        "form": CameForm(auto_id="id_primary_%s"),
        "copies": [{"version": each, "label": _copy_label(each.pages), "came_on": each.put_in_at} for each in copies],
        "by_fax": wanted.of(opened.link, loop) if may_pass_on else None,
        "may_open_copies": opened.has_code and opened.has_birth_date,
        # One form for both parts of a page that has both.
        "asks_proof": opened.link.office_id != visit.office_id,
        "has_permission": may_pass_on and authority_actions.standing(opened.case) is not None,
    }


def why_over(opened: Opened) -> str:
    """Why the page asks nothing any more: the patient took back what lets us; "" while it stands."""
    if not authority_actions.is_taken_back(opened.case):
        return ""
    return _("The patient took back that we ask about the report. Nothing is asked of you any more.")


def _button(said: Said, second: str, *, has_copy: bool) -> dict[str, str]:
    not_yet = _("We pass on the copy that we have") if has_copy else _("We ask %(office)s again, not you")
    labels = {
        Said.DIRECT: (_("Yes, straight from %(office)s"), _("By fax or mail, it is in the chart"), "check"),
        Said.THROUGH_US: (_("Yes, it came from you"), _("The copy we passed on"), "check"),
        Said.NOT_YET: (_("Not yet"), not_yet, "clock"),
    }
    label, does, icon = labels[said]
    return {"said": said, "label": label % {"office": second}, "does": does % {"office": second}, "icon": icon}


def _noted(loop: ReportLoop, second: str, *, has_copy: bool) -> str:
    """What is known of the report by now, in a sentence; empty while it is at most asked for."""
    if loop.missed_on and loop.no_use_at and not has_copy:
        day = {"day": when.month_day(loop.missed_on), "office": second}
        return _("Part of it is missing, you said on %(day)s. We ask %(office)s for the rest, not you.") % day
    if loop.missed_on and has_copy:
        day = {"day": when.month_day(loop.missed_on)}
        return _("Not there on %(day)s. A copy is with us: take it below, or we send it to you.") % day
    if loop.missed_on:
        day = {"day": when.month_day(loop.missed_on), "office": second}
        return _("Not there on %(day)s. We ask %(office)s again, not you. When it comes, one press tells us.") % day
    if loop.state == ReportState.CONFIRMED and loop.received_on:
        return _("Noted: you have it, since %(day)s.") % {"day": when.month_day(loop.received_on)}
    if loop.state == ReportState.RECEIVED and loop.received_on:
        return _("We were told that it reached you on %(day)s.") % {"day": when.month_day(loop.received_on)}
    if loop.state == ReportState.ANNOUNCED and loop.known_by == KnownBy.DOCUMENT:
        return _("A copy is with us. You can take it below.")
    if loop.state == ReportState.ANNOUNCED and loop.sent_on:
        day = {"day": when.month_day(loop.sent_on), "office": second}
        return _("%(office)s said that it goes out to you on %(day)s.") % day
    return ""


def _copy_label(pages: int) -> str:
    return ngettext("Report, %(pages)d page", "Report, %(pages)d pages", pages) % {"pages": pages}


PART = Part("primary", "desk/_primary.html", context)
