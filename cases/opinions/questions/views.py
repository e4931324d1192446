"""The page of questions: add one, change it, put it on top, say what became of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case import hands, plain
from cases.case.models import Case
from cases.case.people import may, role_in
from cases.opinions.questions import actions, by_phone, ideas, rules, showing, targets
from cases.opinions.questions.forms import AddForm, AnswerForm, ChangeForm, other_words
from cases.opinions.questions.models import Question
from cases.opinions.questions.plain_words import ANSWER, NEW, WORDS
from cases.opinions.questions.targets import Targets
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


def _case(request: HttpRequest, pk: str) -> Case:
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient", "key"), pk=pk)
    if not may("see_questions", case, request.user):
        raise Http404
    return case


def _question(request: HttpRequest, pk: str) -> tuple[Question, Case]:
    found = find_or_404(Question.objects.visible_to(request.user), pk=pk)
    found.case = case = _case(request, str(found.case_id))
    return found, case


@open_to(PERSON)
@require_safe
def questions(request: HttpRequest, pk: str) -> HttpResponse:
    """All of them, by visit and talk, and ideas for more."""
    case = _case(request, pk)
    user: Any = request.user
    if user.role:
        record(Actor.of(request), "question.seen", case, patient=case.patient_id, case=case.pk, why="care")
    return _page(request, case)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    add_form: AddForm | None = None,
    own_form: ChangeForm | AnswerForm | None = None,
    about: Question | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    role, known = role_in(case, user), targets.of_case(case, clock.now())
    rows = showing.of_case(case, user)
    may_ask = may("ask_questions", case, user)
    if own_form is None and may_ask:
        own_form, about = _asked_for(request, rows, known, role)
    taken = {row.idea for row in rows if row.idea and row.state != Question.State.DROPPED}
    words = {row.text for row in rows if row.state != Question.State.DROPPED}
    to_read = hands.to_read(case).get(hands.READ_ANSWER) if _speaks_for(case, user) else None
    add_form = add_form or AddForm.empty(known, **_words_parts(case, user), kept=_kept_new(request, case, rows))
    bound = next((form for form in (add_form, own_form) if form and form.is_bound), None)
    page = {
        "base": "base_staff.html" if user.role else "base_patient.html",
        "case": case,
        "is_patient": role == rules.PATIENT,
        "is_coordinator": role == rules.COORDINATOR,
        "may_ask": may_ask,
        "groups": showing.groups(rows, known, role, user),
        "dropped": showing.dropped(rows, role, user) if may_ask else [],
        "add_form": add_form,
        "add_draft": NEW,
        "add_hint": plain.to_patient(case, str(add_form["text"].value() or ""), user),
        "own_hint": plain.to_patient(case, _typed(own_form), user) if own_form else "",
        "to_read": to_read,
        "to_read_until": to_read.asked_at.isoformat() if to_read else "",
        "own_form": own_form,
        "about": about,
        "is_answering": isinstance(own_form, AnswerForm),
        "draft": ANSWER if isinstance(own_form, AnswerForm) else WORDS,
        "ideas": ideas.left(case, taken, words)[: ideas.AT_ONCE] if may_ask else [],
        "form": bound,
        "also": also,
    }
    return render(request, "opinions/questions.html", page, status=status)


def _kept_new(request: HttpRequest, case: Case, rows: list[Question]) -> dict[str, Any]:
    """What was typed into the form of a new one, unless that question was added meanwhile."""
    user: Any = request.user
    may_ask = request.method != "POST" and may("ask_questions", case, user)
    kept = (drafts.kept(user, NEW, case) if may_ask else None) or {}
    said = {name: value for name, value in kept.items() if isinstance(value, str) and value}
    if not said.get("text", "").strip() or said.get("new") in {str(row.pk) for row in rows}:
        return {}
    return said


def _typed(form: ChangeForm | AnswerForm) -> str:
    """What she reads of it."""
    return str(form["note" if isinstance(form, AnswerForm) else "text"].value() or "")


def _say(request: HttpRequest, case: Case, done: str, words: str) -> None:
    """That it stands, and to one of us whether it is hard to read."""
    user: Any = request.user
    messages.success(request, done)
    if hint := plain.too_hard(case, words, user):
        messages.info(request, hint)


def _kept(request: HttpRequest, form: str, question: Question, prefix: str) -> dict[str, Any]:
    """What was typed into the form of this one, by the names of its fields."""
    user: Any = request.user
    kept = drafts.kept(user, form, question) or {}
    return {name.removeprefix(f"{prefix}-"): value for name, value in kept.items()}


def _speaks_for(case: Case, user: Any) -> str:
    """The patient's name before a coordinator who is her hands; "" for everybody else."""
    speaks = bool(user.role) and may("speak_for", case, user) and hands.is_by_hand(case.patient)
    return case.patient.first_name if speaks else ""


