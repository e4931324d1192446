"""The report's page: words to ask for it, and one press for each thing that somebody may know."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cases.case.models import Case, CaseClinician
from cases.case.people import cases_where, may, role_for
from cases.documents.models import Document
from cases.records import actions, rules, showing, words
from cases.records.forms import SayForm
from cases.records.items.telling import SAY
from cases.records.models import ReportLoop, Visit
from cases.records.referral import letters
from cases.records.report import filing, passing, which
from cases.records.report import loop as report_loop
from cases.records.report.which import Files
from cases.records.states import Came, KnownBy, ReportState
from portal import clock, moves, when
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused

S = ReportState
TITLES = {
    S.NOT_ASKED: gettext_lazy("Not asked for yet"),
    S.ASKED: gettext_lazy("Asked for, not there yet"),
    S.ANNOUNCED: gettext_lazy("Their office is sending it"),
    S.RECEIVED: gettext_lazy("It has arrived"),
    S.CONFIRMED: gettext_lazy("Your primary doctor has it"),
}
IS_HERE = gettext_lazy("We have it, and pass it on")
LOOKED_FOR = gettext_lazy("Looked for, not there yet")
STAFF_TITLES = {S.CONFIRMED: gettext_lazy("The primary doctor has it")}
TAGS = {S.NOT_ASKED: "warn", S.ASKED: "info", S.ANNOUNCED: "info", S.RECEIVED: "ok", S.CONFIRMED: "ok"}
# verb → (the button, what the press does, icon)
VERBS = {
    "asked": (
        gettext_lazy("I’ve asked for it"),
        gettext_lazy("You asked their office, at the visit or later."),
        "send",
    ),
    "asked_again": (
        gettext_lazy("I’ve asked again"),
        gettext_lazy("You called their office once more."),
        "send",
    ),
    "announced": (
        gettext_lazy("They are sending it"),
        gettext_lazy("Their office says it went out, or on which day it will."),
        "out",
    ),
    "received": (
        gettext_lazy("It has arrived"),
        gettext_lazy("Somebody says it reached your primary doctor. Their office need not be asked again."),
        "check",
    ),
    "passed_on": (
        gettext_lazy("We passed it on"),
        gettext_lazy("It came to us, and we sent it to the primary doctor."),
        "out",
    ),
    "confirmed": (
        gettext_lazy("My doctor has it"),
        gettext_lazy("Your primary doctor, or their desk, told you. Then this is done."),
        "flag",
    ),
    "not_there": (
        gettext_lazy("It is not there"),
        gettext_lazy("Your doctor’s office looked for it. We ask their office again."),
        "clock",
    ),
}
STAFF_VERBS = {
    "asked": (gettext_lazy("Asked for"), gettext_lazy("The second office was asked to send it.")),
    "asked_again": (gettext_lazy("Asked again"), gettext_lazy("The second office was asked once more.")),
    "announced": (gettext_lazy("They are sending it"), gettext_lazy("It went out, or goes out on the day below.")),
    "received": (gettext_lazy("Arrived"), gettext_lazy("It went straight to the primary doctor.")),
    "confirmed": (gettext_lazy("Confirmed"), gettext_lazy("Somebody who knows says the primary doctor has it.")),
    "not_there": (
        gettext_lazy("Not there"),
        gettext_lazy("The primary doctor’s office looked. The second office is to be asked again."),
    ),
}


@open_to(PERSON)
@require_safe
def report(request: HttpRequest, pk: str) -> HttpResponse:
    """Where the report of each visit is, and how to ask for it."""
    return _page(request, _case(request, pk))


@open_to(PERSON)
@require_POST
def say_which(request: HttpRequest, pk: str, document: str) -> HttpResponse:
    """Of which visit a file is the report: the one of the pressed round."""
    case = _case(request, pk)
    found = find_or_404(Document.objects.visible_to(request.user).select_related("case").filter(case=case), pk=document)
    pressed = request.POST.get("round", "")
    visits = Visit.objects.visible_to(request.user).live().filter(case=case)
    try:
        visit = visits.filter(round=pressed).first() if pressed.isdecimal() and len(pressed) < 4 else None
        if visit is None:
            raise Refused(_("Choose one of the visits."), code="input")
        filing.say_which(found, visit, by=Actor.of(request))
    except Refused as no:
        return _page(request, case, also=[no.message], status=422 if no.code == "input" else 409)
    return redirect("records:report", pk)


@open_to(PERSON)
@require_POST
def tell_report(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Say what is known of the report, or take the last word back."""
    case, form, by = _case(request, pk), SayForm(request.POST, auto_id=False), Actor.of(request)
    if not form.is_valid():
        return _page(request, case, form=form, status=422)
    try:
        loop = _told(request, case)
        if loop is None:
            raise Refused(_("Say first that the visit took place."), code="state")
        if verb == "undo":
            actions.undo(loop, why=request.POST.get("why", ""), by=by)
        elif verb in rules.REPORT_MOVES:
            actions.tell_report(loop, verb, on=form.cleaned_data["on"], told=form.cleaned_data["told"], by=by)
        else:
            raise Refused(_("This cannot be done here."))
    except Refused as no:
        return _page(request, case, also=[no.message], status=422 if no.code == "input" else 409)
    return redirect("records:report", pk)


