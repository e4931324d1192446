"""The page of the opinions: who has been heard, where the patient is now, what matters to her."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.models import Consultation
from cases.case import plain
from cases.case.models import Case, CaseClinician
from cases.case.people import HELPER, PATIENT, may, only_theirs, role_in
from cases.opinions.comparing import first_day, written
from cases.opinions.comparing import showing as comparing
from cases.opinions.comparing.forms import CHANGE_DRAFT as LINE_CHANGE_DRAFT
from cases.opinions.comparing.forms import DRAFT as LINE_DRAFT
from cases.opinions.comparing.forms import SHOWN, FirstDayForm, LineForm
from cases.opinions.comparing.models import Point
from cases.opinions.deciding import actions, showing
from cases.opinions.deciding.forms import DecisionForm, MattersForm
from cases.opinions.deciding.models import Decision
from cases.opinions.models import Talk
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

FIRST = CaseClinician.Role.FIRST
DRAFT, MATTERS_DRAFT = "decision", "matters"
NOT_KEPT = {"new", "seen", "doctors"}  # of a line that was being typed: each press has an id of its own
MATTERS = "matters"  # the prefix of the second form


def find_case(request: HttpRequest, pk: str) -> Case:
    """The case, for who may see its opinions."""
    found = Case.objects.visible_to(request.user).select_related("patient", "key", "matters_written_by")
    case: Case = find_or_404(found, pk=pk)
    if not may("see_opinions", case, request.user):
        raise Http404
    return case


@open_to(PERSON)
@require_safe
def compare(request: HttpRequest, pk: str) -> HttpResponse:
    """The opinions, and what follows from them for her."""
    case, user = find_case(request, pk), request.user
    if user.role:  # type: ignore[union-attr]
        record(Actor.of(request), "opinions.seen", case, patient=case.patient_id, case=case.pk, why="care")
    return page(request, case)


def page(
    request: HttpRequest,
    case: Case,
    *,
    decision_form: DecisionForm | None = None,
    matters_form: MattersForm | None = None,
    line_form: LineForm | None = None,
    day_form: FirstDayForm | None = None,
    about: Point | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, with the form that was typed into as it stands; `about`: the line that is being changed."""
    user: Any = request.user
    role = role_in(case, user)
    visits = showing.visits_of(case)
    opinions = showing.of_case(case, user, visits)
    doctors = {each.role: each.doctor for each in opinions}
    compared, is_closed = comparing.of_case(case, user, opinions), case.state == Case.State.CLOSED
    known = showing.to_choose(opinions, visits, compared.written)
    said, speaks_for = showing.history(case, user), showing.speaks_for(case, user)
    stands = next((each for each in said if each.replaced_at is None), None)
    may_decide, matters = may("decide", case, user), showing.matters(case, user)
    kept = drafts.kept_of(user, [DRAFT, MATTERS_DRAFT, LINE_DRAFT], case)
    if (may_decide or speaks_for) and case.state != Case.State.CLOSED:
        decision_form = decision_form or _decision_form(stands, kept.get(DRAFT), speaks_for=speaks_for, **known)
        if stands is None and speaks_for:  # what she said herself stays unread, and is replaced all the same
            decision_form.initial["seen"] = _seen_now(case, decision_form) or None
        matters_form = matters_form or _matters_form(case, matters, speaks_for, kept.get(MATTERS_DRAFT) or {})
    talk = Talk.objects.open().filter(case=case).select_related("clinician").first()
    may_write = may("write_opinions", case, user) and case.state != Case.State.CLOSED
    if line_form is None and may_write and doctors:
        line_form, about = _line_form(request, case, doctors, kept.get(LINE_DRAFT) or {})
    if day_form is None and may_write:
        day_form = _day_form(opinions, role, user)
    forms = (line_form, day_form, decision_form, matters_form)
    context = {
        "base": "base_staff.html" if user.role else "base_patient.html",
        "case": case,
        "is_patient": role == PATIENT,
        "opinions": opinions,
        "unnamed": [] if is_closed else showing.unnamed(case, user, opinions, visits),
        "not_said": [] if is_closed else showing.not_said(case, user, opinions),
        "waits_for_visit": any(each.is_past and each.role not in known["plans"] for each in opinions),
        "compared": compared,
        "line_form": line_form,
        "line_hint": plain.to_patient(case, str(line_form["text"].value() or ""), user) if line_form else "",
        "line_draft": LINE_CHANGE_DRAFT if about else LINE_DRAFT,
        "line_about": about.pk if about else case.pk,
        "day_form": day_form,
        "about": about,
        "is_writing": bool(about or (line_form and line_form.is_bound)),
        **_answers(said, stands, case),
        "speaks_for": speaks_for,
        "is_unseen": bool(speaks_for and decision_form and stands is None and decision_form.initial.get("seen")),
        "decide_url": reverse(f"opinions:decide{'_by_phone' if user.role else ''}", args=[case.pk]),
        "matters_url": reverse(f"opinions:matters{'_by_phone' if user.role else ''}", args=[case.pk]),
        "decision_form": decision_form,
        "matters_form": matters_form,
        "matters": matters,
        "matters_written": showing.written_down(case.matters_written_by, case) if matters else "",
        "talk": talk,
        "consultation": Consultation.objects.upcoming(clock.now()).filter(case=case).first() if may_decide else None,
        "draft": DRAFT,
        "matters_draft": MATTERS_DRAFT,
        "form": next((form for form in forms if form and form.is_bound), None),
        "also": also,
    }
    return render(request, "opinions/compare.html", context, status=status)


