"""The records that should reach a visit, the kinds of record and their source."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case import offices
from cases.case.models import Case
from cases.case.people import cases_where, may, role_for
from cases.records import actions, rules, showing
from cases.records.forms import (
    AddForm,
    DueBackForm,
    HolderForm,
    RouteForm,
    SayForm,
)
from cases.records.items import holders
from cases.records.items.telling import SAY
from cases.records.models import RecordItem, RecordKind, Visit
from cases.records.standing import standing
from cases.records.visits import reuse, rounds
from portal import clock
from portal.access import PERSON, find_or_404, open_to, public
from portal.actors import Actor
from portal.errors import Refused


def _case(request: HttpRequest, pk: str) -> Case:
    return find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)


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
    now, about = clock.now(), rounds.of(case, reader=request.user)
    found = about.visit
    reader = showing.Reader(request.user, role_for(SAY, case, request.user), case, now)
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
        stands = standing(found, now, with_tellers=True, reader=request.user)
        already = reuse.already_here(found)
        page |= {
            "stands": stands,
            "needs_you": showing.item_cards(stands.needs_you, found, reader, already),
            "moving": showing.item_cards(stands.moving, found, reader, already),
            "already": len(already),
            "off_list": showing.off_list(found, request.user),
            "carry_list": showing.carry_list(stands),
            "whose_list": holders.whose_list(found),
            "after_treatment": showing.words.after_treatment(found),
            "may_say": may(SAY, case, request.user),
            "may_keep_all": reader.role in {rules.PATIENT, rules.COORDINATOR},
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
            actions.undo(item, why=request.POST.get("why", ""), by=by)
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
    found = rounds.of(case, reader=request.user).visit
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
