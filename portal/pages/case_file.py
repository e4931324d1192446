"""The coordinator's page of one case: the verdict and what follows, records, people, reminders, history."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.case import hands
from cases.case.away import showing as away_showing
from cases.case.models import Case, CaseClinician
from cases.case.people import in_their_parts
from cases.records import showing
from cases.records import words as record_words
from cases.records.models import RecordItem
from cases.records.release import rules as release_rules
from cases.records.standing import ItemStanding
from cases.records.states import THERE, ItemState, KnownBy, Need, Route
from portal import clock, phones, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.actions import record
from portal.pages import (
    cards,
    carry,
    facts,
    file_lists,
    hand,
    log_rows,
    office_links,
    privacy,
    signed,
    todos,
    words,
    worry,
)
from portal.pages.facts import Gathered
from portal.pages.file_lists import Lists, Named
from portal.reminders import kinds

STAFF_ROLES = {
    CaseClinician.Role.PRIMARY: lambda: _("Primary doctor"),
    CaseClinician.Role.FIRST: lambda: _("Gave the plan"),
    CaseClinician.Role.SECOND: lambda: _("Second doctor"),
    CaseClinician.Role.THIRD: lambda: _("Third doctor"),
}
# The states that speak to the patient, as the team reads them.
STAFF_STATES = {
    (ItemState.NEEDS_YOU, Need.PLAN): gettext_lazy("Patient’s file"),
    (ItemState.NEEDS_YOU, Need.SIGNATURE): gettext_lazy("Patient’s signature"),
    (ItemState.NEEDS_YOU, Need.CHOICE): gettext_lazy("Patient’s choice"),
    (ItemState.NEEDS_YOU, Need.FEE): gettext_lazy("A fee is open"),
    (ItemState.NEEDS_YOU, Need.IDENTITY): gettext_lazy("Copy of the patient’s ID"),
    (ItemState.HELD, Route.CARRIED): gettext_lazy("In the patient’s hands"),
    (ItemState.SENT, Route.CARRIED): gettext_lazy("On the patient’s list"),
}


@open_to(User.Role.COORDINATOR)
@require_safe
def case_file(request: HttpRequest, pk: str) -> HttpResponse:
    """Everything the team knows of one case. Each look is on record, and the patient reads it."""
    found = Case.objects.visible_to(request.user).select_related("patient", "starter", "key")
    try:
        case = find_or_404(found.annotate(is_worried=worry.is_worried()), pk=pk)
    except Http404:
        closed = (
            Case.objects.to_reopen(request.user)
            .filter(state=Case.State.CLOSED, pk=pk)
            .select_related("patient")
            .first()
        )
        if closed is None:
            raise
        has_died = closed.patient.death_known_at is not None  # then nobody opens it again
        messages.info(
            request, _("This case is closed.") if has_died else _("This case is closed. Open it again to see it.")
        )
        return redirect(f"{reverse('pages:closed_cases')}?{urlencode({'find': closed.reference})}")
    record(Actor.of(request), "case.seen", case, patient=case.patient_id, case=case.pk, why="care")
    return render(request, "pages/case_file.html", _file(case, request))


def _file(case: Case, request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    today = when.as_date(now)
    user: Any = request.user
    gathered = facts.of_case(case, now, for_team=True, with_tellers=True)
    before = request.GET.get("before", "")
    found = file_lists.of_case(case, user, before, now)
    named = file_lists.named_in(found, case, user)
    waiting = hand.known(found.messages, named.people, named.cases, now)
    shown = found.events[: file_lists.LINES_ON_A_PAGE]
    return {
        "case": case,
        "patient": case.patient,
        "status": words.visit_words(gathered.facts.visit_on, today),
        "todos": [todos.row(todo, {case.pk: gathered}, today) for todo in found.todos]
        + hand.rows(waiting, {case.pk: gathered}, now, back=cards.file_url(case)),
        "is_by_hand": hands.is_by_hand(case.patient),
        "needs_notice": case.patient.privacy_version == 0,
        "verdict": cards.verdict_tag(gathered.facts.verdict),
        "time_words": _time_words(gathered),
        "points": _points(gathered, today),
        "has_visit_ahead": carry.is_ahead(gathered.visit, today),
        "visit_url": reverse("records:visit", args=[case.pk]),
        "report": cards.report(gathered, case, today),
        "talk": cards.talk_for_team(gathered, case),
        "questions": [question.text for question in found.questions],
        "records_url": reverse("records:list", args=[case.pk]),
        "records": _records(gathered, case, found, today),
        "happened": privacy.together(
            privacy.rows(shown, case, user, [*named.people, user], named.offices, named.names)
        ),
        "is_first": not before,
        "older": shown[-1].pk if len(found.events) > len(shown) else "",
        "log_url": log_url(case),
        "calls": _calls(found),
        "people": _people(case, found),
        "away": away_showing.lines_of(found.covers, found.seconds, case, user),
        "can_open": [
            {"name": able.name, "words": _as_what(able, case)}
            for able, _said in in_their_parts(case, found.able, "read_documents")
        ],
        "beside": found.corrections,
        "signed": signed.lines(case, found.releases, next(iter(found.authority), None)),
        "office_links": office_links.rows(found.links),
        "authority_url": reverse("records:authority", args=[case.pk]),
        "reminders": _reminders(found, named),
        "reminders_url": reverse("pages:reminder_log") + "?" + urlencode({"show": "coming", "find": case.reference}),
    }


def _time_words(gathered: Gathered) -> str:
    """What the verdict means, and what follows with its day."""
    standing = gathered.standing
    if standing is None or standing.verdict is None:
        return _("No day is known yet, or the visit is over.")
    sentences = [str(words.STAFF_VERDICTS[standing.verdict.answer.value])]
    if standing.verdict.safe_on:
        sentences.append(_("Core records are safe by %(day)s.") % {"day": when.day(standing.verdict.safe_on)})
    names = {str(each.item.pk): each.item.kind.called for each in standing.items}
    for judged in standing.verdict.following:
        day = judged.dates.read_expected
        if day and not judged.dates.has_no_date:
            sentences.append(_("%(name)s: expected %(day)s.") % {"name": names[judged.key], "day": when.short_day(day)})
        else:
            sentences.append(_("%(name)s: no date yet.") % {"name": names[judged.key]})
    return " ".join(sentences)


def _points(gathered: Gathered, today: dt.date) -> list[dict[str, Any]]:
    known = gathered.facts
    if known.visit_on is None or gathered.visit is None:
        return []
    counted = {"there": known.core_at(cards.ARRIVED_HOPS), "of": len(known.core)}
    points = [
        (
            today,
            {"title": _("Today, %(day)s") % {"day": when.short_day(today)}, "is_here": True}
            | {"text": _("Core records there: %(there)d of %(of)d") % counted},
        ),
        (
            known.visit_on,
            {"title": when.short_day(known.visit_on), "is_goal": True}
            | {"text": ", ".join(part for part in (known.visit_with, cards.visit_place(gathered.visit)) if part)},
        ),
    ]
    if known.treatment_on:
        points.append(
            (known.treatment_on, {"title": when.short_day(known.treatment_on), "text": _("Treatment is planned")})
        )
    return [point for _day, point in sorted(points, key=lambda pair: pair[0])]


def log_url(case: Case, **about: Any) -> str:
    """Where a call is logged; afterwards this page opens again."""
    return reverse("pages:log_call", args=[case.pk]) + "?" + urlencode({**about, "back": "file"})


def _calls(found: Lists) -> list[dict[str, Any]]:
    return [
        {
            "at": call.at,
            "who": call.by.name,
            "whom": call.get_whom_display(),
            "came_of": call.get_came_of_display(),
            "again_on": call.again_on,
            "words": call.words,
        }
        for call in found.calls
    ]


def _records(gathered: Gathered, case: Case, found: Lists, today: dt.date) -> list[dict[str, Any]]:
    stands = gathered.standing
    if stands is None:
        return []
    forms = signed.forms_of(stands.visit, [each.item for each in stands.items], found.releases, today)
    return [_record(each, case, forms.get(each.item.pk)) for each in stands.items]


def _record(each: ItemStanding, case: Case, form: str | None) -> dict[str, Any]:
    """`form`: what stands in the way of its permission; "" where one covers it, None where none is wanted."""
    item = each.item
    can_be_released = item.holder is not None and release_rules.can_be_released(item.kind_id, item.state)
    tag = record_words.item_tag(item)
    return {
        "name": item.kind.called,
        "weight": _("Core") if item.is_core else _("Can follow"),
        "holder": item.holder.name if item.holder else "",
        "route": _("Carried by the patient") if item.route == Route.CARRIED else item.get_route_display(),
        "state": STAFF_STATES.get((item.state, item.need or item.route), tag["label"]),
        "tag": "" if item.state == ItemState.NEEDED else tag["kind"],
        "known": " ".join(filter(None, [_known(item, case), _lent(item)])) or "–",
        "form": form or ("" if form is None else _("Its form is signed.")),
        "form_href": reverse("records:release", args=[item.pk]) if can_be_released else "",
        "letter_href": showing.letter_href(item) if can_be_released else "",
        "log_href": log_url(case, item=item.pk) if item.state not in THERE else "",
    }


def _known(item: RecordItem, case: Case) -> str:
    """Who said so and when: "Rosa told us. Nov 13"."""
    teller = item.moved_by.first_name if item.moved_by else ""
    said = record_words.known(item, False, case.patient.first_name, teller)
    if item.known_by == KnownBy.DOCUMENT:
        said = f"{item.get_known_by_display()}."
    on = item.opens_on or item.arrived_on or item.sent_on or item.held_on or item.acknowledged_on or item.asked_on
    return f"{said} {when.short_day(on)}." if said and on else said


def _lent(item: RecordItem) -> str:
    """When a thing that was lent goes back; the second office sends it, and the team asks for that."""
    if item.back_on:
        return _("Given back %(day)s") % {"day": when.short_day(item.back_on)}
    return _("Due back %(day)s") % {"day": when.short_day(item.due_back_on)} if item.due_back_on else ""


def _people(case: Case, found: Lists) -> list[dict[str, Any]]:
    rows = [_person(case.patient, _("Patient"))]
    if case.starter:
        rows.append(_person(case.starter, _("Began for the patient")))
    rows += [_person(each.user, _("Consultant")) for each in found.places]
    for link in found.doctors:
        office = link.clinician.office
        phone = office.phone if office else ""
        rows.append(
            {
                "name": link.clinician.name,
                "words": ", ".join(filter(None, [STAFF_ROLES[link.role](), office.name if office else ""])),
                "reach": todos.reach_office(office),
                "phone": phone,
                "phone_href": phones.href(phone),
            }
        )
    return rows


def _as_what(user: User, case: Case) -> str:
    if user.pk == case.patient_id:
        return _("Patient")
    if not user.role:
        return _("Began for the patient") if user.pk == case.starter_id else _("Helper")
    return str(user.get_role_display()).capitalize()


def _person(user: User, said: str) -> dict[str, Any]:
    phone = str(user.phone) if user.phone else ""
    return {
        "name": user.name,
        "words": said,
        "reach": todos.reach(user),
        "phone": phone,
        "phone_href": phones.href(phone),
        "way": "" if user.role else _("Messages: %(way)s") % {"way": _way_to(user)},
        "reach_href": "" if user.role else reverse("pages:fix_address", args=[user.pk]) + "?back=file",
    }


def _way_to(user: User) -> str:
    """Without an address, a person calls."""
    channel = User.Channel(user.channel)
    return str(User.Channel.CALL.label if channel == User.Channel.MAIL and not user.email else channel.label)


def _reminders(found: Lists, named: Named) -> list[dict[str, str]]:
    """What goes next, and to whom: not everything goes to the patient. What one of us brings is among the to-dos."""
    people = {str(person.pk): person for person in named.people}
    offices = named.desks(found.reminders)
    return [
        {
            "when": when.moment(row.due_at),
            "words": str(kinds.kind_of(row.kind).label),
            "to": log_rows.to_whom(row, people, offices),
        }
        for row in found.reminders
    ]
