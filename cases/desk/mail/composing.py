"""A mail to an office: who asks, for whom by reference, what, how to answer, whom to ring, how to stop it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from cases.desk.links import codes
from cases.desk.links.models import OfficeLink
from cases.desk.mail import kinds
from cases.desk.mail.desks import Desk
from cases.records.models import Visit
from portal import mail, phones
from portal.reminders import emails, rules
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import Reader


def compose(
    delivery: Delivery, rows: Sequence[Reminder], reader: Reader, now: datetime, house: emails.House
) -> tuple[str, bytes]:
    """(subject, bytes). Both parts say the same; the address of the page stands in full."""
    with translation.override(reader.language), timezone.override(reader.zone):
        visits = kinds.visits_of(rows)
        sections = _sections(rows, visits, _links(reader, visits.values()))
        lead = rules.leading(rows)[0]
        subject = emails.discreet(kinds.subject(lead.kind, visits[lead.pk].case.reference))
        said = _said(house, sections) | {"subject": subject}
        raw = mail.compose(
            mail.Mail(
                to=reader.email,
                subject=subject,
                plain=render_to_string("emails/office.txt", said),
                html=render_to_string("emails/office.html", said),
                sender_name=house.facts.sender_name,
                message_id=delivery.message_id,
                at=now,
                headers={"X-Reminder-Key": str(delivery.pk), "List-Unsubscribe": f"<{sections[0]['url']}>"},
            )
        )
        return subject, raw


def _links(reader: Reader, visits: Any) -> dict[UUID, OfficeLink]:
    """The standing link of this office to each visit. What is due has one."""
    desk = Desk.read(reader.id)
    assert desk is not None, "an office's message is for a desk"
    found = OfficeLink.objects.standing().filter(office=desk.office, visit__in={visit.pk for visit in visits})
    return {link.visit_id: link for link in found}


def _sections(
    rows: Sequence[Reminder], visits: dict[UUID, Visit], links: dict[UUID, OfficeLink]
) -> list[dict[str, Any]]:
    """By visit: its reference, what is asked, the address of its page. The one that leads comes first."""
    counted: dict[UUID, Counter[str]] = {}
    for row in rules.leading(rows):
        counted.setdefault(visits[row.pk].pk, Counter())[row.kind] += 1
    by_id = {visit.pk: visit for visit in visits.values()}
    return [
        {
            "reference": by_id[pk].case.reference,
            "asks": [kinds.asks(code, count) for code, count in found.items()],
            "url": mail.absolute(reverse("desk:mailed", args=[codes.mailed_token(links[pk])])),
        }
        for pk, found in counted.items()
    ]


def _said(house: emails.House, sections: list[dict[str, Any]]) -> dict[str, Any]:
    facts = house.facts
    return {
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "name": facts.name,
        "sections": sections,
        "phone": phones.shown(facts.phone) or emails.bracketed("phone"),
        "fax": phones.shown(facts.fax),
        "address": facts.address,
    }
