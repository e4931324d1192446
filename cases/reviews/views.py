"""The reader's side: the plan beside its review."""

import base64
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case.people import has_consent_to_read
from cases.documents.reading import viewing
from cases.opinions.checklist import SOURCE
from cases.opinions.questions.models import Question
from cases.reviews import actions, beside, progress, reading_level, unsaved, writing
from cases.reviews.forms import ReviewForm
from cases.reviews.her_questions import asked_of
from cases.reviews.models import Review, Section
from cases.reviews.notes import kept, targets
from cases.reviews.notes import showing as noted
from cases.reviews.notes.forms import ChangeForm, NoteForm
from cases.reviews.rules import allowed, no_consent, why_not
from cases.reviews.sentences import putting
from cases.reviews.sentences.models import Sentence
from portal import clock, when
from portal.access import find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.beside import lists, prefetch
from portal.errors import Refused


def find_review(request: HttpRequest, pk: UUID) -> Review:
    related = ("case__patient", "case__key", "version__document", "reader", "consultation")
    known = Review.objects.visible_to(request.user).with_asking().select_related(*related)
    review: Review = find_or_404(known, pk=pk)
    if request.method != "POST":  # what is only shown is read once; what is written over is read anew
        prefetch(review, "sections", "findings", "option_lines")
    return review


def closed_page(request: HttpRequest, review: Review) -> HttpResponse | None:
    """The page that stands instead of the plan while the patient has not agreed, or no longer agrees."""
    user: Any = request.user
    if has_consent_to_read(review.case, user):
        return None
    actions.look(review, verb="review.denied", by=Actor.of(request))
    is_asked = Review.objects.asking_for_yes().filter(pk=review.pk, reader=user).exists()
    page = {"review": review, "case": review.case, "reason": no_consent(), "is_asked": is_asked}
    return render(request, "reviews/closed.html", page, status=403)


@open_to("consultant")
@require_safe
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan on the left, the review on the right."""
    review = find_review(request, pk)
    if closed := closed_page(request, review):
        return closed
    if request.GET.get("part") in viewing.PARTS:
        return _part(request, review, request.GET)
    actions.look(review, by=Actor.of(request))
    return workspace(request, review)


@open_to("consultant")
@require_POST
def find(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Words looked for in what stands beside the review."""
    review = find_review(request, pk)
    if closed := closed_page(request, review):
        return closed
    if request.POST.get("part") in viewing.PARTS:
        return _part(request, review, request.POST)
    return workspace(request, review, asked=request.POST)


def _part(request: HttpRequest, review: Review, asked: QueryDict) -> HttpResponse:
    """One page, the thumbnails around it, or the places found."""
    view = beside.of_review(request, review, asked).view
    if view is None:
        raise Http404
    return render(request, viewing.PARTS[asked["part"]], {"view": view})


