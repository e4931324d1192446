"""Who a consultant is, and what a call with them is, for whoever chooses a time."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import ways_back
from bookings.models import Practice, Service
from cases.case.models import Case
from cases.case.people import may
from portal.access import PERSON, find_or_404, open_to

Code = Service.Code


def _what(service: Service, name: str) -> str:
    """What happens in a call of this kind, and whether a plan is read before it."""
    what = {
        Code.FIRST_TALK: _("You say where you stand and what worries you. %(name)s explains the ways ahead."),
        Code.PLAN: _(
            "%(name)s explains the plan you were given. Together you look at what each option asks and gives, and at "
            "what matters to you."
        ),
        Code.AFTER_SECOND: _("You go over both opinions with %(name)s, point by point. The choice stays yours."),
    }[Code(service.code)]
    reads = [_("%(name)s reads your plan first.")] if service.needs_plan else []
    return " ".join([*reads, what]) % {"name": name}


@open_to(PERSON)
@require_safe
def consultant(request: HttpRequest, pk: UUID, consultant: UUID) -> HttpResponse:
    """Profession, languages, what they know best, and what a call is. No scores, no counts."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    known = Practice.objects.visible_to(request.user).select_related("consultant")
    practice = find_or_404(known, pk=consultant)
    name = practice.consultant.first_name
    rows = [
        {"label": _("Profession"), "value": practice.profession},
        {"label": _("Languages"), "value": practice.languages},
        {"label": _("Knows best"), "value": practice.specialties},
    ]
    given = [each for each in Service.objects.open() if each.code in practice.gives]
    context = {
        "case": case,
        "practice": practice,
        "rows": [row for row in rows if row["value"]],
        "services": [{"service": each, "what": _what(each, name)} for each in given],
        "may_book": may("book", case, request.user),
        "to_times": ways_back.of_page(request, case.pk),
    }
    return render(request, "bookings/consultant.html", context)
