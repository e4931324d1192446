"""A consultant's page of her own sentences."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case.models import Case
from cases.reviews.sentences import actions
from cases.reviews.sentences.forms import SentenceForm
from cases.reviews.sentences.models import Sentence
from cases.reviews.sentences.rules import MOST, Part
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused


def _names(request: HttpRequest) -> Any:
    """Names of the people whose cases she can open: they are looked for in what she keeps for everybody."""
    cases = Case.objects.visible_to(request.user)
    return lambda: cases.values_list("patient__name", flat=True).distinct().order_by()


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def sentences(request: HttpRequest) -> HttpResponse:
    """Her sentences, part by part, and a new one."""
    form = SentenceForm.fresh(request.GET.get("part", ""))
    if request.method == "POST":
        form = SentenceForm(request.POST, names=_names(request))
        if form.is_valid():
            try:
                kept = actions.add(**_said(form), pk=form.cleaned_data["pk"] or uuid4(), by=Actor.of(request))
            except Refused as no:
                _say(form, no)
            else:
                messages.success(request, _("Kept. You find it beside that part of a review."))
                return redirect(_address(kept))
    own = list(Sentence.objects.visible_to(request.user).ordered())
    page = {"form": form, "groups": _groups(own), "count": len(own), "most": MOST}
    return render(request, "reviews/sentences.html", page, status=422 if request.method == "POST" else 200)


def _said(form: SentenceForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("part", "title", "text")}


def _say(form: SentenceForm, no: Refused) -> None:
    form.add_error(no.code if no.code in form.fields and no.code != "seen" else None, no.message)


def _address(sentence: Sentence) -> str:
    return f"{reverse('reviews:sentences')}#sentence-{sentence.pk}"


def _groups(own: list[Sentence]) -> list[dict[str, Any]]:
    """Part by part in the order of the review; parts without a sentence are left out."""
    by_part = {part: [each for each in own if each.part == part] for part in Part}
    return [
        {"part": part, "label": part.label, "rows": [_row(each, rows) for each in rows]}
        for part, rows in by_part.items()
        if rows
    ]


def _row(sentence: Sentence, rows: list[Sentence]) -> dict[str, Any]:
    return {"sentence": sentence, "is_first": sentence is rows[0], "is_last": sentence is rows[-1]}


def _known(request: HttpRequest, pk: UUID) -> Sentence:
    return find_or_404(Sentence.objects.visible_to(request.user), pk=pk)


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def change_sentence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say one otherwise, or take it away."""
    sentence, other = _known(request, pk), None
    form = SentenceForm.of(sentence)
    if request.method == "POST":
        form = SentenceForm(request.POST, names=_names(request))
        if form.is_valid():
            try:
                seen = form.cleaned_data["seen"] or 0
                sentence = actions.change(sentence, **_said(form), seen=seen, by=Actor.of(request))
            except Refused as no:
                _say(form, no)
                other = _known(request, pk) if no.code == "seen" else None
            else:
                messages.success(request, _("Saved."))
                return redirect(_address(sentence))
    if other:  # saving again saves over what was shown now
        form.data = form.data.copy()
        form.data["seen"] = str(other.version)
    page = {"form": form, "sentence": sentence, "other": other}
    return render(
        request, "reviews/sentence.html", page, status=(409 if other else 422) if request.method == "POST" else 200
    )


@open_to("consultant")
@require_POST
def move_sentence(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """One place up or down."""
    sentence, seen = _known(request, pk), request.POST.get("place", "")
    if verb not in actions.STEPS:
        raise Http404
    try:
        actions.move(
            sentence,
            actions.STEPS[verb],
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
            by=Actor.of(request),
        )
    except Refused as no:
        messages.warning(request, no.message)
    return redirect(_address(sentence))


@open_to("consultant")
@require_POST
def remove_sentence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one away."""
    try:
        actions.remove(_known(request, pk), by=Actor.of(request))
    except Refused as no:
        messages.warning(request, no.message)
    else:
        messages.success(request, _("Taken away. Reviews that have it keep their words."))
    return redirect("reviews:sentences")
