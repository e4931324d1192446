"""Making a letter and printing it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from cases.case.actions import must
from cases.case.models import Case
from cases.desk.letters import filling, fitting, paper
from cases.desk.letters.filling import Request
from cases.desk.letters.models import Letter, LetterItem
from cases.desk.letters.sending import stopped
from cases.desk.letters.states import BY_US, LetterKind, why_of
from cases.desk.links.actions import link_for, wake
from cases.desk.links.models import OfficeLink
from cases.records.items.telling import lock_case
from cases.records.models import RecordItem, Visit
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

About = RecordItem | Visit | OfficeLink
ABOUT_ITEM = (LetterKind.RECORDS, LetterKind.SLIDES, LetterKind.AGAIN)


def request_of(kind: str, about: About, now: datetime) -> Request | None:
    """What a letter of this kind would be about now; None where there is nothing to ask."""
    if isinstance(about, RecordItem):
        return filling.for_items(kind, about, now) if kind in ABOUT_ITEM else None
    if isinstance(about, OfficeLink):
        return filling.for_link(about, now) if kind == LetterKind.CODE else None
    return filling.for_visit(kind, about, now) if kind not in {*ABOUT_ITEM, LetterKind.CODE} else None


def case_of(about: About) -> Case:
    return about.case if isinstance(about, Visit) else about.visit.case


@transaction.atomic
def make(kind: str, about: About, *, by: Actor) -> Letter:
    """Make the letter: seal what it says, as it is now. One that says the same and is not out yet stays the one.

    Raises Refused without what was signed, and where there is nothing to ask for.
    """
    case = case_of(about)
    must("take_papers", case, by)
    must("say_signed", case, by)  # what was signed goes with it
    if kind in BY_US:
        must("log_calls", case, by)
    return make_for_office(kind, about, by=by)


@transaction.atomic
def make_for_office(kind: str, about: About, *, by: Actor) -> Letter:
    """The same for an office that wants it on its page. The caller has looked that this is its to want."""
    case = case_of(about)
    lock_case(case)
    now = clock.now()
    request = request_of(kind, about, now)
    if request is None:
        raise Refused(_("There is nothing to ask for by this letter now."), code="state")
    if request.why_not:
        raise Refused(request.why_not, code="permission")
    assert request.authority is not None
    link = wake(link_for(request.visit, request.office, by=by), by=by)
    items, said = _fitting(request, link, now, by)
    if same := _same(request, items, said):
        return same
    number = (Letter.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0) + 1
    letter = Letter(
        case=request.visit.case,
        visit=request.visit,
        office=request.office,
        kind=kind,
        number=number,
        release=request.release if request.wants_release else None,
        authority=request.authority,
        identity=request.identity,
        made_at=now,
        made_by=by.user,
    )
    letter.said = json.dumps(said)
    letter.save(force_insert=True)
    LetterItem.objects.bulk_create(LetterItem(letter=letter, item=item, place=at) for at, item in enumerate(items))
    record(by, "letter.made", letter, patient=case.patient_id, case=case.pk, why=why_of(kind))
    return letter


def _fitting(request: Request, link: OfficeLink, now: datetime, by: Actor) -> tuple[list[RecordItem], dict[str, Any]]:
    with paper.reader(request.visit.zone):
        code = paper.coded(link, fitting.WIDEST_REFERENCE, request.kind)
        return fitting.fit(request.items, lambda items: filling.facts_of(request, items, now, by=by), code, now)


def _same(request: Request, items: Sequence[RecordItem], said: dict[str, Any]) -> Letter | None:
    """The other press of a double click: a letter that says the very same and has not gone out."""
    found = Letter.objects.to_go().filter(visit=request.visit, office=request.office, kind=request.kind)
    for letter in found.select_related("case__key", "identity").order_by("-number"):
        if letter.identity != request.identity:
            continue
        named = [each.item_id for each in letter.asks.all()]
        if named == [item.pk for item in items] and json.loads(letter.said or "{}") == said:
            return letter
    return None


def print_letter(letter: Letter, *, by: Actor) -> tuple[Letter, bytes]:
    """The letter as a PDF, asked once more whether it may go. One that went out is printed as it was.

    Raises Refused where it must not go any more.
    """
    letter, at = _to_print(letter, by), clock.now()  # its code is one of now or later
    content = paper.pdf(letter)
    return _to_print(letter, by, made_at=at), content  # asked once more: making it takes a moment


def _to_print(letter: Letter, by: Actor, *, made_at: datetime | None = None) -> Letter:
    letter, why = _print(letter, by, made_at)
    if why:
        raise Refused(why, code="stopped")
    return letter


@transaction.atomic
def _print(letter: Letter, by: Actor, made_at: datetime | None) -> tuple[Letter, str]:
    must("take_papers", letter.case, by)
    lock_case(letter.case)
    letter = fresh(letter)
    if letter.sent_at is None and (why := stopped(letter, by=by)):
        return letter, why
    wake_link(letter, by=by)
    if made_at is None:
        return letter, ""
    if letter.sent_at is None:
        letter.printed_at, letter.printed_by = made_at, by.user
        letter.save(update_fields=["printed_at", "printed_by"])
    record(by, "letter.printed", letter, patient=letter.case.patient_id, case=letter.case_id)
    return letter, ""


def wake_link(letter: Letter, *, by: Actor) -> None:
    """The code on a page that goes out opens: a sleeping link gets a new one, which is then on this page."""
    if link := paper.link_of(letter):
        wake(link, by=by)


def fresh(letter: Letter) -> Letter:
    return with_all(Letter.objects.all()).get(pk=letter.pk)


def with_all(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """Letters with all that their pages tell, and that decides whether they may go."""
    visit = tuple(f"visit__{each}" for each in filling.VISIT_TOGETHER)
    signed = ("release__visit__case__key", "release__visit__case__patient", "authority__text")
    by = ("authority__case__key", "authority__case__patient")
    return letters.select_related("case__patient", "case__key", *visit, "office", "identity__file__key", *signed, *by)
