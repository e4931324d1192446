"""The second visit and its day, the records that should reach it, the kinds of record and their source."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case import offices
from cases.case.models import Case
from cases.case.people import may, role_in
from cases.records import actions, holders, reuse, rounds, rules, showing
from cases.records.forms import (
    MOST_DAYS,
    AddForm,
    DayForm,
    DoctorForm,
    DueBackForm,
    HolderForm,
    Offered,
    RouteForm,
    SayForm,
)
from cases.records.models import RecordItem, RecordKind, Visit
from cases.records.rounds import Round
from cases.records.standing import Standing, standing
from cases.records.states import VisitState
from portal import clock
from portal.access import PERSON, find_or_404, open_to, public
from portal.actors import Actor
from portal.errors import Refused

PLAIN_VISIT_VERBS = {
    "cancel": actions.cancel_visit,
    "took_place": actions.say_took_place,
    "did_not": actions.say_did_not,
    "undo": actions.undo,
}


def _case(request: HttpRequest, pk: str) -> Case:
    return find_or_404(Case.objects.visible_to(request.user).select_related("patient", "key"), pk=pk)


@open_to(PERSON)
@require_safe
def visit(request: HttpRequest, pk: str) -> HttpResponse:
    """Name the second doctor, look at days before taking one, and the ways on with each."""
    case = _case(request, pk)
    about = rounds.of(case, rounds.asked_for(request))
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
        "case": case,
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
        page["just_cancelled"] = _just_cancelled(case, about.number, reader)
    if found and found.clinician_id:
        stands = standing(found, now)
        page |= _days(request, found, stands, day_form, now) | {
            "stands": stands,
            "whose_list": holders.whose_list(found),
            "law": showing.law(_region_of_holder(stands, found)),
            "call": showing.call_to_come(found, stands.today),
            "may_ask_for_a_call": may("ask_for_a_call", case, request.user),
            "may_undo": may_change and reader.may_undo(found),
            "is_over": bool(found.state == VisitState.BOOKED and found.on_date and found.on_date <= stands.today),
        }
    return render(request, "records/visit.html", page, status=status)


def _just_cancelled(case: Case, number: int, reader: showing.Reader) -> Visit | None:
    """The visit that was called off a moment ago: it can be taken back."""
    last = (
        case.visits.filter(round=number, state=VisitState.CANCELLED)
        .exclude(moved_at=None)
        .order_by("-moved_at")
        .first()
    )
    return last if last and reader.may_undo(last) else None


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


def _days(request: HttpRequest, found: Visit, stands: Standing, day_form: DayForm | None, now: Any) -> dict[str, Any]:
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
        "look": showing.look(looked, days, stands, now) if looked and found.state != VisitState.HAPPENED else None,
        "day_form": day_form or DayForm(today=stands.today),
    }


@open_to(PERSON)
@require_POST
def name_doctor(request: HttpRequest, pk: str) -> HttpResponse:
    """Save who the second or third doctor is and where."""
    case = _case(request, pk)
    number = rounds.asked_for(request) or rounds.of(case).number
    form = DoctorForm(request.POST, is_third=number == rounds.THIRD)
    if not form.is_valid():
        return _visit_page(request, case, rounds.of(case, number), doctor_form=form, status=422)
    fields, by = form.cleaned_data, Actor.of(request)
    try:
        details = {"phone": fields["phone"], "fax": fields["fax"]}
        office = offices.named_or_added(case, fields["office"], region=fields["region"], by=by, **details)
        named = actions.name_visit(case, doctor=fields["doctor"], office=office, round=number, by=by)
    except Refused as no:
        form.add_error(None, no.message)
        return _visit_page(request, case, rounds.of(case, number), doctor_form=form, status=422)
    return redirect(named)


@open_to(PERSON)
@require_POST
def save_day(request: HttpRequest, pk: str) -> HttpResponse:
    """Save the day that was looked at, or go on with it in one of the three ways."""
    case = _case(request, pk)
    about = rounds.of(case, rounds.asked_for(request))
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
        return _visit_page(request, case, rounds.of(case, about.number), also=[no.message], status=422)
    messages.success(request, _("Saved. Your records are planned from this day."))
    return redirect("pages:carry", pk) if way == "carry" else redirect(found)


@open_to(PERSON)
@require_POST
def move_visit(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Cancel it, say whether it took place, or take the last change back."""
    visits = Visit.objects.visible_to(request.user).filter(case__in=Case.objects.visible_to(request.user))
    found = find_or_404(visits.select_related("case__patient", "case__key", "office"), pk=pk)
    act = PLAIN_VISIT_VERBS.get(verb)
    if act is None:
        return _moved_page(request, found, _("This cannot be done here."), 422)
    try:
        act(found, by=Actor.of(request))
    except Refused as no:
        return _moved_page(request, found, no.message, 409)
    return redirect(found)


def _moved_page(request: HttpRequest, found: Visit, why: str, status: int) -> HttpResponse:
    return _visit_page(request, found.case, rounds.of(found.case, found.round), also=[why], status=status)


@open_to(PERSON)
@require_safe
def record_list(request: HttpRequest, pk: str) -> HttpResponse:
    """Where each record is, what needs the patient, and what moves by itself."""
    return _list_page(request, _case(request, pk))


