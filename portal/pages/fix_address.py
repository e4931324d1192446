"""Putting right how a patient or helper is reached: after a phone check, with what failed sent again."""

from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.case.actions import settle_to_dos
from cases.case.calls import FIX_ADDRESS
from cases.case.models import Case, ToDo
from cases.case.people import patients_and_helpers
from portal import clock, mail
from portal.access import find_or_404, open_to
from portal.accounts.actions import change_address, has_confirmed
from portal.accounts.address_form import AddressForm
from portal.accounts.models import User
from portal.accounts.way_back import rules
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import cards, todos
from portal.reminders.actions import try_again
from portal.reminders.models import Delivery

REACHES = {"email", "phone", "channel"}  # what a message goes by

log = structlog.get_logger(__name__)


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def fix_address(request: HttpRequest, pk: str) -> HttpResponse:
    """How one person is reached, changed once the coordinator knows them by phone."""
    cases = Case.objects.visible_to(request.user)
    person = find_or_404(patients_and_helpers(cases), pk=pk)
    case = cases.filter(Q(patient=person) | Q(starter=person)).order_by("-opened_at").first()
    form = AddressForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("email", "phone", "postal", "channel")}
        try:
            again = put_right(person, **said, by=Actor.of(request))
        except Refused as no:
            form.add_error("channel" if no.code == "channel" else "email", no)
        else:
            messages.success(request, _saved(again))
            is_from_file = case is not None and request.GET.get("back") == "file"
            return redirect(cards.file_url(case) if is_from_file else reverse("pages:caseload"))
    context = {
        "form": form,
        "person": person,
        "reach": todos.reach(person),
        "call": todos.call_button(None, person),
        "file_url": cards.file_url(case) if case else "",
    }
    return render(request, "pages/fix_address.html", context, status=422 if form.is_bound else 200)


def _saved(again: int) -> str:
    if again:
        return _("Saved. What could not go is tried again now.")
    return _("Saved.")


@transaction.atomic
def put_right(
    person: User, *, email: str, phone: Any, postal: str | None = None, channel: str | None = None, by: Actor
) -> int:
    """Change the address, settle what asked for it, try again what failed; the old address gets a notice.

    Answers how many messages are tried again. Raises Refused as `change_address` does, and for an address that they
    confirmed and that takes messages: a lost mailbox has a way of its own, with a day to stop it.
    """
    now_is = User.objects.get(pk=person.pk)
    former = now_is.email
    _must_not_be_taken_over(now_is, email)
    changed = change_address(person, email=email, phone=phone, postal=postal, channel=channel, by=by)
    settle_to_dos(person, FIX_ADDRESS, by=by)
    if "can_sign_in" in changed and email:
        transaction.on_commit(lambda: _invite(email, person))
    if not REACHES & set(changed):
        return 0
    if former and "email" in changed:
        transaction.on_commit(lambda: _tell_former(former, person.language))
    failed = Delivery.objects.failed().filter(recipient_type="user", recipient_id=str(person.pk))
    tried = [try_again(delivery, by=by) for delivery in failed.order_by("pk")]
    return len(tried)


def _must_not_be_taken_over(person: User, email: str) -> None:
    """Whoever rings in somebody's name has their page neither at once, nor by first having the address taken away."""
    wanted = email.strip().lower() or None
    if not wanted or wanted == (person.email or "").lower():
        return
    if person.email is None and rules.is_address_new(person.address_put_right_at, clock.now()):
        raise Refused(_("Their address was taken away less than 7 days ago. Wait until then."), code="email")
    # What a person of ours wrote down, or a text that came back, says nothing of the mailbox.
    fails = ToDo.objects.open().filter(kind=FIX_ADDRESS, about_id=str(person.pk), asked_by=None)
    if person.channel == User.Channel.TEXT:
        fails = fails.none()
    if has_confirmed(person, person.email) and not fails.exists():
        words = _("They sign in with the address we have. If its mailbox is lost, ask for a new one below.")
        raise Refused(words, code="email")


def _invite(address: str, person: User) -> None:
    """A first address: how to come in. The code that signs in goes to it, and confirms it."""
    words = {"name": person.first_name, "link": mail.absolute(reverse("account_request_login_code"))}
    with translation.override(person.language):
        message = get_adapter().render_mail("account/email/page_open", address, words)
    try:
        message.send()
    except OSError as error:  # SMTP's refusals among them
        log.info("invitation_not_sent", error=type(error).__name__)


def _tell_former(address: str, language: str) -> None:
    """A notice to the address that was left. It may be the one that does not work: then that is how it is."""
    with translation.override(language):
        message = get_adapter().render_mail("account/email/email_changed", address, {"email": address})
    try:
        message.send()
    except OSError as error:  # SMTP's refusals among them
        log.info("former_address_not_told", error=type(error).__name__)
