"""What a helper presses on her page: a nudge, a rest from copies, and the end of helping."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.actions import ask_to_do
from cases.case.helping import actions as helping
from cases.case.helping.copies import pause_copies
from cases.case.helping.inviting.own_mailbox import name_mailbox
from cases.case.helping.models import Helper
from cases.case.helping.rules import ASK_PATIENT, HELPER_STOPPED
from cases.case.models import Case, ToDo
from cases.case.people import HELPER, grant_of, role_in
from portal import clock, paper
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import helper_home, nudges, yes_on_paper
from portal.pages.helper_forms import CallForm, MailboxForm
from portal.texts.words import organisation


def _case(request: HttpRequest, pk: str) -> Case:
    """A case in which this person helps; else 404."""
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    if role_in(case, request.user) != HELPER:
        raise Http404
    return case


@open_to(PERSON)
@require_POST
def nudge(request: HttpRequest, pk: str) -> HttpResponse:
    """One kind message to the patient; pressing again on the same day sends none."""
    case = _case(request, pk)
    name = {"name": case.patient.first_name}
    try:
        if nudges.nudge(case, by=Actor.of(request)):
            messages.success(request, _("We tell %(name)s kindly, with our next message.") % name)
        else:
            messages.info(request, _("%(name)s has had one today. One a day is enough.") % name)
    except Refused as no:
        messages.info(request, no.message)
    return redirect(case)


@open_to(PERSON)
@require_POST
def copies(request: HttpRequest, pk: str) -> HttpResponse:
    """Pause one's copies of messages about this patient, or take them up again."""
    case = _case(request, pk)
    is_paused = request.POST.get("copies") == "off"
    try:
        if grant := grant_of(case, request.user):
            pause_copies(grant, is_paused, by=Actor.of(request))
            messages.success(request, _("We send you no copies for now.") if is_paused else _("You get copies again."))
    except Refused as no:
        messages.info(request, no.message)
    return redirect(case)


@open_to(PERSON)
@require_POST
def ask_by_phone(request: HttpRequest, pk: str) -> HttpResponse:
    """One of us asks the patient on the phone; pressing again changes only what to know for the call."""
    case = _case(request, pk)
    if grant_of(case, request.user):
        return redirect(case)
    form = CallForm(request.POST)
    if not form.is_valid():
        return helper_home.begun(request, case, call_form=form)
    try:
        ask_to_call(case, **form.cleaned_data, by=Actor.of(request))
        messages.success(request, _("We have it. One of us calls %(name)s.") % {"name": case.patient.first_name})
    except Refused as no:
        messages.info(request, no.message)
    return redirect(case)


@open_to(PERSON)
@require_POST
def ask_by_email(request: HttpRequest, pk: str) -> HttpResponse:
    """We write to the patient's own mailbox. Whose else it may be is not told: then one of us calls."""
    case = _case(request, pk)
    if grant_of(case, request.user):
        return redirect(case)
    form = MailboxForm(request.POST)
    if not form.is_valid():
        return helper_home.begun(request, case, mail_form=form)
    try:
        name_mailbox(case, **form.asked, by=Actor.of(request))
    except Refused as no:
        form.add_error("email" if no.code == "email" else None, no.message)
        return helper_home.begun(request, case, mail_form=form)
    messages.success(request, _("We have it. %(name)s hears from us.") % {"name": case.patient.first_name})
    return redirect(case)


@transaction.atomic
def ask_to_call(case: Case, *, kin: str, note: str, by: Actor) -> ToDo:
    """Ask for help to be allowed, by a call of ours to the patient; one that waits takes the newest note."""
    user: Any = by.user
    helper = helping.ask(case, user, kin=kin, by=by)
    due_on = organisation().today()
    return ask_to_do(ASK_PATIENT, helper, case=case, due_on=due_on, note=note, newest_counts=True, by=by)


@open_to(PERSON)
@require_safe
def paper_form(request: HttpRequest, pk: str) -> HttpResponse:
    """The page on which a patient says yes by hand, in large print, to sign and to photograph or post."""
    case = _case(request, pk)
    try:
        content = yes_on_paper.pdf(case, request.user, clock.now())
    except Refused as no:
        messages.warning(request, no.message)
        return redirect(case)
    record(Actor.of(request), "helping.form_printed", case, patient=case.patient_id, case=case.pk)
    return paper.download(content, _("Help for %(name)s") % {"name": case.patient.first_name})


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, pk: str) -> HttpResponse:
    """Stop helping: asked once more, then at once."""
    case = _case(request, pk)
    if request.method != "POST":
        return render(request, "pages/stop_helping.html", {"case": case, "name": case.patient.first_name})
    try:
        stop_helping(case, by=Actor.of(request))
    except Refused as no:
        messages.info(request, no.message)
        return redirect(case)
    messages.success(request, _("You have stopped helping. Thank you for all you did."))
    return redirect("pages:home")


@transaction.atomic
def stop_helping(case: Case, *, by: Actor) -> Helper:
    """End one's own help, agreed or only begun; a coordinator looks who helps from now on."""
    user: Any = by.user
    helper = grant_of(case, user) or helping.ask(case, user, by=by)
    ended = helping.end(helper, by=by)
    ask_to_do(HELPER_STOPPED, ended, case=case, due_on=organisation().today(), by=by)
    return ended