def _answers(said: Iterable[Decision], stands: Decision | None, case: Case) -> dict[str, Any]:
    """The answer that stands, and those before it."""
    before = [each for each in said if each.replaced_at]
    return {
        "stands": stands,
        "stands_words": showing.in_words(stands) if stands else "",
        "check_in_on": showing.check_in_ahead(stands, case) if stands else None,
        "stands_written": showing.written_down(stands.written_by, case) if stands else "",
        "before": [(each, showing.in_words(each), showing.written_down(each.written_by, case)) for each in before],
    }


def _line_form(
    request: HttpRequest, case: Case, doctors: dict[str, str], kept: dict[str, Any]
) -> tuple[LineForm, Point | None]:
    """A new line, or the one that a link of the page opens; with what was being typed."""
    pk = request.GET.get("line", "")
    found = (
        next((each for each in Point.objects.standing().filter(case=case) if str(each.pk) == pk), None) if pk else None
    )
    if found is None:
        start = {name: said for name, said in kept.items() if name not in NOT_KEPT and not name.startswith(SHOWN)}
        return LineForm.empty(doctors, **start), None
    found.case = case
    typed = drafts.kept(request.user, LINE_CHANGE_DRAFT, found)  # type: ignore[arg-type]
    return LineForm.of(found, doctors, kept=typed), found


def _day_form(opinions: Iterable[showing.Opinion], role: str, user: Any) -> FirstDayForm | None:
    """For the day of the first opinion, where this person may say it or change it."""
    first = next((each for each in opinions if each.role == FIRST), None)
    if first is None:
        return None
    link = first.link
    if not first_day.may_say(link.heard_on, is_own=link.heard_said_by_id == user.pk, role=role):
        return None
    return FirstDayForm.of(link.heard_on, first.doctor)


def _decision_form(stands: Any, kept: dict[str, Any] | None, **known: Any) -> DecisionForm:
    form = DecisionForm.of(stands, **known)
    form.initial |= {name: said for name, said in (kept or {}).items() if not name.startswith(SHOWN)}
    return form


def _matters_form(case: Case, words: str, speaks_for: str, kept: dict[str, Any]) -> MattersForm:
    stands = {"words": words, "is_shared": case.matters_is_shared, "seen": case.matters_version}
    stands |= {name.removeprefix(f"{MATTERS}-"): value for name, value in kept.items()}
    is_unseen = words != case.matters
    return MattersForm(initial=stands, prefix=MATTERS, speaks_for=speaks_for, is_unseen=is_unseen)


