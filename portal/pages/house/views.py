"""The administrators' page of the house's facts: filled in, looked at as patients read them, saved."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import clock, retention
from portal.access import open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.once import knowing
from portal.pages.house import actions, changes, staff
from portal.pages.house.effects import effects
from portal.pages.house.facts import IN_BRACKETS, NAMES
from portal.pages.house.first_steps import first_steps
from portal.pages.house.forms import FactsForm
from portal.pages.house.keeping import kept
from portal.reminders import looks, patterns
from portal.texts.models import Organisation
from portal.texts.words import organisation as facts_now

SHOWN_AS_MAIL = "bookings.booked"


@open_to(User.Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def organization(request: HttpRequest) -> HttpResponse:
    """The facts. What reaches further than the words of pages is said first, and saved by a second press."""
    before = facts_now()
    if request.method != "POST":
        return _page(request, FactsForm(instance=copy(before), initial={"seen": before.pk or 0}), before)
    form = FactsForm(request.POST, instance=copy(before))
    if not form.is_valid():
        return _page(request, form, before, status=422)
    after = Organisation(from_at=before.from_at, pk=before.pk, **form.facts())
    if "look" in request.POST:
        return _page(request, form, before, look=_look(after))
    reaches = effects(before, after, clock.now())
    if reaches and request.POST.get("sure") != _sure(after):
        return _page(request, form, before, reaches=reaches, sure=_sure(after))
    try:
        actions.say_facts(form.facts(), seen=form.cleaned_data["seen"], by=Actor.of(request))
    except Refused as no:
        return _refused(request, form, no)
    messages.success(request, _("Saved. Pages, messages and letters say it so from now on."))
    return redirect("pages:organization")


def _refused(request: HttpRequest, form: FactsForm, no: Refused) -> HttpResponse:
    """What was typed stays; what somebody else saved stands beside it, and the next press goes over it."""
    if no.code == "booked":
        form.add_error("region", no.message)
        return _page(request, form, facts_now(), status=409)
    newest = actions.newest()
    theirs = []
    if newest:
        form.data = form.data.copy()
        form.data["seen"] = str(newest.pk)
        typed = form.facts()
        theirs = [
            {"label": NAMES[name], "value": _shown(newest, name) or "–"}
            for name in typed
            if getattr(newest, name) != typed[name]
        ]
    form.add_error(None, no.message)
    return _page(request, form, newest or facts_now(), theirs=theirs, status=409)


def _shown(facts: Organisation, name: str) -> str:
    value = getattr(facts, name)
    return value.name if isinstance(value, User) else str(value or "")


def _sure(facts: Organisation) -> str:
    """What the second press is about: pressed for another name or zone, it is asked again."""
    return "|".join([facts.name, facts.sender_name, facts.fax, facts.time_zone, facts.region])


def _look(facts: Organisation) -> dict[str, Any]:
    """How patients read these facts: the foot of a page and a mail. Nothing is stored and nothing goes out."""
    pattern = patterns.known(SHOWN_AS_MAIL) or patterns.all_patterns()[0]
    language = translation.get_language() or "en"
    with knowing({"organisation": facts}), timezone.override(facts.zone):
        seen = looks.look(pattern, pattern.ours(), language)
    return {"facts": facts, "mail": seen, "language": language}


def _page(
    request: HttpRequest, form: FactsForm, facts: Organisation, *, status: int = 200, **more: Any
) -> HttpResponse:
    empty = [str(NAMES[name]) for name in IN_BRACKETS if not getattr(facts, name)]
    people = staff.working_here()
    page = {
        "form": form,
        "empty": empty,
        "changes": changes.newest(),
        "staff": staff.in_words(people),
        "steps": first_steps(facts, people),
        "kept": kept(),
        "is_confirmed": retention.CONFIRMED_BY_COUNSEL,
    }
    return render(request, "pages/house/organization.html", page | more, status=status)
