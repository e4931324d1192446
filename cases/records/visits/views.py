"""The second or third visit: its doctor, the days that were offered, the ways on, whether it took place."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case import offices
from cases.case.models import Case
from cases.case.people import as_told, cases_where, may, role_in
from cases.records import actions, rules, showing
from cases.records.forms import (
    MOST_DAYS,
    DayForm,
    DoctorForm,
    Offered,
)
from cases.records.items import holders
from cases.records.models import Visit
from cases.records.referral import letters
from cases.records.standing import Standing, standing
from cases.records.states import VisitState
from cases.records.visits import independence, rounds
from cases.records.visits.rounds import Round
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused

PLAIN_VISIT_VERBS = {
    "cancel": actions.cancel_visit,
    "took_place": actions.say_took_place,
    "did_not": actions.say_did_not,
}


def _case(request: HttpRequest, pk: str) -> Case:
    return find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)


@open_to(PERSON)
@require_safe
def visit(request: HttpRequest, pk: str) -> HttpResponse:
    """Name the second doctor, look at days before taking one, and the ways on with each."""
    case = _case(request, pk)
    about = rounds.of(case, rounds.asked_for(request), reader=request.user)
    if "new_day" in request.GET:
        return _add_day(request, case, about)
    return _visit_page(request, case, about)


def _add_day(request: HttpRequest, case: Case, about: Round) -> HttpResponse:
    """One more offered day: judged, then part of the address, so that a look at it can be kept and shared."""
    zone = about.visit.zone if about.visit else case.patient.zone
    form = DayForm(request.GET, today=clock.today(zone))
    if not form.is_valid():
        return _visit_page(request, case, about, day_form=form, status=422)
    chosen = Offered(form.cleaned_data["new_day"], form.cleaned_data["new_time"]).value
    days = list(dict.fromkeys([*request.GET.getlist("day"), chosen]))[-MOST_DAYS:]
    query = urlencode([("day", day) for day in days] + [("look", chosen)])
    return redirect(f"{rounds.address('records:visit', case.pk, about.number)}&{query}#day")


def _visit_page(
    request: HttpRequest,
    case: Case,
    about: Round,
    *,
    doctor_form: DoctorForm | None = None,
    day_form: DayForm | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now, found = clock.now(), about.visit
    reader = showing.Reader(request.user, role_in(case, request.user), case, now)
    may_change = may("change_dates", case, request.user)
    if doctor_form is None and may_change and (found is None or not found.clinician_id or "change" in request.GET):
        doctor_form = DoctorForm(initial=_doctor_as_it_stands(found), is_third=about.is_third)
    page: dict[str, Any] = {
        "case": as_told(case, request.user),
        "round": about,
        "others": rounds.lines(about.others),
        "visit": found,
        "today": now.astimezone(found.zone if found else case.patient.zone).date(),
        "may_change": may_change,
        "doctor_form": doctor_form,
        "form": doctor_form if doctor_form and doctor_form.is_bound else day_form,
        "also": also,
        "offices": offices.while_typing([], request.user) if doctor_form else [],
    }
    if found is None and may_change:
        page |= _just_cancelled(case, about.number, reader)
    if found and found.clinician_id:
        stands = standing(found, now, reader=request.user)
        page |= _days(request, about, stands, day_form, now) | {
            "shares_office": independence.shares_office(letters.doctors_of(case, request.user), about),
            "stands": stands,
            "whose_list": holders.whose_list(found),
            "law": showing.law(_region_of_holder(stands, found)),
            "call": showing.call_to_come(found, stands.today),
            "may_ask_for_a_call": may("ask_for_a_call", case, request.user),
            "may_undo": may_change and reader.may_undo(found),
            "take_back": reader.take_back(found),
            "is_over": bool(found.state == VisitState.BOOKED and found.on_date and found.on_date <= stands.today),
        }
    return render(request, "records/visit.html", page, status=status)


def _just_cancelled(case: Case, number: int, reader: showing.Reader) -> dict[str, Any]:
    """The visit that was called off last: a moment ago, or later by a coordinator, that can be taken back."""
    last = (
        Visit.objects.visible_to(reader.user)
        .filter(case=case, round=number, state=VisitState.CANCELLED)
        .exclude(moved_at=None)
        .order_by("-moved_at")
        .first()
    )
    if last is None:
        return {}
    return {"just_cancelled": last if reader.may_undo(last) else None, "cancelled": last} | {
        "take_back": reader.take_back(last)
    }


def _doctor_as_it_stands(found: Visit | None) -> dict[str, str]:
    if found is None:
        return {}
    office = found.office
    return {
        "doctor": found.clinician.name if found.clinician else "",
        "office": office.name if office else "",
        "phone": office.phone if office else "",
        "fax": office.fax if office else "",
        "region": office.region if office else "",
    }


def _region_of_holder(stands: Standing, found: Visit) -> str:
    holders = [line.item.holder for line in stands.items if line.item.holder]
    return holders[0].region if holders else found.region


def _days(request: HttpRequest, about: Round, stands: Standing, day_form: DayForm | None, now: Any) -> dict[str, Any]:
    found = stands.visit
    given = request.POST if request.method == "POST" else request.GET
    read = [Offered.read(value) for value in given.getlist("day")]
    days = [day for day in read if day and not rules.why_not_visit_on(day.on, stands.today)]
    saved = Offered(found.on_date, found.at_time) if found.on_date else None
    if saved and saved.on >= stands.today and saved not in days:
        days.insert(0, saved)
    looked = Offered.read(given.get("look", "")) or saved or (days[0] if days else None)
    if looked and rules.why_not_visit_on(looked.on, stands.today):
        looked = None
    if looked and looked not in days:
        days.append(looked)
    days = days[-MOST_DAYS:]
    return {
        "days": days,
        "rows": showing.offered_rows(days, looked, stands, now),
        "look": showing.look(looked, days, stands, about.others, now)
        if looked and found.state != VisitState.HAPPENED
        else None,
        "day_form": day_form or DayForm(today=stands.today),
    }


@open_to(PERSON)
@require_POST
def name_doctor(request: HttpRequest, pk: str) -> HttpResponse:
    """Save who the second or third doctor is and where."""
    case = _case(request, pk)
    number = rounds.asked_for(request) or rounds.of(case, reader=request.user).number
    form = DoctorForm(request.POST, is_third=number == rounds.THIRD)
    if not form.is_valid():
        return _visit_page(request, case, rounds.of(case, number, reader=request.user), doctor_form=form, status=422)
    fields, by = form.cleaned_data, Actor.of(request)
    try:
        details = {"phone": fields["phone"], "fax": fields["fax"]}
        office = offices.named_or_added(case, fields["office"], region=fields["region"], by=by, **details)
        named = actions.name_visit(case, doctor=fields["doctor"], office=office, round=number, by=by)
    except Refused as no:
        form.add_error(None, no.message)
        return _visit_page(request, case, rounds.of(case, number, reader=request.user), doctor_form=form, status=422)
    return redirect(named)


@open_to(PERSON)
@require_POST
def save_day(request: HttpRequest, pk: str) -> HttpResponse:
    """Save the day that was looked at, or go on with it in one of the three ways."""
    case = _case(request, pk)
    about = rounds.of(case, rounds.asked_for(request), reader=request.user)
    found = about.visit
    way, _sep, value = request.POST.get("way", "").rpartition(" ")
    day = Offered.read(value or request.POST.get("save", ""))
    if found is None or day is None:
        return _visit_page(request, case, about, also=[_("Choose a day first.")], status=422)
    try:
        if way:
            actions.choose_way(found, way, on=day.on, at=day.at, by=Actor.of(request))
        else:
            actions.save_date(found, on=day.on, at=day.at, by=Actor.of(request))
    except Refused as no:
        return _visit_page(
            request, case, rounds.of(case, about.number, reader=request.user), also=[no.message], status=422
        )
    messages.success(request, _("Saved. Your records are planned from this day."))
    return redirect("pages:carry", pk) if way == "carry" else redirect(found)


@open_to(PERSON)
@require_POST
def move_visit(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Cancel it, say whether it took place, or take the last change back."""
    visits = Visit.objects.visible_to(request.user).filter(case__in=cases_where(request.user, "see_records"))
    found = find_or_404(visits.select_related("case__patient", "case__key", "office"), pk=pk)
    act, by = PLAIN_VISIT_VERBS.get(verb), Actor.of(request)
    if act is None and verb != "undo":
        return _moved_page(request, found, _("This cannot be done here."), 422)
    try:
        if act:
            act(found, by=by)
        else:
            actions.undo(found, why=request.POST.get("why", ""), by=by)
    except Refused as no:
        return _moved_page(request, found, no.message, 409)
    return redirect(found)


def _moved_page(request: HttpRequest, found: Visit, why: str, status: int) -> HttpResponse:
    return _visit_page(
        request, found.case, rounds.of(found.case, found.round, reader=request.user), also=[why], status=status
    )
