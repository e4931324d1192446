"""The patient's privacy page: who did what with the records and why, who can open them, what was said yes to."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case.actions import withdraw_consent as withdraw
from cases.case.models import Case, Consent, Office
from cases.case.people import may, who_can_open
from cases.documents.reading import looks
from portal import when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.history import words as history_words
from portal.history.models import Event
from portal.pages import signed

LINES_ON_A_PAGE = 25
CAN_BE_WITHDRAWN = {Consent.Kind.READ, Consent.Kind.NOTE}


@open_to(PERSON)
@require_safe
def privacy(request: HttpRequest, pk: str) -> HttpResponse:
    """Every look at the patient's records, in the same words that staff see."""
    case = own_case(request, pk)
    page = Paginator(events_of(case), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "case": case,
        "page": page,
        "rows": lines(list(page), case, request.user),
        "can_open": [
            {"name": user.name, "initials": user.initials, "words": words} for user, words in who_can_open(case)
        ],
        "signed": signed.of_case(case, request.user),
        "consents": [_consent(consent) for consent in _consents(case)],
        "sessions_url": reverse("usersessions_list"),
    }
    return render(request, "pages/privacy.html", context)


@open_to(PERSON)
@require_POST
def withdraw_consent(request: HttpRequest, pk: str, consent: str) -> HttpResponse:
    """Take a permission back, at once."""
    case = own_case(request, pk)
    given = find_or_404(_consents(case).filter(kind__in=CAN_BE_WITHDRAWN), pk=consent)
    withdraw(given, by=Actor.of(request))
    messages.success(request, _("Taken back. It holds from now on."))
    return redirect("pages:privacy", case.pk)


def own_case(request: HttpRequest, pk: str) -> Case:
    """The patient's own case; 404 for everybody else, also for people who may see the case."""
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    if not may("see_privacy", case, request.user):
        raise Http404
    return case


def events_of(case: Case) -> Any:
    """What happened in the case, and to its patient outside any case, newest first."""
    mine = Q(case_id=case.pk) | Q(case_id=None, patient=case.patient_id)
    return Event.objects.filter(mine).order_by("-at", "-id")


def lines(events: list[Event], case: Case, reader: Any) -> list[dict[str, object]]:
    """One row for each event; names are looked up once for all of them."""
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_kind in {"user", "answer"}})
    offices = _offices(events)
    consultants = set(case.assignments.values_list("user", flat=True))
    names = looks.names_of(events, reader)
    return [
        {
            "at": event.at,
            "what": history_words.what(event.verb),
            "which": names.get(event.about_id, ""),
            "why": history_words.why(event.why),
            "for_whom": _for_whom(event, people.get(event.actor_id), case, reader),
            **(offices.get(event.actor_id) or _who(event, people.get(event.actor_id), case, consultants, reader)),
        }
        for event in events
    ]


def _offices(events: list[Event]) -> dict[UUID | None, dict[str, str]]:
    """Who did it, for what offices did on their pages."""
    ids = {event.actor_id for event in events if event.actor_kind == "office"}
    found = Office.objects.filter(pk__in=ids) if ids else ()
    return {office.pk: {"who": office.name, "as_what": _("A doctor’s office")} for office in found}


def _who(event: Event, user: User | None, case: Case, consultants: set[UUID], reader: Any) -> dict[str, str]:
    if user is None:
        who = _("The portal") if event.actor_kind == "system" else _("Someone not signed in")
        return {"who": who, "as_what": ""}
    if user == reader:
        return {"who": _("You"), "as_what": ""}
    if user.pk == case.patient_id:
        return {"who": user.name, "as_what": _("The patient")}
    if user.pk == case.starter_id:
        return {"who": user.name, "as_what": _("Began for the patient")}
    if user.pk in consultants:
        return {"who": user.name, "as_what": _("Consultant")}
    return {"who": user.name, "as_what": str(user.get_role_display()).capitalize() if user.role else ""}


def _for_whom(event: Event, user: User | None, case: Case, reader: Any) -> str:
    """ "Theo did this for you"; empty where nobody acted for another."""
    if event.for_patient is None or user is None:
        return ""
    if reader.pk == event.for_patient:
        return _("%(name)s did this for you") % {"name": user.first_name}
    if user == reader:
        return _("You did this for %(name)s") % {"name": case.patient.first_name}
    return _("Done for %(name)s") % {"name": case.patient.first_name}


def _consents(case: Case) -> Any:
    asked = Consent.objects.filter(person=case.patient_id, case=case)
    return asked.select_related("consultant", "text").order_by("-given_at")


def _consent(consent: Consent) -> dict[str, object]:
    words = {
        Consent.Kind.SCOPE: _("You know what our consultations are, and what they are not"),
        Consent.Kind.NOTE: _("Your primary doctor gets a short note after a call"),
        Consent.Kind.PRIVACY: _("How we keep your data"),
    }
    if consent.consultant:
        sentence = _("%(name)s may read your files") % {"name": consent.consultant.name}
    else:
        sentence = words[Consent.Kind(consent.kind)]
    dates = {"given": when.moment(consent.given_at), "version": consent.text.version}
    text = _("Since %(given)s. Version %(version)d of the words.") % dates
    if consent.withdrawn_at:
        text = _("Taken back on %(day)s.") % {"day": when.moment(consent.withdrawn_at)}
    return {
        "pk": consent.pk,
        "words": sentence,
        "when": text,
        "can_be_withdrawn": consent.withdrawn_at is None and consent.kind in CAN_BE_WITHDRAWN,
    }
