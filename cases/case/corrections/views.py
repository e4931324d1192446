"""The patient's page of what is wrong, and the page on which one of us answers."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.case import plain
from cases.case.corrections import actions, plain_answers
from cases.case.corrections.models import Correction
from cases.case.corrections.rules import ANSWERED, LETTERS, About, CorrectionState
from cases.case.people import cases_where
from portal import when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

SHOWN = 50


class CorrectionForm(forms.Form):
    """What is wrong."""

    about = forms.ChoiceField(
        label=gettext_lazy("Where does it stand?"),
        choices=About.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose where it stands.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What is wrong, and what would be right?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LETTERS,
        error_messages={"required": gettext_lazy("Say what is wrong, and what would be right.")},
    )


class AnswerForm(forms.Form):
    """What became of it."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What became of it?"),
        choices=[
            (CorrectionState.CORRECTED, gettext_lazy("I corrected it")),
            (CorrectionState.KEPT, gettext_lazy("It stays as it is, and the patient’s words stand beside it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what became of it.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What you did, or why it stays"),
        help_text=gettext_lazy("The patient reads this."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LETTERS,
        error_messages={"required": gettext_lazy("Say what you did, or why it stays as it is.")},
    )


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def corrections(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what is wrong, and read what became of it. A coordinator writes down what was said on the phone."""
    case = find_or_404(cases_where(request.user, "ask_to_correct").select_related("patient", "key"), pk=pk)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            asked = actions.ask(case, **form.cleaned_data, by=Actor.of(request))
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            messages.success(request, _("We have it. The answer comes by %(day)s.") % {"day": when.day(asked.due_on)})
            return redirect("case:corrections", case.pk)
    is_hers = request.user.pk == case.patient_id
    if not is_hers and request.method == "GET":
        record(Actor.of(request), "correction.opened", case, patient=case.patient_id, case=case.pk, why="care")
    found = Correction.objects.visible_to(request.user).filter(case=case).select_related("case__key", "ended_by")
    rows = [row_of(each) for each in found.order_by("-asked_at", "pk")[:SHOWN]]
    page = {"case": case, "form": form, "rows": rows, "is_hers": is_hers}
    return render(request, "case/corrections.html", page, status=422 if form.errors else 200)


@open_to(PERSON)
@require_POST
def take_correction_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It need not be corrected any more, or her words need not stand beside it."""
    known = Correction.objects.visible_to(request.user).select_related("case")
    asked: Correction = find_or_404(known, pk=pk)
    try:
        actions.take_back(asked, by=Actor.of(request))
        messages.success(request, _("Taken back."))
    except Refused as no:
        messages.error(request, no.message)
    return redirect("case:corrections", asked.case_id)


@open_to("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_correction(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What she says, and our answer. Each look is on record."""
    known = Correction.objects.visible_to(request.user).exclude(case__patient=request.user.pk)
    asked: Correction = find_or_404(known.select_related("case__patient", "case__key", "ended_by"), pk=pk)
    user: Any = request.user
    kept = drafts.kept(user, plain_answers.DRAFT, asked) if request.method != "POST" else None
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_bound and form.is_valid():
        try:
            actions.answer(asked, **form.cleaned_data, by=Actor.of(request))
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            drafts.drop(user, plain_answers.DRAFT, asked)
            messages.success(request, _("Answered. The patient is told."))
            return redirect("pages:case_file", asked.case_id)
    if request.method == "GET":
        by, case = Actor.of(request), asked.case
        record(by, "correction.opened", asked, patient=case.patient_id, case=case.pk, why="care")
    page = {"asked": asked, "row": row_of(asked), "form": form, "draft": plain_answers.DRAFT}
    page["hint"] = plain.to_patient(asked.case, str(form["words"].value() or ""), user)
    return render(request, "case/answer_correction.html", page, status=422 if form.errors else 200)


def row_of(asked: Correction) -> dict[str, Any]:
    """One request as its pages show it."""
    is_answered = asked.state in ANSWERED
    said = {"name": asked.ended_by.name if asked.ended_by else "", "day": when.moment(asked.ended_at or asked.asked_at)}
    return {
        "pk": asked.pk,
        "about": asked.get_about_display(),
        "state": asked.get_state_display(),
        "is_open": asked.is_open,
        "words": asked.words,
        "asked": _("Asked on %(at)s.") % {"at": when.moment(asked.asked_at)},
        "by_when": _("The answer comes by %(day)s.") % {"day": when.day(asked.due_on)} if asked.is_open else "",
        "answer": asked.answer,
        "answered": _("%(name)s, %(day)s") % said if is_answered else "",
        "beside": _("Your words stand beside it.") if asked.is_kept else "",
        "can_take_back": asked.is_open or asked.is_kept,
    }
