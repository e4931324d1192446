"""A packet, or one file of it, was taken: on record, and what went through us has arrived."""

import contextlib
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from cases.case.people import role_in
from cases.desk.links.models import OfficeLink
from cases.desk.packet import rules
from cases.desk.packet.contents import Packet, Part
from cases.desk.packet.models import Taken
from cases.documents.models import Version
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
    """The whole goes out, as one PDF or as a ZIP: a line for it and one for each file in it."""
    case = packet.case
    record(by, "packet.downloaded", packet.visit, patient=case.patient_id, case=case.pk, why=how)
    note_files(packet, parts_of(packet, how), link=link, by=by)


@transaction.atomic
def note_files(packet: Packet, parts: Sequence[Part], *, link: OfficeLink | None = None, by: Actor) -> None:
    """Some files go out: on record before the first piece leaves."""
    case = packet.case
    why = SECOND_OFFICE if link else looks.WHY.get(role_in(case, by), "")
    for part in parts:
        record(by, "document.downloaded", part.version, patient=case.patient_id, case=case.pk, why=why)


@transaction.atomic
def say_taken(packet: Packet, parts: Sequence[Part], link: OfficeLink, *, by: Actor) -> None:
    """The office has these files to the last piece; what went through us has arrived once it has all of its files."""
    note_taken(link, [part.version.pk for part in parts])
    _say_arrived(packet, link, by=by)


def note_taken(link: OfficeLink, versions: Sequence[UUID]) -> None:
    """An office has saved these. What was erased meanwhile is none of ours any more."""
    now, still = clock.now(), Version.objects.filter(pk__in=versions)
    Taken.objects.bulk_create(
        [Taken(link=link, version=version, first_at=now) for version in still], ignore_conflicts=True
    )


def parts_of(packet: Packet, how: str) -> Sequence[Part]:
    return packet.in_pdf if how == AS_PDF else packet.parts


def _say_arrived(packet: Packet, link: OfficeLink, *, by: Actor) -> None:
    items = {part.item.pk: part.item for part in packet.parts if part.item and part.item.route == Route.THROUGH_US}
    needed = {pk: {part.version.pk for part in packet.parts if part.item and part.item.pk == pk} for pk in items}
    taken = Taken.objects.filter(link=link).values_list("version", flat=True)
    for pk in rules.arrived_by(needed, taken):
        if items[pk].state in ITEM_MOVES["arrived"].sources:
            with contextlib.suppress(Refused):  # somebody said so at this very moment
                tell(items[pk], "arrived", by=by)
