"""The administrators' search over the rows of rights."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cases.case.models import Case
from portal.access import open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.actions import record
from portal.pages.rights import finding, showing
from portal.pages.rights.finding import Row
from portal.pages.rights.forms import RightsForm
from portal.texts.words import organisation

LINES_ON_A_PAGE = 25
MOST_DIGITS = 5


@open_to("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def rights(request: HttpRequest) -> HttpResponse:
    """Who gave what to whom, the newest first. Each look is on record, also for the patient it was about."""
    form = RightsForm(request.POST if request.method == "POST" else None)
    said: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    people = showing.people_named(said.get("person", ""))
    cases = showing.cases_named(said.get("reference", ""))
    page, rows = _page(request), list[Row]()
    if not form.errors:
        since, before = form.span() if said else (None, None)
        found = finding.rows(
            request.user,
            kind=said.get("kind", ""),
            people=None if people is None else [person.pk for person in people],
            cases=None if cases is None else [case.pk for case in cases],
            since=since,
            before=before,
        )
        rows = finding.read(found, (page - 1) * LINES_ON_A_PAGE, LINES_ON_A_PAGE + 1)
    if request.method != "HEAD":
        _note(Actor.of(request), people or [], cases or [])
    context = {
        "form": form,
        "lines": showing.lines(rows[:LINES_ON_A_PAGE]),
        "is_narrowed": any(said.values()),
        "newer": page - 1,
        "older": page + 1 if len(rows) > LINES_ON_A_PAGE else 0,
    }
    return render(request, "pages/rights.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest) -> int:
    """One that makes no sense is the first."""
    asked = request.POST.get("page", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdecimal() and len(asked) <= MOST_DIGITS else 1


def _note(by: Actor, people: list[User], cases: list[Case]) -> None:
    """One line; in the record of the patient whose case, or who alone, was looked for."""
    if cases:
        record(by, "rights.searched", cases[0], patient=cases[0].patient_id, case=cases[0].pk)
    elif len(people) == 1:
        record(by, "rights.searched", people[0], patient=None if people[0].role else people[0].pk)
    else:
        record(by, "rights.searched", organisation())
