"""The coordinator's pages of who helps in a case: a yes by phone or paper, a paper that lets somebody act, an end."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.actions import settle_to_dos
from cases.case.helping import actions as helping
from cases.case.helping.inviting import views as invites
from cases.case.helping.mandates import end_mandate, helpers_of, record_mandate
from cases.case.helping.models import Helper, Mandate
from cases.case.helping.rules import ASK_PATIENT, Chosen, How
from cases.case.models import Case
from cases.documents.lists import rows_of
from portal import clock, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import cards, todos
from portal.pages.helper_forms import MANDATES, NO, SETS, AnswerForm, MandateForm
from portal.texts.models import Text
from portal.texts.words import text

SET_NAMES = dict(SETS) | {Chosen.OWN: Chosen.OWN.label}
MANDATE_NAMES = dict(MANDATES)


def _case(request: HttpRequest, pk: str) -> Case:
    return find_or_404(Case.objects.visible_to(request.user).select_related("patient", "starter", "key"), pk=pk)


def _person(case: Case, pk: str) -> User:
    """Somebody who began this case or was asked about; else 404."""
    if case.starter_id and str(case.starter_id) == str(pk):
        return case.starter
    helper = Helper.objects.filter(case=case, person=pk).select_related("person").first()
    if helper is None:
        raise Http404
    return helper.person


@open_to(User.Role.COORDINATOR)
@require_safe
def helpers(request: HttpRequest, pk: str) -> HttpResponse:
    """Who helps, what each may, and how the patient said so; papers that let somebody act."""
    case = _case(request, pk)
    found = helpers_of(case)
    mandates = Mandate.objects.standing().filter(case=case).select_related("person", "recorded_by")
    rows = [_row(case, helper.person, helper) for helper in found]
    if case.starter and case.starter_id not in {helper.person_id for helper in found}:
        rows.insert(0, _row(case, case.starter, None))
    return render(
        request,
        "pages/case_helpers.html",
        {
            "case": case,
            "patient": case.patient,
            "reach": todos.reach(case.patient),
            "rows": rows,
            "mandates": [_mandate(mandate) for mandate in mandates],
            "file_url": cards.file_url(case),
            "invites": invites.rows(case, request.user),
            "ask_url": reverse("pages:ask_helper", args=[case.pk]),
        },
    )


def _row(case: Case, person: User, helper: Helper | None) -> dict[str, Any]:
    row = {
        "name": person.name,
        "reach": todos.reach(person),
        "answer_url": reverse("pages:helper_answer", args=[case.pk, person.pk]),
        "mandate_url": reverse("pages:helper_mandate", args=[case.pk, person.pk]),
        "end_url": reverse("pages:end_helper", args=[helper.pk]) if helper else "",
    }
    if helper is None or helper.agreed_at is None:
        former = helping.former_no(case, person)
        asked = _("Asked on %(day)s.") % {"day": when.month_day(helper.asked_at)} if helper else _("Not asked yet.")
        text = f"{asked if helper or not former else ''} {no_words(case, former) if former else ''}".strip()
        tag = {"label": _("Waits for a yes"), "kind": "warn"} if helper or not former else {"label": _("Said no")}
        return row | {"tag": tag, "text": text, "is_asked": True}
    holds = helper.holds(clock.now())
    said = {
        "what": SET_NAMES[Chosen(helper.chosen)],
        "until": _("until %(day)s") % {"day": when.month_day(helper.until_on, year=True)}
        if helper.until_on
        else _("without an end date"),
        "day": when.month_day(helper.agreed_at),
        "how": How(helper.agreed_how).label,
        "by": helper.recorded_by.name if helper.recorded_by else "",
    }
    tag = {"label": _("Helps"), "kind": "ok"} if holds else {"label": _("Its last day has passed"), "kind": "warn"}
    words = _("%(what)s, %(until)s. The yes came on %(day)s, %(how)s. Put in by %(by)s.") % said
    return row | {"tag": tag, "text": words, "is_asked": False}


def _mandate(mandate: Mandate) -> dict[str, Any]:
    said = {"name": mandate.person.name, "day": when.month_day(mandate.recorded_at), "by": mandate.recorded_by.name}
    days = when.month_day(mandate.until_on, year=True) if mandate.until_on else ""
    return {
        "title": MANDATE_NAMES[Mandate.Kind(mandate.kind)],
        "text": _("For %(name)s. Read by %(by)s on %(day)s.") % said,
        "until": _("Good until %(day)s.") % {"day": days} if days else "",
        "paper_url": reverse("documents:detail", args=[mandate.paper]) if mandate.paper else "",
        "end_url": reverse("pages:end_mandate", args=[mandate.pk]),
    }


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: str, person: str) -> HttpResponse:
    """What the patient said on the phone, on paper or by text: read out first, put on record as done by us."""
    case = _case(request, pk)
    who, words = _person(case, person), text(Text.Kind.HELPER_YES, case.patient.language)
    former = None if _helps(case, who) else helping.former_no(case, who)
    form = AnswerForm(request.POST if request.method == "POST" else None, has_no=former is not None)
    is_other = form.is_bound and request.POST.get("version") != str(words.version)
    if is_other:
        form.add_error(None, _("These words have changed since. Read out the new ones."))
    if form.is_bound and form.is_valid():
        try:
            put_answer(case, who, form.cleaned_data, words.version, former=former, by=Actor.of(request))
        except Refused as no:
            form.add_error("until_on" if no.code == "until_on" else None, no.message)
        else:
            messages.success(request, _("Saved. The patient’s page says that you put it in."))
            return redirect("pages:case_helpers", case.pk)
    context = {
        "case": case,
        "form": form,
        "person": who,
        "patient": case.patient,
        "reach": todos.reach(case.patient),
        "call": todos.call_button(None, case.patient),
        "words": words,
        "paragraphs": words.body.split("\n"),
        "former_no": no_words(case, former) if former else "",
    }
    return render(request, "pages/helper_answer.html", context, status=422 if form.errors else 200)


@transaction.atomic
def put_answer(
    case: Case, person: User, said: dict[str, Any], version: int, *, former: Helper | None = None, by: Actor
) -> Helper:
    """Record the patient's answer to a helper, with the version of the words they heard; what waited for it is done.

    Raises Refused for a yes where the patient has said no since, or before without `former`: the no that was spoken of.
    """
    case = helping.locked(case)
    newest = None if _helps(case, person) else helping.former_no(case, person)
    if said["answer"] != NO and newest and newest != former:
        raise Refused(_("The patient has said no meanwhile. Ask about it first."), code="state")
    helper = helping.ask(case, person, by=by)
    if said["answer"] == NO:
        helper = helping.decline(helper, how=said["how"], by=by)
    else:
        do = helping.change if helper.agreed_at else helping.agree
        helper = do(helper, chosen=said["chosen"], until_on=said["until_on"], how=said["how"], by=by)
    record(by, "helping.read_out", helper, patient=case.patient_id, case=case.pk, why=f"version {version}")
    settle_to_dos(helper, ASK_PATIENT, by=by)
    return helper


def _helps(case: Case, person: User) -> bool:
    """Whether there is a yes, so that only how much is changed."""
    return Helper.objects.open().filter(case=case, person=person, agreed_at__isnull=False).exists()


def no_words(case: Case, former: Helper) -> str:
    """When the patient said no, and who put it in."""
    by = former.ended_by
    said = {"name": case.patient.first_name, "day": when.month_day(former.ended_at, year=True)}
    if by is None or by.pk == case.patient_id:
        return _("%(name)s said no on %(day)s, on their own page.") % said
    return _("%(name)s said no on %(day)s. Put in by %(by)s.") % (said | {"by": by.name})


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def mandate(request: HttpRequest, pk: str, person: str) -> HttpResponse:
    """A paper that lets somebody act in law, as one of us read it."""
    case = _case(request, pk)
    who = _person(case, person)
    form = MandateForm(request.POST if request.method == "POST" else None, papers=_papers(case, request.user))
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("kind", "from_on", "until_on")}
        paper = UUID(form.cleaned_data["paper"]) if form.cleaned_data["paper"] else None
        try:
            record_mandate(case, who, **said, paper=paper, by=Actor.of(request))
        except Refused as no:
            form.add_error(no.code if no.code in said else None, no.message)
        else:
            messages.success(request, _("Saved. The patient’s page says that you put it in."))
            return redirect("pages:case_helpers", case.pk)
    former = None if _helps(case, who) else helping.former_no(case, who)
    context = {"case": case, "form": form, "person": who, "patient": case.patient}
    context["former_no"] = no_words(case, former) if former else ""
    return render(request, "pages/helper_mandate.html", context, status=422 if form.errors else 200)


def _papers(case: Case, reader: Any) -> list[tuple[str, str]]:
    """The files of the case that it could be."""
    rows = [row for row in rows_of(case, reader) if row.document.withdrawn_at is None]
    return [(str(row.document.pk), row.name) for row in rows]


@open_to(User.Role.COORDINATOR)
@require_POST
def end_helper(request: HttpRequest, pk: str) -> HttpResponse:
    """The patient asked us to end it: at once."""
    helper = find_or_404(Helper.objects.visible_to(request.user).select_related("case__patient"), pk=pk)
    return _end(request, helper.case_id, lambda by: helping.end(helper, by=by))


@open_to(User.Role.COORDINATOR)
@require_POST
def end_the_mandate(request: HttpRequest, pk: str) -> HttpResponse:
    """The paper lets nobody act any more."""
    found = find_or_404(Mandate.objects.visible_to(request.user).select_related("case__patient"), pk=pk)
    return _end(request, found.case_id, lambda by: end_mandate(found, by=by))


def _end(request: HttpRequest, case: UUID, action: Any) -> HttpResponse:
    try:
        action(Actor.of(request))
        messages.success(request, _("It has ended."))
    except Refused as no:
        messages.error(request, no.message)
    return redirect("pages:case_helpers", case)
