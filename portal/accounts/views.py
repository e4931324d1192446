"""A person's own account: what they tell of themselves, display, the light check, drafts."""

from copy import copy
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import back, clock, when
from portal.access import PERSON, open_to
from portal.accounts import actions, checks, drafts, forms, sessions
from portal.accounts.models import WayBack
from portal.actors import Actor
from portal.errors import Refused


@open_to(PERSON)
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account, each with its way to change it."""
    user: Any = request.user
    context = {
        "has_password": user.has_usable_password(),
        "addresses": user.emailaddress_set.order_by("-primary", "email"),
        "session_count": len(UserSession.objects.purge_and_list(user)),
        "is_kept": sessions.stay_of(request).is_kept,
        "way_back": WayBack.objects.visible_to(user).open().filter(person=user).first(),
    }
    return render(request, "accounts/settings.html", context)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def about_you(request: HttpRequest) -> HttpResponse:
    """What we ask once after signing up; later the same form changes it."""
    user: Any = request.user
    kind = forms.StaffAboutForm if user.role else forms.AboutYouForm
    is_first = not user.name
    if request.method != "POST":
        form = kind(instance=user, initial=drafts.kept(user, "about-you") or {})
        return render(request, "accounts/about_you.html", {"form": form, "is_first": is_first})
    # A copy: a form that is refused must not have changed the person whose page is shown.
    form = kind(request.POST, instance=copy(user))
    if not form.is_valid():
        return render(request, "accounts/about_you.html", {"form": form, "is_first": is_first}, status=422)
    actions.say_about_oneself(user, fields=form.cleaned_data, by=Actor.of(request))
    drafts.drop(user, "about-you")
    if is_first:
        return redirect("pages:home")
    messages.success(request, _("Saved."))
    return redirect("accounts:settings")


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Colors and text size."""
    user: Any = request.user
    form = forms.DisplayForm(request.POST or None, instance=copy(user))
    if request.method == "POST" and form.is_valid():
        actions.say_about_oneself(user, fields=form.cleaned_data, by=Actor.of(request))
        messages.success(request, _("Saved."))
        return redirect("accounts:display")
    return render(request, "accounts/display.html", {"form": form}, status=422 if form.errors else 200)


@open_to(PERSON)
@require_POST
def zone(request: HttpRequest) -> HttpResponse:
    """The device is in another zone than the account: times move there, or the question rests for this sign-in."""
    user: Any = request.user
    named = request.POST.get("zone", "")
    if "move" in request.POST and named in dict(forms.zones()):
        actions.say_about_oneself(user, fields={"time_zone": named}, by=Actor.of(request))
    request.session[sessions.ZONE_ASKED] = True
    return redirect(back.page_of(request))


# Not `open_to`, which sends staff without a second factor here.
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where staff go until a second factor is set."""
    user: Any = request.user
    if not user.role or user.has_second_factor:
        return redirect("mfa_index")
    return render(request, "accounts/second_factor.html")


second_factor.open_to = frozenset({PERSON})  # type: ignore[attr-defined]


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The light check: a code by email, the password, or a passkey; then back to where the person was."""
    to = back.own_path(request, request.POST.get("next") or request.GET.get("next", "")) or "/home/"
    form = forms.CheckForm(request.POST if "code" in request.POST else None)
    context = {"form": form, "next": to, "is_sent": checks.is_sent(request), "ways": checks.ways(request.user)}
    if "send" in request.POST:
        try:
            checks.send(request)
        except Refused as no:
            return render(request, "accounts/check.html", context | {"also": [no.message]}, status=422)
        return render(request, "accounts/check.html", context | {"is_sent": True})
    if form.is_bound and form.is_valid():
        try:
            checks.pass_with(request, form.cleaned_data["code"])
        except Refused as no:
            form.add_error("code", no)
        else:
            return redirect(to)
    context["is_sent"] = checks.is_sent(request)
    return render(request, "accounts/check.html", context, status=422 if form.errors else 200)


check.open_to = frozenset({PERSON})  # type: ignore[attr-defined]


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The person is still there; answers the seconds left."""
    sessions.seen(request, clock.real_now())
    return HttpResponse(str(sessions.seconds_left(request)), content_type="text/plain")


stay.open_to = frozenset({PERSON})  # type: ignore[attr-defined]


@open_to(PERSON)
@require_POST
def draft(request: HttpRequest, form: str, about: str = "") -> HttpResponse:
    """Keep what stands in a form; answers the sentence to show beside it. 404 where no form is called so."""
    if not drafts.has_name(form, about):
        raise Http404
    user: Any = request.user
    fields = drafts.of_post(request.POST)
    drafts.keep(user, form, about, fields)
    said = _("Draft saved %(time)s") % {"time": when.clock_time(clock.now())}
    if more := drafts.hint(user, form, about, fields):
        said = f"{said}. {more}"
    return HttpResponse(said, content_type="text/plain; charset=utf-8")
