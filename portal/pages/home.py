"""The patient's side: where each person lands, the page of a case, and its two quiet buttons."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.asked_ending import waiting_for
from bookings.models import AskedHold
from cases.case.away import showing as away_showing
from cases.case.models import Case, Helper
from cases.case.path import next_step, path
from cases.case.people import CONSULTANT, COORDINATOR, HELPER, cases_where, grant_of, may, role_in
from cases.documents.models import Version
from cases.records.words import after_treatment
from cases.reviews.asking.words import who_needs
from cases.reviews.models import Asking, Review, Summary
from portal import clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import actions, arrive, cards, carry, facts, helper_home, words
from portal.texts.words import organisation

STAFF_PLACES = {"consultant": "pages:today", "coordinator": "pages:caseload", "administrator": "accounts:people"}


@open_to(PERSON)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to their place; a patient with several cases chooses, one without opens one."""
    if place := STAFF_PLACES.get(request.user.role):
        is_new = request.user.role == User.Role.ADMINISTRATOR and not organisation().pk
        return redirect("pages:organization" if is_new else place)  # a new house says first what it needs
    return own_cases(request)


def own_cases(request: HttpRequest) -> HttpResponse:
    cases = list(Case.objects.visible_to(request.user).select_related("patient").order_by("opened_at", "pk"))
    if not cases and (first := arrive.first_case(request.user, by=Actor.of(request))):
        return redirect(first)
    if len(cases) == 1:
        return redirect(cases[0])
    lines = cards.case_lines(cases, request.user)
    return render(request, "pages/cases.html", {"cases": cases, "lines": lines, "open_url": reverse("case:open")})


@open_to(PERSON)
@require_safe
def case_home(request: HttpRequest, pk: str) -> HttpResponse:
    """Where the patient stands, and the one next step."""
    case = find_or_404(_cases(request.user), pk=pk)
    role = role_in(case, request.user)
    if role == CONSULTANT:
        return redirect("pages:today")
    if role == HELPER:
        grant = grant_of(case, request.user)
        return helper_home.show(request, case, grant) if grant else helper_home.begun(request, case)
    if role == COORDINATOR:  # she acts for the patient, on the patient's pages
        record(Actor.of(request), "case.seen", case, patient=case.patient_id, case=case.pk, why="care")
    return render(request, "pages/case_home.html", _home(case, request))


def _home(case: Case, request: HttpRequest) -> dict[str, object]:
    now = clock.now()
    today = when.as_date(now)
    gathered = facts.of_case(case, now)
    known = gathered.facts
    step, way = next_step(known, today), path(known)
    later = today + dt.timedelta(days=3)
    return {
        "case": case,
        "today": today,
        "tomorrow": today + dt.timedelta(days=1),
        "later_day": later,
        "later_weekday": when.weekday(later),
        "greeting": _greeting(case, request.user, now),
        "status": words.status_line(known, today),
        "asking": _asking(case, request.user),
        "away": away_showing.lines(case, request.user),
        "step": step,
        "words": words.step_words(step),
        "step_url": cards.step_url(step, case),
        "step_is_open": not step.is_rest and step.code != "call" and may("ask_for_a_call", case, request.user),
        "hidden_until": known.not_today_until if step.code == "not_today" else None,
        "due_words": cards.due_words(step),
        "after_treatment": after_treatment(gathered.visit) if gathered.visit else "",
        "has_visit_ahead": carry.is_ahead(gathered.visit, today),
        "coming": cards.coming(gathered, case.pk, today),
        "phases": cards.phases(way, known.round),
        "tally": way.tally,
        "people": cards.people(case, request.user),
        "talk": cards.talk(gathered, case),
        "talk_it_over": cards.talk_it_over(gathered, today),
        "summary": cards.summary(case, request.user),
        "call_open": known.call_wanted,
        "may_ask": may("ask_for_a_call", case, request.user),
    }


