"""Asking a colleague and reading her answer; and the colleague's own page."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case import plain
from cases.case.models import SecondReader
from cases.case.people import has_consent_to_read, may
from cases.case.second import actions as second_actions
from cases.case.second.rules import SecondState
from cases.documents.reading import viewing
from cases.reviews import beside, sheet, standing
from cases.reviews.actions import draft_body
from cases.reviews.actions import look as look_at_review
from cases.reviews.colleague import actions
from cases.reviews.colleague.forms import AskForm, DoneForm, SecondNoteForm
from cases.reviews.colleague.models import SecondNote
from cases.reviews.models import Review, Section
from cases.reviews.reading_level import ASK_COLLEAGUE
from portal.access import find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused

# Forms of hers that keep what is typed.
NOTE, DONE = "second-note", "second-answer"
EARLIER = 10  # second readings that are over, on one page


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def colleague(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask one colleague, see who is asked and what they wrote."""
    known = Review.objects.visible_to(request.user).select_related("case__patient", "case__key", "reader")
    review = find_or_404(known, pk=pk)
    case = review.case
    user: Any = request.user
    if not may("review", case, user):
        raise Http404
    own = SecondReader.objects.visible_to(user).filter(case=case)
    found = list(own.select_related("reader", "asked_by", "case__key").order_by("-asked_at")[:EARLIER])
    if request.method != "POST":
        look_at_review(review, verb="review.colleague_opened", by=Actor.of(request))
    kept = drafts.kept(user, ASK_COLLEAGUE, review) if request.method != "POST" else None
    form = AskForm(standing.colleagues(review, user), second_actions.last_days(), request.POST or None, kept)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask(review, **_as_asked(form), by=Actor.of(request))
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            drafts.drop(user, ASK_COLLEAGUE, review)
            messages.success(request, _("%(name)s is asked.") % {"name": asked.reader.name})
            return redirect("reviews:colleague", pk)
    page = {
        "review": review,
        "case": case,
        "form": form,
        "is_reader": review.reader_id == user.pk,
        "found": _with_notes(found),
        "is_asked": any(not second.is_over for second in found),
        "hint": plain.to_patient(case, str(form["why"].value() or ""), user),
        "draft": ASK_COLLEAGUE,
    }
    return render(request, "reviews/colleague.html", page, status=422 if request.method == "POST" else 200)


def _as_asked(form: AskForm) -> dict[str, Any]:
    words = {name: form.cleaned_data[name] for name in ("question", "why", "until_on")}
    return words | {"to": form.cleaned_data["reader"]}


def _with_notes(found: list[SecondReader]) -> list[dict[str, Any]]:
    """Each with its notes, whose words are opened by the key that is read already. One query."""
    notes: dict[UUID, list[SecondNote]] = {second.pk: [] for second in found}
    for note in SecondNote.objects.of(found):
        notes[note.second_id].append(note)
    return [{"second": second, "notes": notes[second.pk]} for second in found]


