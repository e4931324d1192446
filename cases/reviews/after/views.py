"""The form after a call, where it is sent; it stands on the page of the call itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings.models import Consultation
from cases.case import plain
from cases.case.models import Case
from cases.case.people import CONSULTANT, cases_where, role_in
from cases.opinions.questions import showing as questions
from cases.reviews.after import actions, by_phone, showing
from cases.reviews.after.forms import AfterForm
from portal import clock
from portal.access import find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused


def _call(request: HttpRequest, pk: UUID) -> Consultation:
    known = Consultation.objects.visible_to(request.user)
    known = known.select_related("case__patient", "case__key", "patient", "consultant", "service")
    call: Consultation = find_or_404(known, pk=pk)
    if role_in(call.case, request.user) != CONSULTANT:
        raise Http404
    return call


@open_to("consultant")
@require_POST
def after(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save how the call went, whole; what is refused comes back with all that was typed."""
    call, user = _call(request, pk), request.user
    asked, last = questions.of_call(call.case, call, user, clock.now()), actions.newest(call)
    form = AfterForm(call, asked, last, request.POST)
    if not form.is_valid():
        return _page(request, call, form, 422)
    try:
        actions.save(call, form.said(), seen=form.cleaned_data["seen"] or 0, by=Actor.of(request))
    except Refused as refused:
        if refused.code == "state":  # the next press knows of what was saved meanwhile
            sent = request.POST.copy()
            sent["seen"] = str(last.number if last else 0)
            for question in asked:
                sent[f"version-{question.pk}"] = str(question.version)
            form = AfterForm(call, asked, last, sent)
            form.is_valid()
        form.add_error(None, refused)
        return _page(request, call, form, 422 if refused.code == "input" else 409)
    drafts.drop(user, showing.DRAFT, call)  # type: ignore[arg-type]
    messages.success(request, _("Saved. The patient sees what was answered and what comes next."))
    if hint := plain.too_hard(call.case, form.cleaned_data["follow_words"], user):  # type: ignore[arg-type]
        messages.info(request, hint)
    return redirect(call)


def _page(request: HttpRequest, call: Consultation, form: AfterForm, status: int) -> HttpResponse:
    part: dict[str, Any] = showing.of_call(call, request, form) or {}
    page = {"case": call.case, "call": call, "form": form, "part": part}
    return render(request, "reviews/after.html", page, status=status)


@open_to("consultant")
@require_POST
def did(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was promised after the call is done."""
    call = _call(request, pk)
    try:
        actions.did(call, by=Actor.of(request))
        messages.success(request, _("Done. The patient sees it on the page of the call."))
    except Refused as refused:
        messages.warning(request, refused.message)
    return redirect(call)


@open_to("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def newest(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of the newest call of which a patient who signs in nowhere has not heard; a POST says that all of this
    was read out to her.
    """
    case: Case = find_or_404(cases_where(request.user, "speak_for").select_related("patient", "key"), pk=pk)
    said = by_phone.unheard(case) or by_phone.newest_of(case)
    if request.method == "POST":
        _read_out(request, case)
    return redirect(f"{said[0].call.get_absolute_url()}#after" if said else reverse("pages:case_file", args=[case.pk]))


def _read_out(request: HttpRequest, case: Case) -> None:
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        messages.error(request, _("This cannot be done here."))
        return
    try:
        by_phone.read_out(case, until=until, by=Actor.of(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Saved. It is on record that you read it out."))
