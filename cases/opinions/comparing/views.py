"""Writing into the comparison, from the page of the opinions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.case import hands, plain
from cases.case.models import Case, CaseClinician
from cases.case.people import may
from cases.opinions.comparing import actions, first_day
from cases.opinions.comparing.forms import CHANGE_DRAFT, DRAFT, FirstDayForm, LineForm, shown_as
from cases.opinions.comparing.models import Point
from cases.opinions.deciding import showing, views
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.errors import Refused

VERBS = {"remove": actions.remove, "put-back": actions.put_back}


def _case(request: HttpRequest, pk: UUID) -> Case:
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient", "key"), pk=pk)
    if not may("write_opinions", case, request.user):
        raise Http404
    return case


def _point(request: HttpRequest, pk: UUID) -> Point:
    point: Point = find_or_404(Point.objects.visible_to(request.user), pk=pk)
    point.case = _case(request, point.case_id)
    return point


@open_to(PERSON)
@require_POST
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One more line."""
    case = _case(request, pk)
    form = LineForm(request.POST, doctors=showing.doctors(case))
    if not form.is_valid():
        return views.page(request, case, line_form=form, status=422)
    said = form.cleaned_data
    try:
        actions.add(
            case,
            topic=said["topic"],
            text=said["text"],
            pages=said["pages"],
            pk=said["new"],
            shown=said["shown"],
            by=hands.writer_for(request, case),
        )
    except Refused as no:
        if no.code != "changed":
            return views.page(request, case, line_form=form, also=[no.message], status=422)
        form = _named_anew(LineForm(request.POST, doctors=showing.doctors(case)))
        return views.page(request, case, line_form=form, also=[no.message], status=409)
    drafts.drop(request.user, DRAFT, case)  # type: ignore[arg-type]
    _say(request, case, _("The line stands."), said["text"])
    return redirect("opinions:compare", case.pk)


@open_to(PERSON)
@require_POST
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Other words for a line. What was changed meanwhile is shown, and what was typed stays."""
    point = _point(request, pk)
    form = LineForm.of(point, showing.doctors(point.case), request.POST)
    about: dict[str, Any] = {"line_form": form, "about": point}
    if not form.is_valid():
        return views.page(request, point.case, status=422, **about)
    said = form.cleaned_data
    try:
        actions.change(
            point,
            topic=said["topic"],
            text=said["text"],
            pages=said["pages"],
            seen=said["seen"] or 0,
            shown=said["shown"],
            renamed=said["renamed"],
            by=hands.writer_for(request, point.case),
        )
    except Refused as no:
        status = 409 if no.code == "changed" else 422
        if status == 409:
            form = _named_anew(LineForm.of(point, showing.doctors(point.case), request.POST))
            form.data["seen"] = str(Point.objects.values_list("version", flat=True).get(pk=point.pk))
            about["line_form"] = form
        return views.page(request, point.case, also=[no.message], status=status, **about)
    drafts.drop(request.user, CHANGE_DRAFT, point)  # type: ignore[arg-type]
    _say(request, point.case, _("Saved."), said["text"])
    return redirect(point)


def _named_anew(form: LineForm) -> LineForm:
    """The form with what was typed, as it stands with the doctors who are named now."""
    form.data = form.data.copy()
    for role, name in form.doctors.items():
        form.data[shown_as(role)] = name
    return form


def _say(request: HttpRequest, case: Case, done: str, words: str) -> None:
    """That it stands, and to one of us whether it is hard to read."""
    messages.success(request, done)
    if hint := plain.too_hard(case, words, request.user):  # type: ignore[arg-type]
        messages.info(request, hint)


@open_to(PERSON)
@require_POST
def move(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Take a line away, or put it back."""
    if verb not in VERBS:
        raise Http404
    point = _point(request, pk)
    try:
        VERBS[verb](point, by=hands.writer_for(request, point.case))
        messages.success(request, _("Taken away. It can be put back below.") if verb == "remove" else _("Put back."))
    except Refused as no:
        messages.error(request, no.message)
    return redirect("opinions:compare", point.case_id)


@open_to(PERSON)
@require_POST
def say_first_day(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The day of the first opinion, or that it is not known."""
    case = _case(request, pk)
    link = case.clinicians.select_related("clinician").filter(role=CaseClinician.Role.FIRST).first()
    if link is None:  # no first doctor is named, or not any more: the page as it stands now
        return views.page(request, case, status=409)
    form = FirstDayForm(request.POST, doctor=link.clinician.name)
    if not form.is_valid():
        return views.page(request, case, day_form=form, status=422)
    said = form.cleaned_data
    try:
        first_day.say(case, said["on"], seen=said["seen"], shown=said["shown"], by=hands.writer_for(request, case))
    except Refused as no:
        if no.code == "on":
            form.add_error("on", no.message)
            return views.page(request, case, day_form=form, status=422)
        if no.code == "changed":
            link.refresh_from_db(fields=["heard_on"])
            form.data = form.data.copy()
            form.data[form.add_prefix("seen")] = link.heard_on.isoformat() if link.heard_on else ""
            form.data[form.add_prefix("shown")] = link.clinician.name
        status = 409 if no.code == "changed" else 422
        return views.page(request, case, day_form=form, also=[no.message], status=status)
    messages.success(request, _("Saved."))
    return redirect("opinions:compare", case.pk)
