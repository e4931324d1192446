"""The staff's side: what waits for an answer, who answers it, and what needs none."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case.models import Case
from cases.case.people import may, who_can_open
from cases.threads import actions, answering, by_phone, heard, showing
from cases.threads.forms import AssignForm, WordsForm
from cases.threads.views import case_of, page, sent, shown_to
from portal import clock
from portal.access import PERSON, open_to
from portal.actors import Actor
from portal.errors import Refused

ON_A_PAGE = 50


@open_to("consultant", "coordinator")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The threads in which somebody waits, what is due first on top."""
    user: Any = request.user
    todos = answering.waiting(user).select_related("case__patient", "for_user")
    found = list(todos[: ON_A_PAGE + 1])
    unread = showing.unread_by(user, [todo.case_id for todo in found[:ON_A_PAGE]])
    context = {
        "rows": [_row(todo, user) | {"unread": unread.get(todo.case_id, 0)} for todo in found[:ON_A_PAGE]],
        "has_more": len(found) > ON_A_PAGE,
    }
    return render(request, "threads/waiting.html", context)


def _row(todo: Any, user: Any) -> dict[str, Any]:
    today = clock.today(user.zone)
    return {
        "href": reverse("threads:thread", args=[todo.case_id]),
        "name": todo.case.patient.name,
        "asked_at": todo.asked_at,
        "due_on": todo.due_on,
        "is_late": todo.due_on < today,
        "is_today": todo.due_on == today,
        "is_yours": todo.for_user_id == user.pk,
        "who": todo.for_user.name if todo.for_user else "",
    }


@open_to(PERSON)
@require_POST
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who answers, and by when."""
    case = _case_of_staff(request, pk)
    people = who_can_open(case, "note_messages", reader=request.user)  # type: ignore[arg-type]
    staff = {str(user.pk): user for user, _words in people if user.pk != case.patient_id}
    form = AssignForm(request.POST, staff=list(staff.values()))
    if not form.is_valid():
        return page(request, case, assign_form=form, status=422)
    who = staff.get(form.cleaned_data["who"])
    try:
        answering.assign(case, who, due_on=form.cleaned_data["due_on"], by=Actor.of(request))
    except Refused as no:
        form.add_error("due_on" if no.code == "date" else "who", no.message)
        return page(request, case, assign_form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect("threads:thread", case.pk)


@open_to(PERSON)
@require_POST
def needs_no_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nobody needs to answer: it was said in another way, or asks for nothing."""
    case = _case_of_staff(request, pk)
    try:
        answering.needs_no_answer(case, shown=shown_to(request, case, "shown"), by=Actor.of(request))
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, _("Nobody waits for an answer any more."))
    return redirect("threads:thread", case.pk)


@open_to(PERSON)
@require_POST
def write_down(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the patient says on the phone, as her message."""
    case = _case_spoken_for(request, pk)
    form = WordsForm(request.POST, name=case.patient.first_name)
    if not form.is_valid():
        return page(request, case, words_form=form, status=422)
    said = form.cleaned_data
    more = {"send_id": said["send_id"], "is_private": said["is_private"]}
    try:
        by_phone.write_down(case, said["text"], **more, by=Actor.of(request))
    except Refused as no:
        form.add_error("text", no.message)
        return page(request, case, words_form=form, status=422)
    return sent(request, case, actions.WORDS_DRAFT)


@open_to(PERSON)
@require_POST
def read_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The messages that the page had shown were read out to the patient."""
    case = _case_spoken_for(request, pk)
    try:
        heard.read_out(case, upto=shown_to(request, case, "heard"), by=Actor.of(request))
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, _("Saved. It is on record that you read it out."))
    return redirect("threads:thread", case.pk)


def _case_spoken_for(request: HttpRequest, pk: UUID) -> Case:
    case = case_of(request, pk)
    if not may("speak_for", case, request.user):
        raise Http404
    return case


def _case_of_staff(request: HttpRequest, pk: UUID) -> Case:
    case = case_of(request, pk)
    if not may("note_messages", case, request.user):
        raise Http404
    return case
