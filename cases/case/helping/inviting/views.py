"""Asking somebody to help, from the patient's pages; and the page behind the link that goes to them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case.helping.forms import SWITCHES
from cases.case.helping.inviting import actions, links, own_page
from cases.case.helping.inviting.forms import AskForm, JoinForm
from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.own_page import shown
from cases.case.helping.inviting.rules import Closed, Part, name_in_mail
from cases.case.helping.rules import Chosen, set_of
from cases.case.helping.words import can
from cases.case.models import Case
from cases.case.people import cases_where
from portal import texting, tries, when
from portal.access import PERSON, find_or_404, open_to, public
from portal.accounts import drafts
from portal.actors import Actor, client_address
from portal.errors import Refused

DRAFT = "ask-helper"


def said(asked: Invite) -> str:
    """How it was said, for whoever asked."""
    if asked.email:
        return _("The mail is on its way to %(email)s.") % {"email": asked.email}
    return _("The text is on its way.") if texting.is_on() else _("One of us rings them.")


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient asks somebody to help."""
    case: Case = find_or_404(cases_where(request.user, "choose_helpers").select_related("patient"), pk=pk)
    typed = drafts.kept(request.user, DRAFT, case.pk) if request.method != "POST" else None
    form = AskForm(request.POST if request.method == "POST" else None, initial=typed)
    if form.is_bound and form.is_valid():
        try:
            asked = actions.invite(case, **form.asked, by=Actor.of(request))
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            drafts.drop(request.user, DRAFT, case.pk)
            messages.success(request, said(asked))
            return redirect("case:helpers", case.pk)
    page = {"case": case, "form": form, "draft": DRAFT}
    return render(request, "case/ask_helper.html", page, status=422 if form.errors else 200)


def row(asked: Invite) -> dict[str, Any]:
    """One who was asked and has not answered, as a line."""
    day = {"day": when.month_day(asked.sent_at), "until": when.month_day(asked.good_until)}
    if asked.came_back_at:
        state = _("The mail came back. Look at the address, take this back and ask anew.")
    elif not asked.is_standing:
        state = _("Asked on %(day)s. The link works no more: send it again, or take it back.") % day
    else:
        state = _("Asked on %(day)s. The link works until %(until)s.") % day
    chosen = Chosen(set_of(asked.switches))
    one_by_one = ", ".join(str(label) for switch, label in SWITCHES if switch in asked.switches)
    until = {"day": when.month_day(asked.until_on, year=True)} if asked.until_on else None
    return {
        "invite": asked,
        "state": state,
        "what": one_by_one if chosen == Chosen.OWN else str(chosen.label),
        "until": _("Until %(day)s.") % until if until else "",
    }


def rows(case: Case, reader: Any) -> list[dict[str, Any]]:
    """Those who were asked and have not answered."""
    found = Invite.objects.visible_to(reader).open().filter(case=case, part=Part.HELPER).order_by("asked_at", "pk")
    return [row(asked) for asked in found]


@open_to(PERSON)
@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say it once more."""
    return _do(request, pk, actions.send_again, said)


@open_to(PERSON)
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it back: the link opens nothing from now on."""
    return _do(request, pk, actions.withdraw, lambda _asked: _("Taken back. The link opens nothing any more."))


def _do(request: HttpRequest, pk: UUID, action: Callable[..., Invite], words: Callable[[Invite], str]) -> HttpResponse:
    theirs = cases_where(request.user, "choose_helpers"), cases_where(request.user, "record_helpers")
    own = Invite.objects.visible_to(request.user).filter(Q(case__in=theirs[0]) | Q(case__in=theirs[1]))
    asked = find_or_404(own.filter(part=Part.HELPER).select_related("case__patient"), pk=pk)
    try:
        messages.success(request, words(action(asked, by=Actor.of(request))))
    except Refused as no:
        messages.error(request, no.message)
    is_own = asked.patient_id == request.user.pk
    return redirect("case:helpers" if is_own else "pages:case_helpers", asked.case_id)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: who asks, with what, yes or no. Opening it changes nothing."""
    asked = links.invite_for(token)
    if asked is None:
        made_up = tries.are_too_many(client_address(request))
        return shown(request, "case/invited_gone.html", {}, 429 if made_up else 410)
    user: Any = request.user
    if asked.ended_as == Closed.TAKEN and asked.taken_by_id == user.pk:
        return redirect(asked.case)
    if not asked.is_standing or asked.case.state == Case.State.CLOSED:
        return shown(request, "case/invited_gone.html", {}, 410)
    answer = own_page.answer if asked.part == Part.PATIENT else _answer
    if user.is_authenticated:
        return answer(request, asked)
    with translation.override(asked.patient.language), timezone.override(asked.patient.zone):
        return answer(request, asked)


def _answer(request: HttpRequest, asked: Invite) -> HttpResponse:
    user, also, form = request.user, [], None
    has_page, nobody = actions.has_page(asked), Actor("anonymous", address=client_address(request))
    can_join = bool(asked.email) and not has_page and not user.is_authenticated
    if can_join:
        form = JoinForm(request.POST if request.POST.get("answer") == "yes" else None, initial={"name": asked.name})
    try:
        if request.POST.get("answer") == "no":
            actions.decline(asked, by=nobody)
            return shown(request, "case/invited_no.html", {"name": _patient(asked)})
        if request.POST.get("answer") == "yes" and user.is_authenticated:
            return redirect(actions.take(asked, user, by=Actor.of(request)).case)
        if form and form.is_bound and form.is_valid():
            person, helper = actions.join_and_take(asked, name=form.cleaned_data["name"], by=nobody)
            get_adapter(request).login(request, person)
            return redirect(helper.case)
    except Refused as no:
        also = [no.message]
    page = row(asked) | {
        "name": _patient(asked),
        "can": can(asked.switches),
        "form": form,
        "also": also,
        "why_not": actions.why_not_take(asked, user) if user.is_authenticated else "",
        "has_page": has_page,
        "sign_in": f"{reverse('account_login')}?next={request.path}",
        "sign_up": f"{reverse('account_signup')}?next={request.path}",
    }
    return shown(request, "case/invited.html", page, 422 if also or (form and form.errors) else 200)


def _patient(asked: Invite) -> str:
    return name_in_mail(asked.patient.first_name) or _("Someone you know")
