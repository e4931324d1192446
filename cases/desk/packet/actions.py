"""A packet, or one file of it, was taken: on record, and what went through us has arrived."""

import contextlib
from collections.abc import Sequence

from django.db import transaction

from cases.case.people import role_in
from cases.desk.links.models import OfficeLink
from cases.desk.packet import rules
from cases.desk.packet.contents import Packet, Part
from cases.desk.packet.models import Taken
from cases.documents.reading import looks
from cases.records.items.telling import tell
from cases.records.rules import ITEM_MOVES
from cases.records.states import Route
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

SECOND_OFFICE = "second_office"
AS_PDF, AS_ZIP = "as_pdf", "as_zip"


@transaction.atomic
def note_packet(packet: Packet, how: str, *, link: OfficeLink | None = None, by: Actor) -> None:
    """The whole was taken, as one PDF or as a ZIP: a line for it and one for each file in it."""
    case = packet.case
    record(by, "packet.downloaded", packet.visit, patient=case.patient_id, case=case.pk, why=how)
    note_files(packet, packet.in_pdf if how == AS_PDF else packet.parts, link=link, by=by)


@transaction.atomic
def note_files(packet: Packet, parts: Sequence[Part], *, link: OfficeLink | None = None, by: Actor) -> None:
    """Some files were taken. Of the office itself, what went through us has arrived once it has all of its files."""
    case = packet.case
    why = SECOND_OFFICE if link else looks.WHY.get(role_in(case, by), "")
    for part in parts:
        record(by, "document.downloaded", part.version, patient=case.patient_id, case=case.pk, why=why)
    if link is None:
        return
    now = clock.now()
    Taken.objects.bulk_create(
        [Taken(link=link, version=part.version, first_at=now) for part in parts], ignore_conflicts=True
    )
    _say_arrived(packet, link, by=by)


def _say_arrived(packet: Packet, link: OfficeLink, *, by: Actor) -> None:
    items = {part.item.pk: part.item for part in packet.parts if part.item and part.item.route == Route.THROUGH_US}
    needed = {pk: {part.version.pk for part in packet.parts if part.item and part.item.pk == pk} for pk in items}
    taken = Taken.objects.filter(link=link).values_list("version", flat=True)
    for pk in rules.arrived_by(needed, taken):
        if items[pk].state in ITEM_MOVES["arrived"].sources:
            with contextlib.suppress(Refused):  # somebody said so at this very moment
                tell(items[pk], "arrived", by=by)