def _case(request: HttpRequest, pk: str) -> Case:
    return find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)


def _loops(request: HttpRequest, case: Case) -> list[ReportLoop]:
    together = ("visit__case__patient", "visit__case__key", "visit__clinician", "visit__office", "moved_by")
    found = ReportLoop.objects.visible_to(request.user).live().filter(visit__case=case)
    return list(found.select_related(*together).order_by("-visit__round"))


def _told(request: HttpRequest, case: Case) -> ReportLoop | None:
    """The report that the form is about: that of the named round, else of the latest visit."""
    loops = _loops(request, case)
    wanted = request.POST.get("round", "")
    return next((loop for loop in loops if wanted in {"", str(loop.visit.round)}), None)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    form: SayForm | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    reader = showing.Reader(request.user, role_for(SAY, case, request.user), case, now)
    doctors = letters.doctors_of(case, request.user)
    primary = doctors.get(CaseClinician.Role.PRIMARY)
    files = which.files_of(case)
    page: dict[str, Any] = {
        "case": case,
        "cards": [_card(loop, reader, files) for loop in _loops(request, case)],
        "questions": _questions(request, case, files),
        "primary": primary,
        "may_say": may(SAY, case, request.user),
        "is_staff": bool(request.user.role),
        "may_sign": may("say_signed", case, request.user),
        "say_form": form or SayForm(auto_id=False),
        "form": form,
        "also": also,
        "today": now.astimezone(case.patient.zone).date(),
    }
    return render(request, "records/report.html", page, status=status)


def _questions(request: HttpRequest, case: Case, files: Files) -> list[dict[str, Any]]:
    """The files that can be the report of more than one visit, for those who may read them."""
    if not may(SAY, case, request.user):
        return []
    asked = which.to_ask(case, files)
    found = Document.objects.visible_to(request.user).filter(pk__in=[version.document_id for version, _visits in asked])
    readable = set(found.values_list("pk", flat=True)) if asked else ()
    return [
        {
            "name": version.document.title or version.name,
            "document": version.document,
            "visits": [_choice(visit) for visit in visits],
        }
        for version, visits in asked
        if version.document_id in readable
    ]


def _choice(visit: Visit) -> dict[str, Any]:
    return {"round": visit.round, "doctor": words.doctor_of(visit), "on": visit.on_date}


