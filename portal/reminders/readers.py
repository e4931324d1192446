"""Whom a message goes to: name, address, zone and language, looked up when it is sent."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from portal import texting
from portal.accounts.models import User
from portal.reminders.models import BY_HAND, Delivery, Pause, RecipientType
from portal.texts.words import organisation


@dataclass(frozen=True)
class Role:
    """Everyone who holds a role when the message goes."""

    code: str


@dataclass(frozen=True)
class Reader:
    """One recipient as a message needs them. `text_to` is the phone of one who wants texts, while texts can go.

    `by_hand` is the way of one who wants a person to bring the message: a letter or a call. `is_shut`: an office that
    is not at its desk at this moment, or has had its message of today under another name.
    """

    type: str
    id: str
    called: str
    email: str
    zone: ZoneInfo
    language: str
    is_paused: bool = False
    text_to: str = ""
    by_hand: str = ""
    has_phone: bool = False
    is_shut: bool = False

    @property
    def channel(self) -> str:
        """How it reaches them; without an address a person calls instead."""
        if self.text_to:
            return Delivery.Channel.TEXT
        if self.by_hand:
            return self.by_hand
        return Delivery.Channel.MAIL if self.email else Delivery.Channel.CALL

    @property
    def has_letters(self) -> bool:
        return self.channel == Delivery.Channel.LETTER

    @property
    def address(self) -> str:
        return self.text_to or self.email


Recipients = Iterable[tuple[str, str]]
Source = Callable[[list[str], dt.datetime], dict[str, Reader]]
_sources: dict[str, Source] = {}
Told = Callable[[list[Delivery]], object]
_sent: dict[str, Told] = {}
_astray: dict[str, Told] = {}
Works = Callable[[set[str]], object]
_address_works: list[Works] = []
WrongAddress = Callable[[User, UUID | None], object]
_wrong_address: list[WrongAddress] = []


def role(code: str) -> Role:
    """A recipient for `plan`: everyone of this role."""
    return Role(code)


def named_person() -> User | None:
    """Whom the facts of the house name for what the portal itself needs; None for every administrator."""
    named: User | None = organisation().alarms_to
    return named if named and named.role == User.Role.ADMINISTRATOR and named.can_sign_in else None


def who_looks_after_us() -> tuple[str, str]:
    """(recipient_type, recipient_id) of the one who hears when the portal needs a person."""
    named = named_person()
    return address_of(named or Role(User.Role.ADMINISTRATOR))


def register_source(
    recipient_type: str, source: Source, *, sent: Told | None = None, astray: Told | None = None
) -> None:
    """Tell how recipients of a type (an office) are looked up: `source(ids, now)` gives readers by id.

    `sent` and `astray` are told, in the same transaction, which messages to them went out or did not reach them.
    """
    _sources[recipient_type] = source
    if sent:
        _sent[recipient_type] = sent
    if astray:
        _astray[recipient_type] = astray


def tell_sent(deliveries: Iterable[Delivery]) -> None:
    """Messages went out: told by type of reader, however many at once."""
    by_type: dict[str, list[Delivery]] = {}
    for each in deliveries:
        by_type.setdefault(each.recipient_type, []).append(each)
    for recipient_type, own in by_type.items():
        if told := _sent.get(recipient_type):
            told(own)


def on_wrong_address(told: WrongAddress) -> None:
    """Who is told, in the same transaction, that messages to a person do not reach them: `told(person, case_id)`."""
    _wrong_address.append(told)


def on_address_works(told: Works) -> None:
    """Who is told that the server took messages to some people: `told(their ids)`."""
    _address_works.append(told)


def address_works(deliveries: Iterable[Delivery]) -> None:
    """Messages were taken. That says nothing of staff's addresses, which are their administrator's matter."""
    people = {each.recipient_id for each in deliveries if each.recipient_type == RecipientType.USER}
    for told in _address_works if people else ():
        told(people)


def went_astray(person_id: str, since: dt.datetime) -> bool:
    """Whether a message to this person came back, or reached somebody else, since then."""
    sent = Delivery.objects.filter(recipient_type=RecipientType.USER, recipient_id=person_id)
    is_astray = Q(came_back_at__gte=since) | Q(reply=Delivery.Reply.NOT_ME, replied_at__gte=since)
    return sent.filter(is_astray).exists()


def address_is_wrong(delivery: Delivery) -> None:
    """A message came back, or somebody else got it. Staff's own addresses are their administrator's matter."""
    if told_of := _astray.get(delivery.recipient_type):
        told_of([delivery])
    person = person_of(delivery.recipient)
    if person is not None and not person.role:
        for told in _wrong_address:
            told(person, delivery.case_id)


def address_of(recipient: Any) -> tuple[str, str]:
    """(recipient_type, recipient_id) of a User, a Role or an office."""
    if isinstance(recipient, Role):
        return RecipientType.ROLE, recipient.code
    if isinstance(recipient, User):
        return RecipientType.USER, str(recipient.pk)
    return RecipientType.OFFICE, str(recipient.pk)


def readers(recipients: Recipients, now: dt.datetime) -> dict[tuple[str, str], Reader]:
    """Readers by (type, id), one query a type. Unknown ones are left out."""
    by_type: dict[str, list[str]] = {}
    for kind, pk in set(recipients):
        by_type.setdefault(kind, []).append(pk)
    found = {}
    for kind, ids in by_type.items():
        source = _sources.get(kind)
        for pk, reader in (source(ids, now) if source else {}).items():
            found[kind, pk] = reader
    return found


def reader_of(recipient: tuple[str, str], now: dt.datetime) -> Reader | None:
    return readers([recipient], now).get(recipient)


def person_of(recipient: tuple[str, str]) -> User | None:
    """The person a message went to; None for an office or someone who is gone."""
    kind, pk = recipient
    return User.objects.filter(pk=pk).first() if kind == RecipientType.USER else None


def _people(ids: list[str], now: dt.datetime) -> dict[str, Reader]:
    people = User.objects.filter(pk__in=ids)
    paused = set(Pause.objects.at(now).filter(person__in=ids).values_list("person_id", flat=True))
    found = {str(person.pk): reader_for(person, is_paused=person.pk in paused) for person in people}
    return {pk: reader for pk, reader in found.items() if reader}


def reader_for(person: User, *, is_paused: bool) -> Reader | None:
    """A person as a reader. None for one who has died, and for one who may not sign in and has an address: they were
    shut out. One without is called.
    """
    if person.death_known_at is not None:
        return None
    if not person.can_sign_in and person.email is not None:
        return None
    return Reader(
        type=RecipientType.USER,
        id=str(person.pk),
        called=person.first_name,
        email=person.email or "",
        zone=person.zone,
        language=person.language,
        is_paused=is_paused,
        text_to=str(person.phone) if wants_texts(person) else "",
        has_phone=bool(person.phone),
        by_hand=person.channel if person.channel in BY_HAND and not person.role else "",
    )


def wants_texts(person: User) -> bool:
    return person.channel == User.Channel.TEXT and bool(person.phone) and texting.is_on()


register_source(RecipientType.USER, _people)
