"""The patient's side: reading the summary, saying whether it is clear, taking it along as a PDF."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.models import Consultation
from cases.case import hands
from cases.case.corrections.rules import About
from cases.case.corrections.showing import beside, has_beside
from cases.case.models import Case
from cases.case.people import cases_where, may, role_in
from cases.opinions.questions import showing as questions
from cases.reviews import actions, by_phone, changed, clear, coming, frozen, opening, sheet, standing
from cases.reviews.forms import ClearForm
from cases.reviews.models import Summary
from cases.reviews.pdf import summary_pdf
from cases.reviews.queue import handing
from cases.reviews.rules import why_not_summary
from cases.threads import actions as threads
from portal import clock, paper, when
from portal.access import find_or_404, open_to
from portal.accounts import drafts, recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.words import organisation, text


@open_to("person")
@recheck.required
@require_safe
def summary(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest version, or the one asked for; before there is one, what will stand here."""
    found = cases_where(request.user, "open_summary").select_related("patient").annotate(has_beside=has_beside())
    case = find_or_404(found, pk=pk)
    versions = list(_summaries(request).filter(review__case=case).order_by("-number"))
    chosen = _chosen(versions, request.GET.get("version", ""))
    if chosen and chosen.state == "shared":
        actions.read(chosen, by=Actor.of(request))
    if case.patient_id == request.user.pk and request.method != "HEAD":
        actions.read_taken_back(_taken_back_since(versions, chosen), by=Actor.of(request))
    return _page(request, case, versions, chosen)


def _taken_back_since(versions: list[Summary], chosen: Summary | None) -> list[Summary]:
    """The versions that the page says were taken back: the one shown, and those that came after it."""
    shown = chosen.number if chosen else 0
    return [each for each in versions if each.state == "withdrawn" and each.number >= shown]


def _summaries(request: HttpRequest) -> Any:
    related = (
        "review__case__patient",
        "review__case__key",
        "review__consultation",
        "review__reader",
        "shared_by",
        "withdrawn_by",
    )
    return Summary.objects.visible_to(request.user).select_related(*related)


def _chosen(versions: list[Summary], number: str) -> Summary | None:
    """The version with this number; else the newest that stands; else the newest that was taken back."""
    asked = [version for version in versions if str(version.number) == number]
    live = [version for version in versions if version.state == "shared"]
    return next(iter([*asked, *live, *versions]), None)


