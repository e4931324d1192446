"""What holds on every page: how long a sign-in lasts, the second factor of staff, the reader's zone and language."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from portal import back, failures
from portal.accounts import (
    drafts,
    passkeys,  # noqa: F401 -- makes allauth careful
    recheck,
    rules,
    sessions,
)
from portal.accounts.backend import person_along
from portal.clock import real_now

Next = Callable[[HttpRequest], HttpResponse]

# What staff without a second factor may still open, besides what is public.
ENROLMENT = {
    "accounts:second_factor", "accounts:check", "accounts:stay", "account_logout", "account_reauthenticate",
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_reauthenticate",
}  # fmt: skip
# Changes to how one signs in, copies of everything, and ways in for others: only within 10 minutes of a check.
SENSITIVE = {
    "account_email", "account_set_password", "account_change_password", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "accounts:people", "accounts:invite", "accounts:change_person", "accounts:withdraw_invitation",
    "pages:archive", "pages:privacy_list", "pages:erase", "records:export", "bookings:own_calendar", "bookings:company",
    "case:ask_helper", "case:ask_again", "case:helper", "case:prolong_helper", "desk:open_again", "desk:send_page",
    "desk:new_letter", "desk:print_letter", "desk:packet_pdf", "desk:packet_zip", "pages:print_bundle",
    "pages:urgent", "pages:leaving", "pages:way_back", "pages:stop_way_back", "pages:fix_address", "pages:farewell",
    "pages:ask_helper", "pages:invite_address", "pages:helper_mandate", "pages:rights",
}  # fmt: skip
ENTRANCES = {
    "account_login", "account_signup", "account_request_login_code", "account_reset_password", "desk:code",
}  # fmt: skip
BEFORE_A_NAME = {"accounts:about_you", "accounts:stay", "accounts:check", "account_logout", "set_language"}


class EvenPaceMiddleware:
    """Asking for a code, signing up or resetting takes as long for a known address as for an unknown one, and an
    office's page as long for a code that is true.
    """

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        if request.method == "POST" and match and match.view_name in ENTRANCES:
            time.sleep(max(0.0, settings.ENTRANCE_TAKES - (time.monotonic() - began)))
        return response


class SessionMiddleware:
    """Ends sessions by real time, and says what a person must do before any other page."""

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with person_along():
            is_somebody = request.user.is_authenticated
        if is_somebody:
            request.user = get_user(request)  # the person, no longer what waits to be asked for
            now = real_now()
            if rules.is_over(sessions.stay_of(request), now):
                return self._end(request)
            # htmx asks by itself as well; the person's own typing and scrolling is told by idle.js.
            if not (request.headers.get("HX-Request") and request.method == "GET"):
                sessions.seen(request, now)
        return _out_of_the_panel(request, self.get_response(request))

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        user: Any = request.user
        if not user.is_authenticated:
            return self._came_too_late(request) if getattr(view, "login_required", True) else None
        if "public" in getattr(view, "open_to", ()):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if user.role and name not in ENROLMENT and not user.has_second_factor:
            return redirect("accounts:second_factor")
        if not user.role and not user.name and name not in BEFORE_A_NAME:
            return redirect("accounts:about_you")
        if name in SENSITIVE and not sessions.is_checked(request, rules.SENSITIVE_CHECK_LASTS):
            if request.method == "POST":
                drafts.keep_typed(request)
            return recheck.ask(request)
        return None

    def _end(self, request: HttpRequest) -> HttpResponse:
        late = self._came_too_late(request)
        logout(request)
        if late is not None:
            return _out_of_the_panel(request, late)
        # A page for everybody opens; others ask to sign in, and come back.
        return _out_of_the_panel(request, self.get_response(request))

    def _came_too_late(self, request: HttpRequest) -> HttpResponse | None:
        """Nothing typed is lost: a form that came after the sign-in was over is kept as a draft, and the way leads back
        to it. Words of a form that has no draft are shown once more, to copy.
        """
        if request.method in ("GET", "HEAD"):
            return None
        by_script = request.headers.get("HX-Request") or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
        is_kept = request.method == "POST" and drafts.keep_typed(request)
        if not by_script and not is_kept and (words := drafts.words_of(request)):
            return failures.signed_out(request, words)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': back.page_of(request)})}")


def _out_of_the_panel(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A redirect to sign-in under htmx would land inside the panel: the whole page goes there instead."""
    if not request.headers.get("HX-Request") or response.status_code != 302:
        return response
    to = response.headers["Location"]
    if not to.startswith((reverse("account_login"), reverse("accounts:check"))):
        return response
    address = f"{urlsplit(to).path}?{urlencode({'next': back.page_of(request)})}"
    return HttpResponse(headers={"HX-Redirect": address})


class PersonMiddleware:
    """Activates the signed-in person's zone and language: account first, then cookie, then browser."""

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with timezone.override(user.zone), translation.override(user.language):
            request.LANGUAGE_CODE = translation.get_language()
            return self.get_response(request)
