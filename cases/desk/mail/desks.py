"""Whom a mail to an office is for: one desk about one patient, so that two patients never share a message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from cases.case.actions import ask_to_do, settle_to_dos
from cases.case.models import Case, Office, ToDo
from cases.desk.mail import rules
from cases.records.days.closed_days import closed_days
from portal.actors import SYSTEM, Actor
from portal.history.actions import record_each
from portal.reminders.models import Delivery, RecipientType
from portal.reminders.readers import Reader
from portal.texts.words import organisation

OFFICE_ADDRESS = "office_address"  # on the coordinator's board: mail to an office came back
HEX = 32
ONE_DAY = timedelta(days=1)  # the widest that local dates differ from those of UTC


@dataclass(frozen=True)
class Desk:
    """An office about one patient: the one whom a message is gathered for. Its key is that of a recipient."""

    office: UUID
    patient: UUID

    @property
    def pk(self) -> str:
        return self.office_part(self.office) + self.patient.hex

    @staticmethod
    def office_part(office: UUID) -> str:
        return office.hex

    @classmethod
    def read(cls, key: str) -> "Desk | None":
        if len(key) != 2 * HEX:
            return None
        try:
            return cls(UUID(key[:HEX]), UUID(key[HEX:]))
        except ValueError:
            return None


def offices_of(keys: Iterable[str]) -> dict[str, Office]:
    """The office of each of these recipients, by key. One query."""
    ids = office_ids(keys)
    found = Office.objects.in_bulk(set(ids.values())) if ids else {}
    return {key: found[office] for key, office in ids.items() if office in found}


def office_ids(keys: Iterable[str]) -> dict[str, UUID]:
    """The id of the office of each of these recipients, by key."""
    return {key: desk.office for key in keys if (desk := Desk.read(key))}


def readers(keys: list[str], now: datetime) -> dict[str, Reader]:
    """How offices are reached at this moment. A fixed number of queries, however many."""
    offices = offices_of(keys)
    closed = closed_days({office.region for office in offices.values()}, now.date()) if offices else {}
    written = written_to(offices, now, with_own=False)
    return {key: _reader(key, office, closed, now, key in written) for key, office in offices.items()}


def written_to(offices: Mapping[str, Office], now: datetime, *, with_own: bool = True) -> set[str]:
    """Of these recipients those who have their message of today; also under an entry that became part of theirs."""
    names = {key: {key} if with_own else set() for key in offices}
    merged = Office.objects.filter(merged_into__in={office.pk for office in offices.values()})
    for former, office in merged.values_list("pk", "merged_into") if offices else ():
        for key, desk in ((key, Desk.read(key)) for key in offices):
            if desk and desk.office == office:
                names[key].add(Desk(former, desk.patient).pk)
    wanted = {name for own in names.values() for name in own}
    sent = Delivery.objects.filter(recipient_type=RecipientType.OFFICE, is_gathered=True, withdrawn_at=None)
    found = sent.filter(recipient_id__in=wanted, local_on__gte=now.date() - ONE_DAY) if wanted else sent.none()
    days = set(found.values_list("recipient_id", "local_on"))
    today = {key: now.astimezone(ZoneInfo(office.time_zone)).date() for key, office in offices.items()}
    return {key for key, own in names.items() if any((name, today[key]) in days for name in own)}


def _reader(key: str, office: Office, closed: Mapping[str, frozenset], now: datetime, is_written_to: bool) -> Reader:
    zone = ZoneInfo(office.time_zone)
    is_there = rules.is_at_its_desk(office.hours, now.astimezone(zone), closed[office.region])
    return Reader(
        type=RecipientType.OFFICE,
        id=key,
        called=office.name,
        email=office.email,
        zone=zone,
        language=settings.LANGUAGE_CODE,
        is_shut=is_written_to or not is_there,
    )


def tell_sent(deliveries: list[Delivery]) -> None:
    """The patient reads that we wrote to an office. One statement, however many went out."""
    desks = {each.pk: desk for each in deliveries if (desk := Desk.read(each.recipient_id))}
    patients = {pk: desk.patient for pk, desk in desks.items()}
    things = [(each, each.case_id) for each in deliveries if each.pk in desks]
    record_each(SYSTEM, "office_mail.sent", things, patients=patients)


def tell_astray(deliveries: list[Delivery]) -> None:
    """Mail to an office came back: its address is to be put right, and until then nothing more goes there."""
    offices = offices_of(each.recipient_id for each in deliveries)
    cases = Case.objects.in_bulk({each.case_id for each in deliveries if each.case_id})
    today = organisation().today()
    for delivery in deliveries:
        if office := offices.get(delivery.recipient_id):
            note = " · ".join(part for part in (office.name, office.email, office.phone) if part)
            case = cases.get(delivery.case_id) if delivery.case_id else None
            ask_to_do(OFFICE_ADDRESS, office, case=case, due_on=today, note=note, by=SYSTEM)


def is_put_right(office: Office, before: Mapping[str, object], *, by: Actor) -> None:
    """Its entry has another address now: what came back is settled."""
    if "email" in before:
        settle_to_dos(office, OFFICE_ADDRESS, by=by)


def astray() -> set[UUID]:
    """The offices whose mail came back, and whose address nobody has put right yet."""
    found = ToDo.objects.open().filter(kind=OFFICE_ADDRESS).values_list("about_id", flat=True)
    return {UUID(pk) for pk in found}