def _words_parts(case: Case, user: Any) -> dict[str, Any]:
    return {"may_be_private": may("see_private_words", case, user), "speaks_for": _speaks_for(case, user)}


def _asked_for(
    request: HttpRequest, rows: list[Question], known: Targets, role: str
) -> tuple[ChangeForm | AnswerForm | None, Question | None]:
    """The form that a link of the page opens, with what was typed into it before."""
    for name in ("edit", "answer"):
        found = next((row for row in rows if str(row.pk) == request.GET.get(name)), None)
        if found is None or found.state == Question.State.DROPPED:
            continue
        if name == "answer":
            return _answer_form(request, found, known), found
        if rules.may_change(role, found.put_in_by_id == request.user.pk):
            return _change_form(request, found, known), found
    return None, None


def _change_form(request: HttpRequest, question: Question, known: Targets, sent: Any = None) -> ChangeForm:
    private = may("see_private_words", question.case, request.user)
    stands = ChangeForm.stands(question, known)
    kept = _kept(request, WORDS, question, "words") if sent is None else {}
    about: dict[str, Any] = {"known": known, "may_be_private": private, "now_at": stands["target"]}
    return ChangeForm(sent, initial=stands | kept, prefix="words", **about)


def _answer_form(request: HttpRequest, question: Question, known: Targets, sent: Any = None) -> AnswerForm:
    stands = AnswerForm.stands(question, known)
    kept = _kept(request, ANSWER, question, "answer") if sent is None else {}
    about: dict[str, Any] = {"known": known, "question": question, "prefix": "answer"}
    return AnswerForm(sent, initial=stands | kept, speaks_for=_speaks_for(question.case, request.user), **about)


@open_to(PERSON)
@require_POST
def add(request: HttpRequest, pk: str) -> HttpResponse:
    """Put one on the list: typed, or an idea by its button."""
    case = _case(request, pk)
    by = hands.writer_for(request, case)
    known = targets.of_case(case, clock.now())
    form = None
    try:
        if idea := request.POST.get("idea", ""):
            ahead = next((each.key for each in known.ahead() if each.kind != "consultation"), "")
            added = actions.add(case, idea=idea, target=ahead, by=by)
        else:
            form = AddForm(request.POST, known=known, **_words_parts(case, request.user))
            if not form.is_valid():
                return _page(request, case, add_form=form, status=422)
            added = actions.add(case, **form.said(), pk=form.cleaned_data["new"], by=by)
    except Refused as no:
        if form:
            form.add_error(None, no.message)
        also = None if form else [no.message]
        return _page(request, case, add_form=form, also=also, status=422 if no.code == "input" else 409)
    if form:
        drafts.drop(request.user, NEW, case)  # type: ignore[arg-type]
    _say(request, case, _("Added to the list."), added.text if form else "")
    return redirect(added)