def _greeting(case: Case, reader: Any, now: dt.datetime) -> str:
    if reader.role and reader.pk != case.patient_id:
        return _("%(name)s’s page") % {"name": case.patient.first_name}
    return words.greeting(when.local(now).hour, reader.first_name)


def _cases(reader: Any) -> QuerySet[Case]:
    asked = Helper.objects.asked().filter(case=OuterRef("pk"))
    held = AskedHold.objects.waiting().filter(patient=OuterRef("patient"))
    cases = Case.objects.visible_to(reader).select_related("patient", "key")
    needed = Asking.objects.open().filter(review__case=OuterRef("pk"))
    cases = cases.annotate(is_needed=Exists(needed), **_of_the_plan())
    return cases.annotate(is_asked=Exists(asked), is_held=Exists(held), is_covered=away_showing.is_covered())


def _of_the_plan() -> dict[str, Any]:
    """Whether there is a plan that can be read, whether it is read, what was shared of it and taken back; and the name
    of who needs the patient's yes to read it, or None.
    """
    asking = Review.objects.asking_for_yes().filter(case=OuterRef("pk"))
    shared = Summary.objects.filter(review__case=OuterRef("pk"))
    return {
        "has_plan": Exists(Version.objects.ready_plans().filter(case=OuterRef("pk")).order_by()),
        "asks_to_read": Subquery(asking.values("reader__name")[:1]),
        "has_review": Exists(Review.objects.filter(case=OuterRef("pk"))),
        "has_summary": Exists(shared.live()),
        "is_taken_back": Exists(shared.exclude(withdrawn_at=None)),
    }


def _asking(case: Any, reader: Any) -> list[dict[str, str]]:
    """Who waits for the patient to say whether they may help."""
    if case.patient_id != reader.pk:
        return []
    return [*_helpers_asking(case), *_times_held(case), *cards.yes_to_reading(case), *_needed(case, reader)]


def _needed(case: Any, reader: Any) -> list[dict[str, str]]:
    """The one thing that the consultant needs to read on."""
    if not case.is_needed:
        return []
    found = Asking.objects.visible_to(reader).open().filter(review__case=case).select_related("review__reader")
    lead, text = _("%(name)s needs one thing to read on."), _("“I don’t have it” is a fine answer.")
    return [{"lead": lead % {"name": who_needs(each)}, "text": text, "href": each.get_absolute_url()} for each in found]


def _times_held(case: Any) -> list[dict[str, str]]:
    """The time that a helper chose, and that waits for the patient's yes."""
    held = waiting_for(case) if case.is_held else None  # looked at together with the case
    if held is None or held.until <= clock.now():
        return []
    lead = _("%(name)s chose a time for a call. It waits for your yes.") % {"name": held.asked_by.first_name}
    text = _("Nothing is booked before that.")
    return [{"lead": lead, "text": text, "href": held.get_absolute_url()}]


def _helpers_asking(case: Any) -> list[dict[str, str]]:
    if not case.is_asked:
        return []
    asked = Helper.objects.asked().filter(case=case).select_related("person").order_by("asked_at")
    lead, text = _("%(name)s would like to help you."), _("You choose how much, and until when.")
    return [
        {"lead": lead % {"name": each.person.first_name}, "text": text, "href": reverse("case:helper", args=[each.pk])}
        for each in asked
    ]


@open_to(PERSON)
@require_POST
def not_today(request: HttpRequest, pk: str) -> HttpResponse:
    """Hide the next step until the day pressed; the day itself shows it again."""
    case = find_or_404(cases_where(request.user, "rest"), pk=pk)
    try:
        until = dt.date.fromisoformat(request.POST.get("until", ""))
        actions.rest_until(case, until, by=Actor.of(request))
    except ValueError:
        messages.info(request, _("Choose a day. Nothing has changed."))
    except (Refused, ValidationError) as no:
        messages.info(request, no.message)
    return redirect(case)
