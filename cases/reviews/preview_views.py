"""What the patient will see, and who: the preview, sharing, and taking back."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case import plain
from cases.case.helping.models import Helper
from cases.case.helping.words import what
from cases.case.people import who_can_open
from cases.reviews import actions, changed, frozen, quotes, sheet
from cases.reviews.forms import ShareForm, WithdrawForm
from cases.reviews.her_questions import asked_of
from cases.reviews.models import Review, Summary
from cases.reviews.pdf import summary_pdf
from cases.reviews.reading_level import CORRECTION, TAKE_BACK
from cases.reviews.rules import why_not
from cases.reviews.views import closed_page, find_review
from portal import clock, paper
from portal.access import find_or_404, open_to
from portal.accounts import drafts
from portal.accounts.models import User
from portal.actors import Actor
from portal.beside import lists
from portal.errors import Refused
from portal.reading_grade import AIM, grade, hint
from portal.texts.words import organisation, text


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The summary as the patient will see it, who will see it, the statement unticked; and sharing."""
    review = find_review(request, pk)
    if closed := closed_page(request, review):
        return closed
    by = Actor.of(request)
    kept = (drafts.kept(request.user, CORRECTION, review) or {}) if request.method != "POST" else {}
    start = {"correction": kept.get("correction", "")}
    form = ShareForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            _publish(review, form, by)
        except Refused as refused:
            form.add_error(None, refused)
            review = find_review(request, pk)  # as it is now, which the reader may not have seen
        else:
            drafts.drop(request.user, CORRECTION, review)
            messages.success(request, _("Shared with %(name)s.") % {"name": review.case.patient.first_name})
            return redirect(review)
    elif request.method == "GET":
        actions.look(review, verb="review.previewed", by=by)
    if request.method == "GET" and request.GET.get("as") == "print":
        return _as_printed(request, review, by)
    status = 422 if request.method == "POST" else 200
    page = _preview(review, form, by) | {"is_narrow": request.GET.get("as") == "phone"}
    return render(request, "reviews/preview.html", page, status=status)


def _as_printed(request: HttpRequest, review: Review, by: Actor) -> HttpResponse:
    """The draft as the PDF that the patient would get."""
    now, body = clock.now(), actions.draft_body(review)
    verb, number = _verb(actions.situation(review, by, now)), actions.next_number(review)
    lead = sheet.lead(number, body, now, review.consultation, is_complete=verb == "complete")
    since = changed.since(review.summaries.all(), Summary(review=review, number=number, body=json.dumps(body)))
    words = frozen.on_paper(
        body,
        title=_("Your plan in plain words"),
        lead=f"{sheet.about(body)}. {lead}",
        notice=_("Draft, not shared."),
        scope=text("scope_short").body,
        changes=changed.on_paper(since) if since else None,
    )
    try:
        content = summary_pdf(words, author=organisation().name, made_at=now)
    except Refused as refused:
        page = _preview(review, ShareForm(), by) | {"also": [refused.message]}
        return render(request, "reviews/preview.html", page, status=409)
    return paper.download(content, _("Draft"))


