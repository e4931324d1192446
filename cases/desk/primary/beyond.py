"""That the primary doctor's office can save the report on its page, or was sent it: said on the report's own page."""

from django.utils.translation import gettext as _

from cases.desk.letters.models import Letter
from cases.desk.letters.states import LetterKind
from cases.desk.links.models import OfficeLink
from cases.desk.packet.models import Taken
from cases.documents.models import Document
from cases.records.models import ReportLoop
from cases.records.release import keeping
from cases.records.report import passing
from portal import when

TOGETHER = ("visit__case__patient", "visit__case__key", "visit__office")


def of_document(document: Document) -> list[str]:
    """A sentence for each visit whose report it is, or was when the office saved it."""
    if document.kind != passing.SECOND_REPORT:
        return []
    said = _sent(document)
    for loop in ReportLoop.objects.live().filter(visit__case=document.case_id).select_related(*TOGETHER):
        office = passing.primary_office(loop)
        link = OfficeLink.objects.standing().filter(visit=loop.visit_id, office=office).first() if office else None
        if office and link and not _is_taken(link, document) and _can_be_saved(loop, document):
            said.append(_("%(office)s can save a copy on its page.") % {"office": office.name})
    return said


def _sent(document: Document) -> list[str]:
    """By fax or by post, behind a letter of ours."""
    versions = {str(pk) for pk in document.versions.values_list("pk", flat=True)}
    out = Letter.objects.filter(case=document.case_id, kind=LetterKind.PASS_ON, sent_at__isnull=False)
    return [
        _("%(office)s was sent a copy on %(day)s.")
        % {"office": letter.office.name, "day": when.month_day(letter.sent_at, year=True)}
        for letter in out.select_related("office", "case__key").order_by("sent_at")
        if versions & set(letter.files)
    ]


def _is_taken(link: OfficeLink, document: Document) -> bool:
    return Taken.objects.filter(link=link, version__document=document).exists()


def _can_be_saved(loop: ReportLoop, document: Document) -> bool:
    here = (version.document_id for version in passing.versions_to_give(loop))
    return keeping.may_ask(loop.visit.case) and document.pk in here
