"""A paper that was filed with the wrong case: who has it from us by now, and the report that counted by it."""

import json
from uuid import UUID

from django.db.models import QuerySet

from cases.case.actions import ask_to_do
from cases.case.models import Office
from cases.desk.letters.models import Letter
from cases.desk.letters.paper import link_of
from cases.desk.letters.states import LetterKind
from cases.desk.links.models import OfficeLink
from cases.desk.packet.models import Taken
from cases.documents.models import Document, Version
from cases.records.models import ReportLoop
from cases.records.report import filing as reports
from cases.records.report import passing
from portal import phones
from portal.actors import Actor
from portal.texts.words import organisation

OTHERS_PAPER = "others_paper"  # a to-do: an office has a paper of another person


def ask_for_it_back(document: Document, *, by: Actor) -> None:
    """One of us calls each office that saved it with this patient's records, or was sent it behind a letter."""
    links = OfficeLink.objects.filter(taken__version__document=document).select_related("office").distinct()
    found: dict[UUID, tuple[Office, OfficeLink | Letter]] = {link.office_id: (link.office, link) for link in links}
    for letter in letters_with(document):
        if letter.office_id not in found:
            found[letter.office_id] = letter.office, link_of(letter) or letter
    today = organisation().today()
    for office, about in found.values():
        note = ", ".join(part for part in (office.name, phones.shown(office.phone)) if part)
        ask_to_do(OTHERS_PAPER, about, case=document.case, due_on=today, note=note, by=by)


def letters_with(document: Document) -> list[Letter]:
    """Those that went out with it behind them."""
    versions = {str(pk) for pk in document.versions.values_list("pk", flat=True)}
    return [letter for letter in _out(document) if versions & _behind(letter)]


def reports_by(document: Document) -> list[ReportLoop]:
    """Reports that count as arrived because we passed this file on, and no other one. Asked before it goes."""
    if document.kind != passing.SECOND_REPORT:
        return []
    through_us = ReportLoop.objects.through_us().filter(visit__case=document.case_id)
    found = through_us.select_related("visit__case__patient", "visit__case__key", "visit__office")
    return [loop for loop in found if _passed_on(loop, document) == {document.pk}]


def forget(loops: list[ReportLoop], *, by: Actor) -> None:
    """What was passed on was not the report: each is to be asked for as before."""
    for loop in loops:
        reports.never_came(loop, by=by)


def _passed_on(loop: ReportLoop, document: Document) -> set[UUID]:
    """The files that went as this report: by letter or saved on a page, else what is here and one of us gave."""
    letters = _out(document).filter(kind=LetterKind.PASS_ON, visit=loop.visit_id)
    behind = {pk for letter in letters for pk in _behind(letter)}
    saved = Taken.objects.filter(link__visit=loop.visit_id, version__document__kind=passing.SECOND_REPORT)
    sent = set(Version.objects.filter(pk__in=behind).values_list("document", flat=True))
    sent |= set(saved.values_list("version__document", flat=True))
    return sent or {version.document_id for version in passing.versions_here(loop)}


def _out(document: Document) -> QuerySet[Letter]:
    out = Letter.objects.filter(case=document.case_id, sent_at__isnull=False)
    return out.select_related("office", "case__key").order_by("sent_at")


def _behind(letter: Letter) -> set[str]:
    """The ids of the files that were pages of it, as it was sealed."""
    return set(json.loads(letter.said or "{}").get("made_of", {}).get("behind", []))
