"""Where a document went or goes outside the portal: said on its page for what it is, since nobody looks through us."""

from django.utils.translation import gettext as _

from cases.documents.models import Document
from cases.records.items.linking import links_of
from cases.records.models import RecordItem
from cases.records.states import THERE, Route
from cases.records.words import doctor_of
from portal import when


def of_document(document: Document) -> list[str]:
    """One sentence for each record that it is, or is a part of, and that goes out through us or in a bag."""
    links = [link for link in links_of(document.case_id) if link.document_id == document.pk]
    links.sort(key=lambda link: (link.item.visit.round, link.linked_at))
    said = [_told(link.item) for link in links]
    return list(dict.fromkeys(sentence for sentence in said if sentence))


def _told(item: RecordItem) -> str:
    doctor = doctor_of(item.visit)
    if item.route == Route.CARRIED:
        if item.state in THERE:
            return _("A copy was taken along to %(doctor)s.") % {"doctor": doctor}
        return _("A copy is on the list of what is carried to %(doctor)s.") % {"doctor": doctor}
    if item.route == Route.THROUGH_US and item.sent_on:
        day = when.month_day(item.sent_on, year=True)
        return _("A copy was handed over to %(doctor)s on %(day)s.") % {"doctor": doctor, "day": day}
    return ""