@open_to(PERSON)
@require_POST
def read_out(request: HttpRequest, pk: str) -> HttpResponse:
    """The answers were read out to a patient who signs in nowhere."""
    case = _case(request, pk)
    if not may("speak_for", case, request.user):
        raise Http404
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        return _page(request, case, also=[_("This cannot be done here.")], status=422)
    try:
        by_phone.read_out(case, until=until, by=Actor.of(request))
    except Refused as no:
        return _page(request, case, also=[no.message], status=409)
    messages.success(request, _("Saved. It is on record that you read it out."))
    return redirect("opinions:questions", case.pk)


@open_to(PERSON)
@require_POST
def change(request: HttpRequest, pk: str) -> HttpResponse:
    """Save other words, what it is for, whether it is private."""
    question, case = _question(request, pk)
    known = targets.of_case(case, clock.now())
    form = _change_form(request, question, known, request.POST)
    if not form.is_valid():
        return _page(request, case, own_form=form, about=question, status=422)
    try:
        actions.change(question, **form.said(), seen=form.cleaned_data["seen"], by=hands.writer_for(request, case))
    except Refused as no:
        return _unsaved(request, question, no, _change_form, "words")
    drafts.drop(request.user, WORDS, question)  # type: ignore[arg-type]
    _say(request, case, _("Saved."), form.cleaned_data["text"])
    return redirect(question)


@open_to(PERSON)
@require_POST
def answer(request: HttpRequest, pk: str) -> HttpResponse:
    """Save where it was answered and what was said."""
    question, case = _question(request, pk)
    known = targets.of_case(case, clock.now())
    form = _answer_form(request, question, known, request.POST)
    if not form.is_valid():
        return _page(request, case, own_form=form, about=question, status=422)
    said = form.cleaned_data
    try:
        more = {"is_known": said.get("is_known", False), "seen": said["seen"]}
        actions.answer(question, where=said["where"], note=said["note"], **more, by=hands.writer_for(request, case))
    except Refused as no:
        return _unsaved(request, question, no, _answer_form, "answer")
    drafts.drop(request.user, ANSWER, question)  # type: ignore[arg-type]
    _say(request, case, _("Saved."), said["note"])
    return redirect(question)


def _unsaved(
    request: HttpRequest, question: Question, no: Refused, made: Callable[..., ChangeForm | AnswerForm], prefix: str
) -> HttpResponse:
    """The words as they were sent, beside what stands now; the next press knows of it."""
    found, case = _question(request, str(question.pk))
    sent = request.POST.copy()
    also = None
    if no.code == "state":
        sent[f"{prefix}-seen"] = str(found.version)
        also = [other_words(found)]
    form = made(request, found, targets.of_case(case, clock.now()), sent)
    form.is_valid()
    form.add_error(None, no.message)
    status = 409 if no.code in {"state", "role"} else 422
    return _page(request, case, own_form=form, about=found, also=also, status=status)


@open_to(PERSON)
@require_POST
def move(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """One press: tick it off, reopen it, drop it, take it back, or where it stands on top."""
    question, case = _question(request, pk)
    by = hands.writer_for(request, case)
    verbs: dict[str, Callable[[], Question]] = {
        "ticked": lambda: actions.answer(question, by=by),
        "reopen": lambda: actions.reopen(question, by=by),
        "drop": lambda: actions.drop(question, by=by),
        **{each: _ordering(question, each, by) for each in rules.ORDER},
    }
    try:
        if verb not in verbs:
            raise Refused(_("This cannot be done here."), code="input")
        moved = verbs[verb]()
    except Refused as no:
        return _page(request, case, also=[no.message], status=422 if no.code == "input" else 409)
    if verb == "drop":
        messages.success(request, _("Dropped. You find it at the end of the page."))
        return redirect(reverse("opinions:questions", args=[case.pk]) + "#dropped")
    return redirect(moved)


def _ordering(question: Question, verb: str, by: Actor) -> Callable[[], Question]:
    return lambda: actions.order(question, verb, by=by)
