"""The page on which a patient has her page erased: what goes, what stays and why, how long it can be taken back."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings.models import Consultation
from cases.case.helping.models import Helper
from cases.case.models import Case, ErasureWish
from cases.case.people import where_erased
from cases.desk.models import OfficeLink
from portal import clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import erasing_actions as actions


class EraseForm(forms.Form):
    """Nobody erases by one press too many."""

    sure = forms.BooleanField(
        label=gettext_lazy("I have read this, and want it erased"),
        error_messages={"required": gettext_lazy("Tick the box, if you are sure.")},
    )


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient herself; a coordinator for somebody who signs in nowhere and asked on the phone."""
    found = Case.objects.filter(where_erased(request.user)).select_related("patient", "key")
    case = find_or_404(found, pk=pk)
    is_hers = request.user.pk == case.patient_id
    form = EraseForm(None)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "take_back":
                actions.take_back(case, by=Actor.of(request))
                messages.success(request, _("Nothing is erased. The page is open again."))
                return redirect(case if is_hers else reverse("pages:case_file", args=[case.pk]))
            form = EraseForm(request.POST)
            if form.is_valid():
                wish = actions.ask(case, by=Actor.of(request))
                messages.success(request, _("We erase it on %(day)s.") % {"day": when.day(wish.due_at)})
                return redirect("pages:erase", case.pk)
        except Refused as no:
            form = EraseForm(request.POST)
            form.is_valid()
            form.add_error(None, no.message)
    wish = ErasureWish.objects.open().filter(case=case).first()
    page: dict[str, Any] = {"case": case, "form": form, "is_hers": is_hers, "wish": wish}
    page["is_erased"] = case.key.destroyed_at is not None
    page["ends"] = [] if wish or page["is_erased"] else what_ends(case)
    return render(request, "pages/erase.html", page, status=422 if form.errors else 200)


def what_ends(case: Case) -> list[str]:
    """Each call, office's page and helper, with what happens to it at once."""
    calls = Consultation.objects.upcoming(clock.now()).filter(case=case).select_related("consultant")
    said = [
        _("Your call with %(name)s on %(at)s is canceled.")
        % {"name": call.consultant.first_name, "at": when.moment(call.starts_at)}
        for call in calls.order_by("starts_at")
    ]
    links = OfficeLink.objects.standing().filter(visit__case=case).select_related("office")
    offices = sorted({link.office.name for link in links})
    said += [_("The page of %(name)s closes.") % {"name": name} for name in offices]
    helpers = Helper.objects.granted().filter(case=case).select_related("person")
    said += [_("%(name)s can open nothing any more, and is told.") % {"name": each.person.name} for each in helpers]
    return said