def workspace(
    request: HttpRequest,
    review: Review,
    *,
    form: ReviewForm | None = None,
    overtaken: dict[str, Section] | None = None,
    note_form: NoteForm | None = None,
    changing: tuple[int, ChangeForm] | None = None,
    also: list[str] | None = None,
    asked: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    at = actions.situation(review, Actor.of(request), clock.now())
    can_write = not why_not("write", at)
    own: dict[str, QuerySet[Any]] = {}
    if can_write:
        user: Any = request.user
        own = {"sentences": Sentence.objects.visible_to(user).ordered()}
        own["typed"] = kept.rows(user, review, also=unsaved.DRAFT)
    raised = _raised_of(review, request.user)
    stored = lists(review, summaries=review.summaries.order_by("-number"), raised=raised, **own)
    typed = drafts.fields_of(stored.get("typed", []))
    late = unsaved.late(typed) if form is None else None
    form = form or ReviewForm(review, asked_of(review, request.user), late)
    shown = beside.of_review(request, review, asked or request.GET, questions=form.asked, can_write=can_write)
    linked = noted.linked(shown.notes)
    for summary in stored["summaries"]:
        summary.review = review
    on_list = {each.idea: each for each in stored["raised"]}
    page = {
        "review": review,
        "case": review.case,
        "form": form,
        "is_late": late is not None or "late" in request.POST,
        "late_draft": unsaved.DRAFT,
        "choices": [_with_notes(row, f"options-{row['key'].value()}", linked) for row in form.choices.as_rows()],
        "has_options": bool(form.choices.stored),
        "progress": progress.of_form(form),
        "points": [
            _with_notes(row, f"checklist-{row['point'].code}", linked) | {"raised": on_list.get(row["point"].code)}
            for row in form.point_rows()
        ],
        "note_form": note_form or _new_note(form, shown, typed),
        "notes": with_form(kept.put_into(shown.notes, typed), changing),
        "linked": linked,
        "source": SOURCE,
        "view": shown.view,
        "can": allowed(at),
        "can_write": can_write,
        "kept_with": _key_of_words(request.user, review) if can_write else "",
        "at": at,
        "overtaken": _both_texts(form, overtaken or {}),
        "saved": _last_saved(review),
        "hints": reading_level.hints(form),
        "summaries": stored["summaries"],
        "offers": putting.offers(form, stored["sentences"]) if can_write else {},
        "also": also,
    }
    return render(request, "reviews/edit.html", page, status=status)


def _raised_of(review: Review, user: Any) -> QuerySet[Question]:
    """What stands on the patient's list for points of the plan, the newest last."""
    on_list = Question.objects.visible_to(user).filter(case=review.case_id, idea__gt="")
    return on_list.order_by("put_in_at")


def _with_notes(row: dict[str, Any], place: str, linked: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return row | {"place": place, "notes": linked.get(place, [])}


def _new_note(form: ReviewForm, shown: beside.Beside, typed: kept.Typed) -> NoteForm:
    known = targets.of_review(form.review, form.asked)
    return NoteForm(known, page=_page_to_note(shown.view), kept=kept.new_one(typed, shown.notes))


def _page_to_note(view: viewing.View | None) -> int:
    """The page of the plan that is looked at."""
    return view.number if view and view.note_form else 1


def with_form(rows: list[noted.Row], changing: tuple[int, ChangeForm] | None) -> list[noted.Row]:
    """The list with the form that came back in its place."""
    number, form = changing or (0, None)
    return [replace(row, form=form, is_open=True) if form and row.note.number == number else row for row in rows]


def _key_of_words(user: Any, review: Review) -> str:
    """What the page seals words with that could not be saved yet: only this person, on this review, is given it."""
    made = salted_hmac("reviews.unsaved", f"{user.pk} {review.pk}", algorithm="sha256")
    return base64.b64encode(made.digest()).decode()


def _both_texts(form: ReviewForm, overtaken: dict[str, Section]) -> dict[str, dict[str, Any]]:
    """The words somebody else saved, beside which the own ones still stand in their fields."""
    return {
        code: {"section": section, "words": form.readable(code), "code": code} for code, section in overtaken.items()
    }


def _last_saved(review: Review) -> str:
    saved = [section.saved_at for section in review.sections.all()]
    return _("Draft saved %(time)s") % {"time": when.clock_time(max(saved))} if saved else ""


@open_to("consultant")
@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save what was typed: on a pause by htmx, or by the button. Nothing typed is lost or overwritten unseen."""
    try:
        review = find_review(request, pk)
    except Http404:
        return unsaved.refused(request, unsaved.gone(), status=404)
    if closed_page(request, review):
        return unsaved.refused(request, no_consent(), status=403)
    review = actions.with_parts(review)
    put = putting.put(request.POST, request.user) if "put" in request.POST else None
    form = ReviewForm(review, asked_of(review, request.user), put.typed if put else request.POST)
    is_whole = form.is_valid()
    changes = _mine_over_theirs(form.changes(), request.POST.get("over", ""))
    try:
        said = {"findings": form.findings(), "choices": form.choices.typed()}
        saved = writing.save_parts(review, changes, **said, by=Actor.of(request))
    except Refused as refused:
        if request.htmx:  # type: ignore[attr-defined]
            return unsaved.refused(request, str(refused.message), review=review, status=409)
        return workspace(request, review, form=form, also=[str(refused.message)], status=409)
    if is_whole and "late" in request.POST:  # all of it is saved, or stands beside the words that were
        drafts.drop(request.user, unsaved.DRAFT, review.case_id)  # type: ignore[arg-type]
    if request.htmx:  # type: ignore[attr-defined]
        return _saved_part(request, form, saved, is_whole)
    if saved.overtaken or not is_whole:
        also = [_("Somebody else saved a part meanwhile. Both texts are below.")] if saved.overtaken else None
        again = _retyped(request, review, saved, form.data)
        status = 409 if saved.overtaken else 422
        return workspace(request, again.review, form=again, overtaken=saved.overtaken, also=also, status=status)
    if put:
        if put.refused:
            messages.warning(request, put.refused)
        return redirect(f"{review.get_absolute_url()}#{put.place}")
    return redirect("reviews:preview", pk=pk) if request.POST.get("then") == "preview" else redirect(review)


def _mine_over_theirs(changes: dict[str, writing.Change], over: str) -> dict[str, writing.Change]:
    """ "plain:7": the person saw version 7 of that part beside their own words and chose their own."""
    code, _colon, version = over.partition(":")
    if code in changes and version.isdecimal() and len(version) < 10:
        return {**changes, code: writing.Change(changes[code].body, int(version))}
    return changes


def _retyped(request: HttpRequest, review: Review, saved: writing.Saved, sent: Any) -> ReviewForm:
    """The form with the words as typed, over the versions that now hold for the parts that were saved."""
    review = find_review(request, review.pk)
    stored = ReviewForm(review, asked_of(review, request.user))
    typed = sent.copy()
    for code in saved.parts:
        typed[f"seen-{code}"], typed[f"mark-{code}"] = str(stored.version(code)), stored.mark_of(code)
    form = ReviewForm(review, asked_of(review, request.user), typed)
    form.is_valid()
    return form


def _saved_part(request: HttpRequest, form: ReviewForm, saved: writing.Saved, is_whole: bool) -> HttpResponse:
    """What htmx puts back: "Draft saved 9:51 am", the new version of each part saved, and both texts of one
    that somebody else saved."""
    marks = [
        {"code": code, "seen": section.version, "mark": form.typed_mark(code)} for code, section in saved.parts.items()
    ]
    said = _("Draft saved %(time)s") % {"time": when.clock_time(clock.now())}
    if not is_whole:
        said = _("Not all is saved: something cannot stand. Press “Save draft” to see what.")
    page = {"review": form.review, "form": form, "marks": marks, "overtaken": _both_texts(form, saved.overtaken)}
    page |= {"saved": said, "is_part": True, "is_whole": is_whole, "hints": reading_level.hints(form, saved.parts)}
    page["tags"] = progress.after_saving(form, saved.parts)
    return render(request, "reviews/edit.html#saved", page, status=409 if saved.overtaken else 200)
