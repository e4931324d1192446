"""The coordinator's list: what needs a person today, and every open case by the days to its visit."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case as When
from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models import When as Then
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cases.case.actions import settle_to_do as settle
from cases.case.models import Case, ToDo
from cases.case.path import ARRIVED_HOPS, next_step
from cases.records.models import Visit
from portal import clock, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import cards, facts, todos, words
from portal.pages.facts import Gathered

CASES_ON_A_PAGE = 25
TO_DOS_SHOWN = 20
VISIT_CHOICES = {
    "": gettext_lazy("Any date"),
    "7": gettext_lazy("In the next 7 days"),
    "14": gettext_lazy("In the next 14 days"),
    "none": gettext_lazy("Not booked yet"),
    "over": gettext_lazy("Is over"),
}


@open_to(User.Role.COORDINATOR)
@require_safe
def caseload(request: HttpRequest) -> HttpResponse:
    """Open cases, the nearest visit first."""
    now = clock.now()
    today = when.as_date(now)
    filters = {"find": request.GET.get("find", "").strip()[:80], "visit": request.GET.get("visit", "")}
    page = Paginator(filtered(request.user, today, **filters), CASES_ON_A_PAGE).get_page(request.GET.get("page"))
    due = ToDo.objects.open().visible_to(request.user).filter(due_on__lte=today).order_by("due_on", "asked_at")
    shown = list(due.select_related("case__patient", "case__key")[:TO_DOS_SHOWN])
    asked_about = {todo.case.pk: todo.case for todo in shown if todo.case}
    gathered = facts.of_cases([*page, *(case for case in asked_about.values() if case not in page.object_list)], now)
    context = {
        "todos": [todos.row(todo, gathered, today) for todo in shown],
        "more_todos": max(due.count() - TO_DOS_SHOWN, 0),
        "filters": filters,
        "visit_choices": VISIT_CHOICES.items(),
        "page": page,
        "rows": [_row(case, gathered[case.pk], today) for case in page],
        "query": f"{urlencode({key: value for key, value in filters.items() if value})}&".lstrip("&"),
    }
    return render(request, "pages/caseload.html", context)


def filtered(user: Any, today: dt.date, *, find: str = "", visit: str = "") -> QuerySet[Case]:
    """The open cases a coordinator sees: visits to come by date, then those without one, then those that are over."""
    visits = Visit.objects.live().filter(case=OuterRef("pk")).order_by("-round").values("on_date")[:1]
    cases = Case.objects.visible_to(user).open().select_related("patient", "key").annotate(visit_on=Subquery(visits))
    if find:
        letters = find.upper().replace(" ", "").removeprefix("RS")
        spaced = f"RS {letters[:3]} {letters[3:]}".strip()
        cases = cases.filter(Q(patient__name__icontains=find) | Q(reference__istartswith=spaced))
    ahead = {"7": 7, "14": 14}.get(visit)
    if ahead:
        cases = cases.filter(visit_on__range=(today, today + dt.timedelta(days=ahead)))
    elif visit == "none":
        cases = cases.filter(visit_on=None)
    elif visit == "over":
        cases = cases.filter(visit_on__lt=today)
    place = When(
        Then(visit_on__gte=today, then=Value(0)),
        Then(visit_on=None, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return cases.order_by(place, "visit_on", "patient__name", "pk")


def _row(case: Case, gathered: Gathered, today: dt.date) -> dict[str, Any]:
    known = gathered.facts
    counted = {"there": known.core_at(ARRIVED_HOPS), "of": len(known.core)}
    return {
        "name": case.patient.name,
        "reference": case.reference,
        "href": cards.file_url(case),
        "visit": words.visit_words(known.visit_on, today),
        "with": known.visit_with,
        "core": _("%(there)d of %(of)d there") % counted if known.core else "–",
        "verdict": cards.verdict_tag(known.verdict),
        "next": words.staff_words(next_step(known, today)),
        "report": words.report_age(gathered, today),
    }


@open_to(User.Role.COORDINATOR)
@require_POST
def settle_to_do(request: HttpRequest, pk: str) -> HttpResponse:
    """Done; the row leaves the list."""
    todo = find_or_404(ToDo.objects.visible_to(request.user).select_related("case"), pk=pk)
    settle(todo, by=Actor.of(request))
    messages.success(request, _("Done, and written down."))
    if todo.case and request.POST.get("next") == "case":
        return redirect(cards.file_url(todo.case))
    return redirect("pages:caseload")
