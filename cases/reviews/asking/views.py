"""The reader's page to ask for one thing, and the patient's page to answer it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case import hands, plain
from cases.case.people import COORDINATOR, may, role_in
from cases.documents import actions as documents
from cases.documents import words as document_words
from cases.documents.models import OTHER, Document
from cases.reviews.actions import look
from cases.reviews.asking import actions, rules, words
from cases.reviews.asking.forms import AnswerForm, AskForm
from cases.reviews.asking.models import Asking
from cases.reviews.models import Review
from cases.reviews.reading_level import NEED_MORE
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.words import organisation

EARLIER = 20  # requests on one page


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def need_more(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the patient for one thing; what was asked before, and what came of it."""
    related = ("case__patient", "case__key", "reader", "consultation")
    known = Review.objects.visible_to(request.user).select_related(*related)
    review = find_or_404(known, pk=pk)
    if not may("review", review.case, request.user):
        raise Http404
    if request.method != "POST":
        look(review, verb="review.asking_opened", by=Actor.of(request))
    kept = drafts.kept(request.user, NEED_MORE, review) if request.method != "POST" else None
    form = AskForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(review, **form.cleaned_data, by=Actor.of(request))
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            drafts.drop(request.user, NEED_MORE, review)
            messages.success(request, _("%(name)s is asked.") % {"name": review.case.patient.first_name})
            return redirect("reviews:need_more", pk)
    found = Asking.objects.visible_to(request.user).filter(review=review).select_related("asked_by")
    rows = [_row(asking, review) for asking in found.order_by("-asked_at")[:EARLIER]]
    page = {
        "review": review,
        "case": review.case,
        "form": form,
        "rows": _with_files(rows, request.user),
        "may_ask": review.reader_id == request.user.pk and review.state in actions.CAN_ASK,
        "is_resting": any(row["asking"].is_resting for row in rows),
        **_would_rest(review),
        "hint": plain.to_patient(review.case, str(form["words"].value() or ""), request.user),
        "draft": NEED_MORE,
    }
    return render(request, "reviews/need_more.html", page, status=422 if request.method == "POST" else 200)


def _would_rest(review: Review) -> dict[str, Any]:
    """How long the reading would rest for what is asked now, and whether a call is booked, before which it is read."""
    today = organisation().today()
    until = actions.would_rest_until(review, today)
    is_for_call = review.consultation is not None and review.consultation.is_booked
    return {"would_rest_until": until if until > today else None, "is_for_call": is_for_call}


def _row(asking: Asking, review: Review) -> dict[str, Any]:
    asking.review = review
    return {"asking": asking, "what": words.what(asking), "files": []}


def _with_files(rows: list[dict[str, Any]], user: Any) -> list[dict[str, Any]]:
    """Beside each the files that came as its answer, as far as this person may open them. One query."""
    asked = [pk for row in rows for pk in row["asking"].documents]
    here = Document.objects.visible_to(user).here().select_related("case__key").in_bulk(asked) if asked else {}
    for row in rows:
        row["files"] = [here[pk] for pk in row["asking"].documents if pk in here]
    return rows


@open_to("consultant")
@require_POST
def withdraw_asking(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Not needed any more."""
    asking = _known(request, pk)
    if not may("review", asking.case, request.user):
        raise Http404
    try:
        actions.withdraw(asking, by=Actor.of(request))
        messages.success(request, _("Taken back. The patient has nothing to do."))
    except Refused as no:
        messages.warning(request, no.message)
    return redirect("reviews:need_more", asking.review_id)


def _known(request: HttpRequest, pk: UUID) -> Asking:
    related = ("review__case__patient", "review__case__key", "review__consultation", "review__reader", "asked_by")
    return find_or_404(Asking.objects.visible_to(request.user).select_related(*related), pk=pk)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One thing, one answer: files or words, or "I don't have it"."""
    asking = _known(request, pk)
    case = asking.case
    if not may("answer_asking", case, request.user):
        raise Http404
    by = hands.actor_for(request, case)
    form = AnswerForm(asking)
    if request.method == "POST":
        form = AnswerForm(asking, request.POST, request.FILES)
        if form.is_valid() and _answered(request, asking, form, by):
            messages.success(request, _thanks(asking))
            return redirect("reviews:asked", pk)
    elif role_in(case, request.user) == COORDINATOR:
        actions.look(asking, by=by)
    page = {"asking": asking, "case": case, "form": form, "what": words.what(asking), "who": words.who_needs(asking)}
    page["said"] = "" if asking.is_open else rules.NOT_FROM_HERE[rules.AskingState(asking.state)]
    return render(request, "reviews/asked.html", page, status=422 if request.method == "POST" else 200)


def _thanks(asking: Asking) -> str:
    """Who reads on; nobody does where the plan was handed back, or waits for her yes to whoever has it now."""
    reader = asking.review.reader
    if reader is None or not may("review", asking.case, reader):
        return _("Thank you. Whoever reads your plan next finds it there.")
    return _("Thank you. %(name)s reads on.") % {"name": reader.first_name}


def _answered(request: HttpRequest, asking: Asking, form: AnswerForm, by: Actor) -> bool:
    """Whether it is answered now; what stands in the way is said on the form."""
    try:
        if "not_there" in request.POST:
            actions.not_there(asking, by=by)
            return True
        if not asking.is_open:  # no file is taken in for what nobody needs
            raise Refused(str(rules.NOT_FROM_HERE[rules.AskingState(asking.state)]), code="state")
        files = _take_in(request, asking, form) if "files" in form.fields else []
        if form.errors:
            return False
        actions.answer(asking, words=form.cleaned_data.get("answer", ""), documents=files, by=by)
    except Refused as no:
        field = next(iter(form.fields)) if no.code == "answer" else None
        form.add_error(field, no.message)
        return False
    return True


def _take_in(request: HttpRequest, asking: Asking, form: AnswerForm) -> list[UUID]:
    """Put the files into the case, each through its checks; one that is refused is said by its name."""
    if getattr(request, "disk_is_full", False):
        form.add_error("files", document_words.reason("disk"))
        return []
    sent = form.cleaned_data.get("files", [])
    added = documents.add_files(asking.case, sent, kind=OTHER, by=Actor.of(request))
    for name, sentence in added.refused:
        form.add_error("files", _("%(name)s: %(sentence)s") % {"name": name, "sentence": sentence})
    if added.saved and added.refused:  # what came counts: she is not asked again for it
        form.errors.pop("files")
        for name, sentence in added.refused:
            messages.warning(request, _("%(name)s: %(sentence)s") % {"name": name, "sentence": sentence})
    return [version.document_id for version in added.saved]
