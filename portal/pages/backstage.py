"""Behind the scenes of a development portal: be anyone, read the mail, set the date. Absent in production."""

import datetime as dt
import os
import subprocess
import sys
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock, mail, when
from portal.access import public
from portal.accounts.models import User
from portal.pages.demo import people as demo_people
from portal.pages.demo import travel
from portal.texts.words import organisation

MAILS_SHOWN = 20
BACKEND = "portal.accounts.backend.Backend"


def demo_users() -> dict[str, User]:
    """The demo's people that are there, by key."""
    by_email = {user.email: user for user in User.objects.filter(email__endswith="@example.org")}
    others = User.objects.filter(Q(email=None) | Q(email__endswith="@example.invalid"))
    by_name = {user.name: user for user in others}
    found = {person.key: by_email.get(person.email) or by_name.get(person.name) for person in demo_people.PEOPLE}
    return {key: user for key, user in found.items() if user}


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everything behind the scenes on one page."""
    users = demo_users()
    zone = organisation().zone
    here = clock.now().astimezone(zone)
    context = {
        "date_words": _("The date is %(day)s, %(time)s")
        % {"day": when.day(here, zone, year=True), "time": when.clock_time(here, zone)},
        "zone_words": when.zone_name(zone),
        "is_set": clock.offset() > 0,
        "date": here.date(),
        "time": here.strftime("%H:%M"),
        "next_reminder": travel.next_reminder(),
        "people": [
            {"user": users[person.key], "says": person.says, "kind": _colour(person.role)}
            for person in demo_people.PEOPLE
            if person.key in users
        ],
        "mails": [
            {"name": kept.name, "subject": kept.subject, "to": kept.to, "at": parsedate_to_datetime(kept.at)}
            for kept in mail.kept(MAILS_SHOWN)
        ],
        "mails_are_elsewhere": bool(settings.EMAIL_URL),
    }
    return render(request, "pages/backstage.html", context)


def _colour(role: str) -> str:
    return {"coordinator": "warm", "": ""}.get(role, "plum")


@public
@require_POST
def sign_in(request: HttpRequest, pk: str) -> HttpResponse:
    """Be this person, second factor included."""
    user = next((user for user in demo_users().values() if user.pk == pk and user.can_sign_in), None)
    if user is None:
        raise Http404
    logout(request)
    login(request, user, backend=BACKEND)
    return redirect("pages:home")


@public
@require_safe
def mail_page(request: HttpRequest, name: str) -> HttpResponse:
    """One message: its text, and the source of its HTML part as text, so that nothing in it can act."""
    found = next((kept for kept in mail.kept() if kept.name == name), None)
    if found is None:
        raise Http404
    return render(request, "pages/backstage_mail.html", {"mail": found})


@public
@require_POST
def set_date(request: HttpRequest) -> HttpResponse:
    """Move the clock forward; everything due on the way is done in order, as if the days had passed."""
    try:
        target = _target(request)
    except ValueError:
        messages.info(request, _("Enter a date and a time."))
        return redirect("backstage:index")
    if target < clock.now():
        messages.info(request, _("The date only goes forward. Start the demo again to go back."))
        return redirect("backstage:index")
    sent = travel.forward_to(target)
    messages.success(request, _("The date is set. %(count)d messages went out on the way.") % {"count": sent})
    return redirect("backstage:index")


def _target(request: HttpRequest) -> dt.datetime:
    """The instant asked for. Raises ValueError for one that cannot be read."""
    jump = request.POST.get("jump", "")
    if jump == "day":
        return clock.now() + dt.timedelta(days=1)
    if jump == "reminder":
        return max(travel.next_reminder() or clock.now(), clock.now())
    wall = dt.datetime.fromisoformat(f"{request.POST.get('date', '')}T{request.POST.get('time', '')}")
    return wall.replace(tzinfo=organisation().zone).astimezone(dt.UTC)


@public
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Empty the demo and load it anew; by a process of the database's owner, since we may not change history."""
    logout(request)
    subprocess.run(
        [sys.executable, "manage.py", "demo", "--again"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PORTAL_AS": "owner"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    clock.set_offset(0)
    messages.success(request, _("The demo begins anew, today."))
    return redirect("backstage:index")
