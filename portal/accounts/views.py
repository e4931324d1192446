"""A person's own account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.access import public


@public
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where staff go until a second factor is set."""
    return redirect("mfa_activate_totp")
