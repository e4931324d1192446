"""The page of the talk: with whom and when, what to go over, the page to hand over, whether it took place."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case import offices
from cases.case.models import Case
from cases.case.people import COORDINATOR, HELPER, may, role_for, role_in
from cases.opinions.talk import actions, agenda
from cases.opinions.talk.forms import AgendaForm, TalkForm
from cases.opinions.talk.models import Talk
from cases.opinions.talk.rules import TalkState
from cases.records import showing
from cases.records.forms import SayForm
from cases.records.models import ReportLoop, Visit
from cases.records.referral import letters
from portal import clock, onepage, paper, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts, recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

DRAFT = "talk-agenda"
IDEAS_AT_ONCE = 6  # one that is taken makes room for the next
TOGETHER = (*actions.TOGETHER, "moved_by")
TAGS = {TalkState.PLANNED: "warn", TalkState.BOOKED: "info", TalkState.HELD: "ok"}


def _case(request: HttpRequest, pk: str) -> Case:
    """The case, for those who may take its papers along; 404 for a consultant, whose work they are not."""
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient", "key"), pk=pk)
    if not may("take_papers", case, request.user):
        raise Http404
    return case


def _talks(request: HttpRequest, case: Case) -> list[Talk]:
    """The newest first."""
    own = Talk.objects.visible_to(request.user).filter(case=case).select_related(*TOGETHER).order_by("-planned_at")
    talks = list(own)
    for talk in talks:
        talk.case = case
    return talks


def _shown(talks: list[Talk]) -> Talk | None:
    """The talk that the page is about: the one to come, else the last that took place."""
    is_open = [talk for talk in talks if talk.is_open]
    return next(iter([*is_open, *(talk for talk in talks if talk.state == TalkState.HELD)]), None)


@open_to(PERSON)
@require_safe
def talk(request: HttpRequest, pk: str) -> HttpResponse:
    """Where it stands, and what is to be gone over."""
    return _page(request, _case(request, pk))


def _page(
    request: HttpRequest,
    case: Case,
    *,
    talk_form: TalkForm | None = None,
    agenda_form: AgendaForm | None = None,
    say_form: SayForm | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now, role = clock.now(), role_in(case, request.user)
    talks = _talks(request, case)
    found = _shown(talks)
    reader = showing.Reader(request.user, role_for("change_dates", case, request.user), case, now)
    doctors = letters.doctors_of(case, request.user)
    is_other = bool(found and not found.is_open and "another" in request.GET)
    may_change = may("change_dates", case, request.user)
    if talk_form is None and may_change and (found is None or is_other or ("change" in request.GET and found.is_open)):
        talk_form = TalkForm.of(None if is_other else found, doctors)
    page: dict[str, Any] = {
        "case": case,
        "is_coordinator": role == COORDINATOR,
        "is_helper": role == HELPER,
        "may_change": may_change,
        "talk": None if is_other else found,
        "talk_form": talk_form,
        "say_form": say_form or SayForm(auto_id=False),
        "form": next((form for form in (talk_form, agenda_form, say_form) if form and form.is_bound), None),
        "also": also,
        "offices": offices.while_typing([], request.user) if talk_form else [],
        "has_primary": "primary" in doctors,
        "called_off": _called_off(talks, found, reader),
    }
    if page["talk"]:
        page |= _of_talk(request, page["talk"], reader, agenda_form)
    if not may_change:
        page |= {"agenda_form": None, "ideas": []}
    return render(request, "opinions/talk.html", page, status=status)


def _called_off(talks: list[Talk], found: Talk | None, reader: showing.Reader) -> Talk | None:
    """The talk that was called off just now, while that can be taken back."""
    last = talks[0] if talks else None
    is_off = last and last.state == TalkState.CANCELLED and not (found and found.is_open)
    return last if last and is_off and reader.may_undo(last) else None  # type: ignore[arg-type]


def _of_talk(
    request: HttpRequest, talk: Talk, reader: showing.Reader, agenda_form: AgendaForm | None
) -> dict[str, Any]:
    is_read = actions.reads_agenda(talk, Actor.of(request))
    said = agenda.of(talk, is_read=is_read)
    today = reader.now.astimezone(talk.zone).date()
    with onepage.in_the_patients_words(talk.case.patient):
        sheet = agenda.sheet(talk, is_read=is_read)
    return {
        "tag": {"label": str(TalkState(talk.state).label), "kind": TAGS[TalkState(talk.state)]},
        "is_over": bool(talk.is_open and talk.on_date and talk.on_date <= today),
        "known": reader.known(talk) if talk.known_by else "",  # type: ignore[arg-type]
        "may_undo": reader.may_undo(talk),  # type: ignore[arg-type]
        "take_back": reader.take_back(talk),  # type: ignore[arg-type]
        "report": _report(request, talk.case),
        "sheet": sheet,
        "may_show": bool(reader.is_patient and talk.is_open and talk.office and talk.agenda_changed_at),
        "may_send_page": _may_send_page(request, talk),
        "is_read": is_read,
        "agenda_form": agenda_form or _agenda_form(request, talk, said) if is_read and talk.is_open else None,
        "draft": DRAFT,
        "ideas": agenda.ideas(talk.case, said, request.user)[:IDEAS_AT_ONCE] if is_read and talk.is_open else [],
    }


def _may_send_page(request: HttpRequest, talk: Talk) -> bool:
    """Whether the office of the talk can be sent the page that we keep for it."""
    if talk.state != TalkState.BOOKED or talk.office is None:
        return False
    visits = Visit.objects.visible_to(request.user).live().filter(case=talk.case)
    return may("write_to_offices", talk.case, request.user) and visits.exists()


def _agenda_form(request: HttpRequest, talk: Talk, said: agenda.Agenda) -> AgendaForm:
    stands = {f"question_{number}": line for number, line in enumerate(said.questions, 1)}
    stands |= {"points": "\n".join(said.points)}
    stands["seen_at"] = talk.agenda_changed_at.isoformat() if talk.agenda_changed_at else ""
    return AgendaForm(initial=stands | (drafts.kept(request.user, DRAFT, talk) or {}))  # type: ignore[arg-type]


def _report(request: HttpRequest, case: Case) -> ReportLoop | None:
    """The report of the latest visit, which the talk is about."""
    return ReportLoop.objects.visible_to(request.user).live().filter(visit__case=case).order_by("-visit__round").first()


@open_to(PERSON)
@require_POST
def arrange(request: HttpRequest, pk: str) -> HttpResponse:
    """Save with whom it is, and when."""
    case = _case(request, pk)
    form = TalkForm(request.POST, doctors=letters.doctors_of(case, request.user))
    if not form.is_valid():
        return _page(request, case, talk_form=form, status=422)
    try:
        kept = actions.arrange(case, **form.said(), by=Actor.of(request))
    except Refused as no:
        form.add_error("on" if no.code == "date" else None, no.message)
        return _page(request, case, talk_form=form, status=422)
    messages.success(request, _("Saved. We remind you before it.") if kept.on_date else _("Saved."))
    return redirect(kept)


@open_to(PERSON)
@require_POST
def save_agenda(request: HttpRequest, pk: str) -> HttpResponse:
    """Keep what is to be gone over, with one of the ideas where its button was pressed."""
    case = _case(request, pk)
    found, form, by = _shown(_talks(request, case)), AgendaForm(request.POST), Actor.of(request)
    if found is None or not found.is_open:
        return _page(request, case, also=[_("Plan the talk first.")], status=409)
    if not form.is_valid():
        return _page(request, case, agenda_form=form, status=422)
    points = form.lines()
    if idea := _idea(case, found, request.POST.get("add", ""), by):
        points += [idea] * (idea not in points)
    try:
        actions.change_agenda(
            found, questions=form.questions(), points=points, seen_at=form.cleaned_data["seen_at"], by=by
        )
    except Refused as no:
        return _unsaved(request, case, no)
    drafts.drop(request.user, DRAFT, found)  # type: ignore[arg-type]
    messages.success(request, _("Your page is saved."))
    return redirect(found.get_absolute_url() + "#agenda")


def _idea(case: Case, talk: Talk, code: str, by: Actor) -> str:
    if not code or not actions.reads_agenda(talk, by):
        return ""
    return next((idea.text for idea in agenda.ideas(case, agenda.Agenda((), ()), by.user) if idea.code == code), "")


def _unsaved(request: HttpRequest, case: Case, no: Refused) -> HttpResponse:
    """The words as they were sent; the next press knows of the change that stood in the way of this one."""
    sent, found = request.POST.copy(), _shown(_talks(request, case))
    if no.code == "state" and found:
        sent["seen_at"] = found.agenda_changed_at.isoformat() if found.agenda_changed_at else ""
    form = AgendaForm(sent)
    form.is_valid()
    form.add_error(None, no.message)
    return _page(request, case, agenda_form=form, status=409 if no.code == "state" else 422)


@open_to(PERSON)
@require_POST
def show_agenda(request: HttpRequest, pk: str) -> HttpResponse:
    """Let the office read the page ahead, or no longer. 404 for everybody but the patient."""
    case = _case(request, pk)
    found = _shown(_talks(request, case))
    if found is None or not may("consent", case, request.user):
        raise Http404
    try:
        actions.show_agenda(found, "show" in request.POST, by=Actor.of(request))
    except Refused as no:
        return _page(request, case, also=[no.message], status=409)
    return redirect(found.get_absolute_url() + "#page")


@open_to(PERSON)
@recheck.required
@require_safe
def agenda_pdf(request: HttpRequest, pk: str) -> HttpResponse:
    """The page to hand over, as a tagged PDF."""
    case = _case(request, pk)
    found, now = _shown(_talks(request, case)), clock.now()
    if found is None:
        raise Http404
    try:
        content = agenda.pdf(found, now, is_read=actions.reads_agenda(found, Actor.of(request)))
    except Refused as no:
        messages.warning(request, no.message)
        return redirect(found)
    record(Actor.of(request), "talk.agenda_taken", found, patient=case.patient_id, case=case.pk)
    return paper.download(content, _("Page %(day)s") % {"day": when.as_date(now, case.patient.zone).isoformat()})


@open_to(PERSON)
@require_POST
def move(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Say whether it took place, call it off, or take the last change back."""
    own = Talk.objects.visible_to(request.user).select_related(*TOGETHER)
    found: Talk = find_or_404(own, pk=pk)
    case, by, form = _case(request, str(found.case_id)), Actor.of(request), SayForm(request.POST, auto_id=False)
    if not form.is_valid():
        return _page(request, case, say_form=form, status=422)
    on, told = form.cleaned_data["on"], form.cleaned_data["told"]
    verbs: dict[str, Callable[[], Talk]] = {
        "held": lambda: actions.say_held(found, on=on, told=told, by=by),
        "did_not": lambda: actions.say_did_not(found, by=by),
        "cancel": lambda: actions.cancel(found, by=by),
        "undo": lambda: actions.undo(found, why=request.POST.get("why", ""), by=by),
    }
    try:
        if verb not in verbs:
            raise Refused(_("This cannot be done here."), code="input")
        verbs[verb]()
    except Refused as no:
        return _page(request, case, also=[no.message], status=422 if no.code in {"input", "date"} else 409)
    return redirect(found)
