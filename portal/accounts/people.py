"""The people who work here: invited, given a role, closed and opened again by an administrator."""

from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.access import find_or_404, open_to, public
from portal.accounts import actions, forms
from portal.accounts.models import Invitation, User
from portal.actors import Actor, client_address
from portal.errors import Refused

log = structlog.get_logger(__name__)


@open_to("administrator")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who works here, who is invited, and the form to invite."""
    return _page(request, forms.InviteForm())


@open_to("administrator")
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite someone by email."""
    form = forms.InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        invitation = actions.invite(**form.cleaned_data, by=Actor.of(request))
    except Refused as no:
        form.add_error("email", no)
        return _page(request, form)
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[actions.token_of(invitation)]))
    words = {"name": invitation.name, "link": link}
    get_adapter(request).send_mail("account/email/invitation", invitation.email, words)
    messages.success(request, _("The invitation is on its way. It works for 7 days."))
    return redirect("accounts:people")


@open_to("administrator")
@require_POST
def withdraw(request: HttpRequest, pk: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = find_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    return _do(request, lambda by: actions.withdraw_invitation(invitation, by=by))


@open_to("administrator")
@require_POST
def change_person(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Change a role, close an account or open it again."""
    person = find_or_404(User.objects.staff_visible_to(request.user), pk=pk)
    verbs = {
        "role": lambda by: actions.change_role(person, role=request.POST.get("role", ""), by=by),
        "close": lambda by: actions.close_account(person, by=by),
        "reopen": lambda by: actions.reopen_account(person, by=by),
    }
    if verb not in verbs:
        raise Http404
    return _do(request, verbs[verb])


@public
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Someone invited takes the invitation up: one press makes the account and signs in. A GET changes nothing."""
    found = actions.open_invitation(token)
    if found is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    if request.method != "POST":
        return render(request, "accounts/invitation.html", {"invitation": found})
    by = Actor("anonymous", address=client_address(request))
    try:
        user = actions.accept_invitation(found, by=by)
    except Refused as no:
        return render(request, "accounts/invitation.html", {"invitation": found, "also": [no.message]}, status=409)
    get_adapter(request).login(request, user)
    return redirect("accounts:second_factor")


def _page(request: HttpRequest, form: Any) -> HttpResponse:
    context = {
        "form": form,
        "staff": User.objects.staff_visible_to(request.user).order_by("name"),
        "invitations": Invitation.objects.visible_to(request.user)
        .filter(accepted_at__isnull=True, withdrawn_at__isnull=True, good_until__gt=clock.real_now())
        .order_by("-invited_at"),
        "roles": [(value, label) for value, label in User.Role.choices if value],
    }
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


def _do(request: HttpRequest, action: Any) -> HttpResponse:
    try:
        action(Actor.of(request))
        messages.success(request, _("Saved."))
    except Refused as no:
        messages.error(request, no.message)
    return redirect("accounts:people")
