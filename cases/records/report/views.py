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
from cases.case.people import may, role_in
from cases.records import actions, rules, showing, words
from cases.records.forms import SayForm
from cases.records.models import ReportLoop
from cases.records.report import loop as report_loop
from cases.records.report import passing
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
    return find_or_404(Case.objects.visible_to(request.user).select_related("patient", "key"), pk=pk)


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
    reader = showing.Reader(request.user, role_in(case, request.user), case, now)
    doctors = {link.role: link.clinician for link in case.clinicians.select_related("clinician__office")}
    primary = doctors.get(CaseClinician.Role.PRIMARY)
    page: dict[str, Any] = {
        "case": case,
        "cards": [_card(loop, reader) for loop in _loops(request, case)],
        "primary": primary,
        "may_say": may("say_where_records_are", case, request.user),
        "is_staff": bool(request.user.role),
        "may_sign": may("say_signed", case, request.user),
        "say_form": form or SayForm(auto_id=False),
        "form": form,
        "also": also,
        "today": now.astimezone(case.patient.zone).date(),
    }
    return render(request, "records/report.html", page, status=status)


def _card(loop: ReportLoop, reader: showing.Reader) -> dict[str, Any]:
    state, visit = ReportState(loop.state), loop.visit
    is_staff = reader.role == rules.COORDINATOR
    title = STAFF_TITLES.get(state, TITLES[state]) if is_staff else TITLES[state]
    is_open = state not in report_loop.THERE
    files = passing.versions_here(loop) if is_staff and is_open else []
    return {
        "loop": loop,
        "key": str(visit.round),
        "doctor": words.doctor_of(visit),
        "office": visit.office,
        "visit_on": visit.on_date,
        "title": str(LOOKED_FOR if loop.missed_on else IS_HERE if _is_here(loop) else title),
        "tag": {"label": str(state.label), "kind": "warn" if loop.missed_on else TAGS[state]},
        "points": _points(loop, reader),
        "buttons": [_button(verb, is_staff) for verb in _verbs(loop, reader.role)],
        "files": [{"name": each.document.title or each.name, "version": each} for each in files],
        "why_not_passed_on": passing.why_not(loop) if files else "",
        "may_undo": reader.may_undo(loop),
        "take_back": reader.take_back(loop),
        "is_done": state == ReportState.CONFIRMED,
        "is_to_ask": state in {ReportState.NOT_ASKED, ReportState.ASKED} and not loop.missed_on,
        "is_ours": loop.missed_on is not None,
        "url": reverse("records:report", args=[visit.case_id]),
    }


def _is_here(loop: ReportLoop) -> bool:
    """Whether all we know is that its file came to us."""
    return loop.state == ReportState.ANNOUNCED and loop.known_by == KnownBy.DOCUMENT


def _verbs(loop: ReportLoop, role: str) -> list[str]:
    """What this person may say now, without what makes no sense yet: nobody looks for what nobody has sent, and what
    is not here is not passed on.
    """
    verbs = moves.allowed(rules.REPORT_MOVES, loop.state, role)
    left_out = set() if loop.state in report_loop.ON_ITS_WAY else {"not_there"}
    if "passed_on" in verbs and passing.why_not(loop):
        left_out.add("passed_on")
    return [verb for verb in verbs if verb not in left_out]


def _button(verb: str, is_staff: bool) -> dict[str, str]:
    label, does, icon = VERBS[verb]
    if is_staff:
        label, does = STAFF_VERBS.get(verb, (label, does))
    return {"verb": verb, "label": str(label), "does": str(does), "icon": icon}


def _points(loop: ReportLoop, reader: showing.Reader) -> list[dict[str, Any]]:
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
        asked = _("Looked for on %(day)s, and not there. We ask their office again.") % {"day": day} + " " + known
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


__all__ = ["report", "tell_report"]