def _list_page(
    request: HttpRequest,
    case: Case,
    *,
    add_form: AddForm | None = None,
    say_form: SayForm | None = None,
    said: RecordItem | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now, about = clock.now(), rounds.of(case)
    found = about.visit
    reader = showing.Reader(request.user, role_in(case, request.user), case, now)
    page: dict[str, Any] = {
        "case": case,
        "visit": found,
        "round": about,
        "also": also,
        "earlier": showing.earlier_visits(about.others, reader),
        "say_form": say_form or SayForm(auto_id=False),
        "said": said,
        "is_staff": bool(request.user.role),
        "holder_form": HolderForm(auto_id=False),
        "due_back_form": DueBackForm(auto_id=False),
    }
    if found and found.clinician_id:
        stands = standing(found, now, with_tellers=True)
        already = reuse.already_here(found)
        page |= {
            "stands": stands,
            "needs_you": showing.item_cards(stands.needs_you, found, reader, already),
            "moving": showing.item_cards(stands.moving, found, reader, already),
            "already": len(already),
            "off_list": showing.off_list(found),
            "carry_list": showing.carry_list(stands),
            "whose_list": holders.whose_list(found),
            "may_say": may("say_where_records_are", case, request.user),
            "add_form": add_form or AddForm(kinds=_addable(found)),
            "form": say_form or (add_form if add_form and add_form.is_bound else None),
            "offices": offices.while_typing([], request.user),
        }
        if stands.verdict:
            page |= {
                "tag": showing.words.tag(stands.verdict.answer),
                "text": showing.words.records_text(stands),
                "points": showing.runway(stands),
                "days_left": (found.on_date - stands.today).days,
            }
    return render(request, "records/list.html", page, status=status)


def _addable(found: Visit) -> Any:
    return RecordKind.objects.exclude(pk__in=found.items.wanted().values("kind"))


def _item(request: HttpRequest, pk: str) -> RecordItem:
    items = RecordItem.objects.visible_to(request.user)
    return find_or_404(items.select_related("visit__case__patient", "visit__case__key", "kind"), pk=pk)


@open_to(PERSON)
@require_POST
def tell(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Say what is known of a record, or take the last word about it back."""
    item = _item(request, pk)
    case, by = item.visit.case, Actor.of(request)
    form = SayForm(request.POST, auto_id=False)
    if not form.is_valid():
        return _list_page(request, case, say_form=form, said=item, status=422)
    try:
        if verb == "undo":
            actions.undo(item, by=by)
        elif verb == "given_back":
            actions.give_back(item, on=form.cleaned_data["on"], by=by)
        elif verb in showing.rules.ITEM_MOVES:
            actions.tell(item, verb, by=by, **form.cleaned_data)
        else:
            raise Refused(_("This cannot be done here."))
    except Refused as no:
        return _list_page(request, case, also=[no.message], status=409 if no.code == "state" else 422)
    return redirect(item)


@open_to(PERSON)
@require_POST
def set_route(request: HttpRequest, pk: str) -> HttpResponse:
    """Choose how a record travels."""
    item, form = _item(request, pk), RouteForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Choose one of the ways it can travel."))
        actions.set_route(item, form.cleaned_data["route"], by=Actor.of(request))
    except Refused as no:
        return _list_page(request, item.visit.case, also=[no.message], status=422)
    return redirect(item)


@open_to(PERSON)
@require_POST
def set_due_back(request: HttpRequest, pk: str) -> HttpResponse:
    """Say by when a lent record goes back."""
    item, form = _item(request, pk), DueBackForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(form.errors["due_back"][0])
        actions.set_due_back(item, on=form.cleaned_data["due_back"], by=Actor.of(request))
    except Refused as no:
        return _list_page(request, item.visit.case, said=item, also=[no.message], status=422)
    return redirect(item)


@open_to(PERSON)
@require_POST
def set_holder(request: HttpRequest, pk: str) -> HttpResponse:
    """Say which office has a record."""
    item, form, by = _item(request, pk), HolderForm(request.POST), Actor.of(request)
    if not form.is_valid():
        return _list_page(request, item.visit.case, also=form.errors["office"], status=422)
    try:
        office = offices.named(form.cleaned_data["office"], request.user, item.visit.case)
        actions.set_holder(item, office=office, office_name=form.cleaned_data["office"], by=by)
    except Refused as no:
        return _list_page(request, item.visit.case, also=[no.message], status=422)
    return redirect(item)


@open_to(PERSON)
@require_POST
def set_core(request: HttpRequest, pk: str) -> HttpResponse:
    """Say that the second office needs a record on the day, or that it can follow."""
    item = _item(request, pk)
    try:
        actions.set_core(item, request.POST.get("core") == "yes", by=Actor.of(request))
    except Refused as no:
        return _list_page(request, item.visit.case, also=[no.message], status=422)
    return redirect(item)


@open_to(PERSON)
@require_POST
def add_item(request: HttpRequest, pk: str) -> HttpResponse:
    """Put one more record on the list."""
    case = _case(request, pk)
    found = rounds.of(case).visit
    if found is None:
        return redirect("records:visit", pk)
    form = AddForm(request.POST, kinds=_addable(found))
    if not form.is_valid():
        return _list_page(request, case, add_form=form, status=422)
    try:
        item = actions.add_item(
            found, form.cleaned_data["kind"], which=form.cleaned_data["which"], by=Actor.of(request)
        )
    except Refused as no:
        return _list_page(request, case, also=[no.message], status=422)
    return redirect(item)


@public
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of record, how long each takes, and where the figures are from."""
    return render(request, "records/kinds.html", {"kinds": showing.kind_rows(RecordKind.objects.all())})
