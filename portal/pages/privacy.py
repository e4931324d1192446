"""The patient's privacy page: who did what with the records and why, who can open them, what was said yes to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case.actions import give_consent
from cases.case.actions import withdraw_consent as withdraw
from cases.case.models import Case, Consent, Office
from cases.case.opening import who_opens
from cases.case.people import may
from cases.case.second import showing as second
from cases.desk.links.actions import close as close_link
from cases.desk.models import OfficeLink
from cases.documents.reading import looks
from cases.records.board.export import BOM, written
from portal import beside, clock, retention, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history import words as history_words
from portal.history.actions import record
from portal.history.models import Event
from portal.pages import privacy_parts, signed
from portal.pages import urgent as urgently
from portal.pages.record_filter import RecordFilter
from portal.texts.words import text

LINES_ON_A_PAGE = 25
LINES_AT_ONCE = 500  # of the list that is taken along
CAN_BE_WITHDRAWN = {Consent.Kind.READ, Consent.Kind.NOTE}


@open_to(PERSON)
@require_safe
def privacy(request: HttpRequest, pk: str) -> HttpResponse:
    """Every look at the patient's records, in the same words that staff see."""
    case = own_case(request, pk)
    before, asked = request.GET.get("before", ""), RecordFilter(request.GET)
    found = list(before_line(asked.narrowed(events_of(case)), before)[: LINES_ON_A_PAGE + 1])
    shown = found[:LINES_ON_A_PAGE]
    user: Any = request.user
    opens = who_opens(case)
    read = beside.lists(
        case,
        looks=urgently.of_case(case),
        links=privacy_parts.links_of(case, user),
        seconds=second.over_in(case, user),
    )
    context = {
        "case": case,
        "rows": together(lines(shown, case, user, known=[each.user for each in opens])),
        "is_first": not before,
        "filter": asked,
        "older": shown[-1].pk if len(found) > LINES_ON_A_PAGE else "",
        "can_open": privacy_parts.can_open(case, user, opens),
        "read_along": [second.over_row(each) for each in read["seconds"]],
        "urgent": [urgently.row_of(look, is_for_patient=True) for look in read["looks"]],
        "offices": privacy_parts.offices(read["links"]),
        "signed": signed.of_case(case, user),
        "consents": _consents(case),
        "signing_in": privacy_parts.signing_in(user),
        "kept": privacy_parts.kept(),
        "is_confirmed": retention.CONFIRMED_BY_COUNSEL,
    }
    return render(request, "pages/privacy.html", context)


def _consents(case: Case) -> list[dict[str, object]]:
    """What was said yes to; beside what was taken back, the words to say yes to again where that is of use."""
    given = list(privacy_parts.consents(case))
    again = privacy_parts.may_read_again(case, given)
    words = text("consent_read").body if again else ""
    return [
        privacy_parts.consent(each, each.kind in CAN_BE_WITHDRAWN) | {"again": words if each.pk in again else ""}
        for each in given
    ]


@open_to(PERSON)
@require_safe
def full_list(request: HttpRequest, pk: str) -> StreamingHttpResponse:
    """The whole list as a table to keep, in pieces: however long it is."""
    case = own_case(request, pk)
    record(Actor.of(request), "privacy.list_taken", case, patient=case.patient_id, case=case.pk)
    answer = StreamingHttpResponse(table(case, request.user), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="list-{when.as_date(clock.now()).isoformat()}.csv"'
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def table(case: Case, reader: Any) -> Iterator[bytes]:
    """Some lines at once, each piece by the last line of the one before. The language is that of the press."""
    language, zone = translation.get_language(), timezone.get_current_timezone()
    yield (BOM + written([[_("When"), _("Who"), _("What"), _("About"), _("Done for"), _("Why")]])).encode()
    last = ""
    while True:
        some = list(before_line(events_of(case), last)[:LINES_AT_ONCE])
        if not some:
            return
        with translation.override(language), timezone.override(zone):
            rows = [
                [each["at"].astimezone(zone), each["who"], each["what"], each["which"], each["for_whom"], each["why"]]
                for each in lines(some, case, reader)
            ]
        yield written(rows).encode()
        last = str(some[-1].pk)


def before_line(events: Any, line: str) -> Any:
    """What is older than one line of the list; all of it without one. By key: page 1,000 costs as much as page 1."""
    if not line:
        return events
    key = events.filter(pk=line).values_list("at", "pk").first() if line.isdecimal() and len(line) < 19 else None
    if key is None:
        raise Http404
    at, pk = key
    return events.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))


@open_to(PERSON)
@require_POST
def withdraw_consent(request: HttpRequest, pk: str, consent: str) -> HttpResponse:
    """Take a permission back, at once."""
    case = own_case(request, pk)
    given = find_or_404(privacy_parts.consents(case).filter(kind__in=CAN_BE_WITHDRAWN), pk=consent)
    withdraw(given, by=Actor.of(request))
    messages.success(request, _("Taken back. It holds from now on."))
    return redirect("pages:privacy", case.pk)


