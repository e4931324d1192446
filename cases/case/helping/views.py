"""The patient's pages of who helps: who asked and who helps, how much and until when, yes, no, change and end."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.helping import actions
from cases.case.helping.forms import MEANS, SWITCHES, AgreeForm
from cases.case.helping.models import Helper
from cases.case.helping.rules import Chosen, How
from cases.case.models import Case, Mandate
from cases.case.people import may
from portal import clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused


@open_to(PERSON)
@require_safe
def helpers(request: HttpRequest, pk: str) -> HttpResponse:
    """Who asked to help and who helps, with what each may; papers that let somebody act."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    if not may("choose_helpers", case, request.user):
        raise Http404
    found = Helper.objects.open().filter(case=case).select_related("person").order_by("agreed_at", "asked_at")
    mandates = Mandate.objects.standing().filter(case=case).select_related("person", "recorded_by")
    page = {
        "case": case,
        "rows": [_row(helper) for helper in found],
        "mandates": [
            _("%(name)s may act for you by a paper. %(by)s read it on %(day)s.")
            % {"name": each.person.name, "by": each.recorded_by.name, "day": when.month_day(each.recorded_at)}
            for each in mandates
        ],
    }
    return render(request, "case/helpers.html", page)


def _row(helper: Helper) -> dict[str, Any]:
    kin = f"{helper.get_kin_display()}. " if helper.kin else ""
    row = {"name": helper.person.name, "href": reverse("case:helper", args=[helper.pk]), "pk": helper.pk}
    if helper.agreed_at is None:
        asked = _("Asked on %(day)s. Sees nothing of yours until you say yes.")
        text = asked % {"day": when.month_day(helper.asked_at)}
        return row | {"text": f"{kin}{text}", "is_asked": True, "tag": {"label": _("Asks you"), "kind": "warn"}}
    until = _("Until %(day)s.") % {"day": when.month_day(helper.until_on, year=True)} if helper.until_on else ""
    means = [str(line) for line in MEANS[helper.chosen]]
    if helper.chosen == Chosen.OWN:
        means = [str(label) for switch, label in SWITCHES if switch in helper.switches]
    said = _("You said yes on %(day)s, %(how)s.")
    text = said % {"day": when.month_day(helper.agreed_at), "how": How(helper.agreed_how).label}
    return row | {
        "text": f"{kin}{helper.get_chosen_display()}. {until} {text}",
        "means": means,
        "is_asked": False,
        "tag": _tag(helper),
    }


def _tag(helper: Helper) -> dict[str, str]:
    if helper.holds(clock.now()):
        return {"label": _("Helps"), "kind": "ok"}
    return {"label": _("Its last day has passed"), "kind": "warn"}


def _helper(request: HttpRequest, pk: str) -> Helper:
    """Somebody who asked this patient, or helps her; else 404."""
    helper = find_or_404(
        Helper.objects.visible_to(request.user).open().select_related("person", "case__patient", "patient"), pk=pk
    )
    if not may("choose_helpers", helper.case, request.user):
        raise Http404
    return helper


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def helper(request: HttpRequest, pk: str) -> HttpResponse:
    """How much somebody may help: yes or no to whoever asked, or a change of what was allowed."""
    found = _helper(request, pk)
    if request.method != "POST":
        return _page(request, found, AgreeForm(helper=found))
    if "no" in request.POST:
        return _do(request, found, lambda by: actions.decline(found, by=by), _("That’s fine. We tell them kindly."))
    form = AgreeForm(request.POST, helper=found)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    say = actions.change if found.agreed_at else actions.agree
    try:
        say(found, **form.cleaned_data, by=Actor.of(request))
    except Refused as no:
        form.add_error("until_on" if no.code == "until_on" else None, no.message)
        return _page(request, found, form, status=422)
    messages.success(request, _("Saved. You can change it or end it at any time."))
    return redirect("case:helpers", found.case_id)


def _page(request: HttpRequest, found: Helper, form: AgreeForm, status: int = 200) -> HttpResponse:
    page = {"case": found.case, "helper": found, "name": found.person.first_name, "form": form}
    return render(request, "case/helper.html", page, status=status)


@open_to(PERSON)
@require_POST
def end(request: HttpRequest, pk: str) -> HttpResponse:
    """End it at once, also on pages that are open."""
    found = _helper(request, pk)
    return _do(request, found, lambda by: actions.end(found, by=by), _("It has ended. They see nothing more."))


def _do(request: HttpRequest, found: Helper, action: Any, said: str) -> HttpResponse:
    try:
        action(Actor.of(request))
        messages.success(request, said)
    except Refused as no:
        messages.info(request, no.message)
    return redirect("case:helpers", found.case_id)