def _page(
    request: HttpRequest,
    case: Case,
    versions: list[Summary],
    chosen: Summary | None,
    form: ClearForm | None = None,
    also: list[str] | None = None,
    keeps: bool = False,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    page: dict[str, Any] = {"case": case, "versions": versions, "summary": chosen, "form": form, "also": also}
    page["keeps"] = keeps
    page["newest"] = changed.newest_of(versions)
    page["talk"] = Consultation.objects.next_for(case, now)
    page["is_patient"] = role_in(case, request.user) == "patient"
    if chosen and chosen.state == "shared" and chosen.frozen:
        on_list = questions.on_list(case, request.user) if chosen.frozen["missing"] else frozenset()
        pages = sheet.plan_pages(chosen.plan, request.user)
        part = actions.role(chosen.review, Actor.of(request))
        page |= {
            "shown": sheet.shown(chosen.frozen, sheet.document_link(pages), on_list),
            "lead": sheet.summary_lead(chosen),
            "call_over": _call_over(chosen),
            "earlier_plan": coming.about_earlier_plan(chosen),
            "newer": _newer(versions, chosen),
            "taken_back": _taken_back_since(versions, chosen),
            "since": (since := changed.since(versions, chosen)),
            "since_heading": changed.heading(since) if since else "",
            "to_read_out": _to_read_out(case, request.user),
            "full": pages[0] if pages else None,
            "beside": list(beside(case, About.SUMMARY)) if getattr(case, "has_beside", True) else [],
            "pages": len(pages),
            "may_take_back": not why_not_summary("withdraw", chosen.state, part),
            "clear": _clear_parts(chosen, request.user, form),
            **coming.yes_to_read(case, chosen.review, request.user),
        }
    else:
        page |= coming.of_case(case, request.user)
        page["to_read_out"] = chosen is not None and _to_read_out(case, request.user)
    return render(request, "reviews/summary.html", page, status=status)


def _clear_parts(chosen: Summary, user: Any, form: ClearForm | None) -> dict[str, dict[str, Any]]:
    """By part: what this person said of it, with the form to say more; for the team what was said."""
    case, said = chosen.review.case, clear.of_summary(chosen)
    asks = _may_answer(case, user)
    whose = case.patient_id if user.role else user.pk
    who = clear.answerer(chosen) if asks or said else ""
    return {
        part: {
            "part": part,
            "title": frozen.HEADINGS[part],
            "said": clear.newest_of(said, part, whose),
            "all": [each for each in said if each.part == part] if user.role and user.pk != case.patient_id else [],
            "form": (form if form and form.part == part else ClearForm(part)) if asks else None,
            "may_say_clear": whose == case.patient_id,
            "who": who,
            "pk": chosen.pk,
        }
        for part in frozen.parts_said(chosen.frozen)
    }


def _call_over(chosen: Summary) -> Consultation | None:
    """The call that the summary is about, once its consultant said how it went."""
    call = chosen.review.consultation
    return call if call and call.state in {Consultation.State.COMPLETED, Consultation.State.NO_SHOW} else None


def _newer(versions: list[Summary], chosen: Summary) -> Summary | None:
    """The newest version, where this one is an earlier one."""
    newest = changed.newest_of(versions)
    return newest if newest and newest.number > chosen.number else None


def _to_read_out(case: Case, user: Any) -> bool:
    """Whether it waits to be read out, before somebody who may."""
    speaks_for = bool(user.role) and may("speak_for", case, user) and hands.is_by_hand(case.patient)
    return speaks_for and hands.READ_SUMMARY in hands.to_read(case)


@open_to("person")
@require_POST
def answer(request: HttpRequest, pk: UUID, part: str) -> HttpResponse:
    """Of one part: it is clear, or a question, which goes into the thread."""
    chosen = find_or_404(_summaries(request), pk=pk)
    case = chosen.review.case
    if part not in frozen.HEADINGS or not _may_answer(case, request.user):
        raise Http404
    form = ClearForm(part, request.POST)
    also: list[str] = []
    keeps = False
    if form.is_valid():
        said = form.cleaned_data
        try:
            if said["clear"] == Summary.Clear.YES:
                clear.say_clear(chosen, part, by=Actor.of(request))
            else:
                clear.ask(chosen, part, said["asked"], send_id=said["send_id"], by=Actor.of(request))
        except Refused as refused:
            also, keeps = [str(refused.message)], _keep_words(request, case, said["asked"])
        else:
            messages.success(request, _thanks(said["clear"], chosen))
            return redirect(f"{chosen.get_absolute_url()}?version={chosen.number}#s-{part}")
    versions = list(_summaries(request).filter(review__case=case).order_by("-number"))
    shown = next(each for each in versions if each.pk == chosen.pk)
    return _page(request, case, versions, shown, form, also=also, keeps=keeps, status=409 if also else 422)


def _may_answer(case: Case, user: Any) -> bool:
    """Whom the page asks whether a part is clear: the patient, a helper who may write, and who speaks for her."""
    if user.role and user.pk != case.patient_id:
        return may("speak_for", case, user) and hands.is_by_hand(case.patient)
    return may("read_summary", case, user) and may("write_messages", case, user)


def _keep_words(request: HttpRequest, case: Case, words: str) -> bool:
    """A question that could not be asked waits in the box of the thread, behind what was typed there."""
    user: Any = request.user
    if not words.strip() or user.role or not may("write_messages", case, user):
        return False
    kept = drafts.kept(user, threads.DRAFT, case) or {}
    typed = kept.get("text", "")
    if words.strip() not in typed:
        both = "\n\n".join(each for each in (typed, words) if each.strip())
        drafts.keep(user, threads.DRAFT, case, kept | {"text": both})
    return True


@open_to("person")
@require_POST
def read_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A coordinator read this version out to a patient who signs in nowhere."""
    chosen = find_or_404(_summaries(request), pk=pk)
    case = chosen.review.case
    if not may("speak_for", case, request.user):
        raise Http404
    try:
        by_phone.read_out(chosen, by=Actor.of(request))
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, _("Saved. It is on record that you read it out."))
    return redirect("reviews:summary", pk=case.pk)


def _thanks(said: str, chosen: Summary) -> str:
    if said == Summary.Clear.QUESTION:
        return _("Your question is with %(who)s now. It stands in your messages, too.") % {
            "who": clear.answerer(chosen)
        }
    return _("Thank you. That is good to know.")


@open_to("person")
@recheck.required
@require_safe
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The summary as a tagged PDF, to keep or hand over."""
    chosen = find_or_404(_summaries(request).live(), pk=pk)
    if not chosen.frozen:  # its case was erased
        return redirect("reviews:summary", pk=chosen.review.case_id)
    versions = list(_summaries(request).filter(review=chosen.review_id).order_by("-number"))
    since = changed.since(versions, chosen)
    words = frozen.on_paper(
        chosen.frozen,
        title=_("Your plan in plain words"),
        lead=f"{sheet.about(chosen.frozen)}. {sheet.summary_lead(chosen)}",
        notice=_notice(chosen, _newer(versions, chosen)),
        scope=text("scope_short").body,
        changes=changed.on_paper(since) if since else None,
    )
    try:
        content = summary_pdf(words, author=organisation().name, made_at=chosen.shared_at)
    except Refused as refused:
        messages.warning(request, refused.message)
        return redirect("reviews:summary", pk=chosen.review.case_id)
    actions.read(chosen, as_pdf=True, by=Actor.of(request))
    name = _("Summary %(day)s") % {"day": when.as_date(chosen.shared_at).isoformat()}
    return paper.download(content, name)


def _notice(chosen: Summary, newer: Summary | None) -> str:
    """What stands above everything else on paper."""
    said = []
    if newer:
        words = _("This is an earlier version. Version %(number)s is the newest, shared %(day)s.")
        said.append(words % {"number": newer.number, "day": when.month_day(newer.shared_at)})
    if sheet.is_about_earlier_plan(chosen):
        said.append(_("This is about an earlier plan. A newer one has come in since."))
    if chosen.correction:
        said.append(_("What was corrected: %(words)s") % {"words": chosen.correction})
    return " ".join(said)


def _own_case(request: HttpRequest, pk: UUID) -> Case:
    return find_or_404(cases_where(request.user, "consent").select_related("patient"), pk=pk)


@open_to("person")
@require_POST
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient asks for a written reading."""
    case = _own_case(request, pk)
    try:
        opening.ask_for_reading(case, by=Actor.of(request))
        messages.success(request, _("We will read your plan and write to you."))
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect("reviews:summary", pk=case.pk)


@open_to("person")
@require_POST
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient lets the consultant who took the plan read it; a coordinator says how she said so."""
    readable = cases_where(request.user, "open_summary").select_related("patient")
    case = find_or_404(readable, pk=pk)
    if not (may("consent", case, request.user) or may("speak_for", case, request.user)):
        raise Http404
    review = standing.review_of(case)
    if review is None or review.reader is None:
        raise Http404
    try:
        reader = handing.let_read(review, how=request.POST.get("said", "page"), by=Actor.of(request))
        messages.success(request, _("%(who)s can read your plan now.") % {"who": reader.first_name})
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect("reviews:summary", pk=case.pk)
