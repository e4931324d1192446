"""The coordinator's caseload: what needs a person today, and every open case as a board or a list."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case.actions import WORRY
from cases.case.actions import settle_to_do as settle
from cases.case.away.actions import HAND_BACK
from cases.case.hands import TO_READ
from cases.case.models import Assignment, Case, ToDo
from cases.case.path import ARRIVED_HOPS, next_step
from cases.threads.answering import ANSWER
from portal import clock, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages import board, cards, facts, needs, todos, words
from portal.pages.caseload_form import NOBODY, CaseloadForm
from portal.pages.facts import Gathered
from portal.pages.worry import is_worried
from portal.texts.models import Organisation
from portal.texts.words import organisation

CASES_ON_A_PAGE = 25


@open_to(User.Role.COORDINATOR)
@require_safe
def caseload(request: HttpRequest) -> HttpResponse:
    """What needs you today, then open cases, the nearest visit first."""
    now = clock.now()
    today = when.as_date(now)
    form = CaseloadForm(request.GET or None)
    filters = form.chosen()
    waiting = needs.look_up(request.user, today, now)
    number = form.page_number()
    here = organisation()
    cases, gathered, has_more = _page(request.user, filters, number, waiting, now, here)
    as_list = filters.pop("view") == "list"
    kept = {key: value for key, value in filters.items() if value}
    context = {
        "needs": needs.rows(waiting, gathered, today, now),
        "more_needs": waiting.more,
        "filters": form,
        "as_list": as_list,
        "columns": [] if as_list else board.columns(cases, gathered, today),
        "rows": [_row(case, gathered[case.pk], today) for case in cases] if as_list else [],
        "has_cases": bool(cases),
        "number": number,
        "has_more": has_more,
        "before": _query(kept, as_list, number - 1) if number > 1 else "",
        "after": _query(kept, as_list, number + 1) if has_more else "",
        "other_view": _query(kept, not as_list, 1),
        "organisation": here,  # read once: the foot of the page shows it, too
    }
    return render(request, "pages/caseload.html", context)


def _page(
    user: Any, filters: Mapping[str, Any], number: int, waiting: needs.Needs, now: dt.datetime, here: Organisation
) -> tuple[list[Case], dict[UUID, Gathered], bool]:
    """The cases of a page, the facts of all that is shown, and whether more follow. Counting would read them all."""
    first, after = (number - 1) * CASES_ON_A_PAGE, number * CASES_ON_A_PAGE
    wanted = {key: value for key, value in filters.items() if key != "view"}
    cases = list(filtered(user, when.as_date(now), **wanted, most=after + 1)[first:])
    known = {case.pk: case for case in [*waiting.all_cases, *cases]}
    gathered = facts.of_cases(list(known.values()), now, here, for_team=True)
    return cases[:CASES_ON_A_PAGE], gathered, len(cases) > CASES_ON_A_PAGE


def _query(kept: Mapping[str, Any], as_list: bool, number: int) -> str:
    """The address of another page or view with the same filters."""
    parts = {**kept, "view": "list" if as_list else "board"}
    return "?" + urlencode(parts | ({"page": number} if number > 1 else {}))


def filtered(
    user: Any,
    today: dt.date,
    *,
    find: str = "",
    visit: str = "",
    verdict: str = "",
    consultant: str = "",
    rest: str = "",
    mine: str = "",
    worried: str = "",
    most: int = CASES_ON_A_PAGE,
) -> QuerySet[Case]:
    """The first open cases a coordinator sees: visits to come by date, then those without one, then those over."""
    cases = Case.objects.visible_to(user).open().select_related("patient", "key").annotate(is_worried=is_worried())
    if worried:
        cases = cases.filter(is_worried=True)
    if find:
        letters = find.upper().replace(" ", "").removeprefix("RS")
        spaced = f"RS {letters[:3]} {letters[3:]}".strip()
        cases = cases.filter(Q(patient__name__icontains=find) | Q(reference__istartswith=spaced))
    if consultant:
        placed = Assignment.objects.filter(case=OuterRef("pk"), ended_at=None, user__role=User.Role.CONSULTANT)
        cases = cases.filter(~Exists(placed) if consultant == NOBODY else Exists(placed.filter(user=consultant)))
    if rest:
        rests = Q(state=Case.State.RESTING) | Q(rests_until__gt=today)
        cases = cases.filter(rests) if rest == "resting" else cases.exclude(rests)
    if mine:
        cases = cases.filter(needs.needs_me(user, today))
    if verdict:
        cases = cases.filter(verdict=verdict)
    return in_order(_by_visit(cases, visit, today), today, most)


def in_order(cases: QuerySet[Case], today: dt.date, most: int) -> QuerySet[Case]:
    """Visits ahead by their date, then cases without a date, the longest open first, then visits that are over.

    One query of three parts, each walked along its index: PostgreSQL looks at the next part only when those before it
    did not fill the page. So a page costs as much with ten thousand cases as with a hundred.
    """
    parts = (
        cases.filter(visit_on__gte=today).order_by("visit_on", "patient__name", "pk"),
        cases.filter(visit_on=None).order_by("opened_at", "pk"),
        cases.filter(visit_on__lt=today).order_by("visit_on", "patient__name", "pk"),
    )
    first, *others = (part[:most] for part in parts)
    return first.union(*others, all=True)[:most]


def _by_visit(cases: QuerySet[Case], visit: str, today: dt.date) -> QuerySet[Case]:
    ahead = {"7": 7, "14": 14}.get(visit)
    if ahead:
        return cases.filter(visit_on__range=(today, today + dt.timedelta(days=ahead)))
    if visit == "none":
        return cases.filter(visit_on=None)
    return cases.filter(visit_on__lt=today) if visit == "over" else cases


def _row(case: Case, gathered: Gathered, today: dt.date) -> dict[str, Any]:
    known = gathered.facts
    counted = {"there": known.core_at(ARRIVED_HOPS), "of": len(known.core)}
    return {
        "name": case.patient.name,
        "reference": case.reference,
        "href": cards.file_url(case),
        "is_worried": getattr(case, "is_worried", False),
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
    if todo.kind == ANSWER and todo.case:
        messages.error(request, _("Read the messages, then say here that it is answered."))
        return redirect("threads:thread", todo.case_id)
    if todo.kind == WORRY and todo.case:
        messages.error(request, _("Say here what was done."))
        return redirect("pages:worry", todo.case_id)
    if todo.kind == HAND_BACK:
        messages.error(request, _("Hand the cases back here."))
        return redirect("pages:away_of", todo.about_id)
    if todo.kind in TO_READ and todo.case:
        messages.error(request, _("Read it out, then say so here."))
        return redirect(todos.place_of(todo, todo.case))
    settle(todo, by=Actor.of(request))
    messages.success(request, _("Done, and written down."))
    if todo.case and request.POST.get("next") == "case":
        return redirect(cards.file_url(todo.case))
    return redirect("pages:caseload")