@open_to("consultant")
@require_POST
def look_at(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The reader has held a quote against the picture of its page."""
    review = find_review(request, pk)
    if closed := closed_page(request, review):
        return closed
    words, page = request.POST.get("words", ""), request.POST.get("page", "")
    try:
        actions.look_at(review, words, int(page) if page.isdecimal() and len(page) < 6 else 0, by=Actor.of(request))
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect(f"{reverse('reviews:preview', args=[pk])}#checks")


def _publish(review: Review, form: ShareForm, by: Actor) -> Summary:
    said = form.cleaned_data
    if _verb(actions.situation(review, by, clock.now())) == "complete":
        return actions.complete(review, is_ticked=said["statement"], seen=said["seen"], by=by)
    return actions.share(review, is_ticked=said["statement"], correction=said["correction"], seen=said["seen"], by=by)


def _verb(at: actions.Situation) -> str:
    """What sharing means now: the first version, the one after the talk, or a correction."""
    if at.state != Review.State.COMPLETED and at.talk_over:
        return "complete"
    return "correct" if at.state in (Review.State.SHARED, Review.State.COMPLETED) else "share"


def _preview(review: Review, form: ShareForm, by: Actor) -> dict[str, Any]:
    now = clock.now()
    body = actions.draft_body(review)
    at = actions.situation(review, by, now)
    verb = _verb(at)
    found = lists(
        review,
        summaries=review.summaries.order_by("number"),
        looks=quotes.looks_of(review),
        files=quotes.files_of(review, by.user),
        helpers=Helper.objects.granted().filter(case=review.case_id),
    )
    versions = found["summaries"]
    number = versions[-1].number + 1 if versions else 1
    draft = Summary(review=review, number=number, body=json.dumps(body))
    since = changed.since(versions, draft)
    quoted = quotes.of_files(review, body, found["files"], found["looks"])
    medical = frozen.medical_lines(body)
    words, language = frozen.everything_said(body), review.case.patient.language
    return {
        "review": review,
        "case": review.case,
        "form": form,
        "verb": verb,
        "number": number,
        "seen": frozen.mark(body, verb=verb, number=number),
        "shown": sheet.shown(body, sheet.workspace_link(review)),
        "lead": sheet.lead(number, body, now, review.consultation, is_complete=verb == "complete"),
        "since": since,
        "since_heading": changed.heading(since) if since else "",
        "not_yet": why_not(verb, at) or quotes.why_not_share(quoted),
        "quoted": quoted,
        "quotes_left": [
            {"quote": each, "href": sheet.workspace_link(review)(each.page)} for each in quoted if not each.is_looked_at
        ],
        "talk": review.consultation if review.consultation and review.consultation.is_booked else None,
        "with_page": sum(line["page"] is not None for line in medical),
        "medical": len(medical),
        "answered": len(body["answers"]),
        "asked": len(asked_of(review, by.user)),
        "grade": grade(words, language),
        "hint": hint(words, language),
        "aim": AIM,
        "correction_hint": hint(str(form["correction"].value() or ""), language),
        "draft": CORRECTION,
        "who": _who(review, found["helpers"]),
        "statement": text("consultant_tick"),
    }


def _who(review: Review, helpers: Iterable[Helper]) -> list[dict[str, str]]:
    """Who will see it, computed from the access rule, and how each of them comes to it."""
    able = [user for user, _role in who_can_open(review.case, "read_summary")]
    helping = {helper.person_id: helper for helper in helpers}
    patient = review.case.patient
    rows = [{"title": user.name, "hint": _how_seen(user, patient, helping)} for user in able]
    if not patient.can_sign_in:
        rows.insert(0, {"title": patient.name, "hint": _("One of us reads it out, or posts it")})
    return rows


def _how_seen(user: User, patient: User, helping: Mapping[UUID, Helper]) -> str:
    if user == patient:
        told = {
            User.Channel.MAIL: _("Told by email, no details"),
            User.Channel.TEXT: _("Told by text, no details"),
            User.Channel.LETTER: _("Told by letter, no details"),
            User.Channel.CALL: _("Told by a call, no details"),
        }
        return told[User.Channel(user.channel)]
    if user.pk in helping:
        return what(helping[user.pk])
    return _("Consultant of this case") if user.role == User.Role.CONSULTANT else _("Coordinator")


@open_to("consultant", "coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a shared summary back, with a reason that the patient reads."""
    mine = Summary.objects.visible_to(request.user).exclude(review__case__patient=request.user.pk)
    summary = find_or_404(mine.select_related("review__case__patient", "review__case__key"), pk=pk)
    case, user = summary.review.case, request.user
    kept = drafts.kept(user, TAKE_BACK, summary) if request.method != "POST" else None
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(summary, reason=form.cleaned_data["reason"], by=Actor.of(request))
        except Refused as refused:
            form.add_error(None, refused)
        else:
            drafts.drop(user, TAKE_BACK, summary)
            messages.success(request, _("Taken back. The reason is on the patient’s page."))
            return redirect("reviews:queue")
    page = {"summary": summary, "review": summary.review, "case": case, "form": form, "draft": TAKE_BACK}
    page["hint"] = plain.to_patient(case, str(form["reason"].value() or ""), user)
    return render(request, "reviews/withdraw.html", page, status=422 if request.method == "POST" else 200)
