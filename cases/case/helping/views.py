"""The patient's pages: who helps, saying yes or no, changing and ending."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.helping import actions
from cases.case.helping.forms import HelpForm
from cases.case.helping.inviting import views as invites
from cases.case.helping.models import Helper, Mandate
from cases.case.helping.rules import ASKED_AGAIN_BEFORE, longer
from cases.case.helping.words import what
from cases.case.models import Case
from cases.case.people import begins, cases_where, has_mandate
from portal import clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused


@open_to(PERSON)
@require_safe
def helpers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who helps, with what, until when; who asked and waits."""
    case: Case = find_or_404(cases_where(request.user, "choose_helpers").select_related("patient"), pk=pk)
    own = Helper.objects.visible_to(request.user).open().filter(case=case).select_related("person", "recorded_by")
    by_law = set(Mandate.objects.standing().filter(case=case).values_list("person", flat=True))
    rows = [_row(helper, helper.person_id in by_law) for helper in own.order_by("asked_at", "pk")]
    page = {
        "case": case,
        "asked": [row for row in rows if row["helper"].is_asked],
        "helping": [row for row in rows if not row["helper"].is_asked],
        "invites": invites.rows(case, request.user),
    }
    return render(request, "case/helpers.html", page)


def _row(helper: Helper, has_mandate: bool) -> dict[str, Any]:
    until = ""
    if helper.until_on:
        day = {"day": when.month_day(helper.until_on, year=True)}
        is_over = not helper.holds(clock.now())
        until = _("It ended after %(day)s.") % day if is_over else _("Until %(day)s.") % day
    return {
        "helper": helper,
        "what": what(helper),
        "until": until,
        "kin": helper.get_kin_display() if helper.kin else "",
        "put_in": _put_in(helper),
        "by_law": by_law(helper) if has_mandate else "",
    }


def _put_in(helper: Helper) -> str:
    """Who of us put the yes in, and how we know it; "" where the patient said so on this page."""
    by = helper.recorded_by
    if by is None or helper.agreed_at is None or by.pk == helper.patient_id:
        return ""
    said = {"name": by.name, "how": helper.get_agreed_how_display(), "day": when.month_day(helper.agreed_at)}
    return _("%(name)s put this in on %(day)s: %(how)s.") % said


def by_law(helper: Helper) -> str:
    """What a paper that counts lets a helper do besides."""
    return _("A paper lets %(name)s sign and decide for you. It ends when you end the help.") % {
        "name": helper.person.first_name
    }


def _own(request: HttpRequest, pk: UUID) -> Helper:
    """A helper of one's own case; 404 for everybody but the patient."""
    own = Helper.objects.visible_to(request.user).filter(case__in=cases_where(request.user, "choose_helpers"))
    helper: Helper = find_or_404(own.open().select_related("person", "case__patient"), pk=pk)
    return helper


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def helper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say yes to somebody who asked, or change what a helper may do."""
    found = _own(request, pk)
    form, also = HelpForm.of(found, *([request.POST] if request.method == "POST" else [])), []
    if form.is_bound and form.is_valid():
        save = actions.agree if found.is_asked else actions.change
        try:
            save(found, **form.cleaned_data, by=Actor.of(request))
        except Refused as no:
            if no.code == "until_on":
                form.add_error("until_on", no.message)
            else:
                also = [no.message]
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return redirect("case:helpers", found.case_id)
    page = {"case": found.case, "helper": found, "kin": found.get_kin_display() if found.kin else "", "form": form}
    page["ends"] = _ends_soon(found)
    page["is_beginner"] = begins(found.case, found.person)
    page["by_law"] = by_law(found) if has_mandate(found.case, found.person) else ""
    return render(request, "case/helper.html", page | {"also": also}, status=422 if form.errors or also else 200)


@open_to(PERSON)
@require_POST
def prolong(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One press: it goes on until the day that the button named. Pressed twice it is once."""
    found = _own(request, pk)
    said = {"chosen": found.chosen, "switches": found.switches}
    try:
        until_on = dt.date.fromisoformat(request.POST.get("until", ""))
        changed = actions.change(found, **said, until_on=until_on, by=Actor.of(request))
    except ValueError:
        messages.info(request, _("Choose a day. Nothing has changed."))
    except Refused as no:
        messages.error(request, no.message)
    else:
        named = {"name": found.person.first_name, "day": when.month_day(changed.until_on, year=True)}
        messages.success(request, _("%(name)s helps you until %(day)s.") % named)
    return redirect("case:helpers", found.case_id)


def _ends_soon(found: Helper) -> dict[str, Any] | None:
    """What is asked in the last week: on until when, or let it end."""
    if found.over_at is None or found.until_on is None or not found.holds(clock.now()):
        return None
    if found.over_at - clock.now() > ASKED_AGAIN_BEFORE:
        return None
    until = longer(found.until_on, clock.today(found.case.patient.zone))
    days = {"ends": when.month_day(found.until_on, year=True), "until": when.month_day(until, year=True)}
    return days | {"value": until.isoformat()}


@open_to(PERSON)
@require_POST
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """No, not now."""
    said = _("That is fine. We tell them only that you would like to do this on your own.")
    return _end(request, pk, actions.decline, said)


@open_to(PERSON)
@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It ends at once, also on pages that are open."""
    return _end(request, pk, actions.end, _("It has ended. They see nothing of yours any more."))


def _end(request: HttpRequest, pk: UUID, action: Callable[..., Helper], said: str) -> HttpResponse:
    found = _own(request, pk)
    try:
        action(found, by=Actor.of(request))
        messages.success(request, said)
    except Refused as no:
        messages.error(request, no.message)
    return redirect("case:helpers", found.case_id)
