"""The administrators' system page: each line green, or what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import clock
from portal.access import open_to
from portal.accounts.models import User
from portal.pages.house.looking import all_parts
from portal.pages.house.system import lines
from portal.reminders.readers import named_person


@open_to(User.Role.ADMINISTRATOR)
@require_safe
def system(request: HttpRequest) -> HttpResponse:
    """Looked at anew for each reader."""
    found, told = lines(all_parts()), named_person()
    page = {
        "unwell": [line for line in found if not line.is_well],
        "well": [line for line in found if line.is_well],
        "told": told.name if told else "",
        "now": clock.real_now(),
    }
    return render(request, "pages/house/system.html", page)
