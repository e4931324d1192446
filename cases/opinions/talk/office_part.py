"""The part of an office's page about the talk there: its time, and the patient's page where she lets them read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from cases.case.models import ToDo
from cases.desk.links.gate import Opened
from cases.desk.links.models import OfficeLink
from cases.desk.links.parts import Part
from cases.opinions.talk.actions import TALK_TIME, TOGETHER
from cases.opinions.talk.models import Talk
from cases.opinions.talk.rules import TalkState


def talk_of(opened: Opened) -> Talk | None:
    """The talk that has a date at this office; None at any other."""
    dated = Talk.objects.select_related(*TOGETHER).filter(state=TalkState.BOOKED)
    return dated.filter(case=opened.case, office=opened.link.office_id).first()


def open_with(links: Sequence[OfficeLink]) -> set[UUID]:
    """Of some links those of offices at which a talk has its date. One query."""
    cases = {link.visit.case_id for link in links}
    dated = Talk.objects.filter(state=TalkState.BOOKED, case__in=cases, office__isnull=False)
    talks = set(dated.values_list("case", "office")) if cases else set()
    return {link.pk for link in links if (link.visit.case_id, link.office_id) in talks}


def talk_or_404(opened: Opened) -> Talk:
    talk = talk_of(opened)
    if talk is None:
        raise Http404
    return talk


def context(opened: Opened, now: datetime) -> dict[str, Any] | None:
    talk = talk_of(opened)
    if talk is None or talk.on_date is None:
        return None
    named = {"name": opened.patient.name, "doctor": talk.clinician.name}
    return {
        "title": _("%(name)s’s talk with %(doctor)s") % named,
        "lead": _("To go over what two doctors have said. 20 minutes would help."),
        "talk": talk,
        "is_over": talk.on_date <= now.astimezone(talk.zone).date(),
        "is_asked": ToDo.objects.open().filter(kind=TALK_TIME, about_id=str(talk.pk)).exists(),
        "shows_page": talk.is_shown,
        "may_open_page": opened.has_code and opened.has_birth_date,
    }


PART = Part("talk", "opinions/_office_talk.html", context)
