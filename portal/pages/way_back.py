"""Staff's page for somebody who lost a phone, a passkey or a mailbox; and the person's own press that stops it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.case.models import Case
from cases.case.people import patients_and_helpers
from portal import clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import sessions
from portal.accounts.models import User, WayBack
from portal.accounts.rules import SENSITIVE_CHECK_LASTS
from portal.accounts.way_back import actions, rules
from portal.accounts.way_back.rules import Sign
from portal.actors import Actor
from portal.errors import Refused


class SignsForm(forms.Form):
    """How one knows that it is them."""

    signs = forms.MultipleChoiceField(
        label=gettext_lazy("How do you know that it is them?"),
        help_text=gettext_lazy("Two signs, one of them a call, a meeting or a paper. They go on record."),
        choices=Sign.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Say how you know that it is them.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("A new email address, if the mailbox is lost, too"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter the address in full, like name@example.com.")},
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not person.email:
            del self.fields["email"]


def _person(request: HttpRequest, pk: UUID) -> User:
    """Staff for administrators, and for coordinators while somebody asks; patients and helpers for coordinators."""
    user: Any = request.user
    if user.role == User.Role.ADMINISTRATOR:
        return find_or_404(User.objects.staff_visible_to(user), pk=pk)  # type: ignore[no-any-return]
    waiting = WayBack.objects.visible_to(user).open().filter(person=pk, person__role__gt="")
    if found := waiting.select_related("person").first():
        return found.person
    return find_or_404(patients_and_helpers(Case.objects.visible_to(user)), pk=pk)  # type: ignore[no-any-return]


@open_to("administrator", "coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def way_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for it, agree, do it after a day, or stop it."""
    person = _person(request, pk)
    if person.pk == request.user.pk:
        raise Http404
    asks = request.POST.get("do") == "ask"
    form, also = SignsForm(person, request.POST if asks else None), []
    if request.method == "POST" and (not asks or form.is_valid()):
        try:
            messages.success(request, _done(request, person, form))
        except Refused as no:
            if asks and no.code in form.fields:
                form.add_error(no.code, no.message)
            else:
                also = [no.message]
        else:
            return redirect("pages:way_back", pk)
    ways = WayBack.objects.visible_to(request.user).open().filter(person=person)
    page = {
        "person": person,
        "form": form,
        "also": also,
        "is_theirs": (request.user.role == User.Role.ADMINISTRATOR) == bool(person.role),  # type: ignore[union-attr]
        **_standing(ways.select_related("asked_by", "agreed_by").first(), person, request.user),
    }
    return render(request, "pages/way_back.html", page, status=422 if also or form.errors else 200)


def _done(request: HttpRequest, person: User, form: SignsForm) -> str:
    by, do = Actor.of(request), request.POST.get("do", "")
    if do == "ask":
        actions.ask(person, form.cleaned_data["signs"], email=form.cleaned_data.get("email", ""), by=by)
        return _("Written down. They are told, and have a day to stop it.")
    if do == "sign_out":
        if actions.sign_out_everywhere(person, by=by):
            return _("They are signed out everywhere, and told by email.")
        return _("They are signed in nowhere now.")
    ways = WayBack.objects.visible_to(request.user).open().filter(person=person)
    way = ways.select_related("person").first()
    if way is None:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    if do == "agree":
        actions.agree(way, by=by)
        return _("You have agreed.")
    if do == "finish":
        actions.finish(way, by=by)
        return _("Done. They sign in by a code to their mailbox, and set up a new second step.")
    if do == "stop":
        actions.stop(way, by=by)
        return _("Stopped. Nothing changes.")
    raise Refused(_("Choose what to do."), code="do")


def _standing(way: WayBack | None, person: User, user: Any) -> dict[str, Any]:
    if way is None:
        return {"way": None}
    why_not_agree = rules.why_not_agree(is_self=False, is_asker=user.pk == way.asked_by_id)
    return {
        "way": way,
        "signs": [{"title": str(Sign(sign).label)} for sign in way.signs],
        "asked": _("%(name)s, %(at)s") % {"name": way.asked_by.name, "at": when.moment(way.asked_at)},
        "agreed": way.agreed_by.name if way.agreed_by else "",
        "may_agree": bool(person.role) and not way.agreed_by and not why_not_agree,
        "why_not_yet": actions.why_not_finish(way, clock.now()),
    }


@open_to(PERSON)
@require_POST
def stop_way_back(request: HttpRequest) -> HttpResponse:
    """It was not them: nothing is taken away. Asks for the second step, which whoever lost it does not have."""
    user: Any = request.user
    if user.has_second_factor and not sessions.showed_second_step(request, SENSITIVE_CHECK_LASTS):
        messages.info(request, _("First show your passkey or a code of your app, then press once more."))
        has_app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
        to = reverse("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")
        return redirect(f"{to}?{urlencode({'next': reverse('accounts:settings')})}")
    own = WayBack.objects.visible_to(request.user).open().filter(person=request.user.pk)
    if way := own.select_related("person").first():
        actions.stop(way, by=Actor.of(request))
        messages.success(request, _("Stopped. Your second step stays. Call us, so that we find out who asked."))
    return redirect("accounts:settings")
