"""The pages of what an office wants first: a copy of an ID, put in or taken out, and a fee."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.case.people import PATIENT, may, role_in
from cases.documents import kinds
from cases.documents.reading import giving
from cases.records import rules
from cases.records.models import IdentityCopy, RecordItem
from cases.records.release import only_theirs
from cases.records.release.forms import PaperForm
from cases.records.wants import copies, fees, showing
from cases.records.wants.forms import PaidForm
from portal import clock, moves
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

TOGETHER = ("holder", "kind", "visit__case__patient", "visit__case__key", "visit__office")


def _item(request: HttpRequest, pk: UUID) -> RecordItem:
    """A record whose office is known, for those who see it; else 404."""
    item = find_or_404(RecordItem.objects.visible_to(request.user).select_related(*TOGETHER), pk=pk)
    if item.holder is None:
        raise Http404
    return item


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put in a copy of the ID for the office that has a record, or take it out."""
    item = _item(request, pk)
    if not may("say_signed", item.visit.case, request.user):
        return only_theirs.page(request, item.visit.case)
    if request.method != "POST":
        return _page(request, item)
    by = Actor.of(request)
    try:
        if request.POST.get("do") == "erase":
            found = IdentityCopy.objects.visible_to(request.user).live().filter(visit=item.visit, office=item.holder)
            copies.erase_copy(find_or_404(found.select_related("visit__case")), by=by)
            messages.success(request, _("The copy is erased."))
        else:
            form = PaperForm(request.POST, request.FILES)
            if not form.is_valid():
                return _page(request, item, also=form.errors["file"], status=422)
            copies.add_copy(item, form.cleaned_data["file"], by=by)
            messages.success(request, _("The copy is here. We check the file first."))
    except Refused as no:
        return _page(request, item, also=[no.message], status=409 if no.code == "state" else 422)
    return redirect("records:identity", item.pk)


def _page(request: HttpRequest, item: RecordItem, *, also: list[str] | None = None, status: int = 200) -> HttpResponse:
    case, now = item.visit.case, clock.now()
    assert item.holder is not None
    is_patient = role_in(case, request.user) == PATIENT
    page: dict[str, Any] = {
        "case": case,
        "item": item,
        "office": item.holder,
        "is_patient": is_patient,
        "copy": showing.copy_row(copies.latest_for(item.visit, item.holder)),
        "points": showing.points(item, is_patient),
        "why_not": copies.why_not_add(item, now),
        "accept": copies.ACCEPT,
        "limits": _("A photo or PDF. Up to %(mb)d MB.") % {"mb": settings.FILE_LIMIT_MB},
        "also": also,
    }
    return render(request, "records/identity.html", page, status=status)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def fee(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What an office asks for a record, who pays and how; pressed, that it is paid, or that it is not after all."""
    item = find_or_404(RecordItem.objects.visible_to(request.user).select_related(*TOGETHER), pk=pk)
    if not may("say_where_records_are", item.visit.case, request.user) or item.holder is None:
        raise Http404
    if request.method != "POST":
        return _fee_page(request, item)
    form = PaidForm(request.POST)
    if not form.is_valid():
        return _fee_page(request, item, form=form, status=422)
    by = Actor.of(request)
    try:
        if request.POST.get("do") == "not_paid":
            fees.take_back_paid(item, by=by)
            messages.success(request, _("Saved. The fee is open."))
        else:
            fees.say_paid(item, on=form.cleaned_data["on"], by=by)
            messages.success(request, _("Saved. We tell the office that it is paid."))
    except Refused as no:
        return _fee_page(request, item, form=form, also=[no.message], status=409 if no.code == "state" else 422)
    return redirect("records:fee", item.pk)


def _fee_page(
    request: HttpRequest,
    item: RecordItem,
    *,
    form: PaidForm | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    case, want = item.visit.case, fees.latest(item)
    role = role_in(case, request.user)
    page: dict[str, Any] = {
        "case": case,
        "item": item,
        "office": item.holder,
        "is_patient": role == PATIENT,
        "is_open": fees.is_open(item, want),
        "want": want,
        "rows": showing.fee_rows(item, want, role),
        "paid": form or PaidForm(),
        "form": form,
        "may_leave_out": "not_wanted" in moves.allowed(rules.ITEM_MOVES, item.state, role),
        "also": also,
    }
    return render(request, "records/fee.html", page, status=status)


@open_to(PERSON)
@recheck.required
@require_safe
def identity_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The checked copy, as a file. Each look is on record."""
    item = _item(request, pk)
    if not may("say_signed", item.visit.case, request.user):
        raise Http404
    found = IdentityCopy.objects.visible_to(request.user).ready().filter(visit=item.visit, office=item.holder)
    copy = find_or_404(found.select_related("visit__case", "file__key"))
    case = item.visit.case
    record(Actor.of(request), "identity.opened", copy, patient=case.patient_id, case=case.pk)
    kind = kinds.KINDS[copy.file_kind]
    return giving.attachment(copy.file, _("Copy of ID") + kind.endings[0], kind)