@open_to(PERSON)
@require_POST
def consent_again(request: HttpRequest, pk: str, consent: str) -> HttpResponse:
    """Let a consultant who is still part of the case read again. Twice is once."""
    case = own_case(request, pk)
    found = list(privacy_parts.consents(case))
    given = find_or_404(privacy_parts.consents(case).filter(kind=Consent.Kind.READ), pk=consent)
    if given.pk in privacy_parts.may_read_again(case, found):
        name = {"name": given.consultant.first_name}
        give_consent("read", person=case.patient, case=case, consultant=given.consultant, by=Actor.of(request))
        messages.success(request, _("%(name)s may read your files again.") % name)
    return redirect(reverse("pages:privacy", args=[case.pk]) + "#consents")


@open_to(PERSON)
@require_POST
def close_office(request: HttpRequest, pk: str, link: str) -> HttpResponse:
    """An office opens nothing more, at once. What it saved before stays with it, and she reads so."""
    case = own_case(request, pk)
    own = OfficeLink.objects.visible_to(request.user).filter(visit__case=case)
    found = find_or_404(own.select_related("office", "visit__case__patient", "visit__case__key"), pk=link)
    try:
        close_link(found, by=Actor.of(request))
        messages.success(request, _("Closed. One of us looks how your records get there now."))
    except Refused as no:
        messages.error(request, no.message)
    return redirect("pages:privacy", case.pk)


def own_case(request: HttpRequest, pk: str) -> Case:
    """The patient's own case; 404 for everybody else, also for people who may see the case."""
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient", "starter"), pk=pk)
    if not may("see_privacy", case, request.user):
        raise Http404
    return case


def events_of(case: Case) -> Any:
    """What happened in the case, and to its patient outside any case, newest first."""
    mine = Q(case_id=case.pk) | Q(case_id=None, patient=case.patient_id)
    return Event.objects.filter(mine).order_by("-at", "-id")


def lines(events: list[Event], case: Case, reader: Any, known: Iterable[User] = ()) -> list[dict[str, object]]:
    """One row for each event; names are looked up once for all of them, but those of people `known` already."""
    people = [*known, reader]
    if missing := people_of(events) - {user.pk for user in people}:
        people += User.objects.filter(pk__in=missing)
    offices = Office.objects.filter(pk__in=offices_of(events))
    return rows(events, case, reader, people, offices, looks.names_of(events, reader))


def people_of(events: Iterable[Event]) -> set[UUID | None]:
    """Who did these things."""
    return {event.actor_id for event in events if event.actor_kind in {"user", "answer"}}


def offices_of(events: Iterable[Event]) -> set[UUID | None]:
    """The offices that did these things on their pages."""
    return {event.actor_id for event in events if event.actor_kind == "office"}


def rows(
    events: Iterable[Event],
    case: Case,
    reader: Any,
    known: Iterable[User],
    offices: Iterable[Office],
    names: Mapping[str, str],
) -> list[dict[str, object]]:
    """The same, where the people, offices and names are there already. No query."""
    people = {user.pk: user for user in (*known, reader)}
    desks = {office.pk: {"who": office.name, "as_what": _("A doctor’s office")} for office in offices}
    return [
        {
            "at": event.at,
            "what": history_words.what(event.verb),
            "which": names.get(event.about_id, ""),
            "why": history_words.why(event.why),
            "for_whom": _for_whom(event, people.get(event.actor_id), case, reader),
            **(desks.get(event.actor_id) or _who(event, people.get(event.actor_id), case, reader)),
        }
        for event in events
    ]


def together(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same thing done again on the same day is one row, with how often: a page of equal lines hides the others."""
    merged: list[dict[str, Any]] = []
    for row in rows:
        if merged and _alike(row) == _alike(merged[-1]):
            merged[-1]["times"] += 1
        else:
            merged.append(row | {"times": 1})
    return merged


def _alike(row: dict[str, Any]) -> tuple[Any, ...]:
    return (when.as_date(row["at"]), *(row[part] for part in ("who", "as_what", "what", "which", "why", "for_whom")))


def _who(event: Event, user: User | None, case: Case, reader: Any) -> dict[str, str]:
    if user is None:
        who = _("The portal") if event.actor_kind == "system" else _("Someone not signed in")
        return {"who": who, "as_what": ""}
    if user == reader:
        return {"who": _("You"), "as_what": ""}
    if user.pk == case.patient_id:
        return {"who": user.name, "as_what": _("The patient")}
    if user.pk == case.starter_id:
        return {"who": user.name, "as_what": _("Began for the patient")}
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
