"""What the desk knows of where a document goes, or went, outside the portal: read at once for all who tell of it."""

from typing import Any

from django.db.models import OuterRef

from cases.case.models import CaseClinician
from cases.desk.letters.models import Letter
from cases.desk.letters.states import LetterKind
from cases.desk.links.models import OfficeLink
from cases.desk.packet.models import Taken
from cases.documents.models import Document, Version
from cases.records.models import ReportLoop
from cases.records.report import which
from portal.beside import lists
from portal.once import once

OF_VISIT = ("visit__case__patient", "visit__case__key", "visit__office")


def rows_of(document: Document) -> dict[str, list[Any]]:
    """The links of its case, each with when this document was `taken_at` its page; of a report also whom it is for, the
    letters that it may have gone with, and what decides of which visit it is. One query, once a page.
    """
    return once(("going out", document.pk), lambda: _rows(document))


def _rows(document: Document) -> dict[str, list[Any]]:
    case = document.case_id
    taken = Taken.objects.filter(link=OuterRef("pk"), version__document=document.pk).order_by("first_at")
    links = OfficeLink.objects.filter(visit__case=case).annotate(taken_at=taken.values("first_at")[:1])
    asked: dict[str, Any] = {
        "links": links.select_related("office", "visit__clinician", *OF_VISIT).order_by("made_at"),
    }
    if document.kind == which.SECOND_REPORT:
        sent = Letter.objects.filter(case=case, kind=LetterKind.PASS_ON, sent_at__isnull=False)
        primary = CaseClinician.objects.filter(case=case, role=CaseClinician.Role.PRIMARY)
        asked |= which.asks(case) | {
            "loops": ReportLoop.objects.live().filter(visit__case=case).select_related(*OF_VISIT),
            "primary": primary.select_related("clinician__office"),
            "letters": sent.select_related("office", "case__key").order_by("sent_at"),
            "own": Version.objects.filter(document=document.pk),
        }
    return lists(document, **asked)
