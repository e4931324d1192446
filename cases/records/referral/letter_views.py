"""The letters of a referral: change their words, take them as a PDF, have one faxed, have the second office asked."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case.models import Case
from cases.case.people import cases_where, may
from cases.records.forms import LetterForm
from cases.records.referral import letter_actions, letters
from cases.records.referral import views as referral
from cases.records.referral.letter_models import LetterKind
from cases.records.visits import rounds
from cases.records.visits.rounds import Round
from portal import clock, paper, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts, recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


def _case(request: HttpRequest, pk: str) -> Case:
    return find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)


def _kind(request: HttpRequest) -> str:
    return referral.kind_asked_for(request) or LetterKind.REFER


def _back(case: Case, about: Round, kind: str) -> HttpResponse:
    return redirect(f"{rounds.address('records:referral', case.pk, about.number)}&letter={kind}#letter")


@open_to(PERSON)
@require_POST
def change_letter(request: HttpRequest, pk: str) -> HttpResponse:
    """Keep the letter's words, or let it say ours again."""
    case = _case(request, pk)
    about, kind = rounds.of(case, rounds.asked_for(request), reader=request.user), _kind(request)
    form, is_ours = LetterForm(request.POST), "ours" in request.POST
    if not form.is_valid() and not is_ours:
        return referral.shown(request, case, about, letter_form=form, status=422)
    letter = letters.of(case, about, kind, letters.doctors_of(case, request.user), clock.now(), request.user)
    words, seen_at = form.cleaned_data.get("words", ""), form.cleaned_data.get("seen_at")
    if is_ours or letter.is_same_as_ours(words):
        words = ""  # ours goes on following the case
    if is_ours:
        seen_at = letter.seen_at  # whatever it says is given up
    try:
        letter_actions.change_letter(case, kind, words, seen_at=seen_at, round=about.number, by=Actor.of(request))
    except Refused as no:
        return _unsaved(request, case, about, letter, no)
    drafts.drop(request.user, referral.draft_of(kind, about.number), case)  # type: ignore[arg-type]
    messages.success(request, _("The letter says our words again.") if is_ours else _("Your letter is saved."))
    return _back(case, about, kind)


def _unsaved(request: HttpRequest, case: Case, about: Round, letter: letters.Letter, no: Refused) -> HttpResponse:
    """The words as they were sent; the next press knows of the change that stood in the way of this one."""
    sent = request.POST.copy()
    sent["seen_at"] = letter.seen_at.isoformat() if letter.seen_at else ""
    form = LetterForm(sent)
    form.is_valid()
    form.add_error(None, no.message)
    return referral.shown(request, case, about, letter_form=form, status=409 if no.code == "state" else 422)


@open_to(PERSON)
@recheck.required
@require_safe
def letter_pdf(request: HttpRequest, pk: str) -> HttpResponse:
    """The letter to print or to fax, for those who may take papers along."""
    case = _case(request, pk)
    if not may("take_papers", case, request.user):
        raise Http404
    about, kind = rounds.of(case, rounds.asked_for(request), reader=request.user), _kind(request)
    now = clock.now()
    letter = letters.of(case, about, kind, letters.doctors_of(case, request.user), now, request.user)
    try:
        content = letters.pdf(letter, case, now)
    except Refused as no:
        messages.warning(request, no.message)
        return _back(case, about, kind)
    record(Actor.of(request), "referral.letter_taken", case, patient=case.patient_id, case=case.pk)
    return paper.download(content, _("Letter %(day)s") % {"day": when.as_date(now, case.patient.zone).isoformat()})


@open_to(PERSON)
@require_POST
def ask_to_fax(request: HttpRequest, pk: str) -> HttpResponse:
    """One of us faxes the letter; pressing twice asks once."""
    kind = _kind(request)
    return _ask(request, pk, lambda case, number, by: letter_actions.ask_to_fax(case, kind, round=number, by=by))


@open_to(PERSON)
@require_POST
def ask_about_referral(request: HttpRequest, pk: str) -> HttpResponse:
    """One of us asks the second office whether it needs a referral; pressing twice asks once."""
    return _ask(request, pk, lambda case, number, by: letter_actions.ask_about_referral(case, round=number, by=by))


def _ask(request: HttpRequest, pk: str, ask: Callable[[Case, int, Actor], object]) -> HttpResponse:
    case = _case(request, pk)
    about = rounds.of(case, rounds.asked_for(request), reader=request.user)
    try:
        ask(case, about.number, Actor.of(request))
    except Refused as no:
        about = rounds.of(case, about.number, reader=request.user)
        return referral.shown(request, case, about, also=[no.message], status=409 if no.code == "state" else 422)
    messages.success(request, _("We have it. It is on our list."))
    return _back(case, about, _kind(request))