def _only_theirs(request: HttpRequest, case: Case) -> HttpResponse:
    """A helper's press, or one on a page that was open while the law still let her: nothing is saved."""
    if role_in(case, request.user) != HELPER:
        raise Http404
    return page(request, case, also=[only_theirs(case)], status=409)


@open_to(PERSON)
@require_POST
def decide(request: HttpRequest, pk: str) -> HttpResponse:
    """Say where she is now. What was typed stays, whatever comes in between."""
    case = find_case(request, pk)
    if not may("decide", case, request.user):
        return _only_theirs(request, case)
    return save_decision(request, case)


def save_decision(request: HttpRequest, case: Case, *, speaks_for: str = "", is_hers: bool = False) -> HttpResponse:
    """What was typed, said as her answer; or the page again. `is_hers`: one of us wrote down what she said."""
    visits = showing.visits_of(case)
    known = showing.to_choose(showing.of_case(case, request.user, visits), visits, written.numbers(case))
    stands = Decision.objects.current().filter(case=case).values_list("choice", flat=True).first() or ""
    form = DecisionForm(request.POST, stands=stands, speaks_for=speaks_for, **known)
    if not form.is_valid():
        return page(request, case, decision_form=form, status=422)
    try:
        actions.decide(case, **form.cleaned_data, is_hers=is_hers, by=Actor.of(request))
    except Refused as no:
        return _refused(request, case, form, no, decision_form=form)
    drafts.drop(request.user, DRAFT, case)  # type: ignore[arg-type]
    messages.success(request, _("Saved. You can change it at any time."))
    return redirect("opinions:compare", case.pk)


@open_to(PERSON)
@require_POST
def say_what_matters(request: HttpRequest, pk: str) -> HttpResponse:
    """Keep what matters to her, and share it or not."""
    case = find_case(request, pk)
    if not may("decide", case, request.user):
        return _only_theirs(request, case)
    return save_matters(request, case)


def save_matters(request: HttpRequest, case: Case, *, speaks_for: str = "", is_hers: bool = False) -> HttpResponse:
    """What was typed, kept as what matters to her; or the page again. `is_hers`: one of us wrote down what she said."""
    is_unseen = is_hers and showing.matters(case, request.user) != case.matters
    form = MattersForm(request.POST, prefix=MATTERS, speaks_for=speaks_for, is_unseen=is_unseen)
    if not form.is_valid():
        return page(request, case, matters_form=form, status=422)
    try:
        actions.say_what_matters(case, **form.cleaned_data, is_hers=is_hers, by=Actor.of(request))
    except Refused as no:
        return _refused(request, case, form, no, matters_form=form)
    drafts.drop(request.user, MATTERS_DRAFT, case)  # type: ignore[arg-type]
    messages.success(request, _("Saved."))
    return redirect("opinions:compare", case.pk)


def _refused(request: HttpRequest, case: Case, form: Any, no: Refused, **forms: Any) -> HttpResponse:
    """The page again with what was typed. What was saved meanwhile stands beside it, and the next press counts."""
    if no.code in form.fields:
        form.add_error(no.code, no.message)
        return page(request, case, status=422, **forms)
    if no.code == "changed":
        form.data = form.data.copy()
        form.data[form.add_prefix("seen")] = _seen_now(case, form)
        for name in form.fields:
            if name.startswith(SHOWN):
                form.data[form.add_prefix(name)] = form.fields[name].initial
    return page(request, case, also=[no.message], status=409 if no.code == "changed" else 422, **forms)


def _seen_now(case: Case, form: Any) -> str:
    if isinstance(form, MattersForm):
        return str(Case.objects.values_list("matters_version", flat=True).get(pk=case.pk))
    return str(case.decisions.filter(replaced_at=None).values_list("pk", flat=True).first() or "")
