"""That an office can save a document on its page: said on its own page, since no reader’s name stands for it."""

from django.utils.translation import gettext as _

from cases.desk import going_out
from cases.desk.links.models import OfficeLink
from cases.desk.packet import contents
from cases.documents.models import Document
from cases.records.models import LIVE
from portal import clock, when
from portal.errors import Refused


def of_document(document: Document) -> list[str]:
    """A sentence for each office that saved it, and for each of a visit that can."""
    said = []
    for link in going_out.rows_of(document)["links"]:
        if link.taken_at:
            day = when.month_day(link.taken_at, year=True)
            said.append(_("%(office)s saved a copy on %(day)s.") % {"office": link.office.name, "day": day})
        elif _can_be_saved(link, document):
            said.append(_("%(office)s can save a copy on its page.") % {"office": link.office.name})
    return said


def _can_be_saved(link: OfficeLink, document: Document) -> bool:
    visit = link.visit
    if link.ended_at or link.office_id != visit.office_id or visit.state not in LIVE:
        return False
    try:
        parts = contents.for_office(visit, clock.today(visit.zone), only=document.pk).parts
    except Refused:  # the patient lets nothing be passed on
        return False
    return any(part.version.document_id == document.pk for part in parts)
