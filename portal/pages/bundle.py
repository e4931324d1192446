"""What to post today to someone who has no email: her pages in large print, one bundle, said "posted" once."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.case.actions import ask_to_do, must, settle_to_do
from cases.case.models import Case, ToDo
from cases.case.people import COORDINATOR
from cases.records import words as record_words
from portal import clock, onepage, paper, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.onepage import Section, Sheet, in_the_patients_words, made
from portal.pages import cards, carry, facts, hand, sheet
from portal.pages.actions import organisation_zone
from portal.reminders import by_hand, emails, letters, readers
from portal.reminders.models import Delivery
from portal.texts.words import organisation, text

POST_SHEET = "post_sheet"  # the row of the board, one a case


def waiting(user: Any, case: Case, now: dt.datetime) -> list[tuple[Delivery, str]]:
    """The letters that wait to be posted to the patient, each with the sign of what it says now."""
    found = hand.letters_to(user, case.patient, now)
    held = [(each, by_hand.due_rows(each, now)) for each in found]
    return [(each, by_hand.seen(rows)) for each, rows in held if rows]


def pages(case: Case, user: Any, now: dt.datetime) -> list[Sheet]:
    """The letter with what we have to say, the sheet, the dates, who has which record, what to take along."""
    gathered = facts.of_case(case, now)
    reader = readers.reader_of(readers.address_of(case.patient), now)
    found = [sheet.of_case(case, COORDINATOR, now)]
    with in_the_patients_words(case.patient):
        if said := _letter(case, user, reader, now):
            found.insert(0, _page(case, now, _("A letter for you"), said))
        if dates := _dates(case, gathered, when.as_date(now)):
            found.append(_page(case, now, _("My dates"), dates))
        if records := _records(gathered):
            found.append(_page(case, now, _("My records"), records))
    takes = carry.of_case(case, user, now)
    return [*found, takes.sheet] if takes and takes.is_chosen else found


def _page(case: Case, now: dt.datetime, title: str, sections: list[Section]) -> Sheet:
    lead = _("As of %(at)s, %(zone)s. Reference") % {"at": when.moment(now), "zone": when.zone_name()}
    return made(title=title, lead=lead, reference=case.reference, sections=sections, foot=text("scope_short").body)


def _letter(case: Case, user: Any, reader: Any, now: dt.datetime) -> list[Section]:
    """What waits to be said, each thing once, below the address that the envelope's window shows."""
    patient = case.patient
    rows = [row for each, _seen in waiting(user, case, now) for row in by_hand.due_rows(each, now)]
    to = Section(_("To"), rows=[{"label": patient.name, "value": ", ".join(patient.postal.splitlines())}])
    if reader is None or not rows:
        return [to] if patient.postal else []
    told = letters.things(rows, reader, now, emails.House())
    lines = [" ".join(filter(None, (each["lead"], each["at"], each["line"], each["question"]))) for each in told]
    return [to, Section(_("What we have to tell you"), lines=lines)]


def _dates(case: Case, gathered: facts.Gathered, today: dt.date) -> list[Section]:
    rows = [
        {"label": when.day(row["on"], year=True), "value": ". ".join(filter(None, (row["title"], row.get("hint", ""))))}
        for row in cards.coming(gathered, case.pk, today)
    ]
    return [Section(_("What comes, day by day"), rows=rows)] if rows else []


def _records(gathered: facts.Gathered) -> list[Section]:
    if gathered.standing is None:
        return []
    rows = []
    for each in gathered.standing.items:
        state = str(record_words.item_tag(each.item)["label"])
        holder = each.item.holder.name if each.item.holder else ""
        rows.append({"label": each.item.called, "value": ". ".join(filter(None, (state, holder)))})
    return [Section(_("Where each record is"), rows=rows)] if rows else []


@transaction.atomic
def printed(case: Case, *, by: Actor) -> ToDo:
    """The bundle is printed: one row of the board waits until it is posted."""
    must("log_calls", case, by)
    record(by, "bundle.printed", case, patient=case.patient_id, case=case.pk)
    return ask_to_do(POST_SHEET, case, case=case, due_on=clock.today(organisation_zone()), by=by)


@transaction.atomic
def posted(case: Case, *, seen: dict[UUID, str], by: Actor) -> int:
    """It went out, with the letters that were in it; how many. What has changed since it was looked at waits again.

    Twice is once.
    """
    must("log_calls", case, by)
    Case.objects.select_for_update().get(pk=case.pk)
    todo = ToDo.objects.open().filter(kind=POST_SHEET, about_id=str(case.pk)).first()
    if todo is None:
        return 0
    gone = sum(_gone(each, seen.get(each.pk, ""), by) for each in hand.letters_to(by.user, case.patient, clock.now()))
    settle_to_do(todo, by=by)
    record(by, "bundle.posted", case, patient=case.patient_id, case=case.pk)
    return gone


def _gone(letter: Delivery, sign: str, by: Actor) -> bool:
    if not sign:
        return False
    try:
        with transaction.atomic():
            by_hand.posted(letter, as_seen=sign, by=by)
    except Refused:
        return False
    return True


def _case(request: HttpRequest, pk: str) -> Case:
    found: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient", "starter", "key"), pk=pk)
    return found


@open_to(User.Role.COORDINATOR)
@require_POST
def print_bundle(request: HttpRequest, pk: str) -> HttpResponse:
    """Everything to post to the patient today, as one PDF."""
    case, now = _case(request, pk), clock.now()
    try:
        with in_the_patients_words(case.patient):
            content = onepage.pdf(
                pages(case, request.user, now), title=_("Your pages"), author=organisation().name, made_at=now
            )
    except Refused as no:
        messages.warning(request, no.message)
        return redirect(cards.file_url(case))
    printed(case, by=Actor.of(request))
    return paper.download(content, _("Post %(day)s") % {"day": when.as_date(now).isoformat()})


@open_to(User.Role.COORDINATOR)
@require_POST
def post_bundle(request: HttpRequest, pk: str) -> HttpResponse:
    """ "Posted", pressed once for the whole bundle."""
    case = _case(request, pk)
    seen = {}
    for said in request.POST.getlist("letter"):
        key, _colon, sign = said.partition(":")
        if len(key) == 36:
            seen[key] = sign
    held = hand.letters_to(request.user, case.patient, clock.now())
    posted(case, seen={each.pk: seen.get(str(each.pk), "") for each in held}, by=Actor.of(request))
    messages.success(request, _("Posted. It is on record."))
    return redirect(cards.file_url(case))
