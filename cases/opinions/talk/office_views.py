"""The office of the talk answers on its page and takes the patient's page. No sign-in."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.desk.links import gate, pages
from cases.opinions.talk import actions, agenda
from cases.opinions.talk.office_part import PART, talk_or_404
from portal import clock, paper
from portal.access import public
from portal.errors import Refused
from portal.history.actions import record

VERBS = {"time": actions.ask_about_time, "held": actions.say_held}


@public
@require_POST
def tell(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """One press: the time is different, or it took place."""
    opened = gate.opened(request, pk)
    talk = talk_or_404(opened)
    if verb not in VERBS:
        raise Http404
    try:
        VERBS[verb](talk, by=opened.by)
    except Refused as no:
        return pages.show(request, opened, status=409, also=[no.message])
    return redirect(reverse("desk:page", args=[pk]) + f"#{PART.name}")


@public
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient's page, where she lets this office read it and both the code and the birth date were shown."""
    opened = gate.opened(request, pk)
    talk = talk_or_404(opened)
    if not talk.is_shown:
        raise Http404
    gate.ask_for_both(opened)
    try:
        content = agenda.pdf(talk, clock.now(), is_read=True)
    except Refused as no:
        return pages.show(request, opened, status=409, also=[no.message])
    if request.method == "GET":
        record(opened.by, "talk.agenda_taken", talk, patient=opened.case.patient_id, case=opened.case.pk)
    return paper.download(content, _("Page %(case)s") % {"case": opened.case.reference})
