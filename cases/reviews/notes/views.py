"""Writing, changing and removing notes on pages, from the page of the review."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.reviews import beside
from cases.reviews.actions import situation
from cases.reviews.her_questions import asked_of
from cases.reviews.models import Note, Review
from cases.reviews.notes import actions, kept, showing, targets
from cases.reviews.notes.forms import ChangeForm, NoteForm
from cases.reviews.notes.targets import Targets
from cases.reviews.rules import why_not
from cases.reviews.views import closed_page, find_review, with_form, workspace
from portal import clock
from portal.access import open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused


@open_to("consultant")
@require_POST
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A numbered remark on a page."""
    review = find_review(request, pk)
    if closed := closed_page(request, review):
        return closed
    form = NoteForm(_targets(request, review), request.POST)
    if form.is_valid():
        try:
            added = actions.add_note(review, **form.cleaned_data, by=Actor.of(request))
        except Refused as refused:
            form.add_error(None, refused)
        else:
            return _noted(request, review, f"#note-{added.number}", sent=showing.NEW)
    return _note_refused(request, review, note_form=form)


@open_to("consultant")
@require_POST
def change_note(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Other words for a note, or another part that it belongs to."""
    review = find_review(request, pk)
    if closed := closed_page(request, review):
        return closed
    remark = _note(review, number)
    if remark is None:
        return _gone(request, review)
    form = ChangeForm(remark, _targets(request, review), request.POST)
    if form.is_valid():
        try:
            actions.change_note(remark, **form.cleaned_data, by=Actor.of(request))
        except Refused as refused:
            stands = _note(review, number)
            if stands is None:
                return _gone(request, review)
            form.add_error(None, refused)
            if refused.code == "changed":  # its words of now stand above the form
                form.data = form.data.copy()
                form.data["seen"] = stands.mark
        else:
            return _noted(request, review, f"#note-{number}", sent=showing.draft_of(remark))
    return _note_refused(request, review, changing=(number, form))


@open_to("consultant")
@require_POST
def remove_note(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Take a note off its page."""
    review = find_review(request, pk)
    if closed := closed_page(request, review):
        return closed
    remark = _note(review, number)
    if remark is None:  # removed already
        return _noted(request, review, "#notes")
    try:
        actions.remove_note(remark, seen=request.POST.get("seen", ""), by=Actor.of(request))
    except Refused as refused:
        return workspace(request, review, also=[str(refused.message)], status=409)
    return _noted(request, review, "#notes", sent=showing.draft_of(remark))


def _targets(request: HttpRequest, review: Review) -> Targets:
    return targets.of_review(review, asked_of(review, request.user))


def _note(review: Review, number: int) -> Note | None:
    return review.notes.select_related("review__case__key").filter(number=number).first()


def _gone(request: HttpRequest, review: Review) -> HttpResponse:
    """What was typed for a note that was removed meanwhile is not lost: it stands in the form of a new one."""
    said = {name: request.POST.get(name, "") for name in ("words", "belongs")}
    form = NoteForm(_targets(request, review), {"page": "1", "place": "top", "pk": str(uuid4()), **said})
    form.add_error(None, _("This note was removed meanwhile. What you typed stands here, for a new one."))
    return _note_refused(request, review, note_form=form)


def _noted(request: HttpRequest, review: Review, place: str, *, sent: str = "") -> HttpResponse:
    """The notes as they are now; under htmx also what they belong to, and the pages fetch their marks anew. `sent` is
    the form that is done, whose words need not be kept any more.
    """
    user: Any = request.user
    if sent:
        kept.drop(user, review, sent)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{review.get_absolute_url()}{_page_beside(request)}{place}")
    return _note_part(request, review)


def _page_beside(request: HttpRequest) -> str:
    page = request.POST.get("page", "")
    return f"?page={page}" if page.isdecimal() else ""


def _note_part(
    request: HttpRequest,
    review: Review,
    *,
    note_form: NoteForm | None = None,
    changing: tuple[int, ChangeForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    asked = asked_of(review, user)
    rows = beside.listed(review, user, asked)
    typed = drafts.fields_of(kept.rows(user, review))
    page = {
        "review": review,
        "notes": with_form(kept.put_into(rows, typed), changing),
        "linked": showing.linked(rows),
        "note_form": note_form or NoteForm(targets.of_review(review, asked), kept=kept.new_one(typed, rows)),
        "can_write": not why_not("write", situation(review, Actor.of(request), clock.now())),
        "is_part": True,
    }
    answer = render(request, "reviews/_notes.html", page, status=status)
    answer.headers["HX-Trigger"] = "notes-changed"
    return answer


def _note_refused(request: HttpRequest, review: Review, **forms: Any) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _note_part(request, review, **forms, status=422)
    return workspace(request, review, **forms, also=[_("The note is not saved yet.")], status=422)
