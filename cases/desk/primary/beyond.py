"""That the primary doctor's office can save the report on its page, or was sent it: said on the report's own page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from cases.case.models import Office
from cases.desk import going_out
from cases.desk.links.models import OfficeLink
from cases.documents.models import Document
from cases.records.models import ReportLoop
from cases.records.release import keeping
from cases.records.report import passing, which
from portal import when


def of_document(document: Document) -> list[str]:
    """A sentence for each visit whose report it is, or was when the office saved it."""
    if document.kind != passing.SECOND_REPORT:
        return []
    rows = going_out.rows_of(document)
    said, files = _sent(rows), which.files_from(rows)
    office = rows["primary"][0].clinician.office if rows["primary"] else None
    for loop in rows["loops"] if office else ():
        link = _link(rows["links"], loop, office)
        if link and not link.taken_at and _can_be_saved(loop, document, files):  # type: ignore[attr-defined]
            said.append(_("%(office)s can save a copy on its page.") % {"office": office.name})
    return said


def _link(links: Iterable[OfficeLink], loop: ReportLoop, office: Office) -> OfficeLink | None:
    own = (each for each in links if each.visit_id == loop.visit_id and each.office_id == office.pk)
    return next((each for each in own if each.ended_at is None), None)


def _sent(rows: Mapping[str, list[Any]]) -> list[str]:
    """By fax or by post, behind a letter of ours."""
    versions = {str(version.pk) for version in rows["own"]}
    return [
        _("%(office)s was sent a copy on %(day)s.")
        % {"office": letter.office.name, "day": when.month_day(letter.sent_at, year=True)}
        for letter in rows["letters"]
        if versions & set(letter.files)
    ]


def _can_be_saved(loop: ReportLoop, document: Document, files: which.Files) -> bool:
    if not keeping.may_ask(loop.visit.case) or not passing.is_of_use(loop, files):
        return False
    return document.pk in (version.document_id for version in passing.versions_here(loop, files))
