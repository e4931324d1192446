"""The page behind the link to the patient's own mailbox: the page that somebody began becomes the patient's."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.case.helping.inviting import own_mailbox
from cases.case.helping.inviting.forms import AddressForm, OwnPageForm
from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.rules import name_in_mail
from portal.actors import Actor, client_address
from portal.errors import Refused


def answer(request: HttpRequest, asked: Invite) -> HttpResponse:
    """Somebody who is signed in reads that it is for another; else one press, or "not for me"."""
    if request.user.is_authenticated:
        return _page(request, asked, why_not=_("This link is for the patient alone. Sign out, then open it again."))
    said = request.POST.get("answer", "")
    data = request.POST if said == "yes" else None
    form = OwnPageForm(data, name=_name(asked)) if asked.email else AddressForm(data)
    by = Actor("anonymous", address=client_address(request))
    try:
        if said == "no":
            own_mailbox.not_for_me(asked, by=by)
            return shown(request, "case/own_page_told.html", {"said": "no"})
        if form.is_bound and form.is_valid():
            return _opened(request, asked, by) if asked.email else _told(request, asked, form.cleaned_data["email"], by)
    except Refused as no:
        return _page(request, asked, form, also=[no.message])
    return _page(request, asked, form)


def _opened(request: HttpRequest, asked: Invite, by: Actor) -> HttpResponse:
    person = own_mailbox.become(asked, by=by)
    if person is None:
        return shown(request, "case/own_page_told.html", {"said": "call"})
    get_adapter(request).login(request, person)
    helper = own_mailbox.answer_page(asked)
    return redirect("case:helper", helper.pk) if helper else redirect(asked.case)


def _told(request: HttpRequest, asked: Invite, email: str, by: Actor) -> HttpResponse:
    told = own_mailbox.tell_mailbox(asked, email=email, by=by)
    return shown(request, "case/own_page_told.html", {"said": "mail" if told else "call"})


def _name(asked: Invite) -> str:
    return name_in_mail(asked.patient.first_name) or _("the patient")


def _page(request: HttpRequest, asked: Invite, form: Any = None, *, also: Any = (), why_not: str = "") -> HttpResponse:
    helper = name_in_mail(asked.asked_by.first_name) or _("Someone you know")
    page = {"helper": helper, "name": _name(asked), "form": form, "also": also, "why_not": why_not}
    page["has_mailbox"] = bool(asked.email)
    is_wrong = bool(also) or (form is not None and bool(form.errors))
    return shown(request, "case/own_page.html", page, 422 if is_wrong else 200)


def shown(request: HttpRequest, template: str, page: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page whose address is a secret."""
    answer = render(request, template, page, status=status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