@open_to("consultant")
@require_POST
def end_second(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The one who asked ends it, at once."""
    second = _known(request, pk)
    if second.asked_by_id != request.user.pk or not may("review", second.case, request.user):
        raise Http404
    second_actions.end(second, by=Actor.of(request))
    messages.success(request, _("Ended. %(name)s can open nothing any more.") % {"name": second.reader.first_name})
    review = Review.objects.visible_to(request.user).filter(case=second.case).first()
    return redirect("reviews:colleague", review.pk) if review else redirect("reviews:queue")


def _known(request: HttpRequest, pk: UUID) -> SecondReader:
    known = SecondReader.objects.visible_to(request.user)
    return find_or_404(known.select_related("case__patient", "case__key", "reader", "asked_by"), pk=pk)


def _own(request: HttpRequest, pk: UUID) -> SecondReader:
    """The colleague's own; 404 for everybody else."""
    second = _known(request, pk)
    if second.reader_id != request.user.pk:
        raise Http404
    return second


def _review(second: SecondReader) -> Review:
    """The review beside which she reads: she has no place in its case, only the grant that was looked at."""
    found = Review.objects.beside(second).select_related("version__document", "reader", "consultation")
    review = find_or_404(found.prefetch_related("sections", "findings", "option_lines"))
    review.case = second.case
    return review


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def along(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan beside the draft, for the colleague who was asked; until she says yes, and the patient, what is there.

    A POST looks for words in what stands there.
    """
    second = _own(request, pk)
    is_open = second.state == SecondState.READING and not second.is_over
    if not is_open or not has_consent_to_read(second.case, second.reader):
        return _not_open(request, second, is_open)
    review, asked = _review(second), _asked(request)
    if asked.get("part") in viewing.PARTS:
        view = _beside(request, review, second, asked).view
        if view is None:
            raise Http404
        return render(request, viewing.PARTS[asked["part"]], {"view": view})
    if request.method == "GET":
        actions.look(second, by=Actor.of(request))
    return _page(request, second, review)


def _not_open(request: HttpRequest, second: SecondReader, is_open: bool) -> HttpResponse:
    """Pages, language and days, and nothing of what the plan says."""
    if is_open or second.is_over:
        actions.look(second, verb="second.denied", by=Actor.of(request))
    review = _review(second)
    page = {"second": second, "pages": review.pages, "language": second.case.patient.language, "is_open": is_open}
    return render(request, "reviews/along_asked.html", page, status=403 if is_open or second.is_over else 200)


def _beside(
    request: HttpRequest, review: Review, second: SecondReader, asked: QueryDict, questions: Iterable[str] = ()
) -> beside.Beside:
    here = reverse("reviews:along", args=[second.pk])
    return beside.of_review(request, review, asked, questions=questions, address=here, find_url=here)


def _page(
    request: HttpRequest,
    second: SecondReader,
    review: Review,
    *,
    note_form: SecondNoteForm | None = None,
    done_form: DoneForm | None = None,
    status: int = 200,
) -> HttpResponse:
    notes = _with_notes([second])[0]["notes"]
    user: Any = request.user
    kept = drafts.kept_of(user, [NOTE, DONE], second)
    draft = draft_body(review)
    asked, questions = (
        request.GET if status != 200 else _asked(request),
        [each["question"] for each in draft["answers"]],
    )
    plan = _beside(request, review, second, asked, questions)
    page = {
        "second": second,
        "case": second.case,
        "review": review,
        "view": plan.view,
        "pinned": plan.notes,
        "shown": sheet.shown(draft, lambda number: f"?page={number}#page-{number}"),
        "private": review.texts.get(Section.Code.PRIVATE, ""),
        "notes": notes,
        "note_form": note_form or SecondNoteForm(auto_id="note-%s", initial=kept.get(NOTE)),
        "done_form": done_form or DoneForm(auto_id="done-%s", initial=kept.get(DONE)),
        "note_draft": NOTE,
        "done_draft": DONE,
        "form": note_form or done_form,
    }
    return render(request, "reviews/along.html", page, status=status)


def _asked(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


@open_to("consultant")
@require_POST
def answer_second(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """The colleague says yes or no to being asked."""
    second = _own(request, pk)
    try:
        second = {"yes": second_actions.agree, "no": second_actions.decline}[verb](second, by=Actor.of(request))
    except KeyError:
        raise Http404 from None
    except Refused as no:
        messages.warning(request, no.message)
        return redirect("reviews:along", pk)
    if verb == "no":
        messages.success(request, _("Your no is sent. Thank you for saying so."))
        return redirect("reviews:queue")
    return redirect("reviews:along", pk)


@open_to("consultant")
@require_POST
def second_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A remark of hers, on a page or on the whole."""
    second = _own(request, pk)
    user: Any = request.user
    if not may("read_along", second.case, user):
        return redirect("reviews:along", pk)
    review, form = _review(second), SecondNoteForm(request.POST, auto_id="note-%s")
    if form.is_valid():
        try:
            actions.add_note(second, review, **form.cleaned_data, by=Actor.of(request))
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            drafts.drop(user, NOTE, second)
            return redirect(reverse("reviews:along", args=[pk]) + "#notes")
    return _page(request, second, review, note_form=form, status=422)


@open_to("consultant")
@require_POST
def remove_second_note(request: HttpRequest, pk: UUID, note: UUID) -> HttpResponse:
    """Take one of her notes away."""
    second = _own(request, pk)
    found: SecondNote = find_or_404(SecondNote.objects.of([second]), pk=note)
    try:
        actions.remove_note(found, by=Actor.of(request))
    except Refused as no:
        messages.warning(request, no.message)
    return redirect(reverse("reviews:along", args=[pk]) + "#notes")


@open_to("consultant")
@require_POST
def done_reading(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Done: her answer goes to the colleague who asked, and her access ends."""
    second = _own(request, pk)
    user: Any = request.user
    if not may("read_along", second.case, user):
        return redirect("reviews:along", pk)
    form = DoneForm(request.POST, auto_id="done-%s")
    if form.is_valid():
        try:
            second_actions.done(second, answer=form.cleaned_data["answer"], by=Actor.of(request))
        except Refused as no:
            messages.warning(request, no.message)
            return redirect("reviews:along", pk)
        for name in (NOTE, DONE):
            drafts.drop(user, name, second)
        messages.success(request, _("Thank you. Your answer is with %(name)s.") % {"name": second.asked_by.first_name})
        return redirect("reviews:queue")
    return _page(request, second, _review(second), done_form=form, status=422)