def _card(loop: ReportLoop, reader: showing.Reader, all_files: Files) -> dict[str, Any]:
    state, visit = ReportState(loop.state), loop.visit
    is_staff = reader.role == rules.COORDINATOR
    title = STAFF_TITLES.get(state, TITLES[state]) if is_staff else TITLES[state]
    is_open = state not in report_loop.THERE
    files = passing.versions_here(loop, all_files) if is_open else []
    why_not = passing.why_not(loop, all_files) if files else ""
    goes_from_us = bool(files) and not why_not and passing.is_of_use(loop, all_files)
    return {
        "loop": loop,
        "key": str(visit.round),
        "doctor": words.doctor_of(visit),
        "office": visit.office,
        "visit_on": visit.on_date,
        "title": str(IS_HERE if goes_from_us and _is_ours(loop) else LOOKED_FOR if loop.missed_on else title),
        "tag": {"label": str(state.label), "kind": "warn" if loop.missed_on else TAGS[state]},
        "points": _points(loop, reader, goes_from_us),
        "buttons": [_button(verb, is_staff) for verb in _verbs(loop, reader.role, all_files)],
        "files": [{"name": each.document.title or each.name, "version": each} for each in files] if is_staff else [],
        "others": [_choice(each) for each in passing.other_visits(visit)] if is_staff and files else [],
        "why_not_passed_on": why_not,
        "may_undo": reader.may_undo(loop),
        "take_back": reader.take_back(loop),
        "is_done": state == ReportState.CONFIRMED,
        "is_to_ask": state in {ReportState.NOT_ASKED, ReportState.ASKED} and not loop.missed_on,
        "is_ours": loop.missed_on is not None and not goes_from_us,
        "url": reverse("records:report", args=[visit.case_id]),
    }


def _is_ours(loop: ReportLoop) -> bool:
    """Whether passing on the file that is here is what comes next: it is all we know, or nobody found the report."""
    return loop.missed_on is not None or (loop.state == ReportState.ANNOUNCED and loop.known_by == KnownBy.DOCUMENT)


def _verbs(loop: ReportLoop, role: str, files: Files) -> list[str]:
    """What this person may say now, without what makes no sense yet: nobody looks for what nobody has sent, and what
    is not here is not passed on.
    """
    verbs = moves.allowed(rules.REPORT_MOVES, loop.state, role)
    left_out = set() if loop.state in report_loop.ON_ITS_WAY else {"not_there"}
    if "passed_on" in verbs and passing.why_not(loop, files):
        left_out.add("passed_on")
    return [verb for verb in verbs if verb not in left_out]


def _button(verb: str, is_staff: bool) -> dict[str, str]:
    label, does, icon = VERBS[verb]
    if is_staff:
        label, does = STAFF_VERBS.get(verb, (label, does))
    return {"verb": verb, "label": str(label), "does": str(does), "icon": icon}


def _points(loop: ReportLoop, reader: showing.Reader, goes_from_us: bool) -> list[dict[str, Any]]:
    """Asked for, sent, arrived, confirmed: each with its day; the last word says how it is known."""
    known, state = reader.known(loop), loop.state
    last = loop.confirmed_on or loop.received_on or loop.sent_on or loop.missed_on or loop.asked_on

    def text(on: date | None, way: str = "") -> str:
        if on is None:
            return _("Not yet")
        parts = [when.day(on) + ".", way, known if on == last and known else ""]
        return " ".join(part for part in parts if part)

    came = str(Came(loop.came).label) + "." if loop.came else ""
    asked = text(loop.asked_on)
    if loop.missed_on:
        day = when.day(loop.missed_on)
        looked = _("Looked for on %(day)s, and not there. We ask their office again.")
        if goes_from_us:
            looked = _("Looked for on %(day)s, and not there. We have a copy, and pass it on.")
        asked = looked % {"day": day} + " " + known
    elif loop.asked_on is None and (loop.received_on or loop.sent_on):
        asked = _("It came without asking.") if loop.received_on else _("They said so without asking.")
    points = [{"title": _("Asked for"), "text": asked, "is_here": state == ReportState.ASKED}]
    if loop.sent_on or not loop.received_on:
        sent = text(loop.sent_on)
        if loop.sent_on and state == ReportState.ANNOUNCED and loop.sent_on > reader.today:
            sent = _("It is to go out on %(day)s.") % {"day": when.day(loop.sent_on)} + " " + known
        points.append({"title": _("Sent"), "text": sent, "is_here": state == ReportState.ANNOUNCED})
    return [
        *points,
        {"title": _("Arrived"), "text": text(loop.received_on, came), "is_here": state == ReportState.RECEIVED},
        {"title": _("Confirmed"), "text": text(loop.confirmed_on), "is_goal": True},
    ]


__all__ = ["report", "say_which", "tell_report"]
